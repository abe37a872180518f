"""Headings that name a release of something: a version, its date, or both, and hardly a word more.

    ## [1.2.2] - 2026-03-01     Version 2.7     ## 2.15.0 (October 19th, 2026)     ## 2024-05-01

What stands under one is understood only together with it.
"""

from app.local import lazy_re as re

_NUMBER = re.compile(
    r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b|\bv?\d{1,4}(?:\.\d{1,4}){1,3}(?:[-.]?(?:a|b|rc|alpha|beta|dev|post)"
    r"[-.]?\d{0,3})?\b|\b\d{1,2}[./]\d{1,2}[./](?:19|20)\d{2}\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\b|\b\d{1,2}(?:st|nd|rd|th)?\b"
    r"|\b(?:19|20)\d{2}\b|\b(?:version|release|released|of|on|the|v)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})+\.?\s+[^\W\d_]{3}")  # "2.1 Installation"
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_release(heading: str) -> bool:
    """Whether a heading names a release.

    >>> [is_release(one) for one in ("[1.2.2] - 2026-03-01", "Version 2.7", "ant 3.1, May 2023")]
    [True, True, True]
    >>> [is_release(one) for one in ("Python 3", "2.1 Installation", "HTTP/1.1 and HTTP/2 support")]
    [False, False, False]
    """
    if not _NUMBER.search(heading) or _SECTION.match(heading):
        return False
    rest = _DATE.sub(" ", _NUMBER.sub(" ", heading))
    return len(_WORD.findall(rest)) <= 1
