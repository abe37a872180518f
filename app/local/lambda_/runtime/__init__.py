"""Lambda's functions: each runs in processes of its own, with this Python, and in nothing else.

    catalogue.py    definitions, code, mappings: one SQLite file
    archive.py      the code, a zip file -> a folder
    runner.py       an invocation -> a warm process, or a new one -> what it came to
    worker.py       one process: started, asked, killed at its timeout
    bootstrap.py    what runs in there; imports nothing of ours
    engine.py       all of it, put together
    background.py   invocations that nobody waits for: events, and the messages of queues
    queues.py       what it needs of a queue: SQS has it
    records.py      messages -> a function's event, and its answer -> what has failed

A process is given exactly the function's variables, Lambda's, and those that point boto3 at the
stand-in. It ends when its parent does, however that happens. What it imports is the archive's, and
after that this environment's: of an archive made for another processor or another Python, only what
has no native parts can be loaded.
"""

from app.local.lambda_.runtime.archive import BadArchive
from app.local.lambda_.runtime.catalogue import (
    EventSourceMapping,
    Function,
    NoSuchFunction,
    NoSuchMapping,
)
from app.local.lambda_.runtime.engine import Functions
from app.local.lambda_.runtime.queues import MessageQueues
from app.local.lambda_.runtime.runner import Outcome, TooManyAtOnce

__all__ = [
    "BadArchive",
    "EventSourceMapping",
    "Function",
    "Functions",
    "MessageQueues",
    "NoSuchFunction",
    "NoSuchMapping",
    "Outcome",
    "TooManyAtOnce",
]
