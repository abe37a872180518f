"""Runs the CDK's command line.

    cdk deploy Outcrop -c stack=Outcrop -c vector_store=... --progress events
        -> its lines: some of them an Activity of CloudFormation, all of them in <home>/cdk.log
        -> Failed, with the resource that failed first, or with the last lines

It runs in the project's own folder, where cdk.json names the program that makes the stack, with
this environment's Python and Node before all others on the PATH.
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

ASSEMBLY = "cdk.out"  # the folder of synthesized templates, below the project's
LAST_WORDS = 15  # lines
QUIET = ("--no-color", "--no-notices")

# A line with `--progress events`, and always without a terminal:
#   Outcrop | 3/10 | 6:17:40 AM | CREATE_FAILED | AWS::SQS::Queue | Outcrop/Queue (Queue4A) No.
_ACTIVITY = re.compile(
    r"""^\S+\ \|\ +(?P<done>\d+)(?:/\ *(?P<total>\d+))?\ \|\ [^|]+\ \|\ (?P<status>[A-Z_]+)
        (?:\ \(skipped\))?\ +\|\ (?P<type>[\w:-]+)\ +\|\ (?P<name>\S+)(?:\ \(\w+\))?
        (?:\ (?P<reason>.+))?$""",
    re.VERBOSE,
)
_CANCELLED = re.compile(r"cancell?ed", re.IGNORECASE)  # because another resource had failed


@dataclass(frozen=True, slots=True)
class Activity:
    """CloudFormation's report on one resource.

    Attributes:
        done: the number of finished resources.
        total: the number of all resources, if it is known.
        status: such as `CREATE_IN_PROGRESS`; the CDK cuts it after about 20 characters.
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
    """The activity in a line, if it has one.

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


def executable_path() -> Path:
    """The path of the CDK's command line.

    Raises:
        OperatorError: it is not installed.
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
    """Run `cdk VERB`, and yield its lines as it prints them.

    Raises:
        OperatorError: it is not installed.
        Failed: it ended with an error; raised after the last line.
    """
    command = [
        *(str(executable_path()), verb, stack, *QUIET),
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
            env=environment({"PATH": search_path(), "CDK_DISABLE_CLI_TELEMETRY": "true"}),
            stdin=subprocess.DEVNULL,  # Outcrop has asked its user already
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
        raise Failed(f"`cdk {verb}` failed: {_reason(failures, tail)} ({log} has it all.)")


def search_path() -> str:
    """The PATH on which this environment's Python and Node come first."""
    return f"{Path(sys.executable).parent}:{inherited('PATH') or ''}"


def _reason(failures: Sequence[Activity], tail: Sequence[str]) -> str:
    """The first failure, because the others follow from it; without one, the last lines."""
    causes = [event for event in failures if not _CANCELLED.search(event.reason)]
    if causes:
        return f"{causes[0].type} {causes[0].name}: {causes[0].reason or causes[0].status}"
    return "\n" + "".join(tail).strip()
