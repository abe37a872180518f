"""The words by which prompts name their parts, and where in a text they stand as labels.

    Question: ..      **Context:**     # Chat history     Kontext:     Pregunta:     質問:

The frame of a prompt may be in another language than its passages.
"""

from itertools import islice

from app.local import lazy_re as re

_QUESTION = (
    r"(?:question|query|input|message|frage|anfrage|nutzerfrage|pregunta|consulta|pergunta|domanda"
    r"|vraag|fr\u00e5ga|pytanie|\u0432\u043e\u043f\u0440\u043e\u0441|\u8cea\u554f|\u95ee\u9898"
    r"|\u554f\u984c|\u7528\u6237\u95ee\u9898|\uc9c8\ubb38)"
)
_CONTEXT = (
    r"(?:contexts?|passages|documents|excerpts|sources|search results|results|knowledge(?: base)?"
    r"|articles?|snippets|extracts|references|background|passage|document|paragraph|excerpt|abstract"
    r"|kontexte?|dokumente|quellen|textausz\u00fcge"
    r"|contexte|documentos|contexto|fuentes|contesto|documenti|fonti|bronnen|documenten"
    r"|\u043a\u043e\u043d\u0442\u0435\u043a\u0441\u0442|\u30b3\u30f3\u30c6\u30ad\u30b9\u30c8"
    r"|\u6587\u8108|\u6587\u66f8|\u4e0a\u4e0b\u6587|\u53c2\u8003\u8d44\u6599|\u8d44\u6599"
    r"|\ucee8\ud14d\uc2a4\ud2b8|\ubb38\ub9e5)"
)
_HISTORY = (
    r"(?:(?:chat |conversation |message |previous )?(?:history|conversation|messages|dialogue?)"
    r"|(?:chat|gespr\u00e4chs)?verlauf|historique|historial|hist\u00f3rico|cronologia"
    r"|\u4f1a\u8a71\u5c65\u6b74|\u804a\u5929\u8bb0\u5f55|\u5386\u53f2)"
)
_ANSWER = (
    r"(?:answer|response|reply|assistant|ai|output|result|antwort|r\u00e9ponse|respuesta|resposta"
    r"|risposta|antwoord|\u043e\u0442\u0432\u0435\u0442|\u56de\u7b54|\u7b54\u3048|\u7b54\u6848"
    r"|\ub2f5\ubcc0)"
)
_BEFORE = r"^[ \t#*>=\[-]*"
_COLON = r"[ \t*\]]*[ \u00a0]?[:\uff1a](?:\*\*)?"

_QUESTION_LABEL = (
    rf"(?:(?:here is )?(?:the |my |a )?(?:(?:user(?:'s|\u2019s)?|original|latest|current|new|input"
    rf"|final|follow[- ]?up|customer) ){{0,3}}{_QUESTION}(?: (?:is|was)(?: as follows)?)?"
    r"|q|user|human)"
)
QUESTION = re.compile(
    rf"(?:{_BEFORE}{_QUESTION_LABEL}{_COLON}"
    rf"|^(?:#+[ \t]+{_QUESTION_LABEL}[ \t#*]*"
    rf"|[=*_-]{{2,}}[ \t]*{_QUESTION_LABEL}[ \t]*[=*_-]{{2,}})$"
    rf"|(?<=[.;][ ]){_QUESTION}:)",
    re.MULTILINE | re.IGNORECASE,
)
_CONTEXT_LABEL = (
    r"(?:here (?:is|are) )?(?:the )?(?:(?:retrieved|relevant|provided|given|reference|available"
    r"|supporting|following|new|additional|numbered|company|source) ){0,3}"
    rf"{_CONTEXT}(?: (?:information|sections?|passages|documents|data))?"
)
_ANNOUNCING = (
    r"(?:following|below|provided|retrieved|given|here are|here is|these|folgende\w*|suivant\w*"
    r"|siguientes?|seguintes?|seguent\w*|volgende|\u4ee5\u4e0b|\u6b21\u306e|\ub2e4\uc74c)"
)
_MEANT = (
    rf"(?:{_CONTEXT}|information\w*|extracts|parts of (?:a|the)|data|text|articles?|facts|notes"
    r"|informationen|informations|informaci\u00f3n|informa\u00e7\u00f5es|informazioni)"
)
_NO_CONTEXT = r"(?:rules|guidelines|instructions|steps|requirements|format|tags|fields|examples?)"

# A line that speaks of the context below it, and ends with a colon.
ANNOUNCEMENT = re.compile(
    rf"^(?![^\n]*\b{_NO_CONTEXT}\b[^\n]{{0,20}}:[ \t]*$)(?=[^\n]*{_ANNOUNCING})(?=[^\n]*{_MEANT})"
    r"[^\n]{1,400}[:\uff1a][ \t*]*$",
    re.MULTILINE | re.IGNORECASE,
)
CONTEXT = re.compile(
    rf"(?:{_BEFORE}{_CONTEXT_LABEL}(?: is below)?(?:{_COLON}|[ \t]*\.[ \t]*$)"
    rf"|^(?:#+[ \t]+{_CONTEXT_LABEL}[ \t#*]*|[=*_-]{{2,}}[ \t]*{_CONTEXT_LABEL}[ \t]*[=*_-]{{2,}})$"
    r"|(?-i:(?<=[.!?;][ ])Context:))"
    r"[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
HISTORY = re.compile(
    rf"{_BEFORE}{_HISTORY}(?:{_COLON}[ \t]*\n|[ \t#*]*$)",
    re.MULTILINE | re.IGNORECASE,
)
# Where the answer is to be written: the end of the text.
ANSWER_HERE = re.compile(
    r"(?:\n[ \t#*]*|(?<=[;.?])[ \t]+)(?:(?:helpful|final|your|short|concise|rewritten|refined|new"
    rf"|detailed|hilfreiche) )*(?:{_ANSWER}|stand-?\s?alone (?:question|query)"
    r"|rewritten (?:question|query)|a)\b[^\n]{0,60}\s*$",
    re.IGNORECASE,
)
EXISTING_ANSWER = re.compile(
    r"\b(?:existing|original|previous|current) answer(?: to it)?(?: is)?[ \t*]*:[ \t]*(.+?)"
    r"(?=\n\s*\n|\nWe have\b|\n[^\n]{0,80}\b(?:refine|context)\b|\n[^\n]{1,30}:[ \t]*|$)",
    re.IGNORECASE | re.DOTALL,
)
SPEAKER = re.compile(
    r"^[ \t>*]*(user|human|question|q|assistant|ai|bot|chatbot|answer|a|customer|agent)"
    r"[ \t*]*:[ \t*]*",
    re.MULTILINE | re.IGNORECASE,
)
USERS = frozenset({"user", "human", "question", "q", "customer"})
_ANSWER_BELOW = re.compile(
    rf"[^\n]*\n{{1,2}}[ \t#>*]*(?:{_ANSWER}|a)[ \t*]*[:\uff1a][ \t*]*[^\s*][^\n]*", re.IGNORECASE
)
_EXAMPLE = re.compile(
    r"\b(?:for example|examples?|e\.g\.)\b[^\n]{0,60}:?[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ANSWERED = re.compile(
    rf"^[ \t#*]*(?:(?:final|helpful) )?{_ANSWER}[ \t*]*[:\uff1a][ \t]*\S[^\n]*$"
    r"(?:\n(?:sources?|quotes?|citations?)[ \t]*:[^\n]*)?",
    re.MULTILINE | re.IGNORECASE,
)
_MOST_EXAMPLES = 20
_YOUR_TURN = re.compile(r"\b(?:your turn|begin!|let's begin|real (?:question|task))", re.I)


def questions(text: str) -> list[re.Match[str]]:
    r"""The labels of questions, but for those that are answered right below: they are of a passage.

    >>> [text[one.end():] for text in ("Question: a?\nAnswer: b", "Question: c?")
    ...  for one in questions(text)]
    [' c?']
    """
    return [one for one in QUESTION.finditer(text) if not _ANSWER_BELOW.match(text, one.end())]


def end_of_examples(text: str) -> int:
    r"""Where the examples that a prompt shows end, and its own question begins; 0 without any.

    They end with an answer that is written out. As passages may hold such an answer, too, the
    prompt has to speak of an example before it, of the reader's turn behind it, or of the question
    once more.

    >>> text = "For example:\nQuery: Is it?\nAnswer: It is [1].\nNow it's your turn.\nQuery: .."
    >>> text[end_of_examples(text):].strip()
    "Now it's your turn.\nQuery: .."
    """
    last = 0
    for match in islice(_ANSWERED.finditer(text), _MOST_EXAMPLES):
        before, behind = text[: match.start()], text[match.end() :]
        if not QUESTION.search(behind):
            break
        shown = _EXAMPLE.search(before) and QUESTION.search(before)
        if shown or _YOUR_TURN.search(behind[:200]) or _ruled(before, behind):
            last = match.end()
    return last


def _ruled(before: str, behind: str) -> bool:
    """Whether both stand between rules of "=": LangChain's prompt with sources shows itself so."""
    return before.count("\n====") >= 2 and behind.count("\n====") >= 2
