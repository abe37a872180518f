"""Encodings of texts that name none, told by their bytes and letters."""

import codecs
import re
from collections.abc import Callable

import chardet

from app.local.engine.parsers.browser_codecs import codecs_of, strict

_CANDIDATES = (
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "cp874", "iso-8859-2", "koi8-r", "koi8-u",
    "cp932", "euc-jp", "gb18030", "big5", "cp949",
)  # fmt: skip
_SAMPLE = 100_000  # bytes that a guess looks at
_UNSURE = 0.02  # chardet's confidence in texts of three signs beyond ASCII
_WESTERN_SHARE = 0.6
"""The least share of the best guess's confidence with which windows-1252 goes before it, where its
reading has Western signs only: it is by far the most frequent. Fitted, like _UNSURE, on translated
messages of Debian's packages in 28 languages."""
_WESTERN = re.compile(r"[À-ÖØ-ïñ-öø-üŒœŠšŽž€\u2018\u2019\u201c\u201d\u2013—…•™©®«»°§£¿¡½·²³µ\xa0]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_FEWEST_GOOD, _LEAST_GOOD = 3, 1.5  # signs of UTF-8 beyond ASCII: in all, and for each wrong byte
_CYRILLIC = ("windows-1251", "koi8-r", "koi8-u", "ibm866", "iso-8859-5", "mac_cyrillic")
_COMMON = frozenset("оеаинтсрвлкмдпуяыьзбгчй")
_CLEARLY = 0.2  # the share of common letters by which another encoding fits better
_CONTROLS = re.compile("[\x80-\x9f]")
_DRAWN = re.compile("[\u2500-\u259f]")
_MOST_DRAWN = 0.2  # of the signs beyond ASCII: a drawn frame around a text, not noise read as KOI8


def wide(content: bytes) -> tuple[str, str] | None:
    """UTF-16 or UTF-32 without a mark, told by where its zero bytes are."""
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = strict(content, encoding)
        if text and "\0" not in text and _CONTROLS.search(text) is None:
            plain = sum(sign.isascii() and (sign.isprintable() or sign.isspace()) for sign in text)
            if plain * 20 > len(text):
                return encoding.upper(), text
    return None


def mostly_utf_8(content: bytes, warn: Callable[[str], None]) -> str | None:
    """A text in UTF-8 with a few bytes that are not, such as a line that was pasted in."""
    good = len(_ASCII.sub("", content.decode("utf-8", "ignore")))
    bad = content.decode("utf-8", "replace").count("\ufffd") - content.count("\ufffd".encode())
    if good < max(_FEWEST_GOOD, _LEAST_GOOD * bad):
        return None
    warn(
        f"The file is in UTF-8 but for {bad} places, which were read as windows-1252. If letters "
        "there are wrong, save it as UTF-8."
    )
    return content.decode("utf-8", "outcrop.western")


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Bytes of Windows's western code page within other text."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "outcrop.controls"), error.end


codecs.register_error("outcrop.western", _as_western)


def _likeliest_cyrillic(content: bytes, name: str, text: str) -> tuple[str, str]:
    """The Cyrillic encoding in which the letters are those that are common in Cyrillic texts. What
    they are in another one is letters, too, but rare ones and capitals.
    """
    texts = {each: strict(content, each) for each in _CYRILLIC}
    shares = {each: _share_of_common(own) for each, own in texts.items() if own is not None}
    best = max(shares, key=shares.__getitem__, default=name)
    if shares.get(best, 0) < _share_of_common(text) + _CLEARLY:
        return name, text
    return best, texts[best] or text


def _share_of_common(text: str) -> float:
    beyond = "".join(_BEYOND_ASCII.findall(text))
    return sum(sign in _COMMON for sign in beyond) / max(1, len(beyond))


def _is_drawn(text: str) -> bool:
    """Whether much of a text beyond ASCII is lines and blocks, as where KOI8 is read into noise."""
    most = _MOST_DRAWN * sum(map(len, _BEYOND_ASCII.findall(text)))
    return len(_DRAWN.findall(text)) > most


def likeliest(content: bytes) -> tuple[str, str] | None:
    """The encoding that chardet takes for the likeliest, and the text; None if it is not sure."""
    sample = content[:_SAMPLE]
    guesses: list[tuple[float, str, str]] = []
    for guess in chardet.detect_all(sample, include_encodings=_CANDIDATES):
        if not guess["encoding"]:
            continue
        name = guess["encoding"].lower()
        for encoding in codecs_of(name):
            text = strict(content, encoding)
            if text and not _CONTROLS.search(text) and not _is_drawn(text):
                guesses.append((guess["confidence"], name, text))
                break
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: guess[0])
    for confidence, name, text in guesses:
        if name in ("windows-1252", "cp1252", "iso-8859-1") and (
            confidence >= _WESTERN_SHARE * best[0]
            and all(map(_WESTERN.fullmatch, _BEYOND_ASCII.findall(text)))
        ):
            return "windows-1252", text
    if best[0] < _UNSURE:
        return None
    return _likeliest_cyrillic(content, *best[1:]) if best[1] in _CYRILLIC else best[1:]
