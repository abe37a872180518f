"""Where the bulks of a store go, and whether that is still the index which was opened.

Whoever may use an OpenSearch may delete an index, or make another of its name, while a store is
open. OpenSearch even makes one itself, for a bulk that names an index which is not there: with
fields that it guesses, in which no search finds what was acknowledged. So

    a bulk   goes through an alias, `<index>-writes`, and requires that the name is one: without it
             OpenSearch refuses the bulk, and makes nothing
    a put    is acknowledged when this alias leads to the index that was opened, and to no other

What tells an index from a later one of its name is the id that OpenSearch gives it, and the owner
that its mappings tell. A collection is not known to take such a bulk, so there the index is written
to by its name, and a put is still acknowledged only if it is the same afterwards.
"""

from typing import Any

from opensearchpy import NotFoundError, OpenSearch

from app.local.engine.store.contract import StoreDamaged, StoreUnavailable
from app.local.engine.store.opensearch.endpoint import NEXT_START, Endpoint
from app.local.engine.store.opensearch.fields import JSON

SUFFIX = "-writes"
PLAIN: tuple[JSON, ...] = ({}, {"is_write_index": True})  # an alias that changes no write


class WriteTarget:
    """Where the bulks of an index go.

    Attributes:
        index: its name.
        label: the index in a sentence.
        is_alias: whether `name` is that of an alias.
        name: what bulks write to.
    """

    def __init__(self, endpoint: Endpoint, client: OpenSearch, index: str) -> None:
        self._endpoint, self._client = endpoint, client
        self.index = index
        self.label = f"the index {index} in OpenSearch at {endpoint.place}"
        self.is_alias = not endpoint.has_own_ids
        self.name = f"{index}{SUFFIX}" if self.is_alias else index
        self._identity: tuple[Any, Any] | None = None

    def settle(self, description: JSON) -> None:
        """Remember the index that was opened, and give it the alias if it has none.

        Args:
            description: what OpenSearch says of the index.

        Raises:
            StoreError: as `check`.
        """
        self._identity = _identity(description)
        if self.is_alias and not self._behind(self.name):
            self._add_alias()
        self.check()

    def check(self) -> None:
        """See that what is written reaches the index that was opened, and nothing else.

        Raises:
            StoreDamaged: the index is gone, or another has its name.
            StoreUnavailable: the index is there, and the alias does not lead to it alone.
            StoreError: see `Endpoint.errors`.
        """
        behind = self._behind(self.name)
        if set(behind) == {self.index} and self._is_same(behind) and self._is_plain(behind):
            return
        self.check_index()
        if behind:
            how = "" if self._is_plain(behind) else ", with settings of its own"
            raise StoreUnavailable(
                f"Writes to {self.label} go through the alias {self.name}, and somebody has "
                f"changed it: it leads to {_names(behind)}{how}. Remove it there; it is added "
                "again where it belongs."
            )
        self._add_alias()
        raise StoreUnavailable(
            f"Writes to {self.label} go through the alias {self.name}, which somebody had "
            "removed. It is there again; ask again."
        )

    def check_index(self) -> None:
        """See that the index is the one that was opened; wherever its alias leads.

        Raises:
            StoreDamaged: it is gone, or another has its name.
            StoreError: see `Endpoint.errors`.
        """
        there = self._behind(self.index)
        if self.index not in there:
            now = f"; its name is an alias of {_names(there)} now" if there else ""
            raise StoreDamaged(f"{self.label} is gone{now}. {NEXT_START}")
        if not self._is_same(there):
            raise StoreDamaged(
                f"{self.label} is not the one that was opened: somebody has deleted that and made "
                f"another. {NEXT_START}"
            )

    def _behind(self, name: str) -> dict[str, JSON]:
        """The indexes that a name leads to, by their own names."""
        with self._endpoint.errors():
            try:
                return dict(self._client.indices.get(index=name))
            except NotFoundError:
                return {}

    def _is_same(self, behind: dict[str, JSON]) -> bool:
        return _identity(behind[self.index]) == self._identity

    def _is_plain(self, behind: dict[str, JSON]) -> bool:
        """Whether the alias sends writes to where they would go without it."""
        return not self.is_alias or all(
            each.get("aliases", {}).get(self.name) in PLAIN for each in behind.values()
        )

    def _add_alias(self) -> None:
        with self._endpoint.errors():
            self._client.indices.put_alias(index=self.index, name=self.name)


def _identity(description: JSON) -> tuple[Any, Any]:
    """What no two indexes have in common: OpenSearch's id, and the owner by their mappings."""
    mark = description["mappings"].get("_meta", {}).get("outcrop", {})
    return description.get("settings", {}).get("index", {}).get("uuid"), mark.get("owner")


def _names(behind: dict[str, JSON]) -> str:
    return " and ".join(sorted(behind))
