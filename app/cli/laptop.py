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
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from app.cli.endpoint import StandIn, endpoint_variables, isolating_variables, misleading
from app.errors import OperatorError
from app.settings import LaptopSettings, adopt, environment, inherited_environment, variables

START_SECONDS, STOP_SECONDS = 30, 10


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running home answers, and the key that its stand-in knows (`endpoint.StandIn`)."""

    application: str
    stand_in: str
    access_key_id: str
    secret_access_key: str

    def variables(self) -> dict[str, str]:
        """What points an AWS client of this environment at the stand-in."""
        stand_in = StandIn(self.stand_in, self.access_key_id, self.secret_access_key)
        return endpoint_variables(stand_in, inherited_environment())


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
    with ExitStack() as stack:
        try:
            stack.enter_context(_locked(home))
        except BlockingIOError:
            raise OperatorError(
                f"{home} is being served already. Stop that first, or set OUTCROP_HOME to serve "
                "another."
            ) from None
        before = inherited_environment()
        adopt(isolating_variables(before), dropped=misleading(before))
        ready = stack.enter_context(_process("stand-in", home, _stand_in(settings)))
        stand_in = StandIn(ready["url"], ready["accessKeyId"], ready["secretAccessKey"])
        adopt(endpoint_variables(stand_in, before))
        told = deploy()
        application = stack.enter_context(
            _process(
                "application",
                home,
                [sys.executable, "-m", "app.web", "--port", str(settings.port)],
                told,
            )
        )
        addresses = Addresses(
            application["url"], stand_in.url, stand_in.access_key_id, stand_in.secret_access_key
        )
        record = _record(home)
        with _private(record, os.O_TRUNC) as file:
            json.dump(asdict(addresses), file)
        stack.callback(record.unlink, missing_ok=True)
        yield addresses


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
) -> Iterator[dict[str, str]]:
    """A process that prints `{"url": ...}` once it serves, and logs to `<home>/<name>.log`. Gives
    what it printed.

    It ends when its standard input does, so that it does not outlive us, however we end.
    """
    log = home / f"{name}.log"
    with (
        _private(log, os.O_APPEND) as stderr,
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
            yield json.loads(ready)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."


def _private(path: Path, flags: int) -> IO[str]:
    """A file to write; if it is made, no other user may read it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "w")


def _record(home: Path) -> Path:
    return home / "running.json"


@contextmanager
def _locked(home: Path) -> Iterator[IO[Any]]:
    """The home's lock; the system gives it back when its holder ends, however it ends.

    Raises:
        BlockingIOError: another process has it.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _private(home / "lock", os.O_APPEND) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lock
