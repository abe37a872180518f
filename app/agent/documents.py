"""The tool that searches the documents. It is the application's own, in the same process: the guard
judges what it finds, and the passages keep their numbers, by which the answer cites them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.events import Passage
from app.tools import Refusal, Tool

NAME = "search_documents"
LONGEST_QUERY = 1000
"""Characters; Retrieve refuses more."""


def _call(_arguments: Mapping[str, Any], _session: Mapping[str, str]) -> Refusal:
    raise AssertionError("the runner searches the documents itself")


SEARCH = Tool(
    NAME,
    "Search the team's documents, and get the passages that are nearest to a query, to answer "
    "from what they say and to cite them. Use it for questions about manuals, rules, policies, "
    "instructions, how something works, and whatever no other tool knows.",
    {
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "description": "What is looked for, as a question that stands alone.",
                "minLength": 1,
                "maxLength": LONGEST_QUERY,
            }
        },
        "required": ["query"],
        "additionalProperties": False,
    },
    _call,
)


def numbered(passages: Iterable[Passage], known: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that were found, each with its number in the turn: that which its text has
    already, or the next one.
    """
    numbers = {passage.text: passage.number for passage in known}
    result = []
    for passage in passages:
        number = numbers.setdefault(passage.text, len(numbers) + 1)
        result.append(replace(passage, number=number))
    return tuple(result)
