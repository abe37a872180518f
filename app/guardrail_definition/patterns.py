"""Checks the regular expressions of a definition as far as that is possible without Bedrock.

Bedrock does not publish its dialect. Python's reads nearly the same; what only other dialects spell
in another way (a named group, a class of Unicode) is rewritten before it is compiled.
"""

import re

# A pattern has 500 characters at most, and so has a class in it.
_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\]){0,500}\]", re.DOTALL)
_LOOKAROUND = re.compile(r"\(\?<?[=!]")
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{[^}\\]*\}|[A-Z])")
_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z])")


def check_pattern(pattern: str) -> None:
    r"""Refuse what is no regular expression, and lookarounds, which Bedrock's regexes do not have.

    Raises:
        ValueError: with the reason.

    >>> check_pattern(r"ORD-\d{6}")
    >>> check_pattern(r"\p{Lu}[(?=]\(?=")
    >>> check_pattern("(?<=x)y")
    Traceback (most recent call last):
    ValueError: Bedrock's regexes have no lookahead and no lookbehind; (?<= begins one
    """
    if lookaround := _LOOKAROUND.search(_ESCAPED_OR_CLASS.sub("", pattern)):
        raise ValueError(
            f"Bedrock's regexes have no lookahead and no lookbehind; {lookaround[0]} begins one"
        )
    try:
        re.compile(_NAMED_GROUP.sub("(?P<", _UNICODE_CLASS.sub(r"\\w", pattern)))
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from None
