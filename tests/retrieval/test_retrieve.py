"""What Retrieve answers, in JSON that a careless Knowledge Base could send."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.aws import Clients
from app.errors import OutcropError
from app.events import Passage
from app.guardrail import Unguarded, Verdict
from app.meter import Account, MeteredCall
from app.retrieval import Retriever, Screening, retrieve
from app.retrieval.folding import results_for
from app.retrieval.passages import read_passages
from app.retrieval.retriever import SearchType
from app.retrieval.screening import screen
from tests.models.loopback import JSON_TYPE, Loopback, reply
from tests.test_meter import Recorder

PLACE = {"type": "S3", "s3Location": {"uri": "s3://d/a.md"}}
PAGE = "x-amz-bedrock-kb-document-page-number"


@pytest.mark.parametrize(
    ("members", "passage"),
    [
        ({}, Passage(1, "a", "s3://d/a.md", 0.0)),
        ({"metadata": None}, Passage(1, "a", "s3://d/a.md", 0.0)),
        ({"metadata": {"a": None, "b": 1}}, Passage(1, "a", "s3://d/a.md", 0.0, None, {"b": 1})),
        ({"metadata": {PAGE: 2.0}}, Passage(1, "a", "s3://d/a.md", 0.0, 2)),
        ({"metadata": {PAGE: float("nan")}}, Passage(1, "a", "s3://d/a.md", 0.0)),
        (
            {"metadata": {PAGE: 5.0, "outcrop-page-label": "iii"}},
            Passage(1, "a", "s3://d/a.md", 0.0, 5, page_label="iii"),
        ),
        ({"metadata": {PAGE: "two"}}, Passage(1, "a", "s3://d/a.md", 0.0)),
        ({"score": float("inf")}, Passage(1, "a", "s3://d/a.md", 0.0)),
        ({"content": {"text": "a\ud800"}}, Passage(1, "a\ufffd", "s3://d/a.md", 0.0)),
        ({"content": {"text": None}}, Passage(1, "", "s3://d/a.md", 0.0)),
    ],
)
def test_a_passage_is_read_from_a_retrieval_result(
    members: dict[str, Any], passage: Passage, server: Loopback, aws: Clients
) -> None:
    result = {"content": {"text": "a"}, "location": PLACE, **members}
    server.enqueue(reply(json.dumps({"retrievalResults": [result]}).encode(), headers=JSON_TYPE))
    passages = retrieve(aws.bedrock_agent_runtime, "ABCDEFGHIJ", "q", limit=1, search_type="HYBRID")
    assert passages == (passage,)


@pytest.mark.parametrize(
    ("results", "titles"),
    [
        ([("a/b.md", "# Clay #\n\nWet.", {}), ("a/b.md", "Sand.", {})], ["Clay", "Clay"]),
        ([("a.html", "\nClay and sand\n===\nWet.", {})], ["Clay and sand"]),
        ([("a.md", "#  Clay", {"title": " On  clay "})], ["On clay"]),
        ([("a.pdf", "1", {"title": "Clay"}), ("a.pdf", "2", {})], ["Clay", "Clay"]),
        (
            [("a/b.md", "# One", {}), ("a/b.md", "# Two", {}), ("c.md", "# C", {})],
            [None, None, "C"],
        ),
        ([("b.md", "## Clay\n\n# Sand", {}), ("c.md", "#Clay", {})], [None, None]),
        ([("slides.pptx", "# Clay", {}), ("b.docx", "# Clay", {"title": 3})], [None, None]),
    ],
)
def test_a_documents_title_is_its_attribute_or_the_heading_that_it_begins_with(
    results: list[tuple[str, str, Any]], titles: list[str | None]
) -> None:
    found: Any = [
        {
            "content": {"text": text},
            "location": {"type": "S3", "s3Location": {"uri": f"s3://d/{key}"}},
            "metadata": metadata,
        }
        for key, text, metadata in results
    ]
    passages = list(read_passages(found))
    assert [passage.own_title for passage in passages] == titles
    assert [passage.document for passage in passages] == [key for key, _, _ in results]
    for passage in passages:
        assert passage.title == passage.own_title or passage.document.endswith(passage.title)


@pytest.mark.parametrize(
    ("search_type", "configuration"),
    [
        (
            "SEMANTIC",
            {"vectorSearchConfiguration": {"numberOfResults": 9, "overrideSearchType": "SEMANTIC"}},
        ),
        ("MANAGED", {"managedSearchConfiguration": {"numberOfResults": 9}}),
    ],
)
@pytest.mark.parametrize("year", [None, {"equals": {"key": "year", "value": 2024}}])
def test_retrieve_is_asked_for_this_search(
    server: Loopback, aws: Clients, search_type: SearchType, configuration: Any, year: Any
) -> None:
    server.forget()
    server.enqueue(reply(b'{"retrievalResults": []}', headers=JSON_TYPE))
    retrieve(
        aws.bedrock_agent_runtime,
        "ABCDEFGHIJ",
        "q",
        limit=3,
        search_type=search_type,
        retrieval_filter=year,
    )
    [(name, search)] = configuration.items()
    [request] = server.requests
    assert json.loads(request.body) == {
        "retrievalQuery": {"text": "q"},
        "retrievalConfiguration": {name: {**search, "filter": year} if year else search},
    }


@pytest.mark.parametrize(
    ("search_type", "member", "kind"),
    [
        ("HYBRID", "vectorSearchConfiguration", {"overrideSearchType": "HYBRID"}),
        ("MANAGED", "managedSearchConfiguration", {"rerankingModelType": "CUSTOM"}),
    ],
)
def test_a_reranker_gets_more_than_is_wanted_and_is_named_by_its_arn(
    server: Loopback, aws: Clients, search_type: SearchType, member: str, kind: Any
) -> None:
    server.forget()
    server.enqueue(reply(b'{"retrievalResults": []}', headers=JSON_TYPE))
    model = "cohere.rerank-v3-5:0"
    retrieve(
        aws.bedrock_agent_runtime,
        "ABCDEFGHIJ",
        "q",
        limit=5,
        search_type=search_type,
        rerank_model_id=model,
    )
    [request] = server.requests
    region = aws.bedrock_agent_runtime.meta.region_name
    arn = f"arn:aws:bedrock:{region}::foundation-model/{model}"
    assert json.loads(request.body)["retrievalConfiguration"][member] == {
        "numberOfResults": 20,
        **kind,
        "rerankingConfiguration": {
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": arn}},
        },
    }


def test_copies_of_a_text_take_the_place_of_one(server: Loopback, aws: Clients) -> None:
    texts = ["Clay is\nwet.", *["Clay  is wet."] * 5, "CLAY is wet.", "Sand.", "Loam.", "Silt."]
    results = [
        {"content": {"text": text}, "location": PLACE, "score": (9 - n) / 8}
        for n, text in enumerate(texts)
    ]
    server.enqueue(reply(json.dumps({"retrievalResults": results}).encode(), headers=JSON_TYPE))
    passages = retrieve(aws.bedrock_agent_runtime, "ABCDEFGHIJ", "q", limit=3, search_type="HYBRID")
    assert [(one.number, one.text, one.score) for one in passages] == [
        (1, "Clay is\nwet.", 1.125),
        (2, "Sand.", 0.25),
        (3, "Loam.", 0.125),
    ]


@pytest.mark.parametrize(("limit", "results"), [(1, 3), (5, 15), (40, 100), (100, 100)])
def test_more_results_are_asked_for_than_passages_are_wanted(limit: int, results: int) -> None:
    assert results_for(limit) == results


@pytest.mark.parametrize("year", [None, {"equals": {"key": "year", "value": 2024}}])
def test_a_search_is_metered_and_what_it_finds_is_screened(
    server: Loopback, aws: Clients, year: Any
) -> None:
    server.forget()
    server.enqueue(reply(b'{"retrievalResults": []}', headers=JSON_TYPE))
    meter = Recorder()
    retriever = Retriever(
        aws.bedrock_agent_runtime, "ABCDEFGHIJ", Unguarded(), Account(meter, "ada")
    )
    screening = retriever.passages("q", limit=3, search_type="MANAGED", retrieval_filter=year)
    assert screening == Screening((), ())
    [request] = server.requests
    search = json.loads(request.body)["retrievalConfiguration"]["managedSearchConfiguration"]
    assert search.get("filter") == year
    place = "knowledge-base/ABCDEFGHIJ"
    assert meter.calls == [MeteredCall("ada", place, "retrieve", "complete", None)]


def test_a_retriever_with_a_model_for_it_reranks_unless_the_caller_does_not_want_it(
    server: Loopback, aws: Clients
) -> None:
    account = Account(Recorder(), "ada")
    without = Retriever(aws.bedrock_agent_runtime, "ABCDEFGHIJ", Unguarded(), account)
    reranking = replace(without, rerank_model_id="amazon.rerank-v1:0")

    def search(retriever: Retriever, **options: Any) -> Any:
        server.forget()
        server.enqueue(reply(b'{"retrievalResults": []}', headers=JSON_TYPE))
        retriever.passages("q", limit=3, search_type="HYBRID", **options)
        configuration = json.loads(server.requests[0].body)["retrievalConfiguration"]
        return configuration["vectorSearchConfiguration"]

    assert "amazon.rerank-v1:0" in str(search(reranking)["rerankingConfiguration"])
    assert "rerankingConfiguration" not in search(reranking, is_reranked=False)
    assert "rerankingConfiguration" not in search(without)


def test_an_error_names_the_call(server: Loopback, aws: Clients) -> None:
    server.forget()
    headers = {**JSON_TYPE, "x-amzn-errortype": "ValidationException"}
    server.enqueue(reply(b'{"message": "No."}', status=400, headers=headers))
    with pytest.raises(OutcropError, match=r"^Retrieve: "):
        retrieve(aws.bedrock_agent_runtime, "ABCDEFGHIJ", "q", limit=1, search_type="HYBRID")


def test_a_guard_that_forgets_a_passage_lets_none_through() -> None:
    class Forgetful(Unguarded):
        def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
            return super().passages(passages)[1:]

    with pytest.raises(ValueError, match="shorter"):
        screen([Passage(1, "a", "s3://d/a.md", 0.5)], Forgetful())
