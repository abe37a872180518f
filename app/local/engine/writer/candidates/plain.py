"""Markdown -> the words, as they are read."""

from app.local import lazy_re as re

_TAGS = (
    "a|abbr|b|big|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i"
    "|img|ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|small|source|span|strong|sub|summary|sup|table"
    "|tbody|td|th|thead|tr|tt|u|ul|var|video"
)
_IN_LINK = r"[^\[\]]"
# What may stand around code in a line, and is taken away before that code is set aside.
_AROUND_CODE = (
    (re.compile(r"<!--.{0,500}?-->", re.DOTALL), ""),
    (
        re.compile(
            rf"!\[{_IN_LINK}{{0,300}}+(?:\[{_IN_LINK}{{0,300}}+\]{_IN_LINK}{{0,300}}+){{0,5}}+\]"
            r"\([^)\s]{0,400}+\)"
        ),
        "",
    ),
    (
        re.compile(rf"\[({_IN_LINK}{{0,500}}+)\]\([^)\s]{{0,400}}+(?:\s\"[^\"]{{0,200}}+\")?\)"),
        r"\1",
    ),
    (re.compile(rf"\[({_IN_LINK}{{1,500}}+)\]\[{_IN_LINK}{{0,200}}+\]"), r"\1"),
    (  # MyST: {func}`~a.b`
        re.compile(r"\{[\w:+-]{1,40}\}`~(?:[\w.]{0,200}\.)?(\w+(?:\(\))?)`"),
        r"`\1`",
    ),
    (re.compile(r"\{[\w:+-]{1,40}\}`([^`<>]{1,200}+)(?:\s?<[^<>`]{0,200}+>)?`"), r"\1"),
)
_BESIDE_CODE = (
    (re.compile(r"<(https?://[^<>\s]{1,400}+)>"), r"\1"),
    (re.compile(r"\\([^\w\s])"), r"\1"),
    (re.compile(r"^\s*#{1,6}\s+"), ""),
    (re.compile(r"\*{1,3}(?=\S)([^*]+?)(?<=\S)\*{1,3}"), r"\1"),
    (re.compile(r"(?<!\w)_{1,3}(?=\S)([^_]+?)(?<=\S)_{1,3}(?!\w)"), r"\1"),
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}}+)?/?>", re.IGNORECASE)
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]{1,500}+)\1(?!`)")
_SPACE = re.compile(r"\s+")
_ANY_MARK = re.compile(r"[\x00<\[{`\\#*_]")


def plain(text: str) -> str:
    r"""The words without Markdown's marks, on one line. Code in the line keeps its own.

    >>> plain(r"**See** [the *API*](api.md)\.")
    'See the API.'
    >>> plain("[![Build](badge.svg)](https://ci.example/quartz) Passing.")
    'Passing.'
    >>> plain("Call `a*b*c`, or {func}`~pypdf.PdfWriter.append`<br>")
    'Call `a*b*c`, or `append`'
    """
    if not _ANY_MARK.search(text):
        return _SPACE.sub(" ", text).strip()
    text = text.replace("\x00", "")
    for mark, instead in _AROUND_CODE:
        text = mark.sub(instead, text)
    spans: list[str] = []

    def keep(code: "re.Match[str]") -> str:
        spans.append(f"`{code[2].strip()}`" if code[1] == "``" else code[0])
        return f"\x00{len(spans) - 1}\x00"

    text = _CODE.sub(keep, text)
    text = _TAG.sub(" ", text)
    for mark, instead in _BESIDE_CODE:
        text = mark.sub(instead, text)
    text = re.sub(r"\x00(\d+)\x00", lambda place: spans[int(place[1])], text)
    return _SPACE.sub(" ", text).strip()
