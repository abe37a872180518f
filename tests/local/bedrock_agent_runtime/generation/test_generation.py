"""RetrieveAndGenerate and its stream through boto3, over the stand-in's own model."""

from pathlib import Path
from typing import Any

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.generation.library import (
    ABSTENTION,
    WRITER,
    Library,
    library,
    make_base,
    parts_of,
)

HARD = "Quartz has a hardness of 7 on the Mohs scale."
BASE = "retrieveAndGenerateConfiguration.knowledgeBaseConfiguration"


def documents(citation: Any) -> list[str]:
    return [
        one["location"]["customDocumentLocation"]["id"] for one in citation["retrievedReferences"]
    ]


def test_an_answer_is_cited_part_by_part(minerals: Library) -> None:
    reply = minerals.answer("How hard is quartz?")
    text = reply["output"]["text"]
    parts = parts_of(reply["citations"])
    assert parts[0] == (HARD, 0, len(HARD) - 1)
    assert " ".join(part for part, _, _ in parts) == text
    assert all(text[start : end + 1] == part for part, start, end in parts)
    assert [documents(citation) for citation in reply["citations"]] == [["quartz"]] * len(parts)
    (passage,) = reply["citations"][0]["retrievedReferences"]
    assert passage["content"]["type"] == "TEXT"
    assert HARD in passage["content"]["text"]
    assert passage["metadata"]["mineral"] == "quartz"
    assert "score" not in passage


def test_places_behind_an_emoji_count_it_once(minerals: Library) -> None:
    reply = minerals.answer("Is talc soft?")
    text = reply["output"]["text"]
    assert "\U0001f9fc" in text
    parts = parts_of(reply["citations"])
    assert "".join(text[start : end + 1] for _, start, end in parts) == text
    assert parts[-1][2] == len(text) - 1


def test_an_abstention_has_no_references(minerals: Library) -> None:
    reply = minerals.answer("Who won the election of 1912?")
    assert reply["output"]["text"] == ABSTENTION
    assert parts_of(reply["citations"]) == [(ABSTENTION, 0, len(ABSTENTION) - 1)]
    assert reply["citations"][0]["retrievedReferences"] == []


def test_where_nothing_is_found_the_answer_is_an_abstention(minerals: Library) -> None:
    search = {"filter": {"equals": {"key": "mineral", "value": "gold"}}}
    reply = minerals.answer(
        "How hard is quartz?", retrievalConfiguration={"vectorSearchConfiguration": search}
    )
    assert reply["output"]["text"] == ABSTENTION
    assert reply["citations"][0]["retrievedReferences"] == []


def test_the_search_is_configured_as_that_of_retrieve(minerals: Library) -> None:
    texts = []
    for mineral in ("talc", "quartz"):
        search = {
            "filter": {"equals": {"key": "mineral", "value": mineral}},
            "numberOfResults": 1,
            "overrideSearchType": "SEMANTIC",
        }
        reply = minerals.answer(
            "Where is it mined?", retrievalConfiguration={"vectorSearchConfiguration": search}
        )
        texts.append((reply["output"]["text"], documents(reply["citations"][0])))
    assert texts == [("Talc is mined in Finland.", ["talc"]), (ABSTENTION, [])]


def test_a_session_goes_on_with_what_was_said(minerals: Library) -> None:
    first = minerals.answer("How hard is quartz?")
    reply = minerals.answer("Where is it found?", first["sessionId"])
    assert reply["sessionId"] == first["sessionId"]
    assert reply["output"]["text"] == "Quartz is found in granite."
    again = minerals.answer("And of talc?", first["sessionId"])
    assert "Talc is mined in Finland." in again["output"]["text"]
    other = minerals.answer("And of talc?")
    assert other["sessionId"] != first["sessionId"]
    assert other["output"]["text"].startswith("What do you mean")


def test_a_session_may_go_on_without_a_configuration(minerals: Library) -> None:
    session = minerals.answer("How hard is talc?")["sessionId"]
    reply = minerals.runtime.retrieve_and_generate(
        sessionId=session, input={"text": "Where is it mined?"}
    )
    assert reply["output"]["text"] == "Talc is mined in Finland."


def test_a_session_that_bedrock_did_not_begin_is_refused(minerals: Library) -> None:
    code, status, message = refused(minerals.answer, "How hard is quartz?", "my-own-session")
    assert (code, status) == ("ValidationException", 400)
    assert message == "Session with Id my-own-session is not valid. Please check and try again."


def test_a_session_belongs_to_one_knowledge_base(minerals: Library) -> None:
    session = minerals.answer("How hard is quartz?")["sessionId"]
    other = make_base(minerals.server.client("bedrock-agent"), "empty", {})
    code, _, message = refused(minerals.answer, "How hard is talc?", session, knowledgeBaseId=other)
    assert code == "ValidationException"
    assert "cannot be modified for an ongoing session" in message


def test_a_session_belongs_to_its_key(minerals: Library) -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000"
    asks: Any = {
        "input": {"text": "How hard is quartz?"},
        "retrieveAndGenerateConfiguration": minerals.configuration(),
        "sessionConfiguration": {"kmsKeyArn": key},
    }
    answer = minerals.runtime.retrieve_and_generate
    session = answer(**asks)["sessionId"]
    assert answer(**asks, sessionId=session)["sessionId"] == session
    asks["sessionConfiguration"] = {"kmsKeyArn": key.replace("8000", "9000")}
    code, _, message = refused(answer, **asks, sessionId=session)
    assert code == "ValidationException"
    assert message.startswith("sessionConfiguration.kmsKeyArn: ")


def test_a_session_outlives_the_stand_in(tmp_path: Path) -> None:
    with library(tmp_path) as before:
        session = before.answer("How hard is talc?")["sessionId"]
    with library(tmp_path) as after:
        reply = after.answer("Where is it mined?", session)
    assert reply["output"]["text"] == "Talc is mined in Finland."


def test_a_comparison_is_taken_apart_and_searched_for_by_side(minerals: Library) -> None:
    decomposition = {"queryTransformationConfiguration": {"type": "QUERY_DECOMPOSITION"}}
    search = {"vectorSearchConfiguration": {"numberOfResults": 2}}
    reply = minerals.answer(
        "Which is harder on the Mohs scale, quartz or talc?",
        orchestrationConfiguration=decomposition,
        retrievalConfiguration=search,
    )
    cited = {name for citation in reply["citations"] for name in documents(citation)}
    assert cited == {"quartz", "talc"}


def test_a_stream_has_the_words_and_behind_those_of_a_part_its_citation(minerals: Library) -> None:
    whole = minerals.answer("How hard is quartz?")
    reply = minerals.runtime.retrieve_and_generate_stream(
        input={"text": "How hard is quartz?"},
        retrieveAndGenerateConfiguration=minerals.configuration(),
    )
    text, citations = "", []
    for event in reply["stream"]:
        if "output" in event:
            text += event["output"]["text"]
        else:
            cited = event["citation"]
            assert cited.pop("citation") == cited
            assert text.endswith(cited["generatedResponsePart"]["textResponsePart"]["text"])
            citations.append(cited)
    assert text == whole["output"]["text"]
    assert citations == whole["citations"]
    again = minerals.answer("Where is it found?", reply["sessionId"])
    assert again["output"]["text"] == "Quartz is found in granite."


def test_a_stream_is_refused_before_it_begins(minerals: Library) -> None:
    code, status, message = refused(
        minerals.runtime.retrieve_and_generate_stream,
        input={"text": " "},
        retrieveAndGenerateConfiguration=minerals.configuration(),
    )
    assert (code, status, message) == (
        "ValidationException",
        400,
        "input.text: must hold the question.",
    )


EMBEDS = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"modelArn": EMBEDS}, f"{BASE}.modelArn: must be a model that writes text"),
        ({"modelArn": "amazon.nova-nonsense"}, f"{BASE}.modelArn: The provided model identifier"),
        ({"modelArn": WRITER.replace("us-east", "eu-west")}, f"{BASE}.modelArn: The provided"),
        (
            {"generationConfiguration": {"promptTemplate": {"textPromptTemplate": "Be brief."}}},
            (
                f"{BASE}.generationConfiguration.promptTemplate.textPromptTemplate: must have the "
                "placeholder $search_results$."
            ),
        ),
        (
            {
                "orchestrationConfiguration": {
                    "promptTemplate": {"textPromptTemplate": "$output_format_instructions$"}
                }
            },
            (
                f"{BASE}.orchestrationConfiguration.promptTemplate.textPromptTemplate: must have "
                "the placeholder $conversation_history$."
            ),
        ),
        (
            {
                "orchestrationConfiguration": {
                    "promptTemplate": {"textPromptTemplate": "$conversation_history$"}
                }
            },
            "must have the placeholder $output_format_instructions$.",
        ),
        (
            {
                "generationConfiguration": {
                    "promptTemplate": {"textPromptTemplate": "$search_results$" + "x" * 4000}
                }
            },
            "textPromptTemplate",
        ),
        (
            {
                "generationConfiguration": {
                    "inferenceConfig": {"textInferenceConfig": {"topP": 0.5}},
                    "additionalModelRequestFields": {"top_p": 0.4},
                }
            },
            (
                f"{BASE}.generationConfiguration.additionalModelRequestFields.top_p: must not be "
                "there twice, and is there as inferenceConfig.textInferenceConfig.topP as well."
            ),
        ),
        (
            {"generationConfiguration": {"additionalModelRequestFields": {"temperature": "hot"}}},
            "additionalModelRequestFields.temperature: must be a number from 0 to 1.",
        ),
        (
            {"generationConfiguration": {"additionalModelRequestFields": {"maxTokens": 0.5}}},
            "additionalModelRequestFields.maxTokens: must be a whole number of at least 1.",
        ),
        (
            {"generationConfiguration": {"additionalModelRequestFields": {"stop": "x"}}},
            "additionalModelRequestFields.stop: must be a list of strings that are not empty.",
        ),
        (
            {"generationConfiguration": {"additionalModelRequestFields": {"nonsense": 1}}},
            "extraneous key [nonsense] is not permitted",
        ),
        (
            {
                "generationConfiguration": {
                    "inferenceConfig": {"textInferenceConfig": {"maxTokens": 0}}
                }
            },
            (
                "generationConfiguration.inferenceConfig.textInferenceConfig.maxTokens: must be at "
                "least 1."
            ),
        ),
        (
            {"retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": 101}}},
            "numberOfResults",
        ),
        (
            {"retrievalConfiguration": {"managedSearchConfiguration": {}}},
            f"{BASE}.retrievalConfiguration.managedSearchConfiguration: does not belong",
        ),
        ({"knowledgeBaseId": "NOTTHERE"}, "NOTTHERE"),
    ],
)
def test_a_refusal_names_the_field_and_the_rule(
    minerals: Library, members: Any, message: str
) -> None:
    code, status, told = refused(minerals.answer, "How hard is quartz?", **members)
    expected = (
        ("ResourceNotFoundException", 404)
        if "NOTTHERE" in message
        else (
            "ValidationException",
            400,
        )
    )
    assert (code, status) == expected
    assert message in told


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "retrieveAndGenerateConfiguration: is required in the first request of a session."),
        (
            {"retrieveAndGenerateConfiguration": {"type": "KNOWLEDGE_BASE"}},
            f"{BASE}: is required for the type KNOWLEDGE_BASE.",
        ),
        ({"userContext": {"userId": "me"}}, "userContext: the stand-in does not have"),
        ({"input": {"text": "x" * 1001}}, "input.text"),
        ({"sessionConfiguration": {"kmsKeyArn": "arn:aws:kms:mine"}}, "kmsKeyArn"),
        ({"sessionId": "not a session"}, "sessionId"),
    ],
)
def test_a_request_is_checked(minerals: Library, params: Any, message: str) -> None:
    asks = {"input": {"text": "How hard is quartz?"}, **params}
    code, _, told = refused(minerals.runtime.retrieve_and_generate, **asks)
    assert code == "ValidationException"
    assert message in told


def test_a_configuration_of_another_type_is_refused(minerals: Library) -> None:
    configuration = minerals.configuration() | {
        "externalSourcesConfiguration": {
            "modelArn": WRITER,
            "sources": [{"sourceType": "S3", "s3Location": {"uri": "s3://bucket/key.md"}}],
        }
    }
    code, _, message = refused(
        minerals.runtime.retrieve_and_generate,
        input={"text": "How hard is quartz?"},
        retrieveAndGenerateConfiguration=configuration,
    )
    assert code == "ValidationException"
    assert "externalSourcesConfiguration: does not belong to the type KNOWLEDGE_BASE." in message


def test_a_managed_base_is_refused(minerals: Library) -> None:
    agent = minerals.server.client("bedrock-agent")
    base = agent.create_knowledge_base(
        name="managed",
        roleArn="arn:aws:iam::000000000000:role/knowledge",
        knowledgeBaseConfiguration={
            "type": "MANAGED",
            "managedKnowledgeBaseConfiguration": {"embeddingModelType": "MANAGED"},
        },
    )["knowledgeBase"]["knowledgeBaseId"]
    code, _, message = refused(minerals.answer, "How hard is quartz?", knowledgeBaseId=base)
    assert code == "ValidationException"
    assert message.startswith(f"{BASE}.knowledgeBaseId: must not be a managed knowledge base.")


def test_parameters_of_the_model_are_passed_on(minerals: Library) -> None:
    cut = {"inferenceConfig": {"textInferenceConfig": {"maxTokens": 12}}}
    same = {"additionalModelRequestFields": {"max_new_tokens": 12}}
    short = minerals.answer("How hard is quartz?", generationConfiguration=cut)
    assert 0 < len(short["output"]["text"]) < len(HARD)
    moved = minerals.answer("How hard is quartz?", generationConfiguration=same)
    assert moved["output"] == short["output"]


@pytest.mark.parametrize(
    "model",
    [
        "us.anthropic.claude-sonnet-4-6",
        "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-sonnet-4-6",
        "mistral.mistral-7b-instruct-v0:2",  # takes no system prompt
        "ai21.j2-mid-v1",  # nor does this, which does not stream
    ],
)
def test_any_model_that_writes_answers_and_is_cited(minerals: Library, model: str) -> None:
    session = minerals.answer("How hard is quartz?", modelArn=model)["sessionId"]
    whole = minerals.answer("Where is it found?", session, modelArn=model)
    assert whole["output"]["text"] == "Quartz is found in granite."
    assert documents(whole["citations"][0]) == ["quartz"]
    reply = minerals.runtime.retrieve_and_generate_stream(
        input={"text": "How hard is quartz?"},
        retrieveAndGenerateConfiguration=minerals.configuration(modelArn=model),
    )
    assert "".join(event.get("output", {}).get("text", "") for event in reply["stream"]).startswith(
        HARD
    )


def test_the_hits_are_reranked_by_the_model_that_the_request_names(minerals: Library) -> None:
    reranker = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    reranking = {
        "type": "BEDROCK_RERANKING_MODEL",
        "bedrockRerankingConfiguration": {
            "modelConfiguration": {"modelArn": reranker},
            "numberOfRerankedResults": 1,
        },
    }
    search = {"vectorSearchConfiguration": {"rerankingConfiguration": reranking}}
    reply = minerals.answer("Where is talc mined?", retrievalConfiguration=search)
    assert reply["output"]["text"] == "Talc is mined in Finland."
    reranking["bedrockRerankingConfiguration"]["modelConfiguration"] = {"modelArn": WRITER}  # type: ignore[index]
    code, _, message = refused(
        minerals.answer, "Where is talc mined?", retrievalConfiguration=search
    )
    assert code == "ValidationException"
    assert message.startswith(
        f"{BASE}.retrievalConfiguration.vectorSearchConfiguration.rerankingConfiguration."
    )


def test_a_filter_is_made_of_what_the_question_implies(minerals: Library) -> None:
    attributes = [{"key": "mineral", "type": "STRING", "description": "The mineral's name"}]
    implicit = {"modelArn": WRITER, "metadataAttributes": attributes}
    search = {"implicitFilterConfiguration": implicit, "numberOfResults": 1}
    reply = minerals.answer(
        "Talc: what is it mined in?", retrievalConfiguration={"vectorSearchConfiguration": search}
    )
    cited = {name for citation in reply["citations"] for name in documents(citation)}
    assert cited <= {"talc"}
    implicit["modelArn"] = EMBEDS
    code, _, message = refused(
        minerals.answer,
        "Where is talc mined?",
        retrievalConfiguration={"vectorSearchConfiguration": search},
    )
    assert code == "ValidationException"
    assert "implicitFilterConfiguration.modelArn" in message
