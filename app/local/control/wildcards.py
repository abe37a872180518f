"""Patterns in which `*` stands for anything: of policies, of CORS rules."""


def fits(value: str, pattern: str, *, single: str = "") -> bool:
    """Whether a value is what a pattern describes. A regular expression would take for ever over a
    pattern of many stars.

    Args:
        single: a sign that stands for any one sign, where there is one.

    >>> fits("docs-eu", "d*s-*"), fits("docs", "d*x"), fits("docs", "d?cs", single="?")
    (True, False, True)
    """
    place = at = 0  # in the value, in the pattern
    star, taken = -1, 0  # the last star, and where what it stands for ends so far
    while place < len(value):
        if at < len(pattern) and pattern[at] == "*":
            star, taken = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in (value[place], single or value[place]):
            place, at = place + 1, at + 1
        elif star >= 0:
            taken += 1
            place, at = taken, star + 1
        else:
            return False
    return not pattern[at:].strip("*")
