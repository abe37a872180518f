"""The values of metadata as terms of one keyword field.

OpenSearch would give each attribute a field of the type of its first value, refuse a document whose
value has another type, and stop at a thousand fields. So every value is a term that tells its key,
its kind and itself, and the terms of numbers ascend as the numbers do:

    {"year": 2024}       4:yearn<sign and digits>      a number
    {"draft": false}     5:draftb0                     a boolean
    {"team": "s3"}       4:teams3  behind the kind s   a string
    {"tags": ["a"]}      4:tagsla                      a member of a list
    each of them         4:yeare                       the key is there
"""

import struct
from collections.abc import Iterator
from typing import Any

from app.local.engine.store.contract import Metadata
from app.local.engine.store.filters import kind

KEY, BOOLEAN, MEMBER, NUMBER, STRING = "e", "b", "l", "n", "s"
AFTER_NUMBERS = chr(ord(NUMBER) + 1)


def terms_of(metadata: Metadata) -> list[str]:
    """All terms of a chunk's metadata."""
    return list(dict.fromkeys(_terms(metadata)))


def _terms(metadata: Metadata) -> Iterator[str]:
    for key, value in metadata.items():
        yield start(key, KEY)
        if isinstance(value, list):
            yield from (start(key, MEMBER) + member for member in value)
        else:
            yield scalar(key, value)


def start(key: str, of_kind: str) -> str:
    """The start of all terms of a key and a kind; no other terms have it, because it tells the
    length of the key.

    >>> start("team", STRING)
    '4:teams'
    """
    return f"{len(key)}:{key}{of_kind}"


def scalar(key: str, value: Any) -> str:
    """The term of a value that is no list.

    >>> scalar("team", "s3"), scalar("draft", False), scalar("n", 1) == scalar("n", 1.0)
    ('4:teamss3', '5:draftb0', True)
    """
    match kind(value):
        case "boolean":
            return start(key, BOOLEAN) + str(int(value))
        case "number":
            return start(key, NUMBER) + number(value)
        case _:
            return start(key, STRING) + str(value)


def value_of(term: str, key: str) -> str | float | bool:
    """The value that a term of a key tells; of a member of a list, the member.

    >>> value_of(scalar("n", 2**53 + 1), "n"), value_of(scalar("n", 0.5), "n")
    (9007199254740993, 0.5)
    """
    rest = term.removeprefix(start(key, ""))
    match rest[0]:
        case "b":
            return rest[1] == "1"
        case "n":
            return _number_of(rest[1:])
        case _:
            return rest[1:]


def _number_of(text: str) -> float:
    bits = int(text[:16], 16)
    bits ^= 2**63 if bits >> 63 else 2**64 - 1
    (nearest,) = struct.unpack(">d", struct.pack(">Q", bits))
    whole = int(nearest) if nearest.is_integer() else nearest
    return whole if text[16] == "1" else whole + _number_of(text[17:])


def number(value: float) -> str:
    """A text for a number; the texts ascend as the numbers do, and equal numbers have the same.

    A whole number may have more digits than a float: then what is left of it follows.

    >>> number(-2) < number(-1.5) < number(0) == number(-0.0) < number(2**53) < number(2**53 + 1)
    True
    """
    nearest = float(value) + 0.0  # -0.0 becomes 0.0
    (bits,) = struct.unpack(">Q", struct.pack(">d", nearest))
    text = f"{bits ^ (2**64 - 1 if bits >> 63 else 2**63):016x}"
    rest = value - int(nearest) if isinstance(value, int) else 0
    if not rest:
        return text + "1"
    return f"{text}{'2' if rest > 0 else '0'}{number(rest)}"
