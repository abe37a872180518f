"""Encodings of texts that name none, told by their bytes and letters."""

import codecs
from collections.abc import Callable, Iterable, Iterator

import chardet

from app.local import lazy_re as re
from app.local.engine.parsers.encodings.browser_codecs import codecs_of, strict
from app.local.engine.parsers.encodings.noise import noise

_CANDIDATES = (
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "cp874", "iso-8859-2", "koi8-r", "koi8-u",
    "cp932", "euc-jp", "gb18030", "big5", "cp949",
)  # fmt: skip
_OLDER = (
    "cp437", "cp850", "cp852", "cp855", "cp857", "cp862", "cp865", "cp866", "cp737", "cp775",
    "mac-roman", "mac-latin2", "mac-cyrillic", "mac-turkish", "iso-8859-5", "iso-8859-6",
    "iso-8859-13", "johab",
)  # fmt: skip
_SHORTEST = 20  # bytes of a text that only an older encoding fits
_QUIET = 0.1  # the most share of signs out of place in a text that looks right
_CLEARER = 4  # times fewer are out of place in an older encoding that is taken instead
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
_MAC = "mac_cyrillic"  # has the small letters of windows-1251, and capitals of its own
CYRILLIC = ("windows-1251", "koi8-r", "koi8-u", "ibm866", "iso-8859-5", _MAC)
_COMMON = frozenset("оеаинтсрвлкмдпуяыьзбгчй")
_CLEARLY = 0.2  # the share of common letters by which another encoding fits better
_CONTROLS = re.compile("[\x80-\x9f]")
_DRAWN = re.compile("[\u2500-\u259f]")
_MOST_DRAWN = 0.2  # of the signs beyond ASCII: a drawn frame around a text, not noise read as KOI8


def paired(content: bytes) -> str | None:
    r"""A text in CESU-8, which writes signs such as emoji as two halves of UTF-16 each.

    >>> paired(bytes.fromhex("61eda0bdedb880")) == "a\U0001f600", paired(bytes.fromhex("eda0bd"))
    (True, None)
    """
    if b"\xed" not in content:
        return None
    try:
        halves = content.decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
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


def likeliest_cyrillic(content: bytes, name: str, text: str) -> tuple[str, str]:
    """The likeliest Cyrillic encoding, by the beginning of a long text, and the text."""
    beginning = _beginning(content)
    own = strict(beginning, codecs_of(name)[0])
    if own is None:
        return name, text
    best, _ = _likeliest_cyrillic(beginning, name, own)
    return (_of_all(content, best, _) or (name, text)) if best != name else (name, text)


def _likeliest_cyrillic(content: bytes, name: str, text: str) -> tuple[str, str]:
    """The Cyrillic encoding in which the letters are those that are common in Cyrillic texts. What
    they are in another one is letters, too, but rare ones and capitals.
    """
    texts = {each: strict(content, each) for each in CYRILLIC}
    readings = {each: own for each, own in texts.items() if own and not _CONTROLS.search(own)}
    shares = {each: _share_of_common(own) for each, own in readings.items()}
    best = max(shares, key=shares.__getitem__, default=name)
    if shares.get(best, 0) >= _share_of_common(text) + _CLEARLY:
        return best, readings[best]
    wrong, _ = noise(text)
    if wrong and _MAC in readings and noise(readings[_MAC])[0] <= wrong / _CLEARER:
        return _MAC, readings[_MAC]
    return name, text


def _share_of_common(text: str) -> float:
    beyond = "".join(_BEYOND_ASCII.findall(text))
    return sum(sign in _COMMON for sign in beyond) / max(1, len(beyond))


def _is_drawn(text: str) -> bool:
    """Whether much of a text beyond ASCII is lines and blocks, as where KOI8 is read into noise."""
    most = _MOST_DRAWN * sum(map(len, _BEYOND_ASCII.findall(text)))
    return len(_DRAWN.findall(text)) > most


def likeliest(content: bytes) -> tuple[str, str] | None:
    """The likeliest encoding, by the beginning of a long text, and the text; None if nothing is
    sure.
    """
    guess = _likeliest(_beginning(content))
    return guess and _of_all(content, *guess)


def _beginning(content: bytes) -> bytes:
    """The beginning of a long text, up to the end of a word."""
    if len(content) <= _SAMPLE:
        return content
    end = max(content.rfind(mark, 0, _SAMPLE) for mark in (b"\n", b"\r", b" "))
    return content[: end + 1] if end > _SAMPLE // 2 else content


def _of_all(content: bytes, name: str, text: str) -> tuple[str, str] | None:
    """The encoding of a beginning with all of the text, if it is that of all."""
    if len(content) <= _SAMPLE:
        return name, text
    texts = (strict(content, encoding) for encoding in codecs_of(name))
    whole = next((one for one in texts if one is not None), None)
    return None if whole is None else (name, whole)


def _likeliest(content: bytes) -> tuple[str, str] | None:
    """The likeliest encoding, and the text; None if nothing is sure.

    It is one of the Web's, if the text looks right in it; else the one of the older ones, of DOS,
    of the Macintosh and of ISO, in which it does.
    """
    guess = _likeliest_of_the_web(content)
    wrong, total = noise(guess[1]) if guess else (1, 1)
    if wrong <= _QUIET * total or (not guess and len(content) < _SHORTEST):
        return guess
    best: tuple[float, str, str] | None = None
    for confidence, name, text in _readings(content, _CANDIDATES + _OLDER):
        own, _ = noise(text)
        if own <= wrong / _CLEARER and (best is None or confidence > best[0]):
            best = confidence, name, text
    return (best[1], best[2]) if best else guess


def _readings(content: bytes, candidates: Iterable[str]) -> Iterator[tuple[float, str, str]]:
    """The encodings that chardet finds possible: its confidence, the encoding, and the text."""
    for guess in chardet.detect_all(content[:_SAMPLE], include_encodings=candidates):
        if not guess["encoding"]:
            continue
        name = guess["encoding"].lower()
        for encoding in codecs_of(name):
            text = strict(content, encoding)
            if text and not _CONTROLS.search(text) and not _is_drawn(text):
                yield guess["confidence"], name, text
                break


def _likeliest_of_the_web(content: bytes) -> tuple[str, str] | None:
    guesses = list(_readings(content, _CANDIDATES))
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
    return _likeliest_cyrillic(content, *best[1:]) if best[1] in CYRILLIC else best[1:]
