"""Which of several records a text means: "the latest", "the cheaper one", "the second", "those that
are not on their way", "over 100 euros".

What a text says of a member is read from the records themselves: the days, amounts and states that
they have. A state has a place in the life of a thing, so that "not shipped yet" is what comes
before.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.local import lazy_re as re
from app.local.engine.planner.telling import STATES, is_moment, is_money, leaves
from app.local.engine.planner.words import TOKEN, stems, word_list

Row = Mapping[str, Any]

_STAGES = (
    "placed|ordered|open|pending|processing|in preparation",
    (
        r"shipped|dispatched|sent|in transit|en route|under ?way|on (?:its|their|the) way"
        r"|out for delivery|shipping"
    ),
    "delivered|arrived|completed|complete|handed over",
)
_ENDED = "cancelled|canceled|returned|refunded|rejected|failed|expired"
_STAGE_PATTERNS = [re.compile(rf"\b(?:{one})\b", re.IGNORECASE) for one in (*_STAGES, _ENDED)]
_END = len(_STAGES)
_NOT = re.compile(
    r"\b(?:not|never|no longer|isn't|aren't|hasn't|haven't|wasn't|weren't|didn't|nicht"
    r"|isn\u2019t|aren\u2019t|hasn\u2019t|haven\u2019t|wasn\u2019t)(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)
_BY_SOMEBODY = re.compile(r"\b(?:i|we|you)(?:'ve|\u2019ve| have)? (?:just |last )?$", re.IGNORECASE)
_DONE_LAST = re.compile(r"\W*(?:the )?(?:last|latest|first|most recently|recently)\b", re.I)
_PERIOD = r"(?! (?:week|month|year|night|time|summer|winter|spring|autumn|monday|friday)\b)"
_MANY = r"(?! (?:\d+|two|three|four|five|six|seven|eight|nine|ten|few|couple)\b)"
_LATEST = re.compile(
    rf"\b(?:latest|newest|most recent(?:ly)?|(?<!at )last{_PERIOD}{_MANY})\b", re.IGNORECASE
)
_OLDEST = re.compile(r"\b(?:oldest|earliest)\b", re.IGNORECASE)
_LEAST = re.compile(
    r"\b(?:cheapest|cheaper|least expensive|less expensive|lowest|smallest|least|fewest)\b", re.I
)
_GREATEST = re.compile(
    r"\b(?:most expensive|more expensive|dearest|dearer|priciest|pricier|costliest|highest"
    r"|biggest|largest|greatest|most valuable|more costly)\b",
    re.IGNORECASE,
)
_ORDINALS = word_list("first second third fourth fifth sixth seventh eighth")
_ORDINAL = re.compile(
    rf"\b(?:the|my|your|this) (?P<place>{'|'.join(_ORDINALS)})\b(?! time)", re.IGNORECASE
)
_BOUND = re.compile(
    r"\b(?P<word>over|above|more than|at least|under|below|less than|at most|cheaper than"
    r"|up to)\s+(?:eur |usd |\u20ac ?|\$ ?)?(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_UPPER = frozenset({"under", "below", "less than", "at most", "cheaper than", "up to"})
_SAYS_NOTHING = frozenset(
    stems("order product item thing yet still already euro eur dollar usd costs price total now ")
)
_STOCK = re.compile(r"\b(?:in stock|available|sold out|out of stock)\b", re.IGNORECASE)


def selects(text: str) -> bool:
    """Whether a text picks out some of several things by what they are.

    >>> [selects(one) for one in ("Cancel my latest order", "Cancel my order", "the cheaper one")]
    [True, False, True]
    """
    superlatives = (_LATEST, _OLDEST, _LEAST, _GREATEST, _ORDINAL, _BOUND)
    return any(one.search(text) for one in superlatives) or bool(_stages(text))


def without_selection(text: str) -> str:
    """The text without the words that pick out some of several things.

    >>> without_selection("the price of the cheapest tent").split()
    ['the', 'price', 'of', 'the', 'tent']
    """
    for pattern in (_LATEST, _OLDEST, _LEAST, _GREATEST, _BOUND):
        text = pattern.sub(" ", text)
    text = _ORDINAL.sub(lambda match: match[0].partition(" ")[0], text)
    for pattern in _STAGE_PATTERNS:
        text = pattern.sub(" ", text)
    return text


def select(text: str, rows: Sequence[Row]) -> list[Row] | None:
    """The records that a text picks out; None where it picks out none by anything they have.

    >>> rows = [{"id": "A-2", "status": "placed", "placed": "2031-05-03", "total": "9.00"},
    ...         {"id": "A-1", "status": "shipped", "placed": "2031-04-03", "total": "70.00"}]
    >>> [[one["id"] for one in select(text, rows)] for text in
    ...  ("the order I placed last", "the dearest", "what is not on its way yet", "the second")]
    [['A-2'], ['A-1'], ['A-2'], ['A-1']]
    """
    some = list(rows)
    picked = False
    for state, negated in _stages(text):
        if any(_stage_of(one) is not None for one in some):
            some = [one for one in some if _is_at(one, state, negated)]
            picked = True
    if bound := _bound(text, some):
        some, picked = bound, True
    best = _superlative(text, some)
    if best is not None:
        return best
    return some if picked else None


def holds(condition: str, row: Row) -> bool | None:
    """Whether a record is as a condition says; None where it does not say.

    >>> [holds(text, {"status": "shipped", "in_stock": 0}) for text in
    ...  ("it has not been shipped yet", "it is on its way", "it is in stock", "it is nice")]
    [False, True, False, None]
    """
    if _rest(condition, row):
        return None
    verdicts = [
        _is_at(row, state, negated)
        for state, negated in _stages(condition)
        if _stage_of(row) is not None
    ]
    stock = next((value for path, value in leaves(row) if path in ("in stock", "stock")), None)
    if isinstance(stock, int) and (match := _STOCK.search(condition)):
        there = "out" not in match[0].lower()
        verdicts.append((stock > 0) == (there != bool(_NOT.search(condition[: match.start()]))))
    if _BOUND.search(condition) and any(is_money(*leaf) for leaf in leaves(row)):
        verdicts.append(bool(_bound(condition, [row])))
    return all(verdicts) if verdicts else None


def _rest(condition: str, row: Row) -> set[str]:
    """The stems of what a condition says beside states, amounts, and what the record has."""
    bare = _STOCK.sub(" ", without_selection(condition))
    own = {stem for path, value in leaves(row) for stem in stems(f"{path} {value} ")}
    words = {stem for token in TOKEN.findall(bare) for stem in stems(token)}
    return words - own - _SAYS_NOTHING


def _stages(text: str) -> list[tuple[int, bool]]:
    """The states that a text speaks of, as places in the life of a thing, and whether it denies
    them. "The order I placed last" speaks of none.
    """
    stages = []
    for stage, pattern in enumerate(_STAGE_PATTERNS):
        for match in pattern.finditer(text):
            before, behind = text[: match.start()], text[match.end() :]
            if _BY_SOMEBODY.search(before) or _DONE_LAST.match(behind):
                continue
            if match[0].lower() in ("open", "sent", "complete", "failed") and not re.search(
                r"\b(?:is|are|was|were|been|be|still|not|yet|n't)\W+$", before, re.IGNORECASE
            ):
                continue  # "open a ticket"
            stages.append((stage, bool(_NOT.search(before))))
    return list(dict.fromkeys(stages))


def _stage_of(row: Row) -> int | None:
    state = next((one for path, one in leaves(row) if path in STATES and isinstance(one, str)), "")
    stages = (n for n, pattern in enumerate(_STAGE_PATTERNS) if pattern.match(state))
    return next(stages, None)


def _is_at(row: Row, stage: int, negated: bool) -> bool:
    here = _stage_of(row)
    if here is None:
        return False
    if not negated:
        return here == stage
    return here != stage if stage == _END else here < stage  # "not shipped" is what comes before


def _bound(text: str, rows: Sequence[Row]) -> list[Row]:
    match = _BOUND.search(text)
    if match is None:
        return []
    limit, upper = float(match["number"]), match["word"].lower() in _UPPER
    amounts = [(row, _amount(row)) for row in rows]
    return [
        row for row, one in amounts if one is not None and (one <= limit if upper else one >= limit)
    ]


def _superlative(text: str, rows: Sequence[Row]) -> list[Row] | None:
    for pattern, key, sign in (
        (_LATEST, _day, -1),
        (_OLDEST, _day, 1),
        (_GREATEST, _number, -1),
        (_LEAST, _number, 1),
    ):
        if not pattern.search(text):
            continue
        keyed = [(value, row) for row in rows if (value := key(row, text)) is not None]
        if keyed:
            ordered = sorted(keyed, key=lambda one: one[0], reverse=sign < 0)
            return [ordered[0][1]]
        if key is _day and rows:  # a list without days: as it stands
            return [rows[-1]]
    if match := _ORDINAL.search(text):
        place = _ORDINALS.index(match["place"].lower())
        return [rows[place]] if place < len(rows) else []
    return None


def _day(row: Row, text: str) -> str | None:
    """The day that counts: of the member that the text names, or the first."""
    days = [(path, value) for path, value in leaves(row) if is_moment(value)]
    by_name = [value for path, value in days if _names(text, path)]
    return next(iter([*by_name, *(value for _, value in days)]), None)


def _number(row: Row, text: str) -> float | None:
    """The number that counts: of the member that the text names, or the amount of money."""
    for path, value in leaves(row):
        if _names(text, path):
            try:
                return float(value)
            except (TypeError, ValueError):
                continue
    return _amount(row)


def _names(text: str, path: str) -> bool:
    """Whether a text names a member by its words."""
    return f" {path} " in f" {' '.join(TOKEN.findall(text.lower()))} "


def _amount(row: Row, _text: str = "") -> float | None:
    return next((float(value) for path, value in leaves(row) if is_money(path, value)), None)
