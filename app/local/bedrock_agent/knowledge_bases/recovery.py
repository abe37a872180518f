"""After a start, makes the state and the stores agree again, wherever the last process stopped.

    claimed                                   waiting again
    INDEXED in the state, not in the store    requested again
    in the store, not INDEXED in the state    removed
    a store of no base                        removed

Documents that a deleted data source with the policy RETAIN has left in a store stay there.
"""

import logging
from sqlite3 import Connection

from app.local.bedrock_agent.knowledge_bases import queue
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import BaseStores

log = logging.getLogger(__name__)


def recover(state: State, stores: BaseStores) -> None:
    with state.transaction() as db:
        queue.recover(db)
        bases = [row["id"] for row in db.execute("SELECT id FROM knowledge_bases")]
    stores.remove_all_but(bases)
    for base in bases:
        with state.transaction() as db:
            _reconcile(db, stores, base)


def _reconcile(db: Connection, stores: BaseStores, base: str) -> None:
    store = stores.of(base)
    store.refresh()  # the last process may have written without a refresh
    stored = set(store.documents())
    sources = {
        row["id"] for row in db.execute("SELECT id FROM data_sources WHERE base = ?", (base,))
    }
    recorded = {
        f"{source}/{uri}"
        for source in sources
        for uri, etags in queue.indexed_states(db, source).items()
        if etags
    }
    for document in recorded - stored:
        log.warning("%s is not in the store, and is indexed again", document)
        queue.request_again(db, *document.split("/", 1))
    for document in stored - recorded:
        if document.split("/", 1)[0] in sources:
            log.warning("%s should not be in the store, and is removed", document)
            store.delete(document)
