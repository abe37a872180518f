"""After a start, makes the state and the stores agree again, wherever the last process stopped.

    claimed                                   waiting again
    INDEXED in the state, not in the store    requested again
    in the store, not INDEXED in the state    removed
    a store of no base                        removed
    tokens of a document in no store          forgotten

Documents that a deleted data source with the policy RETAIN has left in a store stay there.
"""

import logging
from sqlite3 import Connection

from app.local.bedrock_agent.knowledge_bases import queue
from app.local.bedrock_agent.knowledge_bases.bases import languages
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import BaseStores
from app.local.engine.store import Store

log = logging.getLogger(__name__)


def recover(state: State, stores: BaseStores) -> None:
    with state.transaction() as db:
        queue.recover(db)
        rows = db.execute("SELECT * FROM knowledge_bases")
        bases = {row["id"]: languages(row) for row in rows}
    stores.remove_all_but(bases)
    for base, encoded in bases.items():
        with state.transaction() as db:
            _reconcile(db, stores.of(base, encoded), base)
    stores.forget_others()


def _reconcile(db: Connection, store: Store, base: str) -> None:
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
