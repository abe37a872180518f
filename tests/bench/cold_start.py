"""The API function's cold start, before and after its bundle held bytecode, and each bundle's size.

Lambda unpacks a bundle into a folder that cannot be written to. Without bytecode in it, every start
compiles what it imports. Each start is measured so, and with bytecode, as in a bundle that was
built where the runtime's own Python is. Beside the API function stands the least that could be in
its place: an empty FastAPI application that has imported boto3.
"""

import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from app.settings import Settings, variables
from infra.contents import ROOT
from infra.wheels import SERVICES, compile_all, drop_other_services, install, size_of
from tests.lambdas.api_event import event
from tests.lambdas.bundle import interpreter, lay_out
from tests.lambdas.environment import ADAPTER, environment, free_port
from tests.tables import Table

ROUNDS = 7
API = ("-m", "lambdas.api")
LEAST = (
    "-c",
    """
import os, boto3, fastapi, uvicorn
app = fastapi.FastAPI()
app.get("/healthz")(lambda: {})
uvicorn.run(app, port=int(os.environ["PORT"]), http="h11", ws="none", log_config=None)
""",
)
Taken = tuple[float, float]
"""Seconds of the processor's time, and on the clock."""


def run() -> Iterator[Table]:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python = interpreter(folder / "python")
        links = lay_out(folder / "links", "api", "requirements.txt")
        bare, compiled = folder / "bare", folder / "compiled"
        shutil.copytree(links, bare, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(bare, compiled)
        compile_all(compiled, sys.executable)  # in place of Lambda's own Python
        starts: dict[str, Callable[[], float]] = {}
        for kind, root in (("", bare), (", with bytecode", compiled)):
            starts[f"the least{kind}"] = partial(_answered, root, python, LEAST)
            starts[f"the API function{kind}"] = partial(_answered, root, python, API)
            if ADAPTER.exists():
                starts[f"... behind the adapter{kind}"] = partial(_invoked, root, python)
        medians = {name: _median(start) for name, start in starts.items()}
    yield Table(
        "Cold start of the API function",
        ("what", "processor ms", "clock ms", "times the least"),
        [_row(name, medians, "with bytecode" in name) for name in medians],
        notes=[f"Until GET /healthz is answered; medians of {ROUNDS} starts after one."],
    )
    columns = ("function", "all wheels, MB", "without other services' data, MB")
    yield Table("Size of each bundle", columns, list(_sizes()))


def _sizes() -> Iterator[tuple[str, ...]]:
    """What the wheels of each bundle take, before and after botocore's data of other services is
    removed; without bytecode.
    """
    for entry, services in SERVICES.items():
        name = "" if entry == "api" else f"-{entry.replace('_', '-')}"
        with TemporaryDirectory() as scratch:
            install(ROOT / f"requirements{name}.txt", Path(scratch))
            before = size_of(Path(scratch))
            drop_other_services(Path(scratch), services)
            yield entry, f"{before:.1f}", f"{size_of(Path(scratch)):.1f}"


def _median(start: Callable[[], float]) -> Taken:
    start()  # what it compiles, where it may, is kept; its files are in memory from then on
    times = [_timed(start) for _ in range(ROUNDS)]
    return statistics.median(cpu for cpu, _ in times), statistics.median(wall for _, wall in times)


def _timed(start: Callable[[], float]) -> Taken:
    """What the processes of a start took; they have ended when it returns."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    answered = start()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, answered - began


def _variables() -> dict[str, str]:
    settings = Settings(
        knowledge_base_id="NONE",
        data_source_id="NONE",
        documents_bucket="none",
        conversations_bucket="none",
        auth="api-gateway",
    )
    return variables(settings) | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _answered(root: Path, python: Path, arguments: tuple[str, ...]) -> float:
    """When a server answered that was started in a bundle."""
    port = free_port()
    variables = _variables() | {"PATH": f"{python}:/usr/bin:/bin", "PORT": str(port)}
    with subprocess.Popen(["python3", *arguments], cwd=root, env=variables) as process:
        while not _healthy(port):
            time.sleep(0.001)
        answered = time.perf_counter()
        process.kill()
    return answered


def _healthy(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return connection.recv(100).startswith(b"HTTP/1.1 200")
    except ConnectionRefusedError:
        return False


def _invoked(root: Path, python: Path) -> float:
    """When the function answered Lambda."""
    with environment(root, root.parent / "log", python, _variables()) as function:
        head, body = function.invoke(event("GET", "/healthz")).http()
        assert (head.status, b"".join(body)) == (200, b'{"status":"alive"}')
        return time.perf_counter()


def _row(name: str, taken: Mapping[str, Taken], compiled: bool) -> tuple[str, ...]:
    cpu, wall = taken[name]
    least, _ = taken["the least, with bytecode" if compiled else "the least"]
    return name, f"{cpu * 1000:.0f}", f"{wall * 1000:.0f}", f"{cpu / least:.2f}"
