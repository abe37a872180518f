"""Retrieve's implicitFilterConfiguration: a filter that is made from the question.

    question, attributes -- engine.implicit_filter -- and the request's own filter -- does any pass?

On AWS the model that the request names writes the filter from the attributes' descriptions. Here
the engine makes it of what the question names exactly, whichever model is named. If no chunk passes
it, the search goes on as if there were none; what AWS does then is not documented.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_ImplicitFilterConfiguration.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from app.local.control.errors import invalid
from app.local.engine import Engine
from app.local.engine.encoder import Languages
from app.local.engine.implicit import Attribute
from app.local.engine.retrieval import Query
from app.local.engine.store import Store
from app.local.engine.store.filters import Group
from app.local.wire import JSON

MOST_KEY = 100
"""Characters of a key, as in a filter; the API's model of an attribute has 256."""

_KINDS: Mapping[str, Literal["string", "number", "boolean", "list"]] = {
    "STRING": "string",
    "NUMBER": "number",
    "BOOLEAN": "boolean",
    "STRING_LIST": "list",
}


class WritingModels(Protocol):
    """The foundation models, as far as implicit filters use them."""

    def can_write(self, identifier: str) -> bool:
        """Whether it is of a model that writes text and has not ended."""
        ...


def attributes_of(models: WritingModels, field: str, configuration: JSON) -> list[Attribute]:
    """Check an implicitFilterConfiguration, the request's member `field`.

    Raises:
        ServiceError: ValidationException, naming the member and the rule.
    """
    arn = configuration["modelArn"]
    if not models.can_write(arn):
        raise invalid(f"{field}.modelArn", f"must be a model that writes text, and is {arn}.")
    attributes = [
        Attribute(one["key"], _KINDS[one["type"]], one["description"])
        for one in configuration["metadataAttributes"]
    ]
    for place, attribute in enumerate(attributes):
        where = f"{field}.metadataAttributes.{place}.key"
        if len(attribute.key) > MOST_KEY:
            raise invalid(where, f"must have at most {MOST_KEY} characters, as in a filter.")
        if any(attribute.key == other.key for other in attributes[:place]):
            raise invalid(where, f"must not be there twice, and {attribute.key!r} is.")
    return attributes


def with_implicit(
    engine: Engine,
    store: Store,
    languages: Languages,
    query: Query,
    attributes: Sequence[Attribute],
) -> Query:
    """The query with the filter that its question implies, beside its own; as it is, if the
    question implies none, or no chunk passes both.
    """
    implicit = engine.implicit_filter(store, query.question, attributes)
    if implicit is None:
        return query
    both = implicit if query.filter is None else Group("all", (query.filter, implicit))
    probe = Query(query.question, limit=1, filter=both)
    return replace(query, filter=both) if engine.retrieve(store, probe, languages) else query
