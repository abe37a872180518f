"""From a document to a cited answer, whole and streamed."""

from tests.flows.home import Home, data_of, metadata_of, text_of

GEOLOGY = """\
# Field notes

## Quartz

Quartz is one of the most common minerals in the crust. It has a hardness of 7 on the Mohs scale.
It forms when silicon and oxygen crystallise together.

## Talc

Talc is the softest mineral: its hardness is 1. It is used in powder and in paint.
"""
CASTLE = """\
# The castle of Rheinfels

The castle of Rheinfels was built in 1245 by Count Diether V. It withstood the French in 1692, and
was blown up by them in 1797.
"""


def test_a_document_is_asked_and_the_answer_cites_it(home: Home) -> None:
    assert home.put("notes/geology.md", GEOLOGY)["status"] == "INDEXED"
    home.put("castle.md", CASTLE)
    answer = home.call("POST", "/chat", {"message": "What hardness does quartz have?"})
    assert "hardness of 7" in answer["answer"]
    assert "[1]" in answer["answer"]
    for cited in answer["citations"]:
        assert cited["number"] == 1
        assert (cited["document"], cited["title"]) == ("notes/geology.md", "Field notes")
        assert cited["uri"] == f"s3://{home.settings.documents_bucket}/notes/geology.md"
        assert cited["passage"][cited["start"] : cited["end"]] == cited["text"]
    assert "hardness of 7" in " ".join(cited["text"] for cited in answer["citations"])
    assert answer["stopReason"] == "end"
    assert answer["usage"]["inputTokens"] > answer["usage"]["outputTokens"] > 0
    author = "stand-in, as " if home.faults else ""
    assert answer["model"] == f"{author}{home.settings.model_id}"


def test_a_streamed_answer_is_the_same_answer(home: Home) -> None:
    home.put("castle.md", CASTLE)
    question = {"message": "Who built the castle of Rheinfels?"}
    parts = home.stream(question)
    whole = home.call("POST", "/chat", question)
    assert text_of(parts) == whole["answer"]
    by_number = {each["number"]: each for each in data_of(parts, "retrieval")[0]["passages"]}
    citations = data_of(parts, "citation")
    for each in citations:
        each["passage"] = by_number[each.pop("passageNumber")]["text"]
    assert citations == whole["citations"]
    assert "Count Diether" in whole["answer"]
    assert [part["type"] for part in parts][:3] == ["start", "start-step", "data-retrieval"]
    assert metadata_of(parts, "finish")["usage"] == whole["usage"]
    [retrieval] = data_of(parts, "retrieval")
    assert retrieval["passages"][0]["document"] == "castle.md"


def test_each_source_is_named_once_and_before_it_is_quoted(home: Home) -> None:
    home.put("castle.md", CASTLE)
    parts = home.stream({"message": "When was the castle of Rheinfels built, and blown up?"})
    kinds = [part["type"] for part in parts]
    sources = [part["sourceId"] for part in parts if part["type"] == "source-document"]
    assert sources
    assert len(sources) == len(set(sources))
    assert kinds.index("source-document") < kinds.index("data-citation")


def test_what_no_document_says_is_not_answered(home: Home) -> None:
    home.put("castle.md", CASTLE)
    answer = home.call("POST", "/chat", {"message": "What does a kilogram of saffron cost?"})
    assert answer["answer"] == "The documents do not say."
    assert answer["citations"] == []
    assert answer["nearest"] == []


def test_what_no_document_says_is_answered_by_the_nearest_places(home: Home) -> None:
    home.put(
        "guides/saffron.md", "# Saffron\n\n## Harvest\n\nSaffron is picked by hand in October.\n"
    )
    question = {"message": "What did a kilogram of saffron cost in Kashmir in 1873?"}
    answer = home.call("POST", "/chat", question)
    assert answer["answer"] == "The documents do not say."
    assert answer["citations"] == []
    place = answer["nearest"][0]
    assert (place["document"], place["title"]) == ("guides/saffron.md", "Saffron")
    assert place["section"] in ("Saffron", "Harvest")
    parts = home.stream(question)
    assert data_of(parts, "nearest") == [{"places": answer["nearest"]}]
    [turn] = home.call("GET", f"/conversations/{answer['conversationId']}")["turns"]
    assert turn["nearest"] == answer["nearest"]


def test_an_answer_keeps_to_the_documents_that_the_filter_lets_through(home: Home) -> None:
    home.put("red.md", "The code word of the day is vermilion.", team="red")
    home.put("blue.md", "The code word of the day is cobalt.", team="blue")
    for team, word in (("red", "vermilion"), ("blue", "cobalt")):
        only = {"equals": {"key": "team", "value": team}}
        body = {"message": "What is the code word of the day?", "filter": only}
        assert word in home.call("POST", "/chat", body)["answer"]


SURVEY = """\
# Survey of membrane filters

Ceramic membranes tolerate chlorine cleaning better than polymer membranes [2]. Polymer membranes
cost a third as much [1].

## References

[1] A. Writer, Costs of membranes, 2019.
[2] B. Author, Cleaning of membranes, 2020.
"""
RULES = """\
# Filter safety rules

Gloves are worn when a membrane is handled. The fouling of membranes is recorded weekly.
"""
BUFFER = """\
# Ring buffer

The newest sample of the ring buffer is read with samples[0] and the oldest sample is read with
samples[63].

## Example

```python
# reset the ring buffer
def reset():
    samples[1] = 0  # first slot
```

The reset routine of the ring buffer takes four microseconds.
"""
PARTY = """\
# Party 🎉🎉🎉

The 🎈 balloon costs 3 euros. The party 🎉 rate is 33 euros a head. Cake is free.
"""


def test_what_a_document_writes_in_brackets_is_no_citation(home: Home) -> None:
    home.put("survey.md", SURVEY)
    home.put("filter-rules.md", RULES)
    body = {"message": "Which membranes tolerate chlorine cleaning better?"}
    answer = home.call("POST", "/chat", body)
    assert "polymer membranes [2]" in answer["answer"]
    assert {cited["document"] for cited in answer["citations"]} == {"survey.md"}
    for cited in answer["citations"]:
        assert answer["answer"].startswith(f"[{cited['number']}]", cited["mark"])


def test_an_index_in_a_document_is_answered_as_it_is_written_there(home: Home) -> None:
    home.put("buffer.md", BUFFER)
    body = {"message": "How is the oldest sample of the ring buffer read?"}
    answer = home.call("POST", "/chat", body)
    assert "samples[0]" in answer["answer"]
    assert "samples[63]" in answer["answer"]
    body = {"message": "How long does the reset routine of the ring buffer take?"}
    [cited, *_] = home.call("POST", "/chat", body)["citations"]
    assert cited["section"] == "Example"


def test_a_quote_can_be_cut_out_of_its_passage_in_javascript(home: Home) -> None:
    home.put("party.md", PARTY)
    parts = home.stream({"message": "What is the party rate a head?"})
    passages = data_of(parts, "retrieval")[0]["passages"]
    for cited in data_of(parts, "citation"):
        passage = passages[cited["passageNumber"] - 1]["text"]
        units = passage.encode("utf-16-le")
        quote = units[2 * cited["startUtf16"] : 2 * cited["endUtf16"]].decode("utf-16-le")
        assert quote == cited["text"] == passage[cited["start"] : cited["end"]]
        assert cited["startUtf16"] > cited["start"]
    assert any("33 euros" in cited["text"] for cited in data_of(parts, "citation"))
