"""The laptop's home: the stand-in and the application, two processes and their ports.

    stand-in      python -m app.local      Bedrock, S3, SQS, Lambda and DynamoDB on one port
    deploy        through boto3            the buckets, the Knowledge Base, the ingest function:
                                           `provision_home`, or those of a template (`replay`)
    application   python -m app.web        with settings that name the resources

This is the laptop's `cdk deploy`. While a home is served, `<home>/running.json` has its addresses
and `<home>/lock` is locked, so that a file which a crash left behind misleads nobody.

`outcrop up` serves a home until it is stopped, with `serving`. Every other command is `sharing`: it
uses a home that is served, or serves it, and the last command that uses it stops it. A command that
comes while another one starts the processes waits for it.
"""

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from app.deploy.endpoint import (
    StandIn,
    endpoint_variables,
    isolating_variables,
    misleading_names,
)
from app.deploy.laptop.children import (
    STOP_SECONDS,
    Child,
    keeping_alive,
    rotate,
    staying_alive,
)
from app.deploy.laptop.home import (
    is_locked,
    locked,
    private,
    take,
    usable,
)
from app.errors import OperatorError, OutcropError
from app.settings import (
    LaptopSettings,
    Settings,
    adopt,
    inherited,
    inherited_environment,
    read,
    variables,
)

START_SECONDS = 30  # for one call, while resources are made
LOOK_SECONDS = 0.2  # between two checks whether a home is free
DEADLINE = "OUTCROP_DEADLINE_SECONDS"
LOADING_SECONDS = (
    600  # until a local model's first token: it may have to be read from the disk first
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a home that is served, and the access key of its stand-in."""

    application: str
    stand_in: str
    access_key_id: str
    secret_access_key: str

    def variables(self) -> dict[str, str]:
        """The variables that lead an AWS client of this environment to the stand-in."""
        stand_in = StandIn(self.stand_in, self.access_key_id, self.secret_access_key)
        return endpoint_variables(stand_in, inherited_environment())


@dataclass(frozen=True)
class Served(Addresses):
    """A home that this process uses; `children` are those of its processes that this one
    started.
    """

    home: Path
    children: Sequence[Child] = field(default=())

    def death(self) -> OperatorError | None:
        """The error of a process that has ended, if one has."""
        for child in self.children:
            if death := child.death():
                return death
        if not self.children and not is_locked(_lock(self.home)):
            return OperatorError(
                f"What served {self.home} has ended; stand-in.log and application.log there say "
                "more. What was put in is kept."
            )
        return None

    def keep_small(self) -> None:
        """Rotate the logs that have grown too large."""
        for child in self.children:
            rotate(child.log)


def running(settings: LaptopSettings) -> Addresses | None:
    """The addresses of the home, if it is served."""
    record = _read_record(settings.home) if is_locked(_lock(settings.home)) else None
    return record.addresses if record else None


Deploy = Callable[[], Mapping[str, str]]
"""Makes the resources in the stand-in; returns the variables of the application."""


def provision_home() -> Mapping[str, str]:
    """Make the resources that the application needs, and no more."""
    # A command that finds the application running needs none of these, and they take a second.
    from app.aws import clients, deployer
    from app.deploy.laptop.provision import provision

    return variables(provision(clients(START_SECONDS), deployer(START_SECONDS)))


@contextmanager
def serving(settings: LaptopSettings, deploy: Deploy = provision_home) -> Iterator[Served]:
    """Serve the home while the context lasts. If a command other than `up` serves it, wait for its
    end.

    Raises:
        OperatorError: `up` serves it already, or it cannot be served.
    """
    home = _prepare(settings)
    with ExitStack() as stack:
        served = None
        while served is None:
            with _door(home):
                if not is_locked(_lock(home)):
                    served = stack.enter_context(_start(settings, deploy, stays=True))
                    stack.enter_context(locked(_users(home), fcntl.LOCK_SH))
                elif (record := _read_record(home)) and record.stays:
                    raise OperatorError(
                        f"{home} is being served already. Stop that first, or set OUTCROP_HOME to "
                        "serve another."
                    )
            time.sleep(0 if served else LOOK_SECONDS)
        try:
            yield served
        finally:
            with _door(home):
                stack.close()


@contextmanager
def sharing(settings: LaptopSettings) -> Iterator[Served]:
    """Use the home that is served, or serve it until the last command that uses it has ended.

    Raises:
        OperatorError: it cannot be served.
    """
    home = _prepare(settings)
    with ExitStack() as stack:
        with _door(home):
            last = _Last(home)
            served = _join(home, stack, last) or stack.enter_context(
                _start(settings, provision_home, stays=False, last=last)
            )
            users = stack.enter_context(locked(_users(home), fcntl.LOCK_SH))
        try:
            yield served
        finally:
            with _door(home):
                users.close()
                last.look()
                stack.close()


class _Last:
    """Whether a command is the last one that uses a home, checked when it leaves."""

    def __init__(self, home: Path) -> None:
        self._users, self.true = _users(home), True

    def look(self) -> None:
        """Check, holding the door's lock, after this command has stopped using it."""
        self.true = not is_locked(self._users, fcntl.LOCK_EX)


def _join(home: Path, stack: ExitStack, last: _Last) -> Served | None:
    """The home, if it is served already; else None."""
    record = _read_record(home) if is_locked(_lock(home)) else None
    if record is None:
        return None
    try:
        keeping = keeping_alive(home)
        keeping.__enter__()
    except OSError:  # the processes are ending, because the command that used them was killed
        return None

    def leave() -> None:
        keeping.__exit__(None, None, None)
        if last.true and (lock := take(_lock(home), STOP_SECONDS)):
            _record_path(home).unlink(missing_ok=True)
            lock.close()

    stack.callback(leave)
    return Served(**asdict(record.addresses), home=home)


@contextmanager
def _start(
    settings: LaptopSettings, deploy: Deploy, *, stays: bool, last: _Last | None = None
) -> Iterator[Served]:
    """Start the processes; stop them at the end, if no other command uses them."""
    home = settings.home
    with ExitStack() as stack:
        lock = take(_lock(home), STOP_SECONDS)
        if lock is None:
            raise OperatorError(
                f"{home} is held by processes that were left behind and do not end; "
                f"`fuser {_lock(home)}` says which."
            )
        stack.callback(lock.close)
        alive = stack.enter_context(staying_alive(home))
        children: list[Child] = []
        try:
            yield _serve(settings, deploy, children, alive, lock, stays=stays)
        finally:
            stopping = last is None or last.true
            if stopping:
                _record_path(home).unlink(missing_ok=True)
            for child in reversed(children):
                (child.stop if stopping else child.leave)()


def _serve(
    settings: LaptopSettings,
    deploy: Deploy,
    children: list[Child],
    alive: int,
    lock: IO[str],
    *,
    stays: bool,
) -> Served:
    """Start the stand-in, make the resources in it, start the application with their names."""
    home = settings.home
    before = inherited_environment()
    adopt(isolating_variables(before), dropped=misleading_names(before))
    children.append(Child("stand-in", home, _stand_in(settings), alive=alive, lock=lock))
    ready = children[0].ready
    stand_in = StandIn(ready["url"], ready["accessKeyId"], ready["secretAccessKey"])
    adopt(endpoint_variables(stand_in, before))
    try:
        application = {**deploy(), **_patience(settings)}
    except OutcropError as error:
        if death := children[0].death():
            raise death from error
        raise
    command = [sys.executable, "-m", "app.web", "--port", str(settings.port)]
    children.append(
        Child("application", home, command, alive=alive, lock=lock, variables=application)
    )
    url = children[1].ready["url"]
    addresses = Addresses(url, stand_in.url, stand_in.access_key_id, stand_in.secret_access_key)
    with private(_record_path(home), os.O_TRUNC) as file:
        json.dump({"addresses": asdict(addresses), "stays": stays}, file)
    return Served(**asdict(addresses), home=home, children=children)


def _patience(settings: LaptopSettings) -> dict[str, str]:
    """A longer deadline for a local model, which may have to be loaded first, unless one is set."""
    if settings.local_model_url and not inherited(DEADLINE):
        return {DEADLINE: str(LOADING_SECONDS)}
    return {}


def _prepare(settings: LaptopSettings) -> Path:
    """The home, after all checks that need no process.

    Raises:
        WrongSettings: the environment holds a setting that the application would refuse.
    """
    from app.models.model import configured_model  # botocore comes with it

    application_settings = read(
        Settings,
        knowledge_base_id="-",
        data_source_id="-",
        documents_bucket="-",
        conversations_bucket="-",
        auth="local",
    )
    configured_model(application_settings)
    return usable(settings.home)


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


@dataclass(frozen=True, slots=True)
class _Record:
    """The content of `running.json`; `stays` is true for a home that `up` serves."""

    addresses: Addresses
    stays: bool


def _read_record(home: Path) -> _Record | None:
    try:
        content = json.loads(_record_path(home).read_text())
        return _Record(Addresses(**content["addresses"]), content["stays"])
    except (OSError, ValueError, LookupError, TypeError):
        return None  # there is no record, or one of another version


def _record_path(home: Path) -> Path:
    return home / "running.json"


def _lock(home: Path) -> Path:
    return home / "lock"


def _users(home: Path) -> Path:
    return home / "users"


def _door(home: Path) -> AbstractContextManager[IO[str]]:
    return locked(home / "door")
