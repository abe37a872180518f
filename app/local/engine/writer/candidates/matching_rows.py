"""Which rows of a table answer a question, and what they are as a table of their own.

    Which berths are at the North pier?    the rows that say North, with the header
    Which roles may sign invoices?         the rows with a "yes" in the column of that name
    Which release runs on Python 2.7?      the same, in place of a row with a "no" in that column
    Which berths cost more than 25?        the rows with such a number in the column that it names
    Which packages were compared?          all rows, if the first column has that name

Where they are too many to be read, there are none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.candidates.rows import cells
from app.local.engine.writer.question import Question

LONGEST = 1800  # characters of what is said whole
_LONGEST_LEAD = 150
_MOST_ROWS = 24
_YES = frozenset(("yes", "y", "true", "x", "\u2713", "\u2714", "\u2705", "\u2611", "\u25cf"))
_NO = frozenset(
    (
        "no",
        "n",
        "false",
        "",
        "-",
        "\u2013",
        "\u2014",
        "\u2717",
        "\u2718",
        "\u274c",
        "\u274e",
        "\u2610",
    )
)
_BOUND = re.compile(
    r"\b(?P<how>at least|no less than|more than|over|above|at most|no more than|up to|less than"
    r"|fewer than|under|below) (?P<number>\d[\d,]*(?:\.\d+)?)",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no|not|without|lacks?|lacking|never|none|neither|cannot|optional)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_UP = ("at least", "no less than", "more than", "over", "above")
_INCLUSIVE = ("at least", "no less than", "at most", "no more than", "up to")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def rows_that_answer(
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
    return _together(fitting)


def _together(fitting: Sequence[Candidate]) -> list[Candidate]:
    """One row as it is, several as a table for each passage; none, if they are too many."""
    if len(fitting) == 1:
        return list(fitting)
    passages = dict.fromkeys(row.passage for row in fitting)
    tables = [_table([row for row in fitting if row.passage == place]) for place in passages]
    length = sum(len(table.block) for table in tables)
    return tables if 1 < len(fitting) <= _MOST_ROWS and length <= LONGEST else []


def rows_with_a_yes(
    question: Question, row: Candidate, candidates: Sequence[Candidate], names: Sequence[str]
) -> list[Candidate]:
    """In place of a row with a "no" in a column that the question names, the rows that have a "yes"
    in each such column. None, where the question itself says no, or names the row.
    """
    first = frozenset(terms(row.cells[0][1])) if row.cells else frozenset()
    if _DENIAL.search(question.text) or first <= frozenset(question.terms):
        return []
    rows = list(_rows_under([name for name, _ in row.cells], row, candidates, names))
    places = _columns_of_marks(frozenset(question.terms) - {question.several}, rows)
    fitting = [one for one in rows if _has_yes(one, places)]
    return [] if row in fitting else _together(fitting)


def _columns_of_marks(named: frozenset[str], rows: Sequence[Candidate]) -> list[int]:
    """The columns that are named with all of their name, and whose cells all say yes or no."""
    return [
        place
        for place in range(1, len(rows[0].cells) if rows else 0)
        if (name := frozenset(terms(rows[0].cells[place][0])))
        and name <= named
        and {_mark(row, place) for row in rows} <= _YES | _NO
    ]


def _has_yes(row: Candidate, places: Sequence[int]) -> bool:
    return all(_mark(row, place) in _YES for place in places)


def _mark(row: Candidate, place: int) -> str:
    cell = row.cells[place][1] if place < len(row.cells) else ""
    return cell.strip(" *`").lower()


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
    "yes" in the same column; all, where the question names no more than what the rows are. That a
    row has the word for the things themselves ("bike" of "cargo bike") tells least.
    """
    about = frozenset(terms(f"{document} {row.nearest}"))
    wanted_terms = _nouns(question) - about
    shared = wanted_terms & _own_terms(row)
    if conditions := shared - {question.several}:
        return [one for one in rows if conditions <= _own_terms(one)]
    if marked := _with_yes(question, wanted_terms - {question.several}, rows):
        return marked
    if shared:
        return [one for one in rows if shared <= _own_terms(one)]
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
    return _with_yes(question, frozenset(question.terms) - {question.several}, rows)


def _with_yes(
    question: Question, names: frozenset[str], rows: Sequence[Candidate]
) -> list[Candidate]:
    """The rows with a "yes" in each column that these terms name, or else in the one whose name has
    most of them; with a "no", where the question denies it; none, if all have.
    """
    if "optional" in question.text.lower():  # what a column "required" has a "no" for
        names |= frozenset(terms("required"))
    if not rows:
        return []
    places = _columns_of_marks(names, rows)
    if not places:
        columns = [names & frozenset(terms(name)) for name, _ in rows[0].cells]
        place = max(range(len(columns)), key=lambda column: len(columns[column]))
        places = [place] if columns[place] and place else []
    wide = [row for row in rows if len(row.cells) > max(places, default=0)]
    marks = _NO if _DENIAL.search(question.text) else _YES
    marked = [row for row in wide if all(_mark(row, place) in marks for place in places)]
    return marked if places and len(marked) < len(wide) else []


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
