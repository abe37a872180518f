"""How a prompt wants passages cited, and what it wants said where they hold no answer."""

from app.local import lazy_re as re

ABSTENTION = "The passages do not answer this question."

_NUMBER = r"(?:\d{1,2}|n|i|x|k|id|number|index|passage number|source number|doc number)"
_OPENED = r"(?:source|doc(?:ument)?|passage|ref(?:erence)?|citation|result|chunk)"
_CITED = r"\b(?:cit\w+|referenc\w+|sources?|quellen?|zitier\w+|fuentes?|fontes?)\b"
_NOT_CITED = re.compile(
    r"\b(?:do not|don't|never|without|no)\b[^.\n]{0,20}\b(?:cite|citing|citations?|references)\b"
    r"(?! (?:if|unless|when|where|only))",
    re.IGNORECASE,
)
_NAMES = (
    r"(?:(?:file|document|source|page) ?names?|titles?|urls?|the names?|file ?paths?|dateinamen?)"
)
_FILE = r"[\w-]{1,60}\.(?:pdf|txt|md|docx?|html?|csv|xlsx?)"

# How the prompt wants passages cited: the first rule that matches its instructions. A passage is
# named by its number where the mark has {}, and by its name where it has {name}.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<source>[^<>\n]{0,40}</source>|<source>(?!\s*(?:tag|element))", re.I),
     "<source>{}</source>"),
    (re.compile(rf"<(?P<tag>cite|ref|citation)>\s*{_NUMBER}\s*</(?P=tag)>", re.I),
     "<{tag}>{{}}</{tag}>"),
    (re.compile(r"%\[(?:\d{1,2}|x|n)\]%", re.I), "%[{}]%"),
    (re.compile(rf"\[\^{_NUMBER}\]", re.I), "[^{}]"),
    (re.compile(rf"\[\[{_NUMBER}\]\]", re.I), "[[{}]]"),
    (re.compile(rf"\u3010{_NUMBER}\u3011", re.I), "\u3010{}\u3011"),
    (re.compile(rf"\b(?P<word>(?-i:Document|Source|Doc|Passage|Ref|Context))\[{_NUMBER}\]", re.I),
     "{word}[{{}}]"),
    (re.compile(rf"(?P<open>[\[(])(?P<word>{_OPENED})(?P<gap>[ :#_]{{0,2}}){_NUMBER}[\])]", re.I),
     "{open}{word}{gap}{{}}{close}"),
    (re.compile(rf"[\[]{_FILE}(?:#[\w=]+)?\]", re.I), "[{name}]"),
    (re.compile(r"(?P<open>[\[(])source: ?(?:<|\[|\{)?"
                rf"(?:{_FILE}|{_NAMES}|name)[>\]}}]?[\])]", re.I),
     "{open}Source: {{name}}{close}"),
    (re.compile(rf"{_CITED}[^\n.]{{0,80}}\bby (?:its |their |the )?{_NAMES}\b", re.I), "[{name}]"),
    (re.compile(rf"\b(?:cite|include|mention|give|add)\b[^\n.]{{0,30}}\b{_NAMES}[^\n.]{{0,60}}"
                r"(?:brackets|\[)", re.I), "[{name}]"),
    (re.compile(rf"\b(?:cite|mention|give|add)\b[^\n.]{{0,30}}\b{_NAMES}[^\n.]{{0,60}}"
                r"(?:parenthes\w+|\()", re.I), "({name})"),
    (re.compile(rf"\[{_NUMBER}\]|square brackets|eckigen Klammern|entre corchetes", re.I), "[{}]"),
    (re.compile(rf"{_CITED}[^\n]{{0,80}}(?:\((?:\d|n|number|id)\)|parenthes\w+)", re.I), "({})"),
    (re.compile(r"\b(?:cite|citations?|cited|citing)\b", re.I), "[{}]"),
    (re.compile(r"\b(?:zitiere|belege|citez|cita|cite) [^\n.]{0,40}"
                r"(?:quellen|sources|fuentes|fontes)", re.I), "[{}]"),
)  # fmt: skip
_CLOSING = {"[": "]", "(": ")"}


def mark(instructions: str) -> str | None:
    """How a passage is cited, with {} for its number or {name} for its name; None if it is not.

    >>> mark("Cite sources as (1)."), mark("Use [Source 1]."), mark("Cite the file, as [a.pdf].")
    ('({})', '[Source {}]', '[{name}]')
    >>> mark("Be brief. Do not include citations.")
    """
    if _NOT_CITED.search(instructions):
        return None
    for rule, form in _MARKS:
        if match := rule.search(instructions):
            groups = match.groupdict()
            if not groups:
                return form
            closing = _CLOSING.get(groups.get("open", ""), "")
            return form.format(**groups, close=closing)
    return None


_VERB = (
    r"\b(?:reply|respond|answer|say|state|write|output|return|print|sage?|sag|antworte|schreibe?"
    r"|dis|r\u00e9ponds|r\u00e9pondez|dites|di|responde|responda|diga|rispondi|zeg|antwoord)\b"
)
_EXACT = (
    re.compile(
        _VERB + r"[^\n\"\u201c\u201e\u00ab.]{0,60}[\"\u201c\u201e\u00ab]\s?"
        r"(?P<said>[^\"\u201d\u201c\u00bb\n]{3,200}?)\s?[\"\u201d\u201c\u00bb]",
        re.IGNORECASE,
    ),
    re.compile(
        _VERB + r"[^\n'`.]{0,60}(?<![\w])['`](?P<said>[^\n`]{2,200}?)['`](?=[\s.,;!)]|$)", re.I
    ),
    re.compile(_VERB + r"(?: with)? (?:exactly|only)(?: with)?:?\s+(?P<said>[A-Z][^\n]{3,200})"),
    re.compile(_VERB + r"(?: with)?:?\s+(?P<said>[A-Z][A-Z_/-]{2,40}(?: [A-Z_/-]{2,40})*)\b"),
    re.compile(r"[\u300c\u300e](?P<said>[^\u300d\u300f\n]{2,100})[\u300d\u300f]"),
)
_SAYS = (
    r"\b(?:say(?:ing)?|stat(?:e|ing)|reply|respond|indicate|admit|mention|explain|acknowledge"
    r"|tell \w+(?: \w+)?|let \w+(?: \w+)? know|inform \w+(?: \w+)?)"
)
_REPORTED = re.compile(_SAYS + r"(?: that)? you (?P<said>[^.,;\n]+)", re.IGNORECASE)
_IMPERSONAL = re.compile(
    _SAYS + r" that (?P<said>(?:the|there|no|it|this|these)\b[^.,;\n]+)", re.IGNORECASE
)
_TO_FIRST_PERSON = (("your", "my"), ("yourself", "myself"), ("are", "am"), ("you", "I"))
_CONDITION = re.compile(
    r"\b(?:if|when|unless|cannot|not|otherwise|where|wenn|falls|sonst|si|sinon|se|als|indien)\b"
    r"|n't\b|\u5834\u5408|\u5982\u679c|\u306a\u3044",
    re.IGNORECASE,
)


_TRANSLATED = re.compile(r"with (\[0\]) and a translation of that sentence")


def translated(instructions: str) -> str | None:
    """The mark with which an abstention in another language than English is to begin; None where
    the prompt wants its own words in every language.
    """
    match = _TRANSLATED.search(instructions)
    return match[1] if match else None


def abstention(instructions: str) -> str:
    """What the prompt wants said when the passages hold no answer.

    >>> abstention("If you don't know the answer, just say that you don't know.")
    "I don't know."
    >>> abstention("If they do not answer it, reply with exactly: The documents do not say.")
    'The documents do not say.'
    """
    for line in re.split(r"(?<=[.!])\s+(?=[A-Z])|\n", instructions):
        if not _CONDITION.search(line):
            continue
        for pattern in _EXACT:
            if exact := pattern.search(line):
                return exact["said"].strip()
        if reported := _REPORTED.search(line):
            words = reported["said"]
            for second, first in _TO_FIRST_PERSON:
                words = re.sub(rf"\b{second}\b", first, words)
            return f"I {words.strip()}."
        if impersonal := _IMPERSONAL.search(line):
            words = impersonal["said"].strip()
            return f"{words[0].upper()}{words[1:]}."
    return ABSTENTION
