"""The row of a table that has the most or the least of what is asked for.

    Which plan is cheapest?           | plan | price |       the least price
    Which has the highest limit?      | plan | limit |       the greatest limit

It is said only if the whole column can be read as numbers of one unit, if one row is ahead of all
others, and if the table is not cut off at the end of its passage. Of those that were named before
("which of them"), only these rows are compared.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate

Choose = Callable[[Iterable[float]], float]

_LONG_PASSAGE = 900  # characters of rows behind which a table may go on in another passage
_NUMBER = re.compile(r"(?<![\w.,])[-\u2212]?\d++(?:[.,]\d++)*+(?![\w.])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_PRICE = "price cost fee charge rate amount rent tariff total euro dollar usd eur per"
_SIZE = "size area capacity volume population"
_TIME = "duration time min minutes hours days seconds"
_SPEED = "speed kmh mph"
_DISTANCE = "distance range km miles"
_GREAT = "highest|most|maximum|greatest|largest|biggest|longest|heaviest"
_SMALL = "lowest|fewest|least|minimum|smallest|shortest|lightest"
# How the most or the least is asked for, and what its column may be called.
_FORMS: tuple[tuple[str, Choose, str], ...] = (
    (r"cheapest|least expensive|most affordable|lowest[- ]priced", min, _PRICE),
    (r"most expensive|dearest|priciest|costliest", max, _PRICE),
    (rf"(?:{_GREAT}) (?P<named>[\w-]+)", max, ""),
    (rf"(?:{_SMALL}) (?P<named>[\w-]+)", min, ""),
    (r"largest|biggest|greatest", max, _SIZE),
    (r"smallest|tiniest", min, _SIZE),
    (r"longest|slowest", max, _TIME),
    (r"shortest|fastest|quickest", min, _TIME),
    (r"longest", max, "length"),
    (r"shortest", min, "length"),
    (r"fastest|quickest", max, _SPEED),
    (r"slowest", min, _SPEED),
    (r"tallest|highest", max, "height altitude elevation"),
    (r"lowest", min, "height altitude elevation"),
    (r"deepest", max, "depth"),
    (r"widest|broadest", max, "width"),
    (r"narrowest", min, "width"),
    (r"farthest|furthest", max, _DISTANCE),
    (r"nearest|closest", min, _DISTANCE),
    (r"hottest|warmest", max, "temperature"),
    (r"coldest|coolest", min, "temperature"),
    (r"loudest|noisiest", max, "noise loudness db"),
    (r"quietest", min, "noise loudness db"),
    (r"heaviest", max, "weight mass load"),
    (r"lightest", min, "weight mass load"),
    (r"oldest|earliest", min, "year date founded released built since"),
    (r"newest|latest|youngest|most recent", max, "year date founded released built since"),
)
_PATTERNS = [
    (re.compile(rf"\b(?:{form})\b", re.IGNORECASE), choose, measures)
    for form, choose, measures in _FORMS
]
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but)\W+)?(?:(?:in|on|at) )?"
    r"(?:which|what|who|how (?!many\b)\w+ (?:is|are))\b",
    re.IGNORECASE,
)
# What no column is called by: "Who sent the ..", "Which one holds the ..", "How heavy is the ..".
_DOES = re.compile(
    r"\b(?:who (?P<who>\w+)|(?:which|what) [\w-]+ (?P<which>\w+)|how (?P<how>\w+) (?:is|are))"
    r" (?:the |at )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Row:
    candidate: Candidate
    value: float


def extreme_row(
    question: str, candidates: Sequence[Candidate], names: Sequence[str], named: str = ""
) -> Candidate | None:
    """The row that a question for the most or the least asks for; None if that is not certain.

    Args:
        question: any.
        candidates: of the passages.
        names: of the passages' documents.
        named: what was said before, if the question asks which of that: the rows that it names.
    """
    if not _ASKS.match(question):
        return None
    forms = ((form.search(question), choose, measures) for form, choose, measures in _PATTERNS)
    columns = (
        (match, choose, match.groupdict().get("named") or measures)
        for match, choose, measures in forms
        if match
    )
    for match, choose, column in columns:
        does = _DOES.search(question, 0, match.start())
        verb = does[does.lastgroup or 0] if does else ""
        rest = frozenset(terms(question)) - frozenset(terms(f"{match[0]} {column} {verb}"))
        ahead = _ahead(rest, column, choose, candidates, names, frozenset(terms(named)))
        if ahead:
            return ahead[0] if len(ahead) == 1 else None
    return None


def _ahead(
    rest: frozenset[str],
    column: str,
    choose: Choose,
    candidates: Sequence[Candidate],
    names: Sequence[str],
    named_terms: frozenset[str],
) -> list[Candidate]:
    """The rows that are ahead in a column of the first table that has it; several where they tie.

    Args:
        rest: the terms of the question beside it.
    """
    for rows in _tables(candidates):
        if not _is_about(rest, rows[0], names):
            continue
        if named_terms:
            rows = [one for one in rows if _is_named(one, named_terms)]  # noqa: PLW2901
        values = _values(rows, frozenset(terms(column)))
        if len(values) > 1:
            best = choose(one.value for one in values)
            return [one.candidate for one in values if one.value == best]
    return []


def _tables(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """The rows of each table that is whole, as far as can be told."""
    tables: dict[tuple[object, ...], list[Candidate]] = {}
    for one in candidates:
        if one.cells:
            header = tuple(name for name, _ in one.cells)
            tables.setdefault((one.passage, header), []).append(one)
    last = {one.passage: one for one in candidates}
    return [
        rows
        for rows in tables.values()
        if len(rows) > 1
        and not (
            last[rows[-1].passage] is rows[-1]
            and sum(len(row.text) for row in rows) > _LONG_PASSAGE
        )
    ]


def _is_about(rest: frozenset[str], row: Candidate, names: Sequence[str]) -> bool:
    """Whether what else a question names is what a table is about, or what its columns are."""
    name = names[row.passage] if row.passage < len(names) else ""
    header = " ".join(name for name, _ in row.cells)
    return rest <= frozenset(terms(f"{row.context} {header} {name}"))


def _is_named(row: Candidate, named: frozenset[str]) -> bool:
    key = frozenset(terms(row.cells[0][1]))
    return bool(key) and key <= named


def _values(rows: Sequence[Candidate], measures: frozenset[str]) -> list[_Row]:
    """The rows with their numbers in the one column that is measured; none if one has no number, or
    if their units differ.
    """
    if not rows:
        return []
    columns = [
        place
        for place, (name, _) in enumerate(rows[0].cells)
        if measures & frozenset(terms(name)) and place
    ]
    if len(columns) != 1:
        return []
    values, units = [], set()
    for row in rows:
        if columns[0] >= len(row.cells):
            return []
        cell = _THOUSANDS.sub("", row.cells[columns[0]][1])
        numbers = _NUMBER.findall(cell)
        if len(numbers) != 1:
            return []
        units.add(" ".join(_NUMBER.sub(" ", cell).split()).lower())
        values.append(_Row(row, float(numbers[0].replace("\u2212", "-").replace(",", "."))))
    return values if len(units) == 1 else []
