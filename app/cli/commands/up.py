"""`outcrop up`: serve until Ctrl-C."""

import signal
from contextlib import ExitStack
from dataclasses import asdict
from threading import Event
from typing import Annotated

import typer

from app.cli import laptop, screen
from app.settings import LaptopSettings, read


def up(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Serve the application and the stand-in until Ctrl-C."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as stack:
        with screen.waiting("starting"):
            addresses = stack.enter_context(laptop.serving(read(LaptopSettings)))
        if as_json:
            screen.show_json(asdict(addresses))
        else:
            announce(addresses)
        stopped.wait()


def announce(addresses: laptop.Addresses) -> None:
    """Where things answer, and how to point other programs there."""
    screen.out.print(f"""\
application  {addresses.application}        try: curl {addresses.application}/readyz
stand-in     {addresses.stand_in}        Bedrock, S3, SQS and Lambda for any AWS client:
""")
    for name, value in laptop.endpoint_variables(addresses.stand_in).items():
        screen.out.print(f"  export {name}={value}")
    screen.out.print(f"  unset {' '.join(laptop.MISLEADING)}")
    screen.out.print(
        '\nIn another terminal: outcrop ask "...", or eval "$(outcrop env)". Ctrl-C ends.'
    )
