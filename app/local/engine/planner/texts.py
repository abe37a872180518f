"""Parts of an utterance that a free text takes: a message, a search, an expression, a statement."""

from app.local import lazy_re as re
from app.local.engine.planner.words import word_set

_QUERY = word_set("""
query q search question keyword keywords term terms prompt input topic subject text request
""")
_MESSAGE = word_set("""
message body content text note comment description reason instructions summary title task
details sentence reminder
""")
_EXPRESSION = word_set("""
expression equation formula calculation function func math polynomial
function1 function2 expr
""")
_STATEMENT = frozenset(["sql", "statement", "query"])
_SQL = re.compile(
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE|ALTER TABLE|WITH \w+ AS)\b"
)
_PARTNER = {"SELECT": " FROM ", "UPDATE": " SET "}
_SAYING = re.compile(
    r"\b(?:saying(?: that)?|(?:that|which) says|telling (?:him|her|them|\w{1,30}) that"
    r"|with the (?:message|text|body|note|content)|tell (?:him|her|them) that|dass"
    r"|to say(?: that)?|reading)\b:? ?|: ",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:please |can you |could you |would you |i want to |i need to |i'd like to |bitte "
    r"|help me )*"
    r"(?:(?:run|execute)(?: the)?(?: command)?"
    r"|(?:do a )?(?:web )?search(?:es)?|look(?: up| for)?|find(?: out| me)?|google|query|ask"
    r"|such(?:e|en)?|finde|(?:tell|show|get|give) me|remind me(?: to)?|erinnere mich an|translate"
    r"|summari[sz]e|analy[sz]e|add(?: a)?(?: task| todo| note)?(?: to)?|note(?: that)?"
    r"|create an? (?:task|note|ticket|reminder)(?: to| for| about)?)\b"
    r"(?: (?:the )?(?:web|internet|wikipedia|documentation|docs|knowledge base|documents|database"
    r"|online|google))?(?: (?:for|about|on|nach|\u00fcber|what|that|up))? ?:? ?",
    re.IGNORECASE,
)
_TRANSLATE = re.compile(
    r"(?:please |can you |could you |bitte )?(?:translate|\u00fcbersetze?|say"
    r"|how (?:do|would) (?:you|i) say|wie sagt man) ",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r" (?:in|to|into|auf|ins|nach) [A-Z][a-z]{3,20}[.?!]?$")
_PERCENT = re.compile(r"(?<=\d) ?(?:%|percent) of (?=\d)", re.IGNORECASE)
_OPERATORS = (
    (re.compile(r"\b(?:plus|added to)\b", re.I), "+"),
    (re.compile(r"\b(?:minus|less)\b", re.I), "-"),
    (re.compile(r"\b(?:times|multiplied by|mal)\b|\u00d7|(?<=\d) ?x ?(?=\d)", re.I), "*"),
    (re.compile(r"\b(?:divided by|over|geteilt durch)\b|\u00f7", re.I), "/"),
    (re.compile(r"\b(?:to the power of|raised to)\b", re.I), "^"),
)
_MATH_WORD = re.compile(
    r"(?:[-+*/^%()=<>.,\d\u00b2\u00b3]|sin|cos|tan|log|ln|sqrt|exp|pi|abs|max|min|mod"
    r"|[a-z](?![a-z]))++",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"[a-zA-Z](?:\([a-zA-Z]\))?")
_SIGNS = re.compile(r"[-+*/^=\u00b2\u00b3%]|sqrt|sin|cos|log|exp")


def is_expression(words: frozenset[str]) -> bool:
    return bool(words & _EXPRESSION)


def is_query(words: frozenset[str]) -> bool:
    return bool(words & _QUERY)


def is_message(words: frozenset[str]) -> bool:
    return bool(words & _MESSAGE)


def is_statement(words: frozenset[str]) -> bool:
    return bool(words & {"sql", "statement"})


def statement(text: str) -> str:
    """The SQL in a text; empty where there is none.

    >>> statement("Run SELECT name FROM users WHERE id = 7; thanks")
    'SELECT name FROM users WHERE id = 7'
    """
    for match in _SQL.finditer(text):
        sql = text[match.start() :].partition(";")[0].strip().rstrip("`'\"")
        if _PARTNER.get(match[0], "") in sql.replace("\n", " "):
            return sql
    return ""


def expressions(text: str) -> list[str]:
    """The formulas in a text, without those that are much shorter than another.

    >>> expressions("What is 12 * (7 + 3)?"), expressions("Differentiate 3x^2 + 2x - 1 at x.")
    (['12 * (7 + 3)'], ['3x^2 + 2x - 1'])
    >>> expressions("What is 12 times 7?"), expressions("15% of 80"), expressions("How old is Ada?")
    (['12 * 7'], ['15 / 100 * 80'], [])
    """
    text = _PERCENT.sub(" / 100 * ", text)
    for word, sign in _OPERATORS:
        text = word.sub(sign, text)
    formulas: list[str] = []
    run: list[str] = []
    for token in [*text.split(), ""]:
        bare = token.strip("?!;:'\"`").rstrip(".,")
        if bare and _MATH_WORD.fullmatch(bare) and not (bare.isalpha() and not run):
            run.append(bare)
            if bare == token:
                continue
        formulas.append(_formula(run))
        run = []
    formulas = [one for one in formulas if one]
    longest = max(map(len, formulas), default=0)
    return [one for one in formulas if 2 * len(one) >= longest]


def _formula(run: list[str]) -> str:
    while run and (run[-1].isalpha() or run[-1] in "+-*/^="):
        run = run[:-1]
    words = " ".join(run)
    head, equals, tail = words.partition("=")
    if equals and _DEFINED.fullmatch(head.strip()) and _SIGNS.search(tail):
        words = tail.strip()
    signs = _SIGNS.findall(words.lstrip("-"))
    return words if signs and any(sign.isdigit() for sign in words) else ""


def message(text: str) -> str:
    """What is to be said, written or noted: what stands behind "saying", or a colon.

    >>> message("Send Ada a message saying that the build is green.")
    'the build is green'
    """
    match = _SAYING.search(text)
    if match is None:
        return _to_translate(text.strip())
    return text[match.end() :].strip().strip("\"'\u201c\u201d").rstrip(".")


def _to_translate(text: str) -> str:
    """What is to be put into another language.

    >>> _to_translate("Translate I love you into French."), _to_translate("Say hello to Ada and go")
    ('I love you', '')
    """
    lead = _TRANSLATE.match(text)
    language = _LANGUAGE.search(text, lead.end()) if lead else None
    return text[lead.end() : language.start()].strip(" \"'") if lead and language else ""


def query(text: str) -> str:
    """What is to be searched for: the request without the words that ask for a search.

    >>> query("Search the web for the best pizza in Naples.")
    'the best pizza in Naples'
    >>> query("What is the tallest tree?")
    'What is the tallest tree?'
    """
    text = text.strip()
    lead = _LEAD.match(text)
    rest = text[lead.end() :].strip() if lead and lead.end() else text.strip()
    return (rest.rstrip(".!") if lead and lead.end() else rest) or text.strip()
