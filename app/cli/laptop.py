"""The laptop's home: the stand-in and the application, two processes and their ports.

    stand-in      python -m app.local      Bedrock, S3, SQS, Lambda and DynamoDB on one port
    deploy        through boto3            the buckets, the Knowledge Base, the ingest function:
                                           `provisioned`, or as a template has them (`template/`)
    application   python -m app.web        with the settings that came of it

This is the laptop's `cdk deploy`. While it runs, `<home>/running.json` says where; a lock on
`<home>/lock` says whether it does, so that a file left by a crash misleads nobody.
"""

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from app.errors import OperatorError
from app.settings import LaptopSettings, adopt, environment, variables

START_SECONDS, STOP_SECONDS = 30, 10


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running home answers."""

    application: str
    stand_in: str


def running(settings: LaptopSettings) -> Addresses | None:
    """Where the home is being served, if it is."""
    try:
        with _locked(settings.home):
            return None
    except BlockingIOError:
        try:
            return Addresses(**json.loads(_record(settings.home).read_text()))
        except FileNotFoundError:
            return None


Deploy = Callable[[], Mapping[str, str]]
"""Makes the resources in the stand-in; gives the variables that the application is started with."""


def provisioned() -> Mapping[str, str]:
    """The resources that the application needs, and no more."""
    # A command that finds the application running needs none of these, and they take a second.
    from app.aws import clients, deployer
    from app.cli.provision import provision

    return variables(provision(clients(START_SECONDS), deployer(START_SECONDS)))


@contextmanager
def serving(settings: LaptopSettings, deploy: Deploy = provisioned) -> Iterator[Addresses]:
    """Serve the home for as long as the context lasts.

    Raises:
        OperatorError: it is being served already, or one of the processes did not start.
    """
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(_locked(home))
        except BlockingIOError:
            raise OperatorError(
                f"{home} is being served already. Stop that first, or set OUTCROP_HOME to serve "
                "another."
            ) from None
        stand_in = stack.enter_context(_process("stand-in", home, _stand_in(settings)))
        adopt(endpoint_variables(stand_in), dropped=MISLEADING)
        told = deploy()
        application = stack.enter_context(
            _process(
                "application",
                home,
                [sys.executable, "-m", "app.web", "--port", str(settings.port)],
                told,
            )
        )
        addresses = Addresses(application, stand_in)
        record = _record(home)
        record.write_text(json.dumps(asdict(addresses)))
        stack.callback(record.unlink, missing_ok=True)
        yield addresses


def endpoint_variables(stand_in: str) -> dict[str, str]:
    """What points boto3, the AWS CLI and every other AWS client at the stand-in.

    The endpoint is set for all of AWS: a service that the stand-in lacks answers with an error
    that says so, and nothing reaches AWS by mistake.
    """
    return {
        "AWS_ENDPOINT_URL": stand_in,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "stand-in",
        "AWS_SECRET_ACCESS_KEY": "stand-in",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


# What would send a request elsewhere, or sign it otherwise, although the endpoint is set.
MISLEADING = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK")


def _stand_in(settings: LaptopSettings) -> list[str]:
    command = [
        *(sys.executable, "-m", "app.local"),
        *("--home", str(settings.home)),
        *("--port", str(settings.stand_in_port)),
        *("--precision", settings.embedding_precision),
    ]
    if settings.local_model_url:
        command += ["--model-url", settings.local_model_url]
    if settings.local_model:
        command += ["--model", settings.local_model]
    return command


@contextmanager
def _process(
    name: str, home: Path, command: list[str], variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A process that prints `{"url": ...}` once it serves, and logs to `<home>/<name>.log`.

    It ends when its standard input does, so that it does not outlive us, however we end.
    """
    log = home / f"{name}.log"
    with (
        log.open("a") as stderr,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(variables or {}),
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout
            ready = process.stdout.readline()
            if not ready:
                raise OperatorError(
                    f"The {name} did not start: {_last_line(log)} ({log} has it all.)"
                )
            yield json.loads(ready)["url"]
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."


def _record(home: Path) -> Path:
    return home / "running.json"


@contextmanager
def _locked(home: Path) -> Iterator[IO[Any]]:
    """The home's lock; the system gives it back when its holder ends, however it ends.

    Raises:
        BlockingIOError: another process has it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lock
