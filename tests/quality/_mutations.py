"""Answers with one fact changed: what a check of grounding has to notice.

Each kind of change gives at most one changed answer, always the same one; none where the answer has
nothing to change. The marks of citations stay.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

_NUMBER = re.compile(r"(?<![\w.,\[⟦-])\d+(?:[.,]\d+)*(?![\w\]⟧])(?!\. )")
_MARK = re.compile(r"\[\d{1,3}\]")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?= |,|\.|$)")
_SENTENCE = re.compile(r"[^.!?\n]{30,}[.!?]")
_CALENDARS = """
January February March April May June July August September October November December
Januar Februar März April Mai Juni Juli August September Oktober November Dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles jueves viernes sábado domingo
月曜 火曜 水曜 木曜 金曜 土曜 日曜
周一 周二 周三 周四 周五 周六 周日
"""
_YEAR = re.compile(r"(?<![\w.,-])(?:1[4-9]|20)\d\d(?![\w%])")
_UNITS = (
    ("seconds", "minutes"), ("minutes", "hours"), ("hours", "days"), ("days", "weeks"),
    ("months", "years"), ("years", "months"), ("MB", "GB"), ("GB", "MB"), ("KB", "MB"),
    ("bytes", "KB"), ("km", "m"), ("miles", "metres"), ("feet", "miles"), ("kg", "g"),
    ("percent", "points"), ("million", "billion"), ("Minuten", "Stunden"), ("Stunden", "Tage"),
    ("Wochen", "Monate"), ("Euro", "Dollar"), ("minutes", "heures"), ("euros", "dollars"),
    ("minutos", "horas"), ("semanas", "meses"), ("минут", "часов"), ("分", "時間"),
    ("分钟", "小时"),
    ("欧元", "美元"), ("ユーロ", "円"),
)  # fmt: skip
_NEGATIONS: Sequence[tuple[re.Pattern[str], str]] = (
    (
        re.compile(r"\b(is|was|are|were|can|will|must|should|has been|does|may) (?!not\b)"),
        r"\1 not ",
    ),
    (
        re.compile(r"\b(ist|sind|war|darf|dürfen|wird|werden|kostet|gilt|hat) (?!nicht)"),
        r"\1 nicht ",
    ),
    (re.compile(r"\b(est|sont|dure|coûte|ouvre|possède) "), r"n'\1 pas "),
    (re.compile(r" (es|está|son|cuesta|dura|abre|tiene|pueden) "), r" no \1 "),
    (re.compile(r"ます(?=[。、])"), "ません"),
    (re.compile(r"(?<!不)(是|在|需要|可以|由)"), r"不\1"),
    (re.compile(r" (стоит|длится|открывается|находится|имеет|был|была) "), r" не \1 "),
)
_OPPOSITES = (
    ("before", "after"), ("after", "before"), ("more", "less"), ("first", "last"),
    ("largest", "smallest"), ("maximum", "minimum"), ("enabled", "disabled"), ("north", "south"),
    ("east", "west"), ("southern", "northern"), ("increase", "decrease"), ("larger", "smaller"),
    ("higher", "lower"), ("above", "below"), ("with", "without"), ("always", "never"),
    ("required", "optional"), ("default", "optional"), ("öffnet", "schließt"), ("ouvre", "ferme"),
    ("abre", "cierra"), ("über", "unter"), ("upper", "lower"), ("won", "lost"), ("early", "late"),
)  # fmt: skip
_QUANTITIES = (
    ("all", "some"), ("some", "all"), ("every", "no"), ("many", "all"), ("most", "all"),
    ("up to", "at least"), ("at least", "at most"), ("more than", "less than"), ("only", "never"),
    ("often", "always"), ("usually", "always"), ("about", "exactly"), ("several", "all"),
)  # fmt: skip
_STRANGERS = ("Henderson", "Ljubljana", "Kowalski", "Maputo", "Whitmore", "Zagreb")


def mutations(answer: str, sources: Sequence[str], other: str) -> Iterator[tuple[str, str]]:
    """The changed answers, each with the kind of its change.

    Args:
        sources: that the answer is written from.
        other: an answer to another question, from other sources.

    >>> rows = dict(mutations("The fee is 5 euros in May [1].", ["A fee: 5."], "It rains a lot."))
    >>> rows["number"], rows["date"]
    ('The fee is 8 euros in May [1].', 'The fee is 5 euros in August [1].')
    >>> rows["negation"]
    'The fee is not 5 euros in May [1].'
    """
    random = Random(len(answer))
    text = "\n".join(sources)
    makers: dict[str, Callable[[], str | None]] = {
        "number": lambda: _number(answer, text),
        "number of the sources": lambda: _number_of(answer, text, random),
        "name": lambda: _name(answer, text, random),
        "name of the sources": lambda: _name_of(answer, text, random),
        "date": lambda: _date(answer),
        "unit": lambda: _words(answer, _UNITS),
        "negation": lambda: _negated(answer),
        "opposite": lambda: _words(answer, _OPPOSITES),
        "quantity": lambda: _words(answer, _QUANTITIES),
        "places changed": lambda: _swapped(answer),
        "claim added": lambda: _added(answer, other),
    }
    for kind, make in makers.items():
        changed = make()
        if changed is not None and changed != answer and not _stands(changed, text):
            yield kind, changed


def _stands(changed: str, text: str) -> bool:
    """Whether what was changed stands in the sources as well."""
    return " ".join(_MARK.sub("", changed).split()) in " ".join(text.split())


def _number(answer: str, text: str) -> str | None:
    match = _NUMBER.search(answer)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[0])
    number = next(n for n in range(int(digits) + 3, int(digits) + 99) if str(n) not in text)
    return answer[: match.start()] + str(number) + answer[match.end() :]


def _number_of(answer: str, text: str, random: Random) -> str | None:
    """Another number of the sources in the place of one."""
    match = _NUMBER.search(answer)
    others: list[str] = sorted(set(_NUMBER.findall(text)) - set(_NUMBER.findall(answer)))
    if match is None or not others:
        return None
    return answer[: match.start()] + random.choice(others) + answer[match.end() :]


def _name(answer: str, text: str, random: Random) -> str | None:
    match = _NAME.search(answer)
    if match is None:
        return None
    name = random.choice([one for one in _STRANGERS if one not in text])
    return answer[: match.start()] + name + answer[match.end() :]


def _name_of(answer: str, text: str, random: Random) -> str | None:
    match = _NAME.search(answer)
    others: list[str] = sorted(set(_NAME.findall(text)) - set(re.findall(r"\w+", answer)))
    if match is None or not others:
        return None
    return answer[: match.start()] + random.choice(others) + answer[match.end() :]


def _date(answer: str) -> str | None:
    for names in map(str.split, _CALENDARS.strip().splitlines()):
        for place, name in enumerate(names):
            if re.search(rf"(?<!\w){name}(?![a-z])", answer):
                return answer.replace(name, names[(place + 3) % len(names)], 1)
    if match := _YEAR.search(answer):
        return answer[: match.start()] + str(int(match[0]) - 7) + answer[match.end() :]
    return None


def _words(answer: str, pairs: Sequence[tuple[str, str]]) -> str | None:
    """The first word of a pair that the answer has, made the second."""
    for word, other in pairs:
        form = rf"\b{word}\b" if word.isascii() or word[0] < "\u3000" else re.escape(word)
        changed = re.sub(form, other, answer, count=1)
        if changed != answer:
            return changed
    return None


def _negated(answer: str) -> str | None:
    for pattern, form in _NEGATIONS:
        changed = pattern.sub(form, answer, count=1)
        if changed != answer:
            return changed
    return None


def _swapped(answer: str) -> str | None:
    """Two names, or else two long words, of one sentence in each other's place."""
    for sentence in _SENTENCE.finditer(answer):
        text = sentence[0]
        for pattern in (_NAME, re.compile(r"(?<= )[a-z]{6,}(?= )")):
            spans = [match.span() for match in pattern.finditer(text)]
            words = [text[a:b] for a, b in spans]
            if len(set(words)) >= 2 and words[0] != words[-1]:
                (a, b), (c, d) = spans[0], spans[-1]
                swapped = text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
                return answer[: sentence.start()] + swapped + answer[sentence.end() :]
    return None


def _added(answer: str, other: str) -> str:
    plain = _MARK.sub("", other).strip().splitlines()[0]
    return f"{answer.rstrip()} {plain}"
