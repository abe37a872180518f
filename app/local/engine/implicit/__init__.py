"""Implicit filters: from a question and the attributes that are described to a filter.

    question -- names       values of the index that the question names
             -- amounts     numbers, years and days, with "since", "before", "at least", ...
             -- switches    what is true or false of a document
             -- one filter, of which all conditions have to hold

No model reads the question. So a filter is made only of what the question names exactly: a value as
the index has it, a number or a day beside a word of the attribute's key or description. What is
negated or could be of two attributes makes none.
"""

from collections.abc import Iterator, Sequence

from app.local.engine.implicit.amounts import amount_filters
from app.local.engine.implicit.attribute import Attribute, ValuesOf
from app.local.engine.implicit.names import name_filters
from app.local.engine.implicit.switches import switch_filters
from app.local.engine.store.filters import Filter, Group

__all__ = ["MOST_VALUES", "Attribute", "implicit_filter"]

MOST_VALUES = 1_000
"""Values of an attribute that a question is compared with: those of the most chunks."""


def implicit_filter(
    question: str, attributes: Sequence[Attribute], values: ValuesOf
) -> Filter | None:
    """The filter that a question implies; None if it implies none.

    Args:
        question: in the user's words.
        attributes: that the filter may test.
        values: those that the index has of a key, at most so many.
    """
    members = list(_filters(question, attributes, values))
    if len(members) < 2:
        return members[0] if members else None
    return Group("all", tuple(members))


def _filters(question: str, attributes: Sequence[Attribute], values: ValuesOf) -> Iterator[Filter]:
    named_values = {
        attribute: values(attribute.key, MOST_VALUES)
        for attribute in attributes
        if attribute.kind != "boolean"
    }
    yield from name_filters(question, named_values)
    yield from amount_filters(question, named_values, most=MOST_VALUES)
    yield from switch_filters(
        question, [attribute for attribute in attributes if attribute.kind == "boolean"]
    )
