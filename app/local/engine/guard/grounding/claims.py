"""An answer, taken apart into claims: what each can be true or false by itself.

The fee is $10 [2], and a visit is free.      two claims, without the mark
- Ask at the desk.                            an item of a list
| L-3 | 7 |                                   a row of a table; a rule is none
`pip install x`                               a line of code
Yes: it is open.                              what the verdict stands before
From the guide:                               none: it introduces what follows
The documents do not say.                     none: what is not said cannot be unsupported
"""

from collections.abc import Iterator
from functools import cache

from app.local import lazy_re as re
from app.local.engine.languages.language import languages
from app.local.engine.text import FENCE, ITEM, sentences

LONGEST = 5000  # characters of an answer, as Bedrock limits them
MOST = 200  # claims

_MARK = re.compile(r"\s?(?:\[\d{1,3}(?:,\s?\d{1,3})*\]|\u27e6\d{1,3}\u27e7)")
_RULE = re.compile(r"[\s|:+=_*~-]*")
_HEADING = re.compile(r"#{1,6}\s+")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`")
_LINK = re.compile(r"!?\[([^\]\[]{0,300})\]\([^()\s]{0,500}\)")
_CLAUSE = re.compile(
    r";\s+|,\s+(?:and|but|while|whereas|although|though|however|und|aber|während|et|mais|y|pero)\s+"
    r"|[；，](?=\S{6})"  # noqa: RUF001 these signs are meant
    r"|(?<=\w\w\w[.!?])\s+(?=\w)"  # a sentence may begin with a name in small letters
)
_COLONS = (":", "：")  # noqa: RUF001 the sign is meant
_LONGEST_LABEL = 60  # characters: a line with a colon that only introduces what follows
_FEWEST = 4  # words of a clause that stands for itself
_FEWEST_SIGNS = 8  # the same, of characters in scripts without spaces
_WORD = re.compile(r"\w+")
_THAI = re.compile("[\u0e01-\u0e4e]")  # puts no sign behind a verdict
# What is said around a claim, and is none of it.
_LEAD = re.compile(
    r"(?:(?:based on|according to|as (?:stated|described|mentioned|noted) in|from|per) "
    r"(?:the |your |this |these |that |provided |given |above |available )*"
    r"(?:information|sources?|documents?|documentation|context|passages?|text|excerpts?"
    r"|search results)"
    r"(?: (?:provided|given|above|available|you provided|at hand)){0,2}\s*[,:]\s*"
    r"|(?:however|moreover|furthermore|additionally|in addition|also|therefore|thus|in short"
    r"|in summary|overall|finally|so|well|sure|certainly|of course)\s*,\s+)+",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"(?:unfortunately,? |sorry,? |i am sorry,? (?:but )?|i'm sorry,? (?:but )?)?"
    r"(?:(?:the |these |your |this |provided |given |available )*"
    r"(?:information|sources?|documents?|documentation|context|passages?|text|search results)"
    r"(?: provided| given)? (?:do|does|did)(?: not|n't) "
    r"(?:say|mention|contain|include|provide|specify|state|cover|answer|tell)\b.{0,200}"
    r"|i (?:do not|don't|cannot|can't|could not|couldn't|am unable to) "
    r"(?:know|find|say|answer|tell|have (?:enough|any) information)\b.{0,200})",
    re.IGNORECASE | re.DOTALL,
)


def claims(answer: str) -> list[str]:
    """The claims of an answer, in order; none if it says only that nothing is said.

    >>> claims("Yes: the fee is $10 [2], and a second visit is free. The documents do not say.")
    ['the fee is $10', 'a second visit is free.']
    >>> claims("The pump has two valves. pypdf reads all of its files.")
    ['The pump has two valves.', 'pypdf reads all of its files.']
    """
    text = answer[:LONGEST]
    parts: list[str] = []
    fenced = False
    for start, end in sentences(text):
        line = text[start:end]
        if FENCE.match(line):
            fenced = not fenced
        elif fenced:
            parts.append(line.strip())
        else:
            parts += _of_prose(line)
        if len(parts) > MOST:
            break
    return [part for part in parts[:MOST] if _WORD.search(part)]


def _of_prose(sentence: str) -> Iterator[str]:
    plain = plain_text(sentence)
    if plain.endswith(_COLONS) and len(plain) <= _LONGEST_LABEL:
        return
    if not plain or _RULE.fullmatch(plain) or is_silent(plain):
        return
    begin = 0
    for joint in _CLAUSE.finditer(plain):
        if _stands_alone(plain[begin : joint.start()]) and _stands_alone(plain[joint.end() :]):
            yield plain[begin : joint.start()].strip()
            begin = joint.end()
    yield plain[begin:].strip()


def plain_text(sentence: str) -> str:
    """A sentence without marks, Markdown, and what is said before the claim itself.

    >>> plain_text("- **No**: based on the information provided, it is `7` [1].")
    'it is 7.'
    """
    plain = _MARK.sub("", sentence)
    plain = _LINK.sub(r"\1", plain)
    if item := ITEM.match(plain):
        plain = plain[item.end() :]
    plain = _EMPHASIS.sub("", _HEADING.sub("", plain.strip(), count=1)).strip()
    if verdict := _before_claim().match(plain):
        plain = plain[verdict.end() :]
    if lead := _LEAD.match(plain):
        plain = plain[lead.end() :]
    return plain.strip()


def is_silent(text: str) -> bool:
    """Whether a text says only that the sources do not say, or is a phrase of the assistant's own.

    >>> [is_silent(one) for one in ("Die Dokumente sagen dazu nichts.", "It is open.")]
    [True, False]
    """
    words = " ".join(_WORD.findall(text)).casefold()
    return words in _phrases() or _SILENT.fullmatch(text.strip()[:400].rstrip(".")) is not None


@cache
def _phrases() -> frozenset[str]:
    """What an assistant says of itself and its documents, in every language."""
    return frozenset(
        " ".join(_WORD.findall(part)).casefold()
        for one in languages().values()
        for text in (*one.says.values(), *one.replies.values())
        for part in (text, *(text[start:end] for start, end in sentences(text)))
    )


@cache
def _before_claim() -> re.Pattern[str]:
    """What stands before a claim: yes or no in any language, before a sign; a word for extracts."""
    verdicts, labels = {"yes", "no"}, set()
    for one in languages().values():
        verdicts |= {
            one.replies[name].strip(".。! ") for name in ("yes", "no") if name in one.replies
        }
        labels |= {one.replies[name] for name in ("extracts", "premise") if name in one.replies}
    forms = "|".join(sorted(map(re.escape, verdicts), key=len, reverse=True))
    before = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    thai = "|".join(sorted(one for one in verdicts if _THAI.match(one)))
    return re.compile(
        rf"(?:{thai})\s+|(?:{before})\s*|(?:{forms})(?:[:,.;–—、。：，]\s*|\s+[-–—]\s+|$)",  # noqa: RUF001
        re.IGNORECASE,
    )


def _stands_alone(clause: str) -> bool:
    words = _WORD.findall(clause)
    return len(words) >= _FEWEST or (
        not clause.isascii() and sum(map(len, words)) >= _FEWEST_SIGNS and " " not in clause
    )
