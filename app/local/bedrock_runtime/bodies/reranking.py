"""Rerankers through InvokeModel: Cohere Rerank 3.5 and Amazon Rerank 1.0.

    {"query", "documents": [..], "top_n"} -> {"results": [{"index", "relevance_score"}]}

The best result is first. Cohere's body has to say "api_version": 2, too.

https://docs.aws.amazon.com/bedrock/latest/userguide/rerank.html
"""

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field

from app.local.bedrock_runtime.bodies.family import JSON
from app.local.bedrock_runtime.bodies.schema import Body, Count, check

Relevance = Callable[[str, Sequence[str]], list[float]]  # of texts to a question, 0 to 1
Rerank = Callable[[JSON, Relevance], JSON]
Text = Annotated[str, Field(min_length=1)]


class AmazonRerank(Body):
    query: Text
    documents: Annotated[list[Text], Field(min_length=1, max_length=1000)]
    top_n: Count | None = None


class CohereRerank(AmazonRerank):
    api_version: Annotated[int, Field(ge=2)]


def amazon_rerank(body: JSON, relevance: Relevance) -> JSON:
    return _reranked(check(AmazonRerank, body), relevance)


def cohere_rerank(body: JSON, relevance: Relevance) -> JSON:
    return _reranked(check(CohereRerank, body), relevance)


def _reranked(request: AmazonRerank, relevance: Relevance) -> JSON:
    scores = relevance(request.query, request.documents)
    places = sorted(range(len(scores)), key=lambda place: -scores[place])
    return {
        "results": [
            {"index": place, "relevance_score": scores[place]} for place in places[: request.top_n]
        ]
    }


RERANKERS: dict[str, Rerank] = {"amazon-rerank": amazon_rerank, "cohere-rerank": cohere_rerank}
