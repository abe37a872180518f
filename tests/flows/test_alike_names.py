"""Documents whose names look alike are documents of their own: S3's keys are bytes."""

from concurrent.futures import ThreadPoolExecutor

from tests.flows.home import Home

NAMES = {
    "alike/Quay.md": "amber",
    "alike/quay.md": "blue",
    "alike/caf\u00e9.md": "copper",
    "alike/cafe\u0301.md": "dun",
    "alike/a\u202eb%2E +&.md": "ebony",  # a sign that shows what follows backwards, and escapes
}


def test_documents_whose_names_look_alike_are_not_mixed_up(home: Home) -> None:
    texts = {name: f"The crane of quay {colour} is {colour}." for name, colour in NAMES.items()}
    with ThreadPoolExecutor(len(texts)) as pool:
        put = dict(zip(texts, pool.map(home.put, texts, texts.values()), strict=True))
    for name, colour in NAMES.items():
        document = home.call("GET", f"/documents/{put[name]['id']}")
        assert (document["name"], document["status"]) == (name, "INDEXED")
        found = home.call("POST", "/search", {"query": f"crane of quay {colour}", "limit": 100})
        uris = [each["uri"] for each in found["passages"] if texts[name] in each["text"]]
        assert [uri.partition("/alike/")[2] for uri in uris] == [name.partition("/")[2]]
    answer = home.call("POST", "/chat", {"message": "What colour is the crane of quay dun?"})
    assert answer["citations"]
    assert all(NAMES[each["document"]] in each["text"] for each in answer["citations"])
