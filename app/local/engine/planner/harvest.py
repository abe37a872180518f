"""What results hold for a parameter: each value with the record that has it.

A value counts by the name that it has ("product_id" in the lines of an order), by the kind of thing
that it names (the "id" in a list of products), or by how it looks (the parameter's example).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.local.engine.planner.exemplars import fits, has_example
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.results import parsed
from app.local.engine.planner.telling import named
from app.local.engine.planner.words import name_words, stems, word_set

Row = Mapping[str, Any]

_SIGNS = word_set("id ids uuid number no code key ref sku name")
_DEEPEST = 6
_MOST = 100  # values of a result


@dataclass(frozen=True)
class Found:
    """A value for a parameter.

    Attributes:
        rows: the record that has it, and then those around it.
    """

    value: Any
    rows: tuple[Row, ...]

    @property
    def names(self) -> frozenset[str]:
        """The stems of what its record says of itself, by name and in words."""
        return named(self.rows[0])


def harvest(parameter: Parameter, text: str, about: str = "") -> list[Found]:
    """The values of a result for a parameter, each once, as the result has them in order.

    Args:
        about: the name of the tool that returned it.

    >>> from app.local.engine.planner.shapes import Shape
    >>> product = Parameter("product_id", Shape("string"))
    >>> order = '{"order_id": "A-7", "lines": [{"product_id": "P-1"}, {"product_id": "P-2"}]}'
    >>> [one.value for one in harvest(product, order)]
    ['P-1', 'P-2']
    >>> [one.value for one in harvest(product, '[{"id": "P-3"}]', "search_products")]
    ['P-3']
    """
    values: dict[Any, Found] = {}
    nouns = frozenset(stems(f"{name_words(about)} "))
    for value, rows in _values(parameter, parsed(text), (), nouns, 0):
        if len(values) < _MOST:
            values.setdefault(value, Found(value, rows))
    return list(values.values())


def nouns_of(parameter: Parameter) -> frozenset[str]:
    """The stems of the thing that a parameter names: of `order_id`, "order"."""
    words = [word for word in name_words(parameter.name).split() if word not in _SIGNS]
    return frozenset(stem for word in words for stem in stems(word))


def things(row: Row) -> list[str]:
    """The names of the things in a record; its own, where there are none."""
    inner = [
        name
        for one in row.values()
        if isinstance(one, list)
        for each in one
        if isinstance(each, Mapping)
        for name in things(each)
    ]
    own = [str(row[name]) for name in ("name", "title") if isinstance(row.get(name), str)]
    return list(dict.fromkeys(inner or own[:1]))


def _values(
    parameter: Parameter, value: Any, above: tuple[Row, ...], nouns: frozenset[str], depth: int
) -> Iterator[tuple[Any, tuple[Row, ...]]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        rows = (value, *above)
        direct = [one for name, one in value.items() if _is_for(parameter, str(name), one, nouns)]
        yield from ((one, rows) for one in direct[:1])
        for name, one in value.items():
            if isinstance(one, Mapping | list):
                inner = frozenset(stems(f"{name_words(str(name))} "))
                yield from _values(parameter, one, rows, inner, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value[:_MOST]:
            yield from _values(parameter, one, above, nouns, depth + 1)


def _is_for(parameter: Parameter, name: str, value: Any, nouns: frozenset[str]) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    kind = parameter.shape.kind
    if kind != "any" and (kind in ("integer", "number")) != isinstance(value, int | float):
        return False
    looks = fits(parameter, str(value))
    if name_words(name) == name_words(parameter.name):
        return looks is not False
    if has_example(parameter):
        return bool(looks) and _is_sign(name)
    return parameter.identity and name in _SIGNS and bool(nouns & nouns_of(parameter))


def _is_sign(name: str) -> bool:
    return bool(_SIGNS & set(name_words(name).split()))
