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
        quotable = Quotable(passage.text)
        topic = " ".join((passage.title, passage.document, *quotable.labels()))
        shared = query_words & content_words(passage.text)
        if query_words & content_words(topic) or (
            shared and len(shared) >= LEAST * len(query_words)
        ):
            place = _place(query, passage, quotable)
            places.setdefault((place.uri, place.page, place.section), place)
    return tuple(places.values())[:MOST]


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
