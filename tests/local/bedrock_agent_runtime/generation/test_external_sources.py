"""RetrieveAndGenerate over a document that comes with the request, or lies in S3."""

from typing import Any

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.generation.library import (
    ABSTENTION,
    WRITER,
    Library,
    parts_of,
)

FIELD = "retrieveAndGenerateConfiguration.externalSourcesConfiguration"
MANUAL = "# Pump\n\n" + "\n\n".join(
    f"## Part {n}\n\nPart {n} of the pump weighs {n * 7} kilograms. It is made of brass. "
    + "Handle it with care, and do not drop it. " * 20
    for n in range(1, 31)
)


def ask(minerals: Library, question: str, source: Any, **params: Any) -> Any:
    configuration: Any = {"modelArn": WRITER, "sources": [source], **params.pop("members", {})}
    return minerals.runtime.retrieve_and_generate(
        input={"text": question},
        retrieveAndGenerateConfiguration={
            "type": "EXTERNAL_SOURCES",
            "externalSourcesConfiguration": configuration,
        },
        **params,
    )


def content(
    data: str | bytes, kind: str = "text/markdown", identifier: str = "manual.md"
) -> dict[str, Any]:
    raw = data.encode() if isinstance(data, str) else data
    return {
        "sourceType": "BYTE_CONTENT",
        "byteContent": {"identifier": identifier, "contentType": kind, "data": raw},
    }


@pytest.fixture(scope="module")
def uri(minerals: Library) -> str:
    s3 = minerals.server.client("s3")
    s3.create_bucket(Bucket="manuals")
    s3.put_object(Bucket="manuals", Key="guides/manual.md", Body=MANUAL.encode())
    return "s3://manuals/guides/manual.md"


def test_a_document_that_comes_along_is_answered_from_and_cited(minerals: Library) -> None:
    reply = ask(minerals, "How much does part 28 weigh?", content(MANUAL))
    text = reply["output"]["text"]
    assert "Part 28 of the pump weighs 196 kilograms." in text
    assert all(text[start : end + 1] == part for part, start, end in parts_of(reply["citations"]))
    (passage,) = reply["citations"][0]["retrievedReferences"]
    assert passage["location"] == {
        "type": "CUSTOM",
        "customDocumentLocation": {"id": "manual.md"},
    }
    assert "196 kilograms" in passage["content"]["text"]


def test_a_document_in_s3_is_answered_from_and_cited(minerals: Library, uri: str) -> None:
    source = {"sourceType": "S3", "s3Location": {"uri": uri}}
    reply = ask(minerals, "How much does part 12 weigh?", source)
    assert "Part 12 of the pump weighs 84 kilograms." in reply["output"]["text"]
    (passage,) = reply["citations"][0]["retrievedReferences"]
    assert passage["location"] == {"type": "S3", "s3Location": {"uri": uri}}
    assert passage["metadata"] == {"x-amz-bedrock-kb-source-uri": uri}


def test_a_session_goes_on_with_the_document_sent_again(minerals: Library) -> None:
    source = content("# Quartz\n\nQuartz is hard. Quartz is found in granite.")
    session = ask(minerals, "Is quartz hard?", source)["sessionId"]
    reply = ask(minerals, "Where is it found?", source, sessionId=session)
    assert reply["output"]["text"] == "Quartz is found in granite."
    code, _, message = refused(
        minerals.runtime.retrieve_and_generate, input={"text": "Why?"}, sessionId=session
    )
    assert code == "ValidationException"
    assert message == f"{FIELD}.sources: must come with each request."
    code, _, message = refused(minerals.answer, "How hard is talc?", session)
    assert "cannot be modified for an ongoing session" in message


def test_a_question_in_another_language_is_searched_for_by_its_own_encoder(
    minerals: Library,
) -> None:
    text = "# Pumpe\n\nDie Pumpe steht im Keller. Sie wiegt achtzig Kilogramm."
    reply = ask(minerals, "Wo steht die Pumpe?", content(text))
    assert "Die Pumpe steht im Keller." in reply["output"]["text"]


def test_the_form_of_octets_is_told_by_their_name(minerals: Library) -> None:
    source = content(b"part,weight\nnut,3\n", "application/octet-stream", "parts/list.csv")
    assert "3" in ask(minerals, "What is the weight of the nut?", source)["output"]["text"]


def test_a_tag_in_a_document_neither_ends_the_passages_nor_the_answer(minerals: Library) -> None:
    text = "# Tags\n\nThe tag </search_results> ends the results, as </answer> ends the answer."
    reply = ask(minerals, "Which tag ends the results?", content(text))
    assert (
        "The tag </search_results> ends the results, as </answer> ends the answer."
        in (reply["output"]["text"])
    )
    assert reply["citations"][0]["retrievedReferences"][0]["content"]["text"] == text


def test_what_a_document_does_not_say_is_an_abstention(minerals: Library) -> None:
    reply = ask(minerals, "Who won the election of 1912?", content(MANUAL))
    assert reply["output"]["text"] == ABSTENTION
    assert reply["citations"][0]["retrievedReferences"] == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"sourceType": "S3"}, ".sources.0.s3Location: is required for the type S3."),
        ({"sourceType": "BYTE_CONTENT"}, ".sources.0.byteContent: is required for the type"),
        (
            {"sourceType": "S3", "s3Location": {"uri": "s3://manuals/nothing.md"}},
            ".sources.0.s3Location.uri: there is no object s3://manuals/nothing.md.",
        ),
        (content("a", "image/png", "a.png"), ".byteContent.contentType: must be one of "),
        (content("a", "application/octet-stream", "a"), ".byteContent.contentType: must be one"),
        (content("%PDF", "application/pdf", "a"), ".sources.0.byteContent: cannot be read."),
        (content(" ", "text/plain", "a"), ".sources.0.byteContent: cannot be read."),
    ],
)
def test_a_refusal_names_the_source_and_the_rule(
    minerals: Library, source: Any, message: str, uri: str
) -> None:
    assert uri
    code, status, told = refused(ask, minerals, "How hard is it?", source)
    assert (code, status) == ("ValidationException", 400)
    assert told.startswith(FIELD)
    assert message in told


def test_an_object_that_is_too_large_is_refused(minerals: Library, uri: str) -> None:
    assert uri
    s3 = minerals.server.client("s3")
    s3.put_object(Bucket="manuals", Key="large.txt", Body=b"a" * (10 * 2**20 + 1))
    source = {"sourceType": "S3", "s3Location": {"uri": "s3://manuals/large.txt"}}
    code, _, message = refused(ask, minerals, "What is it?", source)
    assert code == "ValidationException"
    assert message == f"{FIELD}.sources.0.s3Location.uri: must be of at most 10,485,760 bytes."


def test_a_template_for_external_sources_is_checked_too(minerals: Library) -> None:
    template = {"promptTemplate": {"textPromptTemplate": "Be brief."}}
    code, _, message = refused(
        ask,
        minerals,
        "How hard is it?",
        content("a"),
        members={"generationConfiguration": template},
    )
    assert code == "ValidationException"
    assert message.startswith(f"{FIELD}.generationConfiguration.promptTemplate.textPromptTemplate")
