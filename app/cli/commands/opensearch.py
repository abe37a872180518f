"""`outcrop opensearch`: run OpenSearch on this machine until Ctrl-C."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from app.cli import screen
from app.cli.stopping import Stop
from app.deploy.opensearch import Node, answers, install, running
from app.errors import OperatorError
from app.settings import opensearch_folder

PORT = 9200
LOOK_SECONDS = 0.5


def opensearch(
    nodes: Annotated[
        int, typer.Option(min=1, max=5, help="How many nodes; a cluster has 3 or more.")
    ] = 1,
    port: Annotated[
        int, typer.Option(min=1, max=65000, help="The first node's port; others have the next.")
    ] = PORT,
) -> None:
    """Run OpenSearch on this machine until Ctrl-C; Maven fetches it at the first time."""
    stop = Stop()
    if nodes == 2:
        raise typer.BadParameter("two nodes elect no manager when one dies: 1, or 3 and more.")
    if answers(f"http://127.0.0.1:{port}"):
        raise OperatorError(f"An OpenSearch answers at port {port} already. --port takes another.")
    folder = opensearch_folder()
    with screen.waiting("fetching OpenSearch" if not folder.exists() else "starting OpenSearch"):
        distribution = install(folder)
    data = folder / (f"port-{port}" if nodes == 1 else f"port-{port}-of-{nodes}")
    screen.out.print(f"OpenSearch {distribution.version} starts, which takes some seconds.")
    with running(distribution, data, port, nodes) as started:
        for node in started:
            screen.out.print(f"opensearch   {node.url}   log: {node.log}", soft_wrap=True)
        screen.out.print(
            f"\nIn another terminal: OUTCROP_OPENSEARCH_URL={started[0].url} outcrop up\n"
            "Ctrl-C ends. The documents are kept.",
            soft_wrap=True,
        )
        until_stopped(stop, started)


@contextmanager
def node_or_present(port: int = PORT) -> Iterator[str]:
    """The URL of an OpenSearch on this machine: the one that answers at the port, or one that runs
    as long as the context.
    """
    url = f"http://127.0.0.1:{port}"
    if answers(url):
        yield url
    else:
        folder = opensearch_folder()
        with running(install(folder), folder / f"port-{port}", port) as [node]:
            yield node.url


def until_stopped(stop: Stop, nodes: Sequence[Node]) -> None:
    """Wait for the signal to stop.

    Raises:
        OperatorError: every node has ended by itself. Of a cluster, some may: that is how to see
            what it does then.
    """
    while not stop.wait(LOOK_SECONDS):
        if all(node.process.poll() is not None for node in nodes):
            raise OperatorError(f"OpenSearch has ended; {nodes[-1].log} says more.")
