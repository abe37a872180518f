"""The places that come nearest to a question which the documents do not answer."""

from collections.abc import Sequence

from app.citations.quote import Quotable
from app.citations.vocabulary import content_words
from app.events import Passage, Place

MOST = 3
LEAST = 1 / 3  # of the question's words


def nearest(query: str, passages: Sequence[Passage]) -> tuple[Place, ...]:
    """The places of the best passages that come near the query; none if no passage does.

    A score tells which of two passages is better, but not whether either is any good. So a passage
    is near if it has enough of the query's words, or one of them in a place that tells what it is
    about: its document's title or path, a heading, or the header of a table.
    """
    query_words = content_words(query)
    places: dict[tuple[str, int | None, str | None], Place] = {}
    for passage in passages:
        quotable = _near(query_words, passage)
        if quotable is None:
            continue
        place = _place(query, passage, quotable)
        places.setdefault((place.uri, place.page, place.section), place)
        if len(places) == MOST:
            break
    return tuple(places.values())


def _near(query_words: frozenset[str], passage: Passage) -> Quotable | None:
    """The passage, to be quoted from, if it is near. One that shares no word is not looked at."""
    about = query_words & content_words(f"{passage.title} {passage.document}")
    shared = query_words & content_words(passage.text)
    if not (about or shared):
        return None
    quotable = Quotable(passage.text)
    is_near = about or len(shared) >= LEAST * len(query_words)
    if is_near or query_words & content_words(" ".join(quotable.labels())):
        return quotable
    return None


def _place(query: str, passage: Passage, quotable: Quotable) -> Place:
    start = quotable.nearest(query).start
    return Place(
        document=passage.document,
        title=passage.title,
        uri=passage.uri,
        page=passage.page,
        section=quotable.sections.at(start),
        score=passage.score,
        page_label=passage.page_label,
    )
