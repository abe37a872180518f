"""Patterns in which `*` stands for any text, as policies and CORS rules have them."""


def matches_pattern(value: str, pattern: str, *, single: str = "") -> bool:
    """Whether a pattern matches a whole value.

    This takes at most the product of their lengths in steps; a regular expression with many stars
    could take exponentially many.

    Args:
        single: a character that stands for any one character.

    >>> [matches_pattern("docs-eu", pattern) for pattern in ("d*s-*", "d*x")]
    [True, False]
    >>> matches_pattern("docs", "d?cs", single="?")
    True
    """
    place = at = 0  # in the value, in the pattern
    star, end = -1, 0  # the last star, and the end of the text that it stands for so far
    while place < len(value):
        if at < len(pattern) and pattern[at] == "*":
            star, end = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in (value[place], single or value[place]):
            place, at = place + 1, at + 1
        elif star >= 0:
            end += 1
            place, at = end, star + 1
        else:
            return False
    return not pattern[at:].strip("*")
