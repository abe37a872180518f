"""`python -m tests.clients [client ...]`: run clients, and print what became of each check.

The exit code is 1 where a check failed or a client could not be had.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

from app.deploy.endpoint import StandIn, endpoint_variables, misleading_names
from tests.clients import environments
from tests.clients.environments import HERE, NotInstallable
from tests.hard.home import Home, serving

SECONDS = 420  # that a client may take for all its checks

PROGRAMS = {
    "langchain": "frameworks",
    "langchain_standard": "frameworks",
    "llama_index": "frameworks",
    "litellm": "frameworks",
    "pydantic_ai": "frameworks",
    "anthropic": "frameworks",
    "instructor": "frameworks",
    "strands": "strands",
    "aws_cli": "strands",
    "haystack": "haystack",
    "aws_sdk_js": "javascript",
    "langchain_js": "javascript",
    "ai_sdk_js": "javascript",
    "anthropic_js": "javascript",
}
"""The clients, each with its environment."""

DOCUMENT = b"Granite is an igneous rock of quartz, feldspar and mica.\n"
QUIETLY = {
    "DO_NOT_TRACK": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LANGSMITH_TRACING": "false",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one check."""

    client: str
    check: str
    problem: str | None
    limit: str | None = None  # why it is known not to pass, where it is


def main() -> None:
    """Run the clients that are named, or all of them."""
    arguments = argparse.ArgumentParser(prog="python -m tests.clients")
    arguments.add_argument("clients", nargs="*", metavar="client", help=", ".join(PROGRAMS))
    names = arguments.parse_args().clients or list(PROGRAMS)
    if unknown := set(names) - set(PROGRAMS):
        arguments.error(f"there is no client {unknown.pop()}; there are {', '.join(PROGRAMS)}")
    outcomes: list[Outcome] = []
    with TemporaryDirectory() as folder, serving(Path(folder)) as home:
        with home.http() as http:
            home.upload(http, "granite.txt", DOCUMENT)
            home.until_indexed(http, ["granite.txt"])
        variables = _variables(home)
        for name in names:
            began = time.monotonic()
            of_client = list(_outcomes(name, variables))
            outcomes += of_client
            _tell(name, of_client, time.monotonic() - began)
    for environment in dict.fromkeys(PROGRAMS[name] for name in names):
        packages = ", ".join(map(" ".join, environments.versions(environment)))
        print(f"{environment}: {packages}")
    failed = [one for one in outcomes if one.problem]
    passed = sum(not one.problem and not one.limit for one in outcomes)
    limits = sum(bool(one.limit) and not one.problem for one in outcomes)
    print(f"\n{limits} beyond what the stand-in can do\n{passed} passed, {len(failed)} failed")
    sys.exit(bool(failed))


def _variables(home: Home) -> dict[str, str]:
    """The environment of the programs: as `outcrop env` makes a shell's."""
    ready = home.stand_in.ready
    stand_in = StandIn(home.stand_in.url, ready["accessKeyId"], ready["secretAccessKey"])
    dropped = {*misleading_names(os.environ), "VIRTUAL_ENV", "PYTHONPATH"}
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    return {
        **inherited,
        **endpoint_variables(stand_in, inherited),
        **QUIETLY,
        "OUTCROP_CLIENTS_KNOWLEDGE_BASE": home.settings.knowledge_base_id,
        "OUTCROP_CLIENTS_APPLICATION": home.application.url,
    }


def _outcomes(name: str, variables: Mapping[str, str]) -> Iterator[Outcome]:
    try:
        command, folder = _command(name)
    except NotInstallable as error:
        yield Outcome(name, "install", f"cannot be had: {error}")
        return
    with TemporaryDirectory() as scratch:
        report = Path(scratch, "report.xml")
        if name == "langchain_standard":
            command.append(f"--junitxml={report}")
        try:
            result = subprocess.run(
                command, cwd=folder, env=dict(variables), capture_output=True, text=True,
                check=False, timeout=SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            output = late.stdout or b""
            yield from _said(name, output.decode() if isinstance(output, bytes) else output)
            yield Outcome(name, "end", f"did not end within {SECONDS} seconds")
            return
        if name == "langchain_standard":
            outcomes = list(_reported(name, report)) if report.exists() else []
        else:
            outcomes = list(_said(name, result.stdout))
    yield from outcomes
    if not outcomes or (result.returncode and not any(one.problem for one in outcomes)):
        yield Outcome(name, "end", f"exit {result.returncode}: {result.stderr.strip()[-500:]}")


def _command(name: str) -> tuple[list[str | Path], Path]:
    environment = PROGRAMS[name]
    if environment == "javascript":
        program = f"with_{name.removesuffix('_js')}.mjs"
        return [environments.BIN / "node", "--no-warnings", program], environments.node()
    python, folder = environments.python(environment), HERE / "programs"
    if name == "langchain_standard":
        # Neither Outcrop's conftest nor its configuration: none of what they import is there.
        suite = [folder / f"{name}.py", "-c", os.devnull, "--noconftest", "-p", "langchain_limits"]
        own = ["--asyncio-mode=auto", "-p", "no:cacheprovider", "-q", f"--rootdir={folder}"]
        return [python, "-m", "pytest", *map(str, suite), *own], folder
    return [python, "-W", "ignore", f"with_{name}.py"], folder


def _said(name: str, output: str) -> Iterator[Outcome]:
    """What a program says of its checks; others write to its output too."""
    for line in output.splitlines():
        if line.startswith('{"check"'):
            said: dict[str, Any] = json.loads(line)
            yield Outcome(name, said["check"], said["problem"])


def _reported(name: str, report: Path) -> Iterator[Outcome]:
    """What pytest reports of its tests. One that is expected to fail has the reason why."""
    for case in ElementTree.parse(report).iter("testcase"):
        check = f"{case.get('classname', '').rpartition('.')[2]} {case.get('name')}"
        skipped, broken = case.find("skipped"), case.find("failure")
        broken = case.find("error") if broken is None else broken
        if broken is not None:
            yield Outcome(name, check, broken.get("message", "")[:300])
        elif skipped is None:
            yield Outcome(name, check, None)
        elif skipped.get("type") == "pytest.xfail":
            yield Outcome(name, check, None, skipped.get("message"))


def _tell(name: str, outcomes: list[Outcome], seconds: float) -> None:
    passed = sum(not one.problem and not one.limit for one in outcomes)
    limits = sum(bool(one.limit) and not one.problem for one in outcomes)
    beyond = f", {limits} beyond the stand-in" if limits else ""
    print(f"{name}: {passed} of {len(outcomes)}{beyond}, {seconds:.0f} s", flush=True)
    for one in outcomes:
        if one.problem:
            print(f"  {one.check}: {one.problem}", flush=True)


if __name__ == "__main__":
    main()
