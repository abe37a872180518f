"""What is to be done: the act that a request asks for, and the one that a tool does.

"Find a red jacket" and `search_products` are both about looking something up; "cancel it" and
`create_order` are not of one kind.
"""

from app.local import lazy_re as re
from app.local.engine.planner.words import TOKEN, name_words, word_set, word_table

_ACTS = word_table("""
look: look find search get lookup fetch retrieve show list query check read view browse see
  finde suche zeig zeige locate recommend suggest identify track display
compute: calculate compute evaluate solve estimate sum add subtract multiply divide count predict
  berechne integrate differentiate average determine compare analyze analyse simulate convert
  translate exchange rechne wandle übersetze plot
create: create add make book schedule reserve open file put register insert new set plan erstelle
  buche draw generate build prepare write draft post submit upload remind buy order purchase
remove: cancel delete remove drop clear stop storniere lösche unsubscribe close
change: update change edit rename move modify set adjust assign transfer pay
send: send email mail text notify forward message reply tell sende schicke schick call
play: play put watch listen spiele
switch: turn switch dim lock unlock enable disable start stop run execute schalte lights
""")
_OF: dict[str, frozenset[str]] = {}
for _act, _words in _ACTS.items():
    for _word in _words:
        _OF[_word] = _OF.get(_word, frozenset()) | {_act}
_ASKING = word_set("""
what what's whats which who whose where where's when how why is are was were do does did has have
can will wie was wann wo wer welche wieviel ist sind gibt any
""")
_NOUNS = word_set("""
order book post file rate text mail email call message exchange list query set count track plan
average sum light lights schedule project share display play report draft reply
""")
_LEAD = re.compile(
    r"(?:hi|hello|hey|please|can you|could you|would you|will you|can i|could i|i want to|i need to"
    r"|i'd like to|i would like to|i want you to|i need|help me|let's|let us|bitte|kannst du"
    r"|k\u00f6nnen sie|also|then|and|now|just|to|me)\b[ ,]*",
    re.IGNORECASE,
)
_LEADS = 5
_NEAR = 40  # characters
_TO_ME = re.compile(r"tell (?:me|us)\b", re.IGNORECASE)
_REMOVING = re.compile(
    r"\b(?:cancel|cancell?ing|cancellation|delet(?:e|ing)|remov(?:e|ing)|drop|clear|stop"
    r"|clos(?:e|ing)|unsubscribe|get rid of|undo|revoke|void|abort|scrap|withdraw|end|quit|erase"
    r"|call(?:ing)? (?:it |that |this |them |my |the |\w+ )?off|call off|wipe|dismiss|reject"
    r"|disconnect|terminate|storniere\w*|stornierung|l\u00f6sch\w*|entfern\w*|stopp\w*"
    r"|k\u00fcndig\w*|beende\w*|do(?:n't| not) (?:want|need)\b|no longer (?:want|need))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:don't|don\u2019t|do not|never|not|without|didn't|no need|nicht)(?! forget)"
    r"(?: (?!only|just)\w+){0,3} $",
    re.IGNORECASE,
)
_CHANGING = frozenset({"create", "remove", "change", "send", "play", "switch"})
_HARMING = frozenset({"remove", "change", "send", "switch"})
_INFORMING = frozenset({"look", "compute"})
_NONE: frozenset[str] = frozenset()


def request_acts(text: str) -> frozenset[str]:
    """The acts that a request may ask for; none where it does not begin with one.

    >>> sorted(request_acts("Could you please cancel order 7?")), sorted(request_acts("Who is it?"))
    (['remove'], ['compute', 'look'])
    """
    rest = text.strip()
    for _ in range(_LEADS):
        lead = _LEAD.match(rest)
        if not lead:
            break
        rest = rest[lead.end() :]
    first = TOKEN.match(rest)
    word = first[0].lower() if first else ""
    if word == "tell" and _TO_ME.match(rest):
        return _OF["show"]
    if word in _OF:
        return _OF[word]
    return _INFORMING if word in _ASKING else frozenset()


def is_question(text: str) -> bool:
    """Whether a text asks, and orders nothing.

    >>> [is_question(text) for text in ("When will it come?", "Can you cancel it?", "Cancel it")]
    [True, False, False]
    """
    return request_acts(text) == _INFORMING


def removes(text: str) -> bool:
    """Whether a text wants something removed, stopped or called off, and does not deny it.

    >>> texts = ("I don't want A-7, call it off", "Don't cancel A-7", "Has A-7 shipped?")
    >>> [removes(text) for text in texts]
    [True, False, False]
    """
    return any(
        not _DENIED.search(text[max(0, match.start() - _NEAR) : match.start()])
        for match in _REMOVING.finditer(text)
    )


def only_looks(text: str) -> bool:
    """Whether a text asks to see something, so that nothing may be removed or changed for it.

    >>> [only_looks(text) for text in ("Show me order 7", "What is in it?", "Cancel order 7")]
    [True, True, False]
    """
    acts = request_acts(text)
    return bool(acts) and acts <= _INFORMING


def harms(acts: frozenset[str]) -> bool:
    """Whether what is done removes, changes or sends something."""
    return bool(acts) and acts <= _HARMING


def changes(acts: frozenset[str]) -> bool:
    """Whether what is done changes something: a question never asks for that."""
    return bool(acts) and acts <= _CHANGING


def names_change(tool: str) -> bool:
    """Whether a tool's name alone says that it changes something.

    >>> [names_change(one) for one in ("cancel_order", "order_status")]
    [True, False]
    """
    verbs = [word for word in name_words(tool).split() if word in _OF and word not in _NOUNS]
    return bool(verbs) and changes(_OF[verbs[0]])


def tool_acts(name: str, description: str) -> frozenset[str]:
    """The acts of a tool, by its name, or else by the word with which its description begins. A
    word of the name that is a noun as well counts only where the description tells no act.

    >>> sorted(tool_acts("order.cancel", "")), sorted(tool_acts("clock", "Shows the time."))
    (['remove'], ['look'])
    >>> sorted(tool_acts("order_status", "Look up an order.")), sorted(tool_acts("order_tea", ""))
    (['look'], ['create'])
    """
    words = name_words(name).split()
    for word in words:
        if word in _OF and word not in _NOUNS:
            return _OF[word]
    return _described_acts(description) or next((_OF[word] for word in words if word in _OF), _NONE)


def _described_acts(description: str) -> frozenset[str]:
    first = TOKEN.match(description.strip())
    word = first[0].lower() if first else ""
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form == "tell":  # "Tells what it costs" describes a tool that sends nothing
            return _OF["show"]
        if form in _OF:
            return _OF[form]
    return _NONE
