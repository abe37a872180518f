"""Lambda's functions. Each runs in processes of its own, with this Python.

    functions.py    Functions: all of it, put together
    catalogue.py    definitions, code, mappings, in one SQLite file
    archive.py      the code: a zip file -> a folder
    runner.py       an invocation -> a warm process, or a new one -> its outcome
    worker.py       one process: starts it, sends it requests, kills it at its timeout
    bootstrap.py    the program of that process; it imports nothing of the stand-in
    pollers.py      threads that invoke functions for queues: event source mappings, and events
    queues.py       the queues, as far as Lambda uses them
    records.py      messages -> a function's event, and its result -> the failed messages

A process gets exactly the function's variables, Lambda's, and those that point boto3 at the
stand-in. It ends when its parent does, in whatever way. It imports from the archive first, and then
from this environment: from an archive for another processor or another Python, it can load only
modules without native parts.
"""

from app.local.lambda_.runtime.archive import BadArchive
from app.local.lambda_.runtime.catalogue import (
    EventSourceMapping,
    Function,
    NoSuchFunction,
    NoSuchMapping,
)
from app.local.lambda_.runtime.functions import Functions
from app.local.lambda_.runtime.queues import MessageQueues
from app.local.lambda_.runtime.runner import InvocationOutcome, TooManyAtOnce

__all__ = [
    "BadArchive",
    "EventSourceMapping",
    "Function",
    "Functions",
    "InvocationOutcome",
    "MessageQueues",
    "NoSuchFunction",
    "NoSuchMapping",
    "TooManyAtOnce",
]
