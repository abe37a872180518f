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
    take,
    usable,
)
from app.deploy.laptop.opensearch import opensearch_file
from app.deploy.laptop.record import (
    Addresses,
    Record,
    lock_file,
    read_record,
    remove_record,
    write_record,
)
from app.errors import OperatorError, OutcropError
from app.guardrail_definition import GuardrailChoice, read_choice
from app.settings import (
    LaptopSettings,
    Settings,
    adopt,
    inherited,
    inherited_environment,
    read,
    variables,
)

__all__ = [
    "Addresses",
    "Deploy",
    "Served",
    "guardrail_choice",
    "provisioned",
    "running",
    "serving",
    "serving_alone",
    "sharing",
]

START_SECONDS = 30  # for one call, while resources are made
LOOK_SECONDS = 0.2  # between two checks whether a home is free
DEADLINE = "OUTCROP_DEADLINE_SECONDS"
INSIDE = "OUTCROP_INSIDE_URL"
GUARDRAIL_ID, GUARDRAIL_VERSION = "OUTCROP_GUARDRAIL_ID", "OUTCROP_GUARDRAIL_VERSION"
LOADING_SECONDS = (
    600  # until a local model's first token: it may have to be read from the disk first
)


@dataclass(frozen=True, kw_only=True)
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
        if not self.children and not is_locked(lock_file(self.home)):
            return OperatorError(
                f"What served {self.home} has ended; stand-in.log and application.log there say "
                "more. The stored data is kept."
            )
        return None

    def keep_small(self) -> None:
        """Rotate the logs that have grown too large."""
        for child in self.children:
            rotate(child.log)


def running(settings: LaptopSettings) -> Addresses | None:
    """The addresses of the home, if it is served."""
    record = read_record(settings.home) if is_locked(lock_file(settings.home)) else None
    return record.addresses if record else None


Deploy = Callable[[], Mapping[str, str]]
"""Makes the resources in the stand-in; returns the variables of the application."""


def provision_home() -> Mapping[str, str]:
    """Make the resources that the application needs, and no more."""
    # A command that finds the application running needs none of these, and they take a second.
    from app.aws import clients, deployer
    from app.deploy.laptop.provision import provision

    settings = read(LaptopSettings)
    aws, deploying = clients(START_SECONDS), deployer(START_SECONDS)
    choice = guardrail_choice(settings)
    return variables(provision(aws, deploying, settings.embedding_model, choice))


def guardrail_choice(settings: LaptopSettings) -> GuardrailChoice | None:
    """The guardrail that the home makes or names; None if OUTCROP_GUARDRAIL_ID names it.

    Raises:
        WrongDefinition: OUTCROP_GUARDRAIL has no form of a choice, or its definition is wrong.
    """
    if settings.guardrail is None and inherited(GUARDRAIL_ID):
        return None
    return read_choice(settings.guardrail)


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
                if not is_locked(lock_file(home)):
                    served = stack.enter_context(_start(settings, deploy, stays=True))
                    stack.enter_context(locked(_users(home), fcntl.LOCK_SH))
                elif (record := read_record(home)) and record.stays:
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
    record = read_record(home) if is_locked(lock_file(home)) else None
    if record is None:
        return None
    if not record.addresses.application:
        raise OperatorError(
            f"{home} is being served by `outcrop local`, which has no application. Stop that "
            "first, or set OUTCROP_HOME to use another."
        )
    try:
        keeping = keeping_alive(home)
        keeping.__enter__()
    except OSError:  # the processes are ending, because the command that used them was killed
        return None

    def leave() -> None:
        keeping.__exit__(None, None, None)
        if last.true and (lock := take(lock_file(home), STOP_SECONDS)):
            remove_record(home)
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
        lock = take(lock_file(home), STOP_SECONDS)
        if lock is None:
            raise OperatorError(
                f"{home} is held by processes that were left behind and do not end; "
                f"`fuser {lock_file(home)}` says which."
            )
        stack.callback(lock.close)
        alive = stack.enter_context(staying_alive(home))
        children: list[Child] = []
        try:
            yield _serve(settings, deploy, children, alive, lock, stays=stays)
        finally:
            stopping = last is None or last.true
            if stopping:
                remove_record(home)
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
    command = _stand_in(settings, before)
    children.append(Child("stand-in", home, command, alive=alive, lock=lock))
    ready = children[0].ready
    stand_in = StandIn(ready["url"], ready["accessKeyId"], ready["secretAccessKey"])
    adopt(endpoint_variables(stand_in, before))
    try:
        application = {**deploy(), **_patience(settings), INSIDE: stand_in.url}
    except OutcropError as error:
        if death := children[0].death():
            raise death from error
        raise
    command = [sys.executable, "-P", "-m", "app.web", "--port", str(settings.port)]
    children.append(
        Child("application", home, command, alive=alive, lock=lock, variables=application)
    )
    url = children[1].ready["url"]
    addresses = Addresses(
        url,
        stand_in.url,
        stand_in.access_key_id,
        stand_in.secret_access_key,
        application.get(GUARDRAIL_ID, ""),
        application.get(GUARDRAIL_VERSION, ""),
        application,
    )
    write_record(home, Record(addresses, stays))
    return Served(**asdict(addresses), home=home, children=children)


@contextmanager
def serving_alone(settings: LaptopSettings, schedule: Path | None = None) -> Iterator[Served]:
    """Serve the stand-in of a home for as long as the context lasts, empty if the home is, and
    without an application. It takes orders for faults; `schedule` is a file of some.

    Raises:
        OperatorError: the home is being served already, or cannot be.
    """
    home = usable(settings.home)
    with ExitStack() as stack:
        lock = take(lock_file(home), LOOK_SECONDS)
        if lock is None:
            raise OperatorError(
                f"{home} is being served already. Stop that first, or choose another with --home."
            )
        stack.callback(lock.close)
        alive = stack.enter_context(staying_alive(home))
        command = [*_stand_in(settings, inherited_environment()), "--faults"]
        command += ["--schedule", str(schedule)] if schedule else []
        child = Child("stand-in", home, command, alive=alive, lock=lock)
        stack.callback(child.stop)
        ready = child.ready
        keys = ready["accessKeyId"], ready["secretAccessKey"]
        addresses = Addresses("", ready["url"], *keys, guardrail_id="", guardrail_version="")
        stack.callback(remove_record, home)
        write_record(home, Record(addresses, stays=True))
        yield Served(**asdict(addresses), home=home, children=[child])


def _patience(settings: LaptopSettings) -> dict[str, str]:
    """A longer deadline for a local model, which may have to be loaded first, unless one is set."""
    if settings.local_model_url and not inherited(DEADLINE):
        return {DEADLINE: str(LOADING_SECONDS)}
    return {}


def _prepare(settings: LaptopSettings) -> Path:
    """The home, after all checks that need no process.

    Raises:
        WrongSettings: the environment holds a setting that the application would refuse.
        WrongDefinition: the guardrail's definition cannot be read.
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
    guardrail_choice(settings)
    return usable(settings.home)


def _stand_in(settings: LaptopSettings, environment: Mapping[str, str]) -> list[str]:
    command = [
        *(sys.executable, "-P", "-m", "app.local"),
        *("--home", str(settings.home)),
        *("--port", str(settings.stand_in_port)),
        *("--precision", settings.embedding_precision),
    ]
    if settings.local_model_url:
        command += ["--model-url", settings.local_model_url]
    if settings.local_model:
        command += ["--model", settings.local_model]
    if file := opensearch_file(settings, environment):
        command += ["--opensearch", str(file)]
    return command


def _users(home: Path) -> Path:
    return home / "users"


def _door(home: Path) -> AbstractContextManager[IO[str]]:
    return locked(home / "door")
