"""Documents that a query names by a path or a file's name: "Summarise docs/budgets.md".

A search compares what a text says, and a name tells little of that. So such a document is asked for
by its address, in a second call. A name without its folder is looked for in the folders of what the
first call found.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.events import Passage
from app.resources import DOCUMENT_SUFFIXES, SOURCE_URI
from app.retrieval.filters import GROUPS

MOST = 20  # addresses that are asked for at once

_SUFFIX = "|".join(suffix.removeprefix(".") for suffix in DOCUMENT_SUFFIXES)
_NAME = re.compile(
    rf"(?<![\w./:-])(?:\./)?+(?P<path>(?:[\w-][\w.-]*+/)*+[\w-][\w.-]*\.(?:{_SUFFIX}))"
    r"(?![\w/-]|\.\w)",
    re.IGNORECASE,
)


def names_in(query: str) -> tuple[str, ...]:
    """The names and paths of files in a query, each once, as they are written.

    >>> names_in("Does ./docs/budgets.md say more than setup.pdf? See https://a.com/b.html")
    ('docs/budgets.md', 'setup.pdf')
    """
    return tuple(dict.fromkeys(match["path"] for match in _NAME.finditer(query)))


def addresses(names: Sequence[str], passages: Sequence[Passage]) -> tuple[str, ...]:
    """The addresses that documents of these names may have, the likeliest first: those of passages
    that have such a name, and each name in the buckets and folders of the others.
    """
    uris = list(dict.fromkeys(one.uri for one in passages if one.uri.startswith("s3://")))
    same = [uri for name in names for uri in uris if uri.endswith(f"/{name}")]
    roots = ["/".join(uri.split("/", 3)[:3]) for uri in uris]
    folders = [uri.rpartition("/")[0] for uri in uris]
    possible = [f"{place}/{name}" for place in (*roots, *folders) for name in names]
    return tuple(dict.fromkeys([*same, *possible]))[:MOST]


def of_addresses(
    uris: Sequence[str], retrieval_filter: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The filter for chunks of these documents among those of another filter; None where that one
    is a group of groups, since a store may take none that is deeper.
    """
    value: Any = {"key": SOURCE_URI, "value": list(uris)}
    condition = {"in": value} if len(uris) > 1 else {"equals": {**value, "value": uris[0]}}
    if not retrieval_filter:
        return condition
    [(name, operand)] = retrieval_filter.items()
    if name not in GROUPS:
        return {"andAll": [retrieval_filter, condition]}
    if any(not set(GROUPS).isdisjoint(member) for member in operand):
        return None
    members = operand if name == "andAll" else [retrieval_filter]
    return {"andAll": [*members, condition]}


def named_first(
    named: Sequence[Passage], others: Sequence[Passage], limit: int
) -> tuple[Passage, ...]:
    """The passages of the documents that were named, and then the others, each text once."""
    texts: dict[str, Passage] = {}
    for passage in (*named, *others):
        texts.setdefault(passage.text, passage)
    return tuple(
        replace(passage, number=number)
        for number, passage in enumerate(list(texts.values())[:limit], start=1)
    )
