"""Documents, search results and images as content: read, answered from, cited, and refused."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.bedrock_runtime.attachments import Attachments
from app.local.engine.parsers.process import Parser
from app.local.engine.planner import Planner
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from tests.local.engine.parsers.documents import LOCKED, docx, pdf
from tests.local.engine.writer.pictures import picture
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
CLAUDE, NOVA = "us.anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0"
FACT = "The Hellinger pump moves 412 litres per minute."
OTHER = "The Osterby crane lifts 31 tonnes."
QUESTION = "How many litres per minute does the Hellinger pump move?"
PDF = pdf([[(72, 720, 12, OTHER)], [(72, 720, 12, FACT)]])
TEXT = f"# Machines\n\n{OTHER}\n\n{FACT}\n"


class Folder:
    """Buckets with files of a folder as their objects."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, bucket: str, key: str) -> Path:
        if not (self._folder / bucket / key).exists():
            raise KeyError(bucket, key)
        return self._folder / bucket / key


@pytest.fixture(scope="module")
def client(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("buckets")
    (folder / "docs").mkdir()
    (folder / "docs" / "pump.pdf").write_bytes(PDF)
    with closing(Attachments(Parser, Folder(folder))) as attachments:
        handlers = bedrock_runtime.handlers(
            engine_of(encoder, Writer(encoder, Planner(encoder))),
            foundation_models,
            lambda: TODAY,
            attachments,
        )
        with serving({"bedrock-runtime": handlers}) as server:
            yield server.client("bedrock-runtime")


def document(form: str, source: JSON, name: str = "pump", *, cited: bool = False) -> JSON:
    citations = {"citations": {"enabled": True}} if cited else {}
    return {"document": {"format": form, "name": name, "source": source, **citations}}


def shown(data: bytes) -> JSON:
    return {"image": {"format": "png", "source": {"bytes": data}}}


def converse(client: Any, *blocks: JSON, model: str = CLAUDE) -> JSON:
    content = [*blocks, {"text": QUESTION}]
    reply: JSON = client.converse(modelId=model, messages=[{"role": "user", "content": content}])
    return reply


def texts(reply: JSON) -> str:
    return "".join(block.get("text", "") for block in reply["output"]["message"]["content"])


def refusal(client: Any, *blocks: JSON, model: str = CLAUDE) -> str:
    with pytest.raises(ClientError) as error:
        converse(client, *blocks, model=model)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    return str(error.value.response["Error"]["Message"])


WORD = docx(f"<w:p><w:r><w:t>{FACT}</w:t></w:r></w:p>")


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("pdf", PDF),
        ("txt", TEXT.encode()),
        ("md", TEXT.encode()),
        ("html", f"<p>{OTHER}</p><p>{FACT}</p>".encode()),
        ("csv", b"machine,litres per minute\nHellinger pump,412\nBrandt pump,17\n"),
        ("docx", WORD),
    ],
)
@pytest.mark.parametrize("model", [CLAUDE, NOVA])
def test_a_document_is_answered_from(client: Any, form: str, content: bytes, model: str) -> None:
    reply = converse(client, document(form, {"bytes": content}), model=model)
    assert "412" in texts(reply)
    assert "tonnes" not in texts(reply)


def test_a_document_may_lie_in_a_bucket(client: Any) -> None:
    place = {"s3Location": {"uri": "s3://docs/pump.pdf"}}
    assert FACT in texts(converse(client, document("pdf", place)))
    missing = document("pdf", {"s3Location": {"uri": "s3://docs/no.pdf"}})
    assert "there is no object s3://docs/no.pdf" in refusal(client, missing)


def test_a_document_of_an_earlier_turn_is_still_there(client: Any) -> None:
    first = [document("txt", {"bytes": TEXT.encode()}), {"text": "Here is a document."}]
    reply = client.converse(
        modelId=NOVA,
        messages=[
            {"role": "user", "content": first},
            {"role": "assistant", "content": [{"text": "Thanks."}]},
            {"role": "user", "content": [{"text": QUESTION}]},
        ],
    )
    assert FACT in texts(reply)


@pytest.mark.parametrize(
    ("block", "location"),
    [
        (document("pdf", {"bytes": PDF}, cited=True),
         {"documentPage": {"documentIndex": 0, "start": 2, "end": 3}}),
        (document("txt", {"bytes": TEXT.encode()}, cited=True),
         {"documentChar": {"documentIndex": 0, "start": 48, "end": 95}}),
        (document("txt", {"text": FACT}, cited=True),
         {"documentChar": {"documentIndex": 0, "start": 0, "end": 47}}),
        (document("txt", {"content": [{"text": OTHER}, {"text": FACT}]}, cited=True),
         {"documentChunk": {"documentIndex": 0, "start": 1, "end": 2}}),
        ({"searchResult": {"source": "https://pumps", "title": "pump", "citations":
         {"enabled": True}, "content": [{"text": OTHER}, {"text": FACT}]}},
         {"searchResultLocation": {"searchResultIndex": 0, "start": 1, "end": 2}}),
    ],
    ids=["pages", "characters of a file", "characters", "blocks", "search result"],
)  # fmt: skip
def test_converse_says_where_a_sentence_stands(client: Any, block: JSON, location: JSON) -> None:
    reply = converse(client, block)
    [cited] = [one["citationsContent"] for one in reply["output"]["message"]["content"]]
    assert cited["content"] == [{"text": FACT}]
    [citation] = cited["citations"]
    assert citation["title"] == "pump"
    assert citation["sourceContent"] == [{"text": FACT}]
    assert citation["location"] == location
    assert citation.get("source") == ("https://pumps" if "searchResult" in block else None)


def test_a_stream_of_converse_tells_the_citation_behind_its_text(client: Any) -> None:
    content = [document("pdf", {"bytes": PDF}, cited=True), {"text": QUESTION}]
    reply = client.converse_stream(modelId=CLAUDE, messages=[{"role": "user", "content": content}])
    with closing(reply["stream"]) as events:
        deltas = [
            event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event
        ]
    *pieces, citation = deltas
    assert "".join(piece["text"] for piece in pieces) == FACT
    assert citation["citation"]["location"] == {
        "documentPage": {"documentIndex": 0, "start": 2, "end": 3}
    }


CITED = {"citations": {"enabled": True}}
BASE64 = {"type": "base64", "media_type": "application/pdf", "data": b64encode(PDF).decode()}
CLAUDES = [
    ({"type": "document", "source": BASE64, "title": "pump", **CITED},
     {"type": "page_location", "document_index": 0, "document_title": "pump",
      "start_page_number": 2, "end_page_number": 3}),
    ({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": TEXT},
      **CITED},
     {"type": "char_location", "document_index": 0, "document_title": None,
      "start_char_index": 48, "end_char_index": 95}),
    ({"type": "document", "source": {"type": "content", "content": [
        {"type": "text", "text": OTHER}, {"type": "text", "text": FACT}]}, **CITED},
     {"type": "content_block_location", "document_index": 0, "document_title": None,
      "start_block_index": 1, "end_block_index": 2}),
    ({"type": "search_result", "source": "https://pumps", "title": "pump", **CITED,
      "content": [{"type": "text", "text": FACT}]},
     {"type": "search_result_location", "search_result_index": 0, "source": "https://pumps",
      "title": "pump", "start_block_index": 0, "end_block_index": 1}),
]  # fmt: skip


def claudes(block: JSON) -> str:
    content = [block, {"type": "text", "text": QUESTION}]
    return json.dumps(
        {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 200,
            "messages": [{"role": "user", "content": content}],
        }
    )


@pytest.mark.parametrize(("block", "location"), CLAUDES, ids=["pages", "text", "blocks", "search"])
def test_claudes_body_says_where_a_sentence_stands(
    client: Any, block: JSON, location: JSON
) -> None:
    reply = client.invoke_model(modelId=CLAUDE, body=claudes(block))
    [text] = json.loads(reply["body"].read())["content"]
    assert text["text"] == FACT
    [citation] = text["citations"]
    assert citation["cited_text"] == FACT
    assert location.items() <= citation.items()

    stream = client.invoke_model_with_response_stream(modelId=CLAUDE, body=claudes(block))
    with closing(stream["body"]) as events:
        chunks = [json.loads(event["chunk"]["bytes"]) for event in events]
    deltas = [chunk["delta"] for chunk in chunks if chunk["type"] == "content_block_delta"]
    assert "".join(one.get("text", "") for one in deltas) == FACT
    assert deltas[-1] == {"type": "citations_delta", "citation": citation}


def test_an_answer_with_citations_may_come_back(client: Any) -> None:
    asking = {
        "role": "user",
        "content": [
            document("pdf", {"bytes": PDF}, cited=True),
            {"text": "What does the Osterby crane lift?"},
        ],
    }
    first = client.converse(modelId=CLAUDE, messages=[asking])["output"]["message"]
    assert "citationsContent" in first["content"][0]
    again = {"role": "user", "content": [{"text": QUESTION}]}
    reply = client.converse(modelId=CLAUDE, messages=[asking, first, again])
    [cited] = [one["citationsContent"] for one in reply["output"]["message"]["content"]]
    assert cited["content"] == [{"text": FACT}]


TOOLS: JSON = {
    "tools": [{"toolSpec": {"name": "search", "inputSchema": {"json": {"type": "object"}}}}]
}


def test_search_results_of_a_tool_are_cited(client: Any) -> None:
    found = [
        {"source": f"https://{name}", "title": name, "content": [{"text": text}], **CITED}
        for name, text in (("crane", OTHER), ("pump", FACT))
    ]
    use = {"toolUseId": "t1", "name": "search", "input": {}}
    result = {"toolUseId": "t1", "content": [{"searchResult": one} for one in found]}
    messages = [
        {"role": "user", "content": [{"text": QUESTION}]},
        {"role": "assistant", "content": [{"toolUse": use}]},
        {"role": "user", "content": [{"toolResult": result}]},
    ]
    reply = client.converse(modelId=CLAUDE, messages=messages, toolConfig=TOOLS)
    [cited] = [one["citationsContent"] for one in reply["output"]["message"]["content"]]
    assert cited["content"] == [{"text": FACT}]
    assert cited["citations"][0]["location"] == {
        "searchResultLocation": {"searchResultIndex": 1, "start": 0, "end": 1}
    }


SEARCH: JSON = {
    "name": "search_documents",
    "description": "Search the documents.",
    "inputSchema": {
        "json": {
            "type": "object",
            "properties": {"query": {"type": "string"}},
            "required": ["query"],
        }
    },
}
TWO_QUESTIONS = "How much does the Hellinger pump move, and how much does the Osterby crane lift?"


def after_searches(client: Any, *found: list[JSON], system: str = "Help.") -> list[JSON]:
    """The blocks of the answer to two questions, each of which was searched for by itself."""
    queries = ("How much does the Hellinger pump move?", "How much does the Osterby crane lift?")
    messages: list[JSON] = [{"role": "user", "content": [{"text": TWO_QUESTIONS}]}]
    for number, (query, content) in enumerate(zip(queries, found, strict=True)):
        use = {"toolUseId": f"t{number}", "name": "search_documents", "input": {"query": query}}
        result = {"toolUseId": f"t{number}", "content": content}
        messages.append({"role": "assistant", "content": [{"toolUse": use}]})
        messages.append({"role": "user", "content": [{"toolResult": result}]})
    reply = client.converse(
        modelId=CLAUDE,
        messages=messages,
        system=[{"text": system}],
        toolConfig={"tools": [{"toolSpec": SEARCH}]},
    )
    blocks: list[JSON] = reply["output"]["message"]["content"]
    return blocks


def test_searches_step_by_step_are_answered_each_from_what_it_found(client: Any) -> None:
    found = [
        [{"searchResult": {"source": f"https://{name}", "title": name,
                           "content": [{"text": text}], **CITED}}]
        for name, text in (("pump", FACT), ("crane", OTHER))
    ]  # fmt: skip
    cited = [
        one["citationsContent"]
        for one in after_searches(client, *found)
        if "citationsContent" in one
    ]
    assert [one["content"][0]["text"].strip() for one in cited] == [FACT, OTHER]
    places = [one["citations"][0]["location"]["searchResultLocation"] for one in cited]
    assert [one["searchResultIndex"] for one in places] == [0, 1]


def test_passages_in_the_text_of_a_result_are_cited_by_their_numbers(client: Any) -> None:
    found = [
        [{"text": f'<passages>\n<passage n="{number}" document="{number}.md">\n{text}\n'
                  "</passage>\n</passages>"}]
        for number, text in ((3, FACT), (4, OTHER))
    ]  # fmt: skip
    rules = "After each sentence, cite the passages by their numbers, like [1] or [2][3]."
    [block] = after_searches(client, *found, system=rules)
    assert block["text"] == (f"{FACT.removesuffix('.')} [3].\n\n{OTHER.removesuffix('.')} [4].")


def test_a_document_needs_a_text_beside_it(client: Any) -> None:
    with pytest.raises(ClientError, match="A text block must be included when using"):
        client.converse(
            modelId=CLAUDE,
            messages=[{"role": "user", "content": [document("pdf", {"bytes": PDF})]}],
        )


def test_without_citations_the_answer_is_text(client: Any) -> None:
    plain = {"type": "document", "source": BASE64}
    reply = client.invoke_model(modelId=CLAUDE, body=claudes(plain))
    assert json.loads(reply["body"].read())["content"] == [{"type": "text", "text": FACT}]


@pytest.mark.parametrize(
    ("blocks", "wrong"),
    [
        ([document("pdf", {"bytes": PDF}, "pump.pdf")], "The document file name can only contain"),
        ([document("pdf", {"bytes": PDF}, "a  b")], "more than one consecutive whitespace"),
        ([document("pdf", {"bytes": PDF})] * 2,
         "Messages can't contain duplicate document names. Rename the document and retry"),
        ([document("txt", {"bytes": b"a"}, f"n{n}") for n in range(6)],
         "You can't include more than 5 documents in a request."),
        ([document("txt", {"bytes": b"a" * 4_718_593})], "exceeds the maximum document size"),
        ([document("doc", {"bytes": b"a"})], "save it as .docx"),
        ([document("pdf", {"bytes": b"no PDF"})], "pump: the stand-in cannot read it."),
        ([document("pdf", {"bytes": pdf([[(72, 720, 12, FACT)]], LOCKED)})], "password"),
        ([document("pdf", {"bytes": PDF}, "a", cited=True), document("pdf", {"bytes": PDF}, "b")],
         "citations: enable them on all documents, or on none."),
        ([document("txt", {"bytes": b" "})], "pump"),
        ([shown(picture("gif", 9, 9))],
         "specified using the image/png media type, but the image appears to be a image/gif image"),
        ([shown(picture("png", 8001, 9))],
         "At least one of the image dimensions exceed max allowed size: 8000 pixels"),
        ([shown(picture("png", 9, 9) + bytes(4_000_000))],
         "image.source.bytes: image exceeds 5 MB maximum: 5333372 bytes > 5242880 bytes"),
        ([shown(picture("png", 2001, 9))] * 21,
         "max allowed size for many-image requests: 2000 pixels"),
    ],
)  # fmt: skip
def test_documents_that_bedrock_refuses_are_refused(
    client: Any, blocks: list[JSON], wrong: str
) -> None:
    assert wrong in refusal(client, *blocks)


def test_a_model_without_documents_refuses_them(client: Any) -> None:
    block = document("txt", {"bytes": TEXT.encode()})
    micro = "amazon.nova-micro-v1:0"
    assert "doesn't support the document content block" in refusal(client, block, model=micro)


def test_an_image_beside_a_document_is_named_and_not_seen(client: Any) -> None:
    image = shown(picture("png", 640, 480))
    reply = converse(client, document("txt", {"bytes": TEXT.encode()}), image)
    assert texts(reply).startswith(FACT)
    assert "(PNG, 640 x 480 pixels). Nothing in the stand-in sees images." in texts(reply)


def test_the_tokens_of_a_document_are_counted_as_they_are_used(client: Any) -> None:
    content = [document("pdf", {"bytes": PDF}), {"text": QUESTION}]
    messages = [{"role": "user", "content": content}]
    counted = client.count_tokens(
        modelId="anthropic.claude-sonnet-4-6", input={"converse": {"messages": messages}}
    )
    used = client.converse(modelId=CLAUDE, messages=messages)["usage"]["inputTokens"]
    assert counted["inputTokens"] == used
