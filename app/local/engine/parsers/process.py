"""Documents to sections of text, in a worker process that may be killed.

No document is trusted. The libraries for its format run in another process, with limits of time and
memory. That process parses one document after the other, and is replaced when it dies. This process
imports none of those libraries and reads nothing of the document.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from selectors import EVENT_READ, DefaultSelector
from threading import Lock
from time import monotonic

from app.local.engine.parsers import (
    OUT_OF_MEMORY,
    ParsedDocument,
    Records,
    Section,
    TooSlow,
    Unreadable,
    recognizes_pictures,
)

# Suffix -> module of app.local.engine.parsers.
FORMATS = {
    ".adoc": "asciidoc",
    ".asciidoc": "asciidoc",
    ".csv": "delimited",
    ".docm": "docx",
    ".docx": "docx",
    ".dotx": "docx",
    ".eml": "mail",
    ".epub": "epub",
    ".htm": "hypertext",
    ".html": "hypertext",
    ".ipynb": "notebook",
    ".json": "records",
    ".jsonl": "records",
    ".md": "markdown",
    ".msg": "outlook",
    ".odp": "opendocument",
    ".ods": "opendocument",
    ".odt": "opendocument",
    ".pdf": "pdf",
    ".potx": "pptx",
    ".ppsx": "pptx",
    ".pptm": "pptx",
    ".pptx": "pptx",
    ".rst": "restructured",
    ".rtf": "rtf",
    ".tsv": "tsv",
    ".txt": "plain",
    ".xls": "xls",
    ".xlsm": "xlsx",
    ".xlsx": "xlsx",
    ".xltx": "xlsx",
}
_OLD_FORMATS = {".doc": ".docx", ".ppt": ".pptx", ".xlsb": ".xlsx"}
_ROOT = Path(__file__).parents[4]
_KILL_SECONDS = 0.05  # between two attempts to end a worker that is parsing a document
_ABORTS = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL}  # of libraries that get no more memory


@dataclass(frozen=True)
class Limits:
    """The limits for one document.

    Attributes:
        megabytes: its size, as Bedrock has it.
        seconds: the time to parse it.
        picture_seconds: the same for a PDF, which may have pictures of pages.
        memory: the worker's memory, in megabytes.
    """

    megabytes: int = 50
    seconds: float = 120
    memory: int = 1024
    picture_seconds: float = 120


WITH_RECOGNITION = Limits(memory=3072, picture_seconds=900)
"""The limits where text is recognized in pictures. A picture takes seconds; most of the memory is
onnxruntime's address space, of which it uses a quarter."""


class Parser:
    """A worker process that parses documents, one at a time; safe to share between threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or (WITH_RECOGNITION if recognizes_pictures() else Limits())
        self._lock = Lock()
        self._closed = False
        self._worker: subprocess.Popen[bytes] | None = None

    def parse(
        self,
        path: Path,
        name: str,
        *,
        charset: str | None = None,
        records: Records | None = None,
        seconds: float | None = None,
    ) -> ParsedDocument:
        """See `SectionParser.parse`."""
        form = _format(name)
        most = self._limits.picture_seconds if form == "pdf" else self._limits.seconds
        seconds = min(seconds or most, most)
        request = {
            "format": form,
            "path": str(path.resolve()),
            "seconds": seconds,
            "charset": charset,
            "records": records and asdict(records),
        }
        self._check_size(path)
        with self._lock:
            answer = json.loads(self._ask(json.dumps(request).encode(), seconds))
        if "unreadable" in answer:
            reason = answer["unreadable"]
            raise TooSlow(reason) if "tooSlow" in answer else Unreadable(reason)
        sections = [Section(*section) for section in answer["sections"]]
        if not sections:
            raise Unreadable("The file holds no text, so no search could find it.")
        return ParsedDocument(sections, tuple(answer["warnings"]))

    def close(self) -> None:
        """End the worker at once; see `SectionParser.close`."""
        self._closed = True
        while not self._lock.acquire(timeout=_KILL_SECONDS):
            if worker := self._worker:
                worker.kill()
        try:
            self._end()
        finally:
            self._lock.release()

    def _check_size(self, path: Path) -> None:
        size, most = path.stat().st_size, self._limits.megabytes
        if not size:
            raise Unreadable("The file is empty.")
        if size > most * 2**20:
            raise Unreadable(
                f"The file has {size / 2**20:,.1f} MB, and {most} MB is the most: split it into "
                "smaller ones."
            )

    def _ask(self, request: bytes, seconds: float) -> bytes:
        """The worker's answer. If a worker dies of its first document, that document is the cause.
        If it dies later, memory that earlier documents left may be the cause, so a new worker is
        asked again.
        """
        if self._worker and self._worker.poll() is None:
            try:
                return self._exchange(self._worker, request, seconds)
            except EOFError:
                pass
        self._end()
        if self._closed:
            raise Unreadable("The parser is closed.")
        self._worker = self._start()
        try:
            return self._exchange(self._worker, request, seconds)
        except EOFError:
            raise self._cause(self._end(), seconds) from None

    def _exchange(self, worker: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes:
        assert worker.stdin
        assert worker.stdout
        try:
            worker.stdin.write(request + b"\n")
            worker.stdin.flush()
            return _line(worker.stdout.fileno(), seconds)
        except BrokenPipeError as error:
            raise EOFError from error
        except TimeoutError:
            self._end()
            raise _too_slow(seconds) from None

    def _start(self) -> subprocess.Popen[bytes]:
        """A worker in a session of its own, so that Ctrl-C reaches this process and not the
        worker.
        """
        return subprocess.Popen(
            [
                sys.executable,
                "-W",
                "ignore",
                "-m",
                "app.local.engine.parsers",
                str(self._limits.memory),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            start_new_session=True,
        )

    def _end(self) -> int:
        """End the worker, if there is one; its exit status, or minus the signal that ended it."""
        worker, self._worker = self._worker, None
        if worker is None:
            return 0
        worker.kill()
        for pipe in (worker.stdin, worker.stdout):
            assert pipe
            with suppress(BrokenPipeError):
                pipe.close()
        return worker.wait()

    def _cause(self, status: int, seconds: float) -> Unreadable:
        """The reason why the worker has ended with this status."""
        memory = self._limits.memory
        if status == OUT_OF_MEMORY:
            return Unreadable(
                f"Parsing the file took more than {memory:,} MB of memory: split it into smaller "
                "ones."
            )
        if status == -signal.SIGXCPU:
            return _too_slow(seconds)
        died = signal.Signals(-status).name if status < 0 else f"status {status}"
        if -status in _ABORTS:
            return Unreadable(
                f"The parser gave up ({died}), most likely as the file took more than {memory:,} "
                "MB of memory: split it into smaller ones. If it is small, it is damaged: open it "
                "in its application and save it anew."
            )
        return Unreadable(
            f"The parser crashed over the file ({died}): it is damaged. Open it in its application "
            "and save it anew."
        )


def _too_slow(seconds: float) -> TooSlow:
    return TooSlow(
        f"Parsing the file took longer than {seconds:g} seconds: split it into smaller ones."
    )


def _format(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix in FORMATS:
        return FORMATS[suffix]
    if suffix in _OLD_FORMATS:
        raise Unreadable(
            f"Files of type {suffix} are not supported here: open it in its application and save "
            f"it as {_OLD_FORMATS[suffix]}."
        )
    type_ = f"of type {suffix}" if suffix else "without a suffix that tells their type"
    raise Unreadable(f"Files {type_} are not supported: those of {', '.join(FORMATS)} are.")


def _line(pipe: int, seconds: float) -> bytes:
    """The next line from `pipe`.

    Raises:
        TimeoutError: it does not come within `seconds`.
        EOFError: the pipe is closed.
    """
    deadline = monotonic() + seconds
    parts = [b""]
    with DefaultSelector() as selector:
        selector.register(pipe, EVENT_READ)
        while not parts[-1].endswith(b"\n"):
            if not selector.select(max(0.0, deadline - monotonic())):
                raise TimeoutError
            parts.append(os.read(pipe, 1 << 20))
            if not parts[-1]:
                raise EOFError
    return b"".join(parts)
