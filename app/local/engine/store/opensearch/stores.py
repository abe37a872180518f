"""The stores of one home in OpenSearch: an index for each, and a folder for its ledger."""

from pathlib import Path

from app.local import lazy_re as re
from app.local.engine.store.contract import Store, StoreConfiguration, StoreError
from app.local.engine.store.opensearch.endpoint import OLDEST, Endpoint
from app.local.engine.store.opensearch.ledger import LEDGER
from app.local.engine.store.opensearch.store import OpenSearchStore

PREFIX = "outcrop-"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")


class OpenSearchStores:
    """See `Stores`.

    Args:
        endpoint: to the OpenSearch that has the indexes.
        folder: holds a folder for each store; made with the first of them.

    Raises:
        StoreError: it cannot be reached, or is too old.
    """

    def __init__(self, endpoint: Endpoint, folder: Path) -> None:
        self._endpoint, self._folder = endpoint, folder
        check_version(endpoint)

    def open(self, name: str, configuration: StoreConfiguration) -> Store:
        path = self._folder / name
        return OpenSearchStore(self._endpoint, index_name(name), path, configuration)

    def remove(self, name: str) -> None:
        path = self._folder / name
        if not (path / LEDGER).exists():
            return
        with self._endpoint.errors(), self._endpoint.client() as client:
            client.indices.delete(index=index_name(name), params={"ignore_unavailable": "true"})
        for file in path.glob(f"{LEDGER}*"):
            file.unlink()
        if not any(path.iterdir()):  # an embedded store may be there as well, after a move
            path.rmdir()

    def names(self) -> set[str]:
        return self.ledgers(self._folder)

    @staticmethod
    def ledgers(folder: Path) -> set[str]:
        """The names of the stores whose ledgers are in a folder."""
        return {path.parent.name for path in folder.glob(f"*/{LEDGER}")}


def index_name(name: str) -> str:
    """The index of a store. OpenSearch wants lower case.

    >>> index_name("KB12AB34CD")
    'outcrop-kb12ab34cd'
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"a store's name must be letters, digits, - and _, and is {name!r}")
    return f"{PREFIX}{name.lower()}"


def check_version(endpoint: Endpoint) -> None:
    """See that what answers is an OpenSearch that can be used.

    Raises:
        StoreError: it is not, or does not answer.
    """
    if endpoint.has_own_ids:
        return  # a collection has no version, and no page that tells of itself
    with endpoint.errors(), endpoint.client() as client:
        about = client.info()
    version = about.get("version", {})
    number = str(version.get("number", "?"))
    if version.get("distribution") != "opensearch":
        raise StoreError(f"What answers at {endpoint.place} is no OpenSearch.")
    if tuple(map(int, re.findall(r"\d+", number)[:2])) < OLDEST:
        raise StoreError(
            f"OpenSearch at {endpoint.place} is version {number}, which searches vectors "
            f"without regard to a filter. It has to be {'.'.join(map(str, OLDEST))} or newer."
        )
