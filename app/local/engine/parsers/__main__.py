"""The worker process: reads a request a line and writes an answer a line, until its input ends.

    {"format": "pdf", "path": "…", "seconds": 120, "charset": null, "records": null}
    {"sections": [["the text", 1, {}, "iii"]], "warnings": ["Page 2 has no text layer: …"]}
    {"unreadable": "The PDF is encrypted with a password: …"}

Its argument is its memory limit in megabytes. When it runs out of memory it exits with
OUT_OF_MEMORY. The process that started it kills it when a request takes too long. It also limits
itself: to that memory, to the processor's time of each request, in case its parent has died, and to
no writing of files.
"""

import json
import os
import resource
import sys
import threading
import time
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Any

from app.local.engine.parsers import (
    LONGEST_TEXT,
    OUT_OF_MEMORY,
    Document,
    Records,
    TooSlow,
    Unreadable,
)
from app.local.engine.parsers.render import has_text, line, without_data

_GRACE = 5  # seconds of the processor's time beyond those of the clock
_GLANCE = 0.05  # seconds between two measurements of the memory in use

JSON = dict[str, Any]


def main() -> None:
    limit(int(sys.argv[1]) * 2**20)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write among the answers
    for request in requests:
        answers.write(answer(json.loads(request)) + b"\n")
        answers.flush()


def answer(request: JSON) -> bytes:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = used.ru_utime + used.ru_stime + request["seconds"] + _GRACE
    _soften(resource.RLIMIT_CPU, ceil(most))
    try:
        return json.dumps(_parse(request), ensure_ascii=False).encode()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # the heap may be too fragmented for the next document
    except TooSlow as error:
        return json.dumps({"unreadable": str(error), "tooSlow": True}).encode()
    except Unreadable as error:
        reason = str(error)
    except RecursionError:
        reason = "The file is nested too deeply to be read: simplify it and upload it again."
    except Exception as error:  # noqa: BLE001 a parser may raise anything over a damaged file
        problem = f"{type(error).__name__}: {_without_path(error, request)}"
        reason = (
            "The file is damaged, or holds something that its parser does not support "
            f"({problem}): open it in its application and save it anew."
        )
    return json.dumps({"unreadable": reason}).encode()


def _without_path(error: Exception, request: JSON) -> str:
    """The error's message without the place of the file on this machine."""
    return line(str(error)).replace(request["path"], "the file")


def _parse(request: JSON) -> JSON:
    records = request["records"] and Records(**request["records"])
    document = Document(Path(request["path"]), request["charset"], records, request["seconds"])
    sections, length = [], 0
    for section in import_module(f"app.local.engine.parsers.{request['format']}").parse(document):
        text = _encodable(without_data(section.text))
        length += len(text)
        if length > LONGEST_TEXT:
            raise Unreadable(
                f"The file holds more than {LONGEST_TEXT // 10**6} million characters of text: "
                "split it into smaller ones."
            )
        if has_text(text):
            about = section.page, dict(section.metadata), section.page_label
            sections.append((text, *about))
    return {"sections": sections, "warnings": document.warnings}


def _encodable(text: str) -> str:
    """The text with two halves of UTF-16 as one character; JSON and Excel can escape halves."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def limit(memory: int) -> None:
    """Limit this process to `memory` bytes, and to writing no files.

    macOS accepts a limit of the address space, but does not enforce it. There a thread checks the
    resident memory instead. It cannot run while a library holds the interpreter lock, so it may
    notice late.
    """
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        _soften(kind, 0)
    if sys.platform == "darwin":
        threading.Thread(target=watch, args=(memory,), daemon=True).start()
    else:
        _soften(resource.RLIMIT_AS, memory)


def watch(memory: int) -> None:
    """Exit as soon as more than `memory` bytes are resident."""
    unit = 1 if sys.platform == "darwin" else 1024
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit <= memory:
        time.sleep(_GLANCE)
    os._exit(OUT_OF_MEMORY)


def _soften(kind: int, value: int) -> None:
    """Set a soft limit; the hard limit, which could not be raised again, stays as it is."""
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value, hard))


if __name__ == "__main__":
    main()
