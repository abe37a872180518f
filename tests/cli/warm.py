"""`outcrop` as processes that start in a moment: forks of one that has imported it.

A command imports for longer than it works. Here one process imports the command line once; each
command is a fork of it, with its own arguments, environment, folder, standard streams and exit
code, and runs the same `main`.

    Warm.run     writes a request, a line of JSON -- reads the exit code, a line
    serve        reads requests, in the process that has imported it
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from app.settings import environment

ROOT = Path(__file__).parents[2]
OUTCROP = Path(sys.executable).with_name("outcrop")
COLUMNS = "100"  # the terminal's width is read when the command line is imported
SECONDS = 60


class Warm:
    """The process that has imported the command line, while the context lasts."""

    def __enter__(self) -> "Warm":
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=environment({"COLUMNS": COLUMNS}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # whose end of input is its end

    def run(
        self, words: Sequence[str], variables: Mapping[str, str], stdin: str, cwd: Path | None
    ) -> "subprocess.CompletedProcess[str]":
        """Run `outcrop` with these words, to its end.

        Raises:
            subprocess.TimeoutExpired: it has not ended after SECONDS.
        """
        assert self._process.stdin
        assert self._process.stdout
        with TemporaryDirectory() as folder:
            streams = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
            for stream in streams:
                stream.touch()
            streams[0].write_text(stdin)
            request = {
                "words": [str(OUTCROP), *words],
                "variables": dict(variables),
                "cwd": str(cwd or Path.cwd()),
                "streams": list(map(str, streams)),
            }
            self._process.stdin.write(f"{json.dumps(request)}\n")
            if not select.select([self._process.stdout], [], [], SECONDS)[0]:
                raise subprocess.TimeoutExpired(words, SECONDS)
            code = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(
                words, code, streams[1].read_text(), streams[2].read_text()
            )


def serve() -> None:
    """Run a command for each line of standard input, and write its exit code."""
    import app.cli

    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            _become(json.loads(line))
            app.cli.main()
            sys.exit()
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(request: Mapping[str, object]) -> None:
    """In the fork: have what the command's own process would have."""
    words, variables, cwd, streams = request.values()
    assert isinstance(words, list)
    assert isinstance(variables, dict)
    assert isinstance(streams, list)
    modes = (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)
    for number, (path, mode) in enumerate(zip(streams, modes, strict=True)):
        opened = os.open(path, mode)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode) for number, mode in enumerate(("r", "w", "w"))
    )
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(str(cwd))
    sys.argv = words


if __name__ == "__main__":
    serve()
