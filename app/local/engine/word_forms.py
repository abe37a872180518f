"""Words that are made of known ones as English makes words: "uncultured", "berthing", "toolbox".

No list of words has all of these, and none of them is a fault.
"""

from collections.abc import Callable, Iterator

from app.local import lazy_re as re

Known = Callable[[str], bool]

_PREFIX_WORDS = """
anti co counter cross de dis down en fore hyper in inter mid mini micro mis multi non off out over
post pre re semi sub super tele trans ultra un under up
"""
_PREFIXES = tuple(sorted(_PREFIX_WORDS.split(), key=len, reverse=True))
_SUFFIX_WORDS = """
able age al ation dom ed ee er es ess ful hood ian ible ic ify ing ion ish ism ist ity ive ize ise
less let ling ly ment ness or ous proof s ship some ster ward wards ways wise y
"""  # not "ance", "ence", "ary" and "ery", which are taken for each other
_SUFFIXES = tuple(sorted(_SUFFIX_WORDS.split(), key=len, reverse=True))
_STEM = 4  # letters of a stem behind a prefix or before a suffix, and of a part of a compound
# Words of three letters that compounds are made of.
_SHORT_WORDS = """
air arm axe bar bay bed bin box bus cab car cup cut day dog door dry ear egg end eye fan fly fog gas
gun hat hay hot ice ink jet key leg lid lip log low man map mat mud net nut oil out pan pen pin pit
pot rod sea set sky sun tap tar tea tie tin tip toe top van war wax way web wet
"""
_SHORT = frozenset(_SHORT_WORDS.split())
_BEGINS_WITH_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"[^aeiouy]*[aeiou]([bdgklmnprtv])\1")
_DEEPEST = 2  # affixes


def is_formed(word: str, is_known: Known, depth: int = _DEEPEST) -> bool:
    """Whether a word is a known one with affixes, or made of two known ones.

    Args:
        word: in lower case.
        is_known: tells of any word whether it is known.
        depth: how many affixes it may have.

    >>> known = {"cultured", "berth", "tool", "glaze", "happy"}.__contains__
    >>> words = ("uncultured", "berthing", "toolbox", "glazier", "unhappily", "bertgh")
    >>> [is_formed(word, known) for word in words]
    [True, True, True, True, True, False]
    """
    if _is_compound(word, is_known) or any(map(is_known, _stems(word))):
        return True
    return depth > 1 and any(is_formed(stem, is_known, depth - 1) for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    """What a word may be, with one affix less."""
    for prefix in _PREFIXES:
        stem = word.removeprefix(prefix)
        if stem != word and len(stem) >= _STEM:
            yield stem
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) >= _STEM - 1:
            yield from _before(suffix, stem)


def _before(suffix: str, stem: str) -> Iterator[str]:
    """What the stem before a suffix may be as a word of its own: "wip" of "wiper" is "wipe"."""
    if len(stem) >= _STEM:
        yield stem
        if stem.endswith("i"):
            yield f"{stem[:-1]}y"
    if _BEGINS_WITH_VOWEL.match(suffix) and suffix != "es":
        yield f"{stem}e"
        if _DOUBLED.fullmatch(stem):
            yield stem[:-1]
        if stem.endswith("i"):
            yield f"{stem[:-1]}e"


def _is_compound(word: str, is_known: Known) -> bool:
    """Whether a word is two known words, written as one."""
    cuts = range(_STEM - 1, len(word) - _STEM + 2)
    return any(
        all(part in _SHORT or (len(part) >= _STEM and is_known(part)) for part in parts)
        for parts in ((word[:cut], word[cut:]) for cut in cuts)
    )
