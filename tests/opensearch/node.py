"""A node for a run of tests."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.deploy.opensearch import install, running
from app.errors import OperatorError
from app.settings import opensearch_folder


@contextmanager
def started_or_skipped() -> Iterator[str]:
    """Start a node with nothing in it, and yield its URL; skip where one cannot be had."""
    try:
        distribution = install(opensearch_folder())
    except OperatorError as error:
        pytest.skip(error.detail)
    with fresh_folder() as folder, running(distribution, folder, free_ports(1)) as [node]:
        yield node.url


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder for nodes. Beside the distribution, because a node that root starts runs as nobody,
    and pytest's own folders are closed to others.
    """
    with TemporaryDirectory(dir=opensearch_folder(), prefix="test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def free_ports(count: int) -> int:
    """The first of some ports in a row that are free now, as are those of the transport."""
    for port in range(9400, 9990, 10):
        if all(map(_is_free, [*range(port, port + count), *range(port + 100, port + 100 + count)])):
            return port
    raise AssertionError("no port is free")


def _is_free(port: int) -> bool:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
