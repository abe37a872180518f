"""Addresses in networks, keys, and what an account is opened with."""

from app.local.engine.guard.entities import checks
from app.local.engine.guard.entities.rules import ALNUM, LETTER, Rule, cued, told

_LABEL = ALNUM + rb"(?:[0-9A-Za-z\xc0\xe0-]{0,61}" + ALNUM + rb")?"
_DOMAIN = rb"(?:" + _LABEL + rb"\.){1,8}" + LETTER + rb"{2,24}"
_MARKUP = "\"'`.,;:!?()*_\\[]{}<>"
_URL_END = ".,;:!?'\")]}>"
_TOP = (
    rb"com|org|net|edu|gov|mil|int|info|biz|io|dev|app|ai|co|me|tv|xyz|online|shop|site|uk|de"
    rb"|fr|it|es|nl"
    rb"|be|ch|at|pl|se|no|dk|fi|cz|hu|pt|gr|ie|ca|us|au|nz|jp|cn|in|br|mx|za|ru|eu"
)
_WORDS_TEXT = (
    "a an and are as be been by can change changed correct currently different empty expired for "
    "from generated has hashed have if in incorrect into invalid is it long longer lost missing "
    "must never no not now of on only or optional policy protected provided required reset same "
    "secure sent set shared should stored strong that the this to too unknown used valid weak "
    "when will with wrong you your stolen leaked compromised authentication"
)
_WORDS = frozenset(_WORDS_TEXT.split())


def _is_ip(text: str) -> bool:
    if ":" in text and (text.count(":") < 3 or not any(map(str.isdigit, text))):
        return text.startswith("::") and len(text) > 2 and checks.ip(text)
    return checks.ip(text)


def _is_secret(text: str) -> bool:
    """Whether it is chosen as one: not a word of the language, which would say something of it."""
    bare = text.strip(_MARKUP)
    is_word = bare.isalpha() and (bare.islower() or bare.istitle())
    if text[0] in "$<{%[(":
        return False  # it stands for one
    return len(bare) >= 4 and bare.lower() not in _WORDS and not (is_word and len(bare) < 6)


def _is_chosen(text: str) -> bool:
    bare = text.strip(_MARKUP)
    return not bare.isalpha() or not (bare.islower() or bare.istitle())


def _is_login(text: str) -> bool:
    return text.lower() not in _WORDS and len(text) > 2 and not text.endswith("-")


def _is_key(text: str) -> bool:
    return (
        any(map(str.isupper, text)) and any(map(str.islower, text)) and any(map(str.isdigit, text))
    )


def trimmed(text: str) -> int:
    """The length of an address on the web without the stop that ends its sentence, and without a
    bracket that it does not open.
    """
    end = len(text)
    while end and text[end - 1] in _URL_END:
        if text[end - 1] == ")" and text.count("(", 0, end) >= text.count(")", 0, end):
            break
        end -= 1
    return end


NETWORK = (
    Rule("EMAIL", rb"[0-9A-Za-z\xc0\xe0][0-9A-Za-z\xc0\xe0._%+'-]{0,63}@" + _DOMAIN),
    Rule(
        "EMAIL",
        rb"\b[0-9A-Za-z][0-9A-Za-z._+-]{0,63} ?[\[({] ?(?i:at) ?[\])}] ?[0-9A-Za-z-]{1,63}"
        rb"(?: ?(?:\.|[\[({] ?(?i:dot) ?[\])}]) ?[0-9A-Za-z-]{2,63}){1,4}\b",
    ),
    Rule("URL", rb"\b(?i:https?|ftps?|wss?|file)://[^\s\"<>{}|\\^`]+", length=trimmed),
    Rule("URL", rb"\b(?i:www)\.[0-9A-Za-z\xc0\xe0-][^\s\"<>{}|\\^`]+", length=trimmed),
    Rule("URL", rb"\b(?:[0-9A-Za-z][0-9A-Za-z-]{0,62}\.){1,6}(?:" + _TOP + rb")\b(?:/[^\s\"<>{}"
    rb"|\\^`]*)?", length=trimmed, alone=True),
    Rule("IP_ADDRESS", rb"\b\d{1,3}(?:\.\d{1,3}){3}\b", _is_ip, alone=True),
    Rule("IP_ADDRESS", rb"(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}"
    rb"|[0-9A-Fa-f]{0,4})", _is_ip, alone=True),
    Rule("MAC_ADDRESS", rb"(?:^|[^0-9A-Za-z:-])([0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}"
    rb"|(?:-[0-9A-Fa-f]{2}){5}))"
         rb"(?:[^0-9A-Za-z:-]|$)"),
    Rule("MAC_ADDRESS", rb"\b[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\b", alone=True),
    Rule("AWS_ACCESS_KEY", rb"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|AIPA|ABIA"
    rb"|ACCA)[A-Z0-9]{16}\b"),
    cued("AWS_SECRET_KEY", rb"[a-z_]{0,20}(?:secret"
    rb"|aws)[a-z_ -]{0,30}key", rb"[A-Za-z0-9/+]{40}", _is_key),
    Rule("AWS_SECRET_KEY",
         rb"\b(?:AKIA"
         rb"|ASIA)[A-Z0-9]{16}\b[^A-Za-z0-9/+]{1,20}([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]"
         rb"|$)", _is_key),
)  # fmt: skip

ACCOUNTS = (
    Rule("PASSWORD",
         rb"\b(?i:password|passwd|passphrase|passcode|pwd"
         rb"|pw)[ \t]{0,2}[:=][ \t]{0,2}[\"'`]?([^\s\"'`,;]{4,64})",
         _is_secret),
    Rule("PASSWORD",
         rb"\b(?i:password|passwd|passphrase|passcode|pwd)(?i: for [^\n]{1,40}?)? (?i:is|was|to"
         rb"|of)[ :]{1,2}[\"'`]?"
         rb"([^\s\"'`,;]{4,64})", lambda text: _is_secret(text) and _is_chosen(text)),
    told("USERNAME", rb"user ?-?name|user ?id|login(?: name| id)?|screen ?name|nick ?name"
    rb"|handle|account name",
         rb"@?[0-9A-Za-z\xc0\xe0](?:[0-9A-Za-z\xc0\xe0._-]{1,30}[0-9A-Za-z\xc0\xe0_])",
         lambda text: _is_login(text) and (text.startswith("@") or _is_chosen(text))),
    Rule("USERNAME", rb"\b(?i:user ?-?name|login"
    rb"|user)[ \t]{0,2}[:=][ \t]{0,2}[\"'`]?([0-9A-Za-z][0-9A-Za-z._-]{1,30}[0-9A-Za-z_])",
         lambda text: _is_login(text) and not text.istitle()),
    Rule("USERNAME", rb"\b(?i:twitter|instagram|github|telegram|tiktok|mastodon|follow|tweet"
    rb"|dm)\b[^\n@]{0,25}"
         rb"(@[0-9A-Za-z_.]{2,30})\b"),
)  # fmt: skip
