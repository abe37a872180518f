"""A record that a tool returned, in plain sentences: {"order_id": "A-7", "status": "shipped"} is
"Order A-7 is shipped."

The names of members say what they are. One that names a thing by a sign of its own is the subject;
states and days become verbs, money has its currency, a list has its things. What stands in no
member is not said.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.local import lazy_re as re
from app.local.engine.planner.words import name_words, stems, word_set

Leaf = tuple[str, Any]  # the words of a member's name, and its value

_IDENTITY = re.compile(r"(?:^| )(?:id|number|no|code|sku|key)$")
_NAMES = word_set("name title label")
_TEXTS = _NAMES | {"description"}
STATES = word_set("status state condition")
MONEY = word_set("price total amount cost costs fee balance sum value subtotal tax discount")
_AHEAD = word_set("expected due scheduled estimated planned")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
_LONG = 60  # characters; what is longer is a sentence of its own
_MOST = 12  # members that are said of a record
_THINGS = 8  # of a list in a record


def told(record: Mapping[str, Any], only: Sequence[str] = ()) -> str:
    """The sentences of a record; of the members with these names alone, if there are any.

    >>> told({"order_id": "A-7", "status": "shipped", "expected": "2031-05-03",
    ...       "lines": [{"name": "Rope", "quantity": 2}], "total": "20.00", "currency": "EUR"})
    'Order A-7 is shipped and is expected on 3 May 2031. It has 2 x Rope. The total is 20.00 EUR.'
    >>> told({"temperature": 4, "sky": "snow"})
    'The temperature is 4 and the sky is snow.'
    """
    subject, used = subject_of(record)
    currency = _currency(record)
    rest = [one for one in leaves(record) if one[0] not in used and not _is_currency(one)]
    chosen = [one for one in rest if one[0] in only] if only else rest[:_MOST]
    verbs, things, nouns, texts = [], [], [], []
    for path, value in chosen:
        if isinstance(value, list):
            things.append(_things(path, value, subject))
        elif verb := subject and _verb(path, value, record):
            verbs.append(verb)
        elif isinstance(value, str) and (len(value) > _LONG or value.rstrip().endswith((".", "!"))):
            texts.append(ended(value.strip()))
        elif value is not None:
            nouns.append(_noun(path, value, currency))
        elif only:
            nouns.append(_noun(path, "not known", currency))
    return _sentences(subject, verbs, nouns, [*filter(None, things), *texts])


def subject_of(record: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """What a record is about, "Order A-7" or "Rope (P-7)", and the members that say so."""
    sign = next((one for one in leaves(record) if _IDENTITY.search(one[0]) and _short(one)), None)
    name = next((one for one in leaves(record) if one[0] in _NAMES and _short(one)), None)
    if sign and name:
        count = record.get("quantity")
        many = f"{count} x " if isinstance(count, int) and count > 1 else ""
        return f"{many}{name[1]} ({sign[1]})", frozenset({sign[0], name[0], "quantity"})
    if sign:
        kind = _IDENTITY.sub("", sign[0]).strip()
        subject = f"{kind.capitalize()} {sign[1]}" if kind else str(sign[1])
        return subject, frozenset({sign[0]})
    return (str(name[1]), frozenset({name[0]})) if name else ("", frozenset())


def leaves(value: Mapping[str, Any], above: str = "") -> Iterator[Leaf]:
    """The members of a record and of the records in it, by the words of their names."""
    for name, one in value.items():
        path = f"{above} {name_words(str(name))}".strip()
        if isinstance(one, Mapping):
            yield from leaves(one, path)
        elif one != []:
            yield path, one


def plain(value: Any) -> str:
    """A value as one says it.

    >>> plain(True), plain("2031-05-03"), plain("2031-05-03T10:30:00Z"), plain(["a", "b", "c"])
    ('yes', '3 May 2031', '3 May 2031 at 10:30', 'a, b and c')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return listed([plain(one) for one in value])
    if isinstance(value, Mapping):
        return listed([f"{path} {plain(one)}" for path, one in leaves(value)])
    return _day(value) or str(value)


def listed(parts: Sequence[str]) -> str:
    """Parts in a row.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def is_moment(value: Any) -> bool:
    """Whether a value is a day, or a day and a time, as machines write them."""
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def is_money(path: str, value: Any) -> bool:
    """Whether a member is an amount of money, by its name and its value."""
    number = not isinstance(value, bool) and _DECIMAL.fullmatch(str(value)) is not None
    return number and not MONEY.isdisjoint(path.split())


def _day(value: Any) -> str:
    if not is_moment(value):
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    day = f"{moment.day} {moment:%B} {moment.year}"
    return day if len(value) == len(date.min.isoformat()) else f"{day} at {moment:%H:%M}"


def _verb(path: str, value: Any, record: Mapping[str, Any]) -> str:
    """What the subject is, or what was done with it and when; empty where it is neither."""
    if path in STATES and isinstance(value, str):
        dated = is_moment(record.get(value))  # {"status": "placed", "placed": a day}
        return "" if dated else f"is {value}"
    if path.endswith("ed") and is_moment(value):
        return f"{'is' if path in _AHEAD else 'was'} {path} on {plain(value)}"
    return ""


def _noun(path: str, value: Any, currency: str) -> str:
    if is_money(path, value):
        return f"the {path} is {value} {currency}".rstrip()
    if path.startswith("in ") and isinstance(value, int) and not isinstance(value, bool):
        return f"{value} {'is' if value == 1 else 'are'} {path}"
    if isinstance(value, bool) or path.endswith("ed"):  # `cancelled` is no noun
        return f"{path}: {plain(value)}"
    return f"the {path} is {plain(value)}"


def _things(path: str, value: Sequence[Any], subject: str) -> str:
    """The sentence of a list in a record."""
    shown = [_thing(one) if isinstance(one, Mapping) else plain(one) for one in value[:_THINGS]]
    if len(value) > _THINGS:
        shown.append(f"{len(value) - _THINGS} more")
    holds = subject and any(isinstance(one, Mapping) for one in value)
    return f"It has {listed(shown)}." if holds else f"The {path} are {listed(shown)}."


def _thing(record: Mapping[str, Any]) -> str:
    """A thing of a list: "2 x Rope"."""
    name = next((value for path, value in leaves(record) if path in _NAMES), None)
    name = name or next((value for path, value in leaves(record) if _IDENTITY.search(path)), None)
    count = record.get("quantity", record.get("count"))
    if name is None:
        return plain(record)
    return f"{count} x {name}" if isinstance(count, int) else str(name)


def _sentences(
    subject: str, verbs: Sequence[str], nouns: Sequence[str], more: Sequence[str]
) -> str:
    begun = listed(nouns)
    if not subject:
        return " ".join(filter(None, [_capital(ended(begun)) if begun else "", *more]))
    if verbs:
        first = [f"{subject} {listed(verbs)}.", *more]
        return " ".join([*first, *([_capital(ended(begun))] if begun else [])])
    if begun:
        return " ".join([f"{subject}: {ended(begun)}", *more])
    return f"{subject}: {' '.join(more)}" if more else ended(subject)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(leaf: Leaf) -> bool:
    return isinstance(leaf[1], str | int) and not isinstance(leaf[1], bool) and bool(str(leaf[1]))


def _is_currency(leaf: Leaf) -> bool:
    return leaf[0] == "currency"


def _currency(record: Mapping[str, Any]) -> str:
    value = record.get("currency")
    return value if isinstance(value, str) else ""


def named(row: Mapping[str, Any]) -> frozenset[str]:
    """The stems of what a record, and the records in it, say of themselves."""
    texts = [str(value) for name, value in row.items() if name in _TEXTS and value]
    parts = [row[name] for name in row if isinstance(row[name], list)]
    inner = [one for part in parts for one in part if isinstance(one, Mapping)]
    return frozenset(stems(" ".join([*texts, ""]))).union(*map(named, inner))
