"""A question that wants several things gets all of them, and not one.

    Which berths are at the North pier?    the rows of the table that say North, with its header
    Which roles may sign invoices?         the rows with a "yes" in the column of that name
    Which berths cost more than 25?        the rows with such a number in the column that it names
    Which packages were compared?          all rows, if the first column has that name
    What must the keys be called?          the list that the chosen item is of
    What are the steps to set it up?       the headings of the steps, with what stands under them

What was chosen tells where to look; what is added stands beside it and fits as well. Where the
whole would be too long to be read, the choice stays as it was.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.local.engine.store.analysis import terms
from app.local.engine.text import sentences
from app.local.engine.writer.blocks import Block, blocks
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.continuations import cells
from app.local.engine.writer.plain import plain
from app.local.engine.writer.question import Question

_LONGEST = 1800  # characters of what is said whole
_LONGEST_LEAD = 150
_LONGEST_STEP = 350  # characters of what stands under the heading of a step
_MOST_ROWS = 24
_YES = frozenset(("yes", "y", "true", "x", "\u2713", "\u2714", "\u2705", "\u2611", "\u25cf"))
_BOUND = re.compile(
    r"\b(?P<how>at least|no less than|more than|over|above|at most|no more than|up to|less than"
    r"|fewer than|under|below) (?P<number>\d[\d,]*(?:\.\d+)?)",
    re.IGNORECASE,
)
_UP = ("at least", "no less than", "more than", "over", "above")
_INCLUSIVE = ("at least", "no less than", "at most", "no more than", "up to")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
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
    if not question.wants_list or question.superlative or question.kind in ("yes-no", "number"):
        return list(choice)
    for place, one in enumerate(choice):
        wholes = _tables(question, one, candidates, names)
        if not wholes and one.kind == "item":
            wholes = [*filter(None, [_list_of(question, one, choice, candidates)])]
        if wholes:
            before = [other for other in choice[:place] if not _is_in(other, wholes)]
            behind = [other for other in choice[place + 1 :] if not _is_in(other, wholes)]
            return [*before, *wholes, *behind]
    return list(choice)


def _is_in(one: Candidate, wholes: Sequence[Candidate]) -> bool:
    return any(one.text in whole.text for whole in wholes)


def _list_of(
    question: Question,
    item: Candidate,
    choice: Sequence[Candidate],
    candidates: Sequence[Candidate],
) -> Candidate | None:
    """The shortest list that an item is of, if more of it was chosen, or what stands over the list
    names what the question asks for.
    """
    lists = [
        one
        for one in candidates
        if one.kind == "list"
        and one.passage == item.passage
        and item.text.rstrip(".;,") in one.text
        and len(one.block) <= _LONGEST
    ]
    if not lists:
        return None
    shortest = min(lists, key=lambda one: len(one.block))
    members = sum(other.kind == "item" and other.text in shortest.text for other in choice)
    named = question.several in terms(f"{shortest.nearest} {shortest.lead}")
    return shortest if members > 1 or named else None


def _tables(
    question: Question, one: Candidate, candidates: Sequence[Candidate], names: Sequence[str]
) -> list[Candidate]:
    """In place of a row, the rows that answer as it does, a table for each passage; in place of a
    table, those of its rows that answer. None, if they are too many, or there is nothing to change.
    """
    if one.kind == "table":
        header = [plain(cell) for cell in cells(one.block.partition("\n")[0])]
    else:
        header = [name for name, _ in one.cells]
    if not any(header):
        return []
    rows = list(_rows_under(header, one, candidates, names))
    if bounded := _within_bounds(question, rows):
        fitting = bounded
    elif one.kind == "table":
        fitting = _with_the_cell(question, rows)
    else:
        fitting = _like(question, one, rows, names[one.passage] if names else "")
    if len(fitting) == 1:
        return fitting
    passages = dict.fromkeys(row.passage for row in fitting)
    tables = [_table([row for row in fitting if row.passage == place]) for place in passages]
    length = sum(len(table.block) for table in tables)
    return tables if 1 < len(fitting) <= _MOST_ROWS and length <= _LONGEST else []


def _rows_under(
    header: Sequence[str], one: Candidate, candidates: Sequence[Candidate], names: Sequence[str]
) -> Iterator[Candidate]:
    """The rows of a table: those under its header in its passage, below the same heading, and in
    other passages of its document, below the same heading or none.
    """
    document = names[one.passage] if names else ""
    for row in candidates:
        if not row.cells or [name for name, _ in row.cells] != header[: len(row.cells)]:
            continue
        is_here = row.passage == one.passage
        headings = {row.nearest, one.nearest}
        is_below = len(headings) == 1 or (not is_here and "" in headings)
        if is_below and (is_here or (document and names[row.passage] == document)):
            yield row


def _like(
    question: Question, row: Candidate, rows: Sequence[Candidate], document: str
) -> list[Candidate]:
    """The rows that answer as one row does: they have the words of the question that it has, or a
    "yes" in the same column; all, where the question names no more than what the rows are.
    """
    about = frozenset(terms(f"{document} {row.nearest}"))
    wanted_terms = _nouns(question) - about
    shared = wanted_terms & _own_terms(row)
    if conditions := shared - {question.several} or shared:
        return [one for one in rows if conditions <= _own_terms(one)]
    if marked := _with_yes(wanted_terms - {question.several}, rows):
        return marked
    return list(rows) if question.several in terms(row.cells[0][0]) else []


def _within_bounds(question: Question, rows: Sequence[Candidate]) -> list[Candidate]:
    """The rows whose number is as large or as small as the question wants it, in the column that it
    names, or else in the only one with numbers; none, if it names no bound, or all keep to it.
    """
    bound = _BOUND.search(question.text)
    how = bound["how"].lower() if bound else ""
    if bound is None or not rows:
        return []
    limit = _value(bound["number"])
    columns = range(1, len(rows[0].cells))
    numbers = {place: [_number(row, place) for row in rows] for place in columns}
    of_numbers = [place for place in columns if sum(n is not None for n in numbers[place]) > 1]
    named = _nouns(question)
    named_columns = [
        place for place in of_numbers if named & frozenset(terms(rows[0].cells[place][0]))
    ]
    choice = named_columns or of_numbers
    if len(choice) != 1:
        return []
    fitting = []
    for row, number in zip(rows, numbers[choice[0]], strict=True):
        if number is not None:
            keeps = number > limit if how in _UP else number < limit
            if keeps or (how in _INCLUSIVE and number == limit):
                fitting.append(row)
    return fitting if len(fitting) < len(rows) else []


def _number(row: Candidate, place: int) -> float | None:
    """The number of a cell; None if it has none, or several."""
    numbers = _NUMBER.findall(row.cells[place][1]) if place < len(row.cells) else []
    return _value(numbers[0]) if len(numbers) == 1 else None


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _with_the_cell(question: Question, rows: Sequence[Candidate]) -> list[Candidate]:
    """The rows with a cell that the question names as a whole, or with a "yes" in a column that it
    names; none, if all have it.
    """
    named = _nouns(question) - {question.several}
    for place in range(1, max((len(row.cells) for row in rows), default=0)):
        fitting = [row for row in rows if (cell := _cell_terms(row, place)) and cell <= named]
        if 0 < len(fitting) < len(rows):
            return fitting
    return _with_yes(named, rows)


def _with_yes(names: frozenset[str], rows: Sequence[Candidate]) -> list[Candidate]:
    """The rows with a "yes" in the column whose name has most of these terms; none, if all have."""
    if not rows:
        return []
    columns = [names & frozenset(terms(name)) for name, _ in rows[0].cells]
    place = max(range(len(columns)), key=lambda column: len(columns[column]))
    wide = [row for row in rows if len(row.cells) > place]
    marked = [row for row in wide if row.cells[place][1].strip(" *`").lower() in _YES]
    return marked if columns[place] and place and len(marked) < len(wide) else []


def _nouns(question: Question) -> frozenset[str]:
    return frozenset(terms(" ".join(question.nouns)))


def _cell_terms(row: Candidate, place: int) -> frozenset[str]:
    return frozenset(terms(row.cells[place][1])) if place < len(row.cells) else frozenset()


def _own_terms(row: Candidate) -> frozenset[str]:
    return frozenset(terms(" ".join(cell for _, cell in row.cells)))


def _table(rows: Sequence[Candidate]) -> Candidate:
    """Rows as a table of their own."""
    first = rows[0]
    lines = [[name for name, _ in first.cells], ["---"] * len(first.cells)]
    lines += [[cell for _, cell in one.cells] for one in rows]
    lead = first.nearest if len(first.nearest) <= _LONGEST_LEAD else ""
    return replace(
        first,
        kind="table",
        text="; ".join(one.text for one in rows),
        lead=lead,
        block="\n".join(map(_line, lines)),
        cells=(),
    )


def _line(cells: Sequence[str]) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


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
        if len(block) <= _LONGEST:
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
