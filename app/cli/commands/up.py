"""`outcrop up`: serve until Ctrl-C, with the laptop's resources or those of a template."""

import signal
from contextlib import ExitStack, nullcontext
from itertools import count
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import screen
from app.deploy import laptop
from app.settings import LaptopSettings, read

if TYPE_CHECKING:
    from app.cli.template_report import TemplateDeployment

LOOK_SECONDS, LOOKS_A_LOG = 0.5, 60


def up(
    template: Annotated[
        Path | None,
        typer.Option(help="Make the resources of this template: cdk.out/<stack>.template.json."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUE",
            help="A value of one of the template's parameters.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Serve the application and the stand-in until Ctrl-C."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = read(LaptopSettings)
    if parameter and not template:
        raise typer.BadParameter("it sets a template's parameter; add --template.")
    deployment = (
        _deployment(template, settings.home, parameter or [], quiet=as_json) if template else None
    )
    with ExitStack() as stack:
        with nullcontext() if deployment else screen.waiting("starting"):
            deploy = deployment or laptop.provision_home
            home = stack.enter_context(laptop.serving(settings, deploy))
        if as_json:
            addresses = {"application": home.application, "stand_in": home.stand_in}
            screen.show_json(addresses | (deployment.as_json() if deployment else {}))
        else:
            if deployment:
                deployment.show()
            announce(home)
        until(stop, home)


def _deployment(
    template: Path, home: Path, pairs: list[str], *, quiet: bool
) -> "TemplateDeployment":
    from app.cli.template_report import TemplateDeployment, parameters
    from app.deploy.replay import read as read_template

    values = parameters(pairs)
    return TemplateDeployment(read_template(template), home, values, quiet)


def until(stop: Event, home: laptop.Served) -> None:
    """Wait for the signal to stop, and check meanwhile that the processes of a home run.

    Raises:
        OperatorError: a process has ended. It is not started again, so that the user of `up` learns
            of it.
    """
    for looks in count():
        if stop.wait(LOOK_SECONDS):
            return
        if death := home.death():
            raise death
        if looks % LOOKS_A_LOG == 0:
            home.keep_small()


def announce(addresses: laptop.Addresses) -> None:
    """Print the addresses, and the way to point other programs at them."""
    screen.out.print(f"""\
application  {addresses.application}   try: curl {addresses.application}/readyz
stand-in     {addresses.stand_in}   AWS, for any client that is pointed at it
""")
    screen.out.print(
        'In another terminal: outcrop ask "...", or eval "$(outcrop env)", which points its AWS '
        "clients at the stand-in. Ctrl-C ends."
    )
