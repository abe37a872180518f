"""UTF-16 and UTF-32 without a byte order mark, and EBCDIC, told by the bytes."""

import unicodedata
from collections import Counter

from app.local import lazy_re as re
from app.local.engine.parsers.encodings.browser_codecs import strict

_ENCODINGS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_SAMPLE = 20_000  # bytes, a multiple of four
_CONTROLS = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffe\uffff]")
_CONTROL_BYTES = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SHORTEST, _SHORTEST_OF_CONTROLS = 8, 20  # bytes
_MANY_CONTROLS = 0.3
_LEAST_CONTROLS = 0.05  # of the bytes; a text of one byte a letter has a stray one at most
_EAST_ASIAN = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef\u2010-\u2026]")
_CHARACTERS = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_MARKS = re.compile("[\u3001\u3002\u3040-\u30ff\uff0c]")  # kana, and ends of sentences
_LEAST_EAST_ASIAN, _LEAST_MARKS = 0.95, 0.04
_LEAST_OF_A_BLOCK = 0.6  # of the letters are in one block, or plain
_EBCDIC_BLANK, _EBCDIC_COMMA = 0x40, 0x6B
_EBCDIC_PLAIN = re.compile(
    rb"[\x40\x4b\x6b\x60\x15\x25\x0d\x85\xf0-\xf9\x81-\x89\x91-\x99\xa2-\xa9\xc1-\xc9\xd1-\xd9\xe2-\xe9]"
)  # the blank, full stop, comma, hyphen, ends of lines, digits and letters
_LEAST_BLANKS, _MOSTLY_PLAIN = 0.03, 0.9
_BLOCK = 7  # bits of the place of a letter in its block


def is_full_of_controls(content: bytes) -> bool:
    """Whether a text is Cyrillic, Greek or the like in UTF-16 without a space: each letter has a
    byte that is a control character.
    """
    sample = content[:_SAMPLE]
    is_long = len(content) >= _SHORTEST_OF_CONTROLS
    return is_long and len(_CONTROL_BYTES.findall(sample)) > _MANY_CONTROLS * len(sample)


def is_ebcdic(content: bytes) -> bool:
    """Whether a text is in one of the code pages of mainframes, of which most share the places of
    letters, digits and the blank.

    >>> is_ebcdic("The fee is 42 dollars.".encode("cp037")), is_ebcdic(b"The fee is 42 dollars.")
    (True, False)
    """
    sample = content[:_SAMPLE]
    blanks = sample.count(_EBCDIC_BLANK) + sample.count(_EBCDIC_COMMA)
    if len(sample) < _SHORTEST_OF_CONTROLS or blanks < _LEAST_BLANKS * len(sample):
        return False
    plain = len(_EBCDIC_PLAIN.findall(sample))
    return plain >= _MOSTLY_PLAIN * len(sample)


def wide(content: bytes) -> tuple[str, str] | None:
    r"""The encoding and the text, if it is UTF-16 or UTF-32.

    >>> wide("\u0414\u044f\u0434\u044f 1450".encode("utf-16-be"))[0], wide(b"a stray\0 zero")
    ('UTF-16-BE', None)
    """
    sample = content[:_SAMPLE]
    has_controls = len(_CONTROL_BYTES.findall(sample)) > _LEAST_CONTROLS * len(sample)
    shares: dict[str, float] = {}
    for encoding in _ENCODINGS:
        if len(content) % (4 if "32" in encoding else 2) or len(content) < _SHORTEST:
            continue
        text = strict(sample, encoding) or strict(sample[:-2], encoding)
        if not text or _CONTROLS.search(text) or not _has_zeros_of_ascii(text, sample, encoding):
            continue
        share = _share_of_a_block(text)
        if (has_controls and share >= _LEAST_OF_A_BLOCK) or _is_east_asian(text):
            shares[encoding] = share
    if not shares:
        return None
    best = max(shares, key=shares.__getitem__)
    whole = strict(content, best)
    return (best.upper(), whole) if whole else None


def _has_zeros_of_ascii(text: str, sample: bytes, encoding: str) -> bool:
    """Whether most zero bytes are those beside plain signs, as in the right order of bytes."""
    zeros = sample.count(0) - (2 * len(text) if "32" in encoding else 0)
    return 2 * sum(map(str.isascii, text)) >= zeros


def _share_of_a_block(text: str) -> float:
    """The share of plain signs and those of one alphabet: wrong pairs of bytes are of many."""
    if any(unicodedata.category(sign) in ("Cn", "Co", "Cs") for sign in set(text)):
        return 0.0
    plain = sum(map(str.isascii, text))
    beyond = Counter(ord(sign) >> _BLOCK for sign in text if not sign.isascii())
    most = max(max(beyond.values(), default=0), len(_CHARACTERS.findall(text)))
    return (plain + most) / len(text)


def _is_east_asian(text: str) -> bool:
    letters = [sign for sign in text if not sign.isspace() and not sign.isascii()]
    joined = "".join(letters)
    return (
        len(letters) * 2 > len(text)
        and len(_EAST_ASIAN.findall(joined)) >= _LEAST_EAST_ASIAN * len(letters)
        and len(_MARKS.findall(joined)) >= _LEAST_MARKS * len(letters)
    )
