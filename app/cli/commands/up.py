"""`outcrop up`: serve until Ctrl-C, with the laptop's resources or those of a template."""

from contextlib import ExitStack, nullcontext
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr

from app import page_files
from app.cli import screen
from app.cli.commands.opensearch import node_or_present
from app.cli.stopping import Stop
from app.cli.terminal_text import visible_line
from app.deploy import laptop
from app.deploy.laptop import model_servers
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
    model_server: Annotated[
        str | None,
        typer.Option(
            metavar="auto|URL",
            help="The model server that writes the answers; auto finds Ollama, LM Studio, "
            "llama.cpp or vLLM on this machine.",
        ),
    ] = None,
    model_server_model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Which of that server's models; by default the first that chats."
        ),
    ] = None,
    opensearch: Annotated[
        bool,
        typer.Option(
            "--opensearch",
            help="Run OpenSearch on this machine too, if none answers at port 9200, and keep the "
            "chunks there.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Serve the application and the stand-in until Ctrl-C."""
    stop = Stop()
    settings, choice = _with_model_server(read(LaptopSettings), model_server, model_server_model)
    if parameter and not template:
        raise typer.BadParameter("it sets a template's parameter; add --template.")
    deployment = (
        _deployment(template, settings.home, parameter or [], quiet=as_json) if template else None
    )
    lookout = None if as_json or settings.local_model_url else model_servers.Lookout()
    with ExitStack() as stack:
        if opensearch:
            settings = _with_opensearch(settings, stack)
        with nullcontext() if deployment else screen.waiting("starting"):
            deploy = deployment or laptop.provision_home
            home = stack.enter_context(laptop.serving(settings, deploy, _say_that_it_waits))
        if as_json:
            addresses = {"application": home.application, "stand_in": home.stand_in}
            writer = {"model_server": choice.server.url, "model": choice.model} if choice else {}
            screen.show_json(addresses | writer | (deployment.as_json() if deployment else {}))
        else:
            if deployment:
                deployment.show()
            announce(home)
            _announce_opensearch(settings)
            _announce_model_servers(choice, lookout)
        until(stop, home)


def _say_that_it_waits(home: Path) -> None:
    line = f"Another command uses {home}. Outcrop starts when that has ended; Ctrl-C gives up."
    screen.err.print(visible_line(line), soft_wrap=True)


def _with_opensearch(settings: LaptopSettings, stack: ExitStack) -> LaptopSettings:
    """The settings with an OpenSearch on this machine in them, which runs as long as the stack."""
    if settings.opensearch_url is not None:
        raise typer.BadParameter(
            "OUTCROP_OPENSEARCH_URL names one already.", param_hint="--opensearch"
        )
    with screen.waiting("starting OpenSearch"):
        url = stack.enter_context(node_or_present())
    return settings.model_copy(update={"opensearch_url": SecretStr(url)})


def _announce_opensearch(settings: LaptopSettings) -> None:
    if settings.opensearch_url is not None:
        parts = urlsplit(settings.opensearch_url.get_secret_value())
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        screen.out.print(visible_line(f"opensearch   {place}   has the chunks"), soft_wrap=True)


def _with_model_server(
    settings: LaptopSettings, wish: str | None, model: str | None
) -> tuple[LaptopSettings, model_servers.ModelChoice | None]:
    """The settings with a model server in them, if one is wished for."""
    if wish is None:
        if model is not None:
            raise typer.BadParameter(
                "it chooses a model of a server; add --model-server",
                param_hint="--model-server-model",
            )
        return settings, None
    with screen.waiting("looking for the model server"):
        choice = model_servers.choose(wish, model)
    changes = {"local_model_url": choice.server.url, "local_model": choice.model}
    return settings.model_copy(update=changes), choice


def _announce_model_servers(
    choice: model_servers.ModelChoice | None, lookout: model_servers.Lookout | None
) -> None:
    """Print which server writes the answers, or which ones could."""
    if choice:
        server = f"{choice.server.name} at {choice.server.url}"
        line = f"{choice.model} of {server} writes the answers."
        screen.out.print(visible_line(line), soft_wrap=True)
    for server, remedy in model_servers.advice(lookout.servers() if lookout else []):
        screen.out.print(visible_line(f"{server} answers too: {remedy}"), soft_wrap=True)


def _deployment(
    template: Path, home: Path, pairs: list[str], *, quiet: bool
) -> "TemplateDeployment":
    from app.cli.template_report import TemplateDeployment, parameters
    from app.deploy.replay import read as read_template

    values = parameters(pairs)
    return TemplateDeployment(read_template(template), home, values, quiet)


def until(stop: Stop, home: laptop.Served) -> None:
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
page         {addresses.application}/
application  {addresses.application}   try: curl {addresses.application}/readyz
stand-in     {addresses.stand_in}   AWS, for any client that is pointed at it
""")
    if fault := page_files.fault():
        screen.out.print(f"{fault} In a checkout, make page builds it.\n")
    screen.out.print(
        'In another terminal: outcrop ask "...", or eval "$(outcrop env)", which points its AWS '
        "clients at the stand-in. Ctrl-C ends."
    )
