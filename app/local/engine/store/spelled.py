"""From the stem that a misspelled word is nearest to, to the word that a chunk has."""

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.store.contract import Chunk


def word_of(term: str, chunk: Chunk) -> str:
    """The first word of a chunk that makes this term; the term itself if it has no plain one."""
    words = re.findall(r"[a-z]+", f"{chunk.context}\n{chunk.text}".casefold())
    return next((word for word in words if word[:3] == term[:3] and terms(word) == [term]), term)
