"""An execution environment: what Lambda starts a function in.

    runtime    $LAMBDA_TASK_ROOT/$_HANDLER     what the layer's exec wrapper starts: run.sh
    adapter    /opt/extensions/lambda-adapter  the extension, which hands on what Lambda has

Both get the environment that Lambda gives them, and nothing else. When either ends, the environment
is gone, and with it what was under way.
"""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.lambdas.invocation import Ended, Invocation
from tests.lambdas.runtime_api import FUNCTION, RuntimeApi, runtime_api

ADAPTER = Path(__file__).parents[2] / ".lambda-adapter" / "bin" / "lambda-adapter"
HANDLER = "lambdas/api/run.sh"
SHUTDOWN_SECONDS = 2  # what Lambda gives an environment that has an extension

needs_adapter = pytest.mark.skipif(
    not ADAPTER.exists(), reason="the adapter is not built: run `make lambda-adapter` (needs Rust)"
)


@dataclass
class Environment:
    """A running environment."""

    api: RuntimeApi
    runtime: "subprocess.Popen[bytes]"
    log: Path

    def invoke(self, event: Mapping[str, Any], seconds: float = 60) -> Invocation:
        """Give the function an event, which it has `seconds` for."""
        return self.api.invoke(event, seconds)

    def stop(self) -> None:
        """End the runtime as Lambda's shutdown phase does.

        Raises:
            TimeoutExpired: it took longer than Lambda allows.
        """
        self.runtime.terminate()
        self.runtime.wait(SHUTDOWN_SECONDS)


@contextmanager
def environment(
    root: Path, log: Path, python: Path, variables: Mapping[str, str]
) -> Iterator[Environment]:
    """Start a bundle's function as Lambda does.

    Args:
        root: the bundle.
        log: the file that standard output and error go to.
        python: the folder of the `python3` that is to run it.
        variables: the function's own environment variables.
    """
    with ExitStack() as stack:
        api = stack.enter_context(runtime_api())
        settings = _variables(root, python, api.address) | dict(variables)
        output = stack.enter_context(log.open("ab"))
        runtime = stack.enter_context(_process([root / HANDLER], settings, output))
        adapter = stack.enter_context(_process([ADAPTER], settings, output))
        for process, error in ((runtime, "Runtime.ExitError"), (adapter, "Extension.Crash")):
            stack.enter_context(_watched(process, error, api))
        yield Environment(api, runtime, log)


def _variables(root: Path, python: Path, address: str) -> dict[str, str]:
    """What Lambda sets of itself, and what the stack sets for the adapter."""
    return {
        "PATH": os.pathsep.join([str(python), "/usr/bin", "/bin"]),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(root),
        "_HANDLER": HANDLER,
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{FUNCTION}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/04/09/[$LATEST]0",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LWA_PORT": str(free_port()),
        "AWS_LWA_READINESS_CHECK_PATH": "/healthz",
        "AWS_LWA_INVOKE_MODE": "response_stream",
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _process(
    command: list[Path], variables: Mapping[str, str], output: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(
        command,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    ) as process:
        yield process


@contextmanager
def _watched(process: "subprocess.Popen[bytes]", error: str, api: RuntimeApi) -> Iterator[None]:
    """Lets Lambda notice when a process ends; ends it, at the latest, with the block."""

    def watch() -> None:
        api.lost(Ended(error, f"exit status {process.wait()}"))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        thread.join()
