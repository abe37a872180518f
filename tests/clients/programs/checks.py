"""What the programs share: a check is a function, and what became of it is a line of JSON.

    @check
    def chat() -> None: ...

    run()

Nothing but Python's own library is imported: each program runs in an environment of its own.
"""

import asyncio
import inspect
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

Check = Callable[[], Any]

CLAUDE = "us.anthropic.claude-sonnet-4-6"
NOVA = "amazon.nova-lite-v1:0"
TITAN = "amazon.titan-embed-text-v2:0"
COHERE = "cohere.embed-english-v3"
DIMENSIONS = 1024  # of both, as long as nobody chooses others

CONTEXT = (
    "Granite is an igneous rock of quartz, feldspar and mica. Basalt is a dark volcanic rock. "
    "Marble is limestone that heat and pressure have changed."
)
QUESTION = "What is granite?"
PROMPT = (
    f"Answer the question based only on the following context:\n{CONTEXT}\n\nQuestion: {QUESTION}"
)
ANSWER = "igneous"
WEATHER = "What is the weather in Paris?"
REPORT = "It is 18 degrees and cloudy in Paris."
DEGREES = "18"
PERSON = "Maria Lopez is 34 years old and lives in Lisbon."

_checks: list[Check] = []


def check(function: Check) -> Check:
    """Let `run` run this function, awaited if it has to be."""
    _checks.append(function)
    return function


def run() -> None:
    """Run every check, and say of each in a line whether it passed, and else why not."""
    for function in _checks:
        began = time.monotonic()
        problem = _problem(function)
        seconds = round(time.monotonic() - began, 2)
        line = {"check": function.__name__, "problem": problem, "seconds": seconds}
        print(json.dumps(line), flush=True)
    sys.stdout.flush()
    os._exit(0)  # some clients leave threads behind, which would be waited for


def _problem(function: Check) -> str | None:
    try:
        result = function()
        if inspect.isawaitable(result):
            asyncio.run(_awaited(result))
    except Exception as error:  # whatever a client raises
        traceback.print_exc()
        return f"{type(error).__name__}: {error}"[:500]
    return None


async def _awaited(result: Any) -> None:
    await result


def expect(condition: object, *seen: object) -> None:
    """A check fails with what it has seen, where a condition does not hold."""
    if not condition:
        raise AssertionError(f"not as expected: {seen!r}"[:500])


def knowledge_base() -> str:
    """The Knowledge Base that holds a document on granite."""
    return os.environ["OUTCROP_CLIENTS_KNOWLEDGE_BASE"]


def application() -> str:
    """Where the application listens."""
    return os.environ["OUTCROP_CLIENTS_APPLICATION"]
