"""Definition lists, as the items of a list.

    timeout (float)                          - timeout (float): Seconds that a call may take.
    : Seconds that a call may take.    ->      It has no default.
      It has no default.

The parser of reStructuredText writes them so, and so do authors of Markdown. Chat interfaces show
no definition lists, but all show lists.
"""

from collections.abc import Sequence, Set

from app.local import lazy_re as re

_DEFINITION = re.compile(r"\s{0,3}:\s+(?=\S)")
_NO_TERM = re.compile(r"\s*(?:[-*+#>|]|\d{1,3}[.)]|`{3}|~{3}|:)(?:\s|$)")
_LONGEST_TERM = 120  # characters


def with_definitions_as_items(lines: Sequence[str], code: Set[int]) -> list[str]:
    """The lines, in which each definition is an item that begins with its term, and the line of the
    term is blank.

    Args:
        lines: of a passage.
        code: the numbers of those that are code, and stay as they are.

    >>> with_definitions_as_items(["Options", "", "wait (int)", ": Seconds.", "  Not 0."], set())
    ['Options', '', '', '- wait (int): Seconds.', '  Not 0.']
    """
    result = list(lines)
    for number, line in enumerate(lines[1:], 1):
        match, term = _DEFINITION.match(line), result[number - 1]
        if not match or not code.isdisjoint((number - 1, number)):
            continue
        if term.strip() and len(term) <= _LONGEST_TERM and not _NO_TERM.match(term):
            result[number - 1] = ""
            result[number] = f"- {term.strip().rstrip(':')}: {line[match.end() :]}"
    return result
