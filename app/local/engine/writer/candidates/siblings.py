"""A question that wants several things gets all of them, and not one.

    Which berths are at the North pier?    the rows of the table that say North, with its header
    Which roles may sign invoices?         the rows with a "yes" in the column of that name
    Which berths cost more than 25?        the rows with such a number in the column that it names
    Which packages were compared?          all rows, if the first column has that name
    What must the keys be called?          the list that the chosen item is of
    What are the steps to set it up?       the headings of the steps, with what stands under them
    How do I fail over?                    all steps of the numbered list that two of them are of

What was chosen tells where to look; what is added stands beside it and fits as well. Where the
whole would be too long to be read, the choice stays as it was.
"""

from collections.abc import Iterator, Sequence

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.text import sentences
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.candidates.blocks import Block, blocks
from app.local.engine.writer.candidates.matching_rows import (
    LONGEST,
    rows_that_answer,
    rows_with_a_yes,
)
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.question import Question

_LONGEST_STEP = 350  # characters of what stands under the heading of a step
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_MOST_NAMED = 0.6  # of the question's terms
_STEP = re.compile(r"(?:step|stage|phase)\s*\d+\b|\d+(?:\.\d+)*[.):]?\s", re.IGNORECASE)
_SIGNS = re.compile(r"\s*(#{1,6})\s")


def with_the_others(
    question: Question,
    choice: Sequence[Candidate],
    candidates: Sequence[Candidate],
    names: Sequence[str],
) -> list[Candidate]:
    """The choice, with the rows or items beside it that answer as well; unchanged where the
    question wants one thing.

    Args:
        choice: what would be said, the best somewhere in it.
        candidates: all that can be said.
        names: of the passages' documents.
    """
    of_things = not question.superlative and question.kind not in ("yes-no", "number")
    several = question.wants_list and of_things
    for place, one in enumerate(choice):
        wholes: list[Candidate] = []
        if of_things and one.kind == "row":
            with_yes = rows_with_a_yes(question, one, candidates, names)
            if with_yes:
                header = [name for name, _ in one.cells]
                others = [row for row in choice if [name for name, _ in row.cells] != header]
                return [*with_yes, *others]
        if question.kind == "way" and one.kind == "item":
            wholes = _steps_of(question, one, choice, candidates)
        if several and not wholes:
            wholes = rows_that_answer(question, one, candidates, names)
        if several and not wholes and one.kind == "item":
            wholes = _list_of(question, one, choice, candidates)
        if wholes:
            before = [other for other in choice[:place] if not _is_in(other, wholes)]
            behind = [other for other in choice[place + 1 :] if not _is_in(other, wholes)]
            return [*before, *wholes, *behind]
    return list(choice)


def _is_in(one: Candidate, wholes: Sequence[Candidate]) -> bool:
    return any(one.text.rstrip(".;,") in whole.text for whole in wholes)


def _list_of(
    question: Question,
    item: Candidate,
    choice: Sequence[Candidate],
    candidates: Sequence[Candidate],
) -> list[Candidate]:
    """The shortest list that an item is of, if more of it was chosen, or what stands over the list
    names what the question asks for.
    """
    whole = _shortest_list(item, candidates)
    if whole is None:
        return []
    named = question.several in terms(f"{whole.nearest} {whole.lead}")
    return [whole] if named or _members(whole, choice) > 1 else []


def _steps_of(
    question: Question,
    item: Candidate,
    choice: Sequence[Candidate],
    candidates: Sequence[Candidate],
) -> list[Candidate]:
    """The numbered list that an item is of, if more of it was chosen, or what stands over it says
    most of what is to be done: one step alone does not tell how.
    """
    whole = _shortest_list(item, candidates)
    if whole is None or not _NUMBERED.match(whole.block):
        return []
    over = frozenset(terms(whole.nearest))
    named = sum(term in over for term in question.terms) >= _MOST_NAMED * len(question.terms)
    return [whole] if named or _members(whole, choice) > 1 else []


def _shortest_list(item: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The shortest list that an item is of, where it can be said whole."""
    lists = [
        one
        for one in candidates
        if one.kind == "list"
        and one.passage == item.passage
        and item.text.rstrip(".;,") in one.text
        and len(one.block) <= LONGEST
    ]
    return min(lists, key=lambda one: len(one.block), default=None)


def _members(whole: Candidate, choice: Sequence[Candidate]) -> int:
    """How many items of a list were chosen."""
    return sum(
        other.kind == "item"
        and other.passage == whole.passage
        and other.text.rstrip(".;,") in whole.text
        for other in choice
    )


def steps(question: Question, passages: Sequence[str]) -> list[Candidate]:
    """The steps that headings tell, with what stands under them, if steps are asked for."""
    if not question.wants_steps:
        return []
    return [one for place, text in enumerate(passages) for one in _steps_in(blocks(text), place)]


def _steps_in(parts: Sequence[Block], passage: int) -> Iterator[Candidate]:
    headings = [
        (place, len(signs[1]))
        for place, one in enumerate(parts)
        if one.kind == "heading" and (signs := _SIGNS.match(one.text))
    ]
    for number, (place, level) in enumerate(headings):
        under = []
        for at, its_level in headings[number + 1 :]:
            if its_level <= level:
                break
            under.append((at, its_level))
        children = [at for at, its_level in under if its_level == min(lev for _, lev in under)]
        counted = [at for at in children if _STEP.match(plain(parts[at].text))]
        children = counted if len(counted) > 1 else children
        if len(children) < 2:
            continue
        title = plain(parts[place].text)
        items = [_step(parts, at) for at in children]
        block = "\n".join(f"- {item}" for item in items)
        if len(block) <= LONGEST:
            text = f"{title}: {'; '.join(items)}"
            yield Candidate(passage, 0, "list", text, title, title, block, nearest=title)


def _step(parts: Sequence[Block], place: int) -> str:
    """The heading of a step, and the first sentences under it."""
    words = plain(parts[place].text).rstrip(":")
    length = 0
    for one in parts[place + 1 :]:
        if one.kind != "prose":
            break
        for start, end in sentences(one.text):
            sentence = plain(one.text[start:end])
            length += len(sentence) + 1
            if length > _LONGEST_STEP:
                return words
            words += f"{':' if words == plain(parts[place].text).rstrip(':') else ''} {sentence}"
    return words
