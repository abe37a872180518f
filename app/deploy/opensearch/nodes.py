"""Nodes of OpenSearch on the loopback interface: started, awaited until they are green, stopped.

A node keeps its configuration, its log and its data in a folder of its own, `<folder>/node-<n>`.
OpenSearch refuses to run as root; then a node runs as `nobody`, who owns its folder.
"""

import http.client
import json
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.deploy.opensearch.distribution import Distribution
from app.deploy.opensearch.java import java_home
from app.errors import OperatorError
from app.settings import environment

HOST = "127.0.0.1"
HEAP = 512  # MB of a node alone
SHARED_HEAP = 384  # MB of each of several nodes
START_SECONDS = 180  # on a busy machine; alone it takes 7
STOP_SECONDS = 20
LOOK_SECONDS = 0.25
TRANSPORT = 100  # above a node's port: the port on which nodes talk to each other
RUNNER = "nobody"


@dataclass(frozen=True)
class Node:
    """A node that has been started.

    Attributes:
        url: where it listens.
        folder: its configuration, data and log.
        log: what it prints.
    """

    url: str
    folder: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """End it: gracefully, if it ends in time."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(
    distribution: Distribution,
    folder: Path,
    port: int,
    count: int = 1,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Sequence[Node]]:
    """Run nodes while the context lasts; it begins when the cluster is green.

    Args:
        distribution: the files that are started.
        folder: holds a folder for each node. What they keep there is there at the next start.
        port: of the first node; the others have those after it.
        count: 1, or a cluster of 3 or more.
        settings: more of OpenSearch's settings, for every node.

    Raises:
        OperatorError: a node ended, or was not green in time; or there is no Java.
    """
    home = java_home()
    ports = range(port, port + count)
    with ExitStack() as stack:
        nodes = []
        for number in range(count):
            values = _settings(number, ports) | dict(settings or {})
            node = start(distribution, folder / f"node-{number + 1}", home, values, ports[number])
            stack.callback(node.stop)
            nodes.append(node)
        for node in nodes:
            await_green(node, count)
        yield nodes


def start(
    distribution: Distribution,
    folder: Path,
    home: Path,
    settings: Mapping[str, object],
    port: int,
) -> Node:
    """Start a node, and do not wait for it.

    Args:
        home: of the Java that runs it.
        settings: of `opensearch.yml`, but for the paths.
    """
    configuration = folder / "config"
    for path in (configuration, folder / "data", folder / "logs"):
        path.mkdir(parents=True, exist_ok=True)
    shutil.copy(distribution.path / "config" / "log4j2.properties", configuration)
    options = (distribution.path / "config" / "jvm.options").read_text()
    for name in ("data", "logs/"):  # else Java would write them into the distribution
        options = options.replace(f"={name}", f"={folder}/{name}")
    (configuration / "jvm.options").write_text(options)
    paths = {"path.data": folder / "data", "path.logs": folder / "logs"}
    lines = (
        f"{name}: {json.dumps(value, default=str)}\n"
        for name, value in {**settings, **paths}.items()
    )
    (configuration / "opensearch.yml").write_text("".join(lines))
    heap = HEAP if settings.get("discovery.type") == "single-node" else SHARED_HEAP
    log = folder / "node.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [distribution.path / "bin" / "opensearch"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=environment(
                {
                    "OPENSEARCH_JAVA_HOME": str(home),
                    "OPENSEARCH_JAVA_OPTS": f"-Xms{heap}m -Xmx{heap}m",
                    "OPENSEARCH_PATH_CONF": str(configuration),
                }
            ),
            **_runner(folder),
            process_group=0,  # Ctrl-C is for the command, which then stops the node
        )
    return Node(f"http://{HOST}:{port}", folder, log, process)


def await_green(node: Node, count: int = 1, seconds: float = START_SECONDS) -> None:
    """Wait until the cluster that a node belongs to is green, with so many nodes.

    Raises:
        OperatorError: the node has ended, or the time is over.
    """
    until = time.monotonic() + seconds
    query = f"wait_for_status=green&wait_for_nodes={count}&timeout=1s"
    while True:
        if node.process.poll() is not None:
            raise OperatorError(f"OpenSearch did not start: {_last_words(node.log)}")
        health = _get(node.url, f"/_cluster/health?{query}", seconds=5)
        if health and health.get("status") == "green" and not health.get("timed_out"):
            return
        if time.monotonic() > until:
            raise OperatorError(
                f"OpenSearch was not green in {seconds:.0f} seconds: {_last_words(node.log)}"
            )
        time.sleep(LOOK_SECONDS)


def answers(url: str) -> bool:
    """Whether an OpenSearch answers at this address already."""
    about = _get(url, "/", seconds=2)
    return bool(about) and about.get("version", {}).get("distribution") == "opensearch"


def _get(url: str, path: str, seconds: float) -> Any:
    """An answer in JSON; None where there is none."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=seconds)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _settings(number: int, ports: range) -> dict[str, object]:
    """The settings of a node: alone, or one of several that know each other."""
    settings: dict[str, object] = {
        "cluster.name": f"outcrop-{ports[0]}",
        "node.name": f"node-{number + 1}",
        "network.host": HOST,
        "http.port": ports[number],
        "transport.port": ports[number] + TRANSPORT,
    }
    if len(ports) == 1:
        return settings | {"discovery.type": "single-node"}
    return settings | {
        "discovery.seed_hosts": [f"{HOST}:{port + TRANSPORT}" for port in ports],
        "cluster.initial_cluster_manager_nodes": [f"node-{n + 1}" for n in range(len(ports))],
    }


def _runner(folder: Path) -> dict[str, Any]:
    """Who runs a node, for `Popen`. Where the present user is root, it is RUNNER, who then owns
    the node's folder.
    """
    if os.getuid():
        return {}
    user = pwd.getpwnam(RUNNER)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'it said nothing'} ({log} has it all)"
