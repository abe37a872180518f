"""How values look in a text: a regular expression for each kind that has a form of its own."""

from typing import Literal

from app.local import lazy_re as re

Kind = Literal[
    "quoted", "url", "email", "uuid", "path", "ip", "phone", "id", "code", "date", "time",
    "datetime",
    "number", "name", "phrase",
]  # fmt: skip

_QUOTED = (
    r"\"(?P<straight>[^\"\n]{1,2000})\""
    r"|\u201c(?P<curly>[^\u201c\u201d\n]{1,2000})\u201d"
    r"|\u201e(?P<low>[^\u201e\u201c\u201d\n]{1,2000})[\u201c\u201d]"
    r"|\u00ab(?P<guillemets>[^\u00ab\u00bb\n]{1,2000})\u00bb"
    r"|(?<!\w)'(?P<single>[^\n']{1,200}(?:'(?=\w)[^\n']{1,200}){0,5})'(?!\w)"
    r"|\u2018(?P<curled>[^\u2018\u2019\n]{1,300})\u2019(?!\w)"
)
_PHONE = (
    r"(?<!\w)(?:\+\d{1,3}[ -]?)?\(?\d{3}\)?[ -]\d{3}[ -]\d{4}(?!\w)"
    r"|(?<!\w)\+\d[\d ()/-]{7,18}\d(?!\w)"
)
_PATH = (
    r"(?<![\w./~-])(?:~|\.{1,2})?/(?:[\w.@+-]{1,80}/?){1,20}"
    r"|(?<![\w./-])(?:[\w-]{1,60}[./]){1,8}(?:txt|md|csv|tsv|json|ya?ml|toml|xml|html?|css|js|tsx?"
    r"|py|ipynb|java|go|rs|c|cpp|h|sh|sql|log|pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|svg|mp3|mp4|zip"
    r"|gz|tar|ini|cfg|conf|env|lock|parquet)\b(?![\w/])"
)
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
_ID = (
    r"(?<![\w#-])#?(?=[A-Za-z0-9_-]{0,30}\d)(?=[A-Za-z0-9_-]{0,30}[A-Za-z])"
    r"[A-Za-z0-9]{1,30}(?:[-_][A-Za-z0-9]{1,30}){0,6}(?![\w-])|(?<![\w#])#\w{1,30}"
)
FORMS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("code", re.compile(r"`{1,3}(?P<inner>[^`]{1,4000})`{1,3}")),
    ("url", re.compile(r"\b(?:https?|ftp|s3)://[^\s<>\"'`]{1,2000}|\bwww\.[^\s<>\"'`]{3,2000}")),
    ("email", re.compile(_EMAIL)),
    ("uuid", re.compile(r"(?<!\w)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?!\w)")),
    ("quoted", re.compile(_QUOTED)),
    ("path", re.compile(_PATH)),
    ("ip", re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")),
    ("phone", re.compile(_PHONE)),
    ("id", re.compile(_ID)),
)
_NAME_WORD = r"[\w'\u2019&-]*+(?:\.[\w'\u2019&-]++)*+"
# The number of a name, as in "Windows 11"; not the one of a quantity, as in "Rome 3 days".
_NUMERAL = (
    r"\d{1,4}\b(?![.,:/%]\d| ?(?:%|percent|days?|nights?|hours?|minutes?|weeks?|months?|years?"
    r"|people|guests|persons|km|miles|dollars|euros?|am|pm|tage?|uhr|stunden)\b)"
)
NAME = re.compile(
    rf"[^\W\d_a-z\u00df-\u00ff]{_NAME_WORD}"
    rf"(?: {_NUMERAL}"
    r"|(?: |(?:(?<=\b[A-Z])|(?<=\bSt)|(?<=\bDr)|(?<=\bMr)|(?<=\bMrs)|(?<=\bMs))\. "
    r"| (?:of|de|la|van|von|der|den|the|of the) )(?=[A-Z])"
    rf"[^\W\d_]{_NAME_WORD}){{0,7}}"
    rf"|\b[a-z]{{1,3}}[A-Z][\w-]*+(?: {_NUMERAL})?"
)
STREET = re.compile(
    r"(?<!\w)\d{1,5}[a-z]? (?:[A-Z][\w.'-]{0,30} ){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Square|Place)\b"
    r"|\b[A-Z][\w-]{0,40}(?:stra\u00dfe|strasse|str\.|weg|platz|allee) \d{1,4}[a-z]?\b"
)
