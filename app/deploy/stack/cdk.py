"""The CDK's command line, run.

    cdk deploy Outcrop -c stack=Outcrop -c vector_store=... --progress events
      -> its lines: some of them an Activity of CloudFormation's, all of them in <home>/cdk.log
      -> Failed, with the resource that failed first, or the last words

It runs in the project's own folder, where cdk.json says how the stack is made, with this
environment's Python and Node before all others on the PATH.
"""

import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import OperatorError
from app.settings import (
    FOLDER,
    LaptopSettings,
    StackSettings,
    checkout,
    environment,
    inherited,
    read,
)

ASSEMBLY = "cdk.out"  # where it leaves what it has synthesized, in there
LAST_WORDS = 15  # lines
QUIET = ("--no-color", "--no-notices")

# How it tells an event of CloudFormation's with `--progress events`, and always without a terminal:
#   Outcrop | 3/10 | 6:17:40 AM | CREATE_FAILED | AWS::SQS::Queue | Outcrop/Queue (Queue4A) No.
_ACTIVITY = re.compile(
    r"""^\S+\ \|\ +(?P<done>\d+)(?:/\ *(?P<total>\d+))?\ \|\ [^|]+\ \|\ (?P<status>[A-Z_]+)
        (?:\ \(skipped\))?\ +\|\ (?P<type>[\w:-]+)\ +\|\ (?P<name>\S+)(?:\ \(\w+\))?
        (?:\ (?P<reason>.+))?$""",
    re.VERBOSE,
)
_CANCELLED = re.compile(r"cancell?ed", re.IGNORECASE)  # since another had failed before


@dataclass(frozen=True, slots=True)
class Activity:
    """What CloudFormation says of one resource.

    Attributes:
        done: how many resources are finished.
        total: of how many, where it is known.
        status: as `CREATE_IN_PROGRESS`; the CDK cuts it after 20 characters or so.
        name: the construct's path, or the logical id.
    """

    done: int
    total: int | None
    status: str
    type: str
    name: str
    reason: str

    @property
    def failed(self) -> bool:
        return "FAILED" in self.status

    @property
    def finished(self) -> bool:
        return self.status.endswith("_COMPLETE")


class Failed(OperatorError):
    """The CDK's command line ended with an error."""


def activity(line: str) -> Activity | None:
    """The event that a line tells, if it tells one.

    >>> activity("Outcrop | 3/10 | 6:17:40 AM | CREATE_COMPLETE | AWS::SQS::Queue | Queue (Q4) ")
    Activity(done=3, total=10, status='CREATE_COMPLETE', type='AWS::SQS::Queue', name='Queue', \
reason='')
    """
    match = _ACTIVITY.match(line.rstrip())
    if not match:
        return None
    total = match["total"]
    return Activity(
        done=int(match["done"]),
        total=int(total) if total else None,
        status=match["status"],
        type=match["type"],
        name=match["name"],
        reason=match["reason"] or "",
    )


def installed() -> Path:
    """Where the CDK's command line is.

    Raises:
        OperatorError: it is not there.
    """
    if checkout() is None:
        raise OperatorError(
            "The stack's source is in a checkout of Outcrop only, not in its wheel: clone the "
            "repository, and run this there."
        )
    executable = read(StackSettings).cdk
    if not executable.exists():
        raise OperatorError(
            f"The CDK's command line is not here ({executable}). `make synth` installs it."
        )
    return executable


def run(verb: str, stack: str, context: Mapping[str, str], *words: str) -> Iterator[str]:
    """What `cdk VERB` says, line by line, as it says it.

    Raises:
        OperatorError: it is not installed.
        Failed: it ended with an error; at the end of the lines.
    """
    command = [
        *(str(installed()), verb, stack, *QUIET),
        *(word for item in {**context, "stack": stack}.items() for word in ("-c", "=".join(item))),
        *words,
    ]
    log = read(LaptopSettings).home / "cdk.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    tail: deque[str] = deque(maxlen=LAST_WORDS)
    failures: list[Activity] = []
    with (
        log.open("w") as output,
        subprocess.Popen(
            command,
            cwd=FOLDER,
            env=environment({"PATH": _path(), "CDK_DISABLE_CLI_TELEMETRY": "true"}),
            stdin=subprocess.DEVNULL,  # whatever it would ask, we have asked
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        assert process.stdout
        for line in process.stdout:
            output.write(line)
            tail.append(line)
            if (event := activity(line)) and event.failed:
                failures.append(event)
            yield line.rstrip("\n")
    if process.returncode:
        raise Failed(f"`cdk {verb}` failed: {_why(failures, tail)} ({log} has it all.)")


def _path() -> str:
    return f"{Path(sys.executable).parent}:{inherited('PATH') or ''}"


def _why(failures: Sequence[Activity], tail: Sequence[str]) -> str:
    """What failed first, since the rest is then cancelled; else the last words."""
    causes = [event for event in failures if not _CANCELLED.search(event.reason)]
    if causes:
        return f"{causes[0].type} {causes[0].name}: {causes[0].reason or causes[0].status}"
    return "\n" + "".join(tail).strip()
