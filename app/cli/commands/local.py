"""`outcrop local`: serve the stand-in alone until Ctrl-C, for tests and programs of any kind."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Annotated

import typer

from app.cli import screen
from app.cli.commands.up import until
from app.cli.stopping import Stop
from app.deploy import laptop
from app.deploy.endpoint import misleading_names
from app.settings import LaptopSettings, inherited_environment, read


def local(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 0,
    home: Annotated[
        Path | None,
        typer.Option(help="Keep everything in this folder. Without it nothing is kept."),
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(help="A schedule of faults: docs/faults.md has its format.")
    ] = None,
    until_eof: Annotated[
        bool,
        typer.Option("--until-eof", help="End when standard input does: with whoever started it."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, on one line.")
    ] = False,
) -> None:
    """Serve the stand-in alone, empty: an AWS for tests, without Outcrop's application."""
    stop = Stop()
    if until_eof:
        Thread(target=_read_to_end, args=(stop,), daemon=True).start()
    with ExitStack() as stack:
        folder = home or Path(stack.enter_context(TemporaryDirectory(prefix="outcrop-")))
        choice = {"home": folder.absolute(), "stand_in_port": port}
        settings = read(LaptopSettings).model_copy(update=choice)
        served = stack.enter_context(laptop.serving_alone(settings, faults))
        if as_json:
            answer: dict[str, object] = {"stand_in": served.stand_in, "home": str(settings.home)}
            answer |= {
                "variables": served.variables(),
                "unset": misleading_names(inherited_environment()),
            }
            screen.show_json(answer, one_line=True)
        else:
            _announce(served, keeps=home is not None)
        until(stop, served)


def _read_to_end(stop: Stop) -> None:
    try:
        while os.read(sys.stdin.fileno(), 1024):  # past the buffer, which a thread must not hold
            pass
    finally:
        stop.set()


def _announce(served: laptop.Served, *, keeps: bool) -> None:
    remark = f"kept in {served.home}" if keeps else "nothing is kept"
    screen.out.print(f"stand-in     {served.stand_in}   {remark}", soft_wrap=True)
    screen.out.print(
        "\nIn another terminal, for boto3, the AWS CLI and every other AWS client:\n\n"
        f'  eval "$(outcrop env --home {served.home})"\n\nCtrl-C ends.',
        soft_wrap=True,
    )
