"""Rerank, and the reranking of what Retrieve has found: requests checked, and texts put in order.

    Rerank     sources -- their texts -- engine.rerank -- the best, as results
    Retrieve   hits -- texts, with the metadata that the request names -- engine.rerank -- the best

Both name a reranking model by its ARN. Whichever it is, the engine's reranker orders the texts, and
scores them from 0 to 1.

https://docs.aws.amazon.com/bedrock/latest/userguide/rerank.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.local.control import pages
from app.local.control.errors import invalid, unsupported
from app.local.engine import Engine
from app.local.engine.store import Hit, Metadata
from app.local.wire import JSON, Call

DETAILS = "bedrockRerankingConfiguration"
OF_BEDROCK = "x-amz-bedrock"  # how the attributes begin that Bedrock itself adds
_RERANK = "rerankingConfiguration"


class RerankingModels(Protocol):
    """The foundation models, as far as reranking uses them."""

    def can_rerank(self, arn: str, region: str) -> bool:
        """Whether the ARN is of a reranking model that a Region offers."""
        ...


@dataclass(frozen=True)
class Reranking:
    """How Retrieve puts its hits in order.

    Attributes:
        limit: the most hits that are kept; None for all.
        every: whether all metadata of a document's own is read with the text.
        fields: names of metadata that is read, or, with `every`, that is left out.
    """

    limit: int | None = None
    every: bool = False
    fields: frozenset[str] = frozenset()

    def text(self, hit: Hit) -> str:
        """What the reranker reads of a hit: the metadata, a line each, before the text."""
        lines = [f"{key}: {_line(value)}" for key, value in self._read(hit.metadata)]
        return "\n".join([*lines, hit.text])

    def _read(self, metadata: Metadata) -> Iterator[tuple[str, Any]]:
        for key, value in metadata.items():
            own = not key.startswith(OF_BEDROCK)
            if (own and key not in self.fields) if self.every else key in self.fields:
                yield key, value


def rerank(engine: Engine, models: RerankingModels, call: Call) -> JSON:
    """Bedrock's Rerank.

    Raises:
        ServiceError: ValidationException, for what is wrong with the request or is not supported.
    """
    params = call.params
    pages.position("Rerank", params)  # all results are in one answer, so no token is one of ours
    details = params[_RERANK][DETAILS]
    _check_model(models, call.region, f"{_RERANK}.{DETAILS}", details)
    texts = [_source_text(f"sources.{place}", one) for place, one in enumerate(params["sources"])]
    query = params["queries"][0]["textQuery"].get("text", "")
    if not query.strip():
        raise invalid("queries.0.textQuery.text", "must hold the question.")
    scores = engine.rerank(query, texts)
    return {
        "results": [
            {"index": place, "relevanceScore": scores[place]}
            for place in _order(scores)[: details.get("numberOfResults")]
        ]
    }


def reranking_of(
    models: RerankingModels, region: str, field: str, configuration: JSON
) -> Reranking:
    """Check the rerankingConfiguration of a Retrieve, the request's member `field`.

    Raises:
        ServiceError: ValidationException, naming the member and the rule.
    """
    details = configuration.get(DETAILS)
    if details is None:
        raise invalid(f"{field}.{DETAILS}", "is required for the type BEDROCK_RERANKING_MODEL.")
    where = f"{field}.{DETAILS}"
    _check_model(models, region, where, details)
    every, fields = _selection(f"{where}.metadataConfiguration", details)
    return Reranking(details.get("numberOfRerankedResults"), every, fields)


def reranked(engine: Engine, question: str, hits: Sequence[Hit], reranking: Reranking) -> list[Hit]:
    """The hits by their relevance, which is their score, the best first."""
    scores = engine.rerank(question, [reranking.text(hit) for hit in hits])
    return [replace(hits[n], score=scores[n]) for n in _order(scores)[: reranking.limit]]


def _order(scores: Sequence[float]) -> list[int]:
    """The places of the scores, the highest first; of equal ones the earlier."""
    return sorted(range(len(scores)), key=lambda place: -scores[place])


def _check_model(models: RerankingModels, region: str, where: str, details: JSON) -> None:
    model = details["modelConfiguration"]
    arn = model["modelArn"]
    if not models.can_rerank(arn, region):
        raise invalid(
            f"{where}.modelConfiguration.modelArn",
            f"must be the ARN of a reranking model that {region} offers, and is {arn}.",
        )
    if model.get("additionalModelRequestFields"):
        raise unsupported(
            f"{where}.modelConfiguration.additionalModelRequestFields",
            "parameters of a reranking model",
        )


def _selection(where: str, details: JSON) -> tuple[bool, frozenset[str]]:
    """A metadataConfiguration, as `every` and `fields` of a Reranking."""
    selection = details.get("metadataConfiguration")
    if selection is None:
        return False, frozenset()
    selective = selection.get("selectiveModeConfiguration")
    member = f"{where}.selectiveModeConfiguration"
    if selection["selectionMode"] == "ALL":
        if selective is not None:
            raise invalid(member, "does not belong to the selectionMode ALL.")
        return True, frozenset()
    if selective is None:
        raise invalid(member, "is required for the selectionMode SELECTIVE.")
    [(kind, fields)] = selective.items()
    return kind == "fieldsToExclude", frozenset(field["fieldName"] for field in fields)


def _source_text(where: str, source: JSON) -> str:
    document = source["inlineDocumentSource"]
    member = {"TEXT": "textDocument", "JSON": "jsonDocument"}[document["type"]]
    if member not in document:
        raise invalid(
            f"{where}.inlineDocumentSource.{member}",
            f"is required for a document of type {document['type']}.",
        )
    if member == "jsonDocument":
        return "\n".join(_lines(document[member]))
    text: str = document[member].get("text", "")
    return text


def _lines(value: Any, name: str = "") -> Iterator[str]:
    """A JSON document as lines, each a name and a value.

    >>> list(_lines({"title": "Soil", "tags": ["clay", "sand"], "size": {"of": 2}}))
    ['title: Soil', 'tags: clay, sand', 'size of: 2']
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}".strip())
    elif isinstance(value, list) and any(isinstance(one, Mapping | list) for one in value):
        for inner in value:
            yield from _lines(inner, name)
    else:
        yield f"{name}: {_line(value)}" if name else _line(value)


def _line(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
