"""Starts the processes of a home, the stand-in and the application, and stops them."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO

from app.deploy.endpoint import (
    StandIn,
    endpoint_variables,
    isolating_variables,
    misleading_names,
)
from app.deploy.laptop.children import STOP_SECONDS, Child, staying_alive
from app.deploy.laptop.deployment import GUARDRAIL_ID, GUARDRAIL_VERSION, Deploy
from app.deploy.laptop.home import identity, take, usable
from app.deploy.laptop.opensearch import opensearch_file
from app.deploy.laptop.record import Addresses, Record, lock_file, remove_record, write_record
from app.deploy.laptop.served import Served
from app.errors import OperatorError, OutcropError
from app.settings import LaptopSettings, adopt, inherited, inherited_environment

LOOK_SECONDS = 0.2  # between two checks whether a home is free
DEADLINE = "OUTCROP_DEADLINE_SECONDS"
INSIDE = "OUTCROP_INSIDE_URL"
LOADING_SECONDS = (
    600  # until a local model's first token: it may have to be read from the disk first
)


@contextmanager
def starting(
    settings: LaptopSettings,
    deploy: Deploy,
    *,
    stays: bool,
    is_last: Callable[[], bool] = lambda: True,
) -> Iterator[Served]:
    """The home, with its processes started; they are stopped at the end, if no other command uses
    them.

    Args:
        stays: whether they stay until they are stopped, or for as long as commands use them.
        is_last: whether the command that has started them is the last one; asked at the end.
    """
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
        folder = identity(home)
        children: list[Child] = []
        try:
            yield _serve(settings, deploy, children, alive, lock, stays=stays)
        finally:
            stopping = is_last()
            if stopping and identity(home) == folder:  # else the record is another's
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
    return Served(**asdict(addresses), home=home, folder=identity(home), children=children)


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
        yield Served(**asdict(addresses), home=home, folder=identity(home), children=[child])


def _patience(settings: LaptopSettings) -> dict[str, str]:
    """A longer deadline for a local model, which may have to be loaded first, unless one is set."""
    if settings.local_model_url and not inherited(DEADLINE):
        return {DEADLINE: str(LOADING_SECONDS)}
    return {}


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
