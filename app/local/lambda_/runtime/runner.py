"""Runs invocations: in a warm process if there is one, else in a new one."""

import json
import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from threading import Condition
from typing import Any

from app.local.lambda_.runtime import archive
from app.local.lambda_.runtime.catalogue import Function, FunctionCatalogue
from app.local.lambda_.runtime.worker import (
    LOG_SECONDS,
    Exited,
    FunctionProcess,
    FunctionTimedOut,
    InitFailed,
    Log,
)

JSON = dict[str, Any]

MOST_AT_ONCE = 10  # invocations of one function
MOST_IN_ALL = 50  # invocations of all functions; each has a process and a waiting thread
MOST_WARM = 3  # idle processes of one function
LARGEST_RESULT = 6_291_556  # bytes, by Lambda's own message
UNHANDLED = "Unhandled"

_LAMBDA_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_LOG_STREAM_NAME": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_SESSION_TOKEN": "local",
    "LANG": "en_US.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TZ": ":UTC",
}


class TooManyAtOnce(Exception):
    """The function, or all functions together, have the most invocations that can run at once."""


@dataclass(frozen=True)
class InvocationOutcome:
    """The outcome of an invocation.

    Attributes:
        payload: the result or the error, as JSON.
        error: None, or "Unhandled".
        log: the end of what the function printed.
    """

    payload: bytes
    error: str | None
    log: bytes


class Runner:
    """The processes of all functions.

    Args:
        folder: for unpacked code and logs.
        catalogue: has the code.
        region: the region that functions see.
        environment: variables for all functions, which point boto3 at this stand-in. It is read
            whenever a process starts.
        python_path: folders that functions can import from, besides their own code.
    """

    def __init__(
        self,
        folder: Path,
        catalogue: FunctionCatalogue,
        region: str,
        environment: Mapping[str, str],
        python_path: Sequence[Path],
    ) -> None:
        self._folder, self._catalogue, self._region = folder, catalogue, region
        self._environment, self._python_path = environment, python_path
        self._lock = Condition()
        self._under_way: Counter[str] = Counter()
        self._warm: defaultdict[str, list[tuple[str, FunctionProcess]]] = defaultdict(list)
        self._workers: set[FunctionProcess] = set()
        self._logs: dict[str, Log] = {}
        self._closed = False
        shutil.rmtree(folder / "code", ignore_errors=True)

    def invoke(
        self, function: Function, arn: str, payload: str, request_id: str, context: JSON | None
    ) -> InvocationOutcome:
        """Run a function once with this JSON text and wait for its outcome.

        Raises:
            TooManyAtOnce: too many invocations are running; the function was not run.
            BadArchive: the code cannot be unpacked.
        """
        request = {"id": request_id, "arn": arn, "payload": payload, "context": context}
        with self._slot(function.name):
            worker = self._take(function)
            try:
                result, error, status = _send(worker, function, request)
                worker.append_to_log(_report(worker, function, request_id, status))
            except BaseException:
                self._end(worker)
                raise
            outcome = InvocationOutcome(result, error, worker.tail)
            self._give_back(function, worker)
        return outcome

    def discard_warm(self, name: str) -> None:
        """End a function's idle processes. Those that are busy now serve no later revision."""
        with self._lock:
            idle = [worker for _, worker in self._warm.pop(name, [])]
        for worker in idle:
            self._end(worker)

    def close(self) -> None:
        """Kill all processes, whatever they are doing."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
            names = list(self._warm)
        for worker in workers:
            worker.kill()
        for name in names:
            self.discard_warm(name)
        with self._lock:  # the threads that wait for an answer see that there is none
            self._lock.wait_for(lambda: not self._workers, LOG_SECONDS)
        for log in self._logs.values():
            log.close()

    @contextmanager
    def _slot(self, name: str) -> Iterator[None]:
        with self._lock:
            if self._under_way[name] >= MOST_AT_ONCE or self._under_way.total() >= MOST_IN_ALL:
                raise TooManyAtOnce(name)
            self._under_way[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[name] -= 1

    def _take(self, function: Function) -> FunctionProcess:
        while True:
            with self._lock:
                idle = self._warm[function.name]
                if not idle:
                    return self._start(function)
                revision, worker = idle.pop()
            if revision == function.revision and worker.alive:
                return worker
            self._end(worker)

    def _start(self, function: Function) -> FunctionProcess:
        """Start a new process. The caller holds the lock."""
        if self._closed:
            raise RuntimeError("The stand-in is stopping.")
        code = self._folder / "code" / function.name / function.sha256.replace("/", "_")
        if not code.is_dir():
            archive.unpack(self._catalogue.code(function.name), code)
        if function.name not in self._logs:
            self._logs[function.name] = Log(self._folder / "logs" / f"{function.name}.log")
        worker = FunctionProcess(code, self._variables(function, code), self._logs[function.name])
        self._workers.add(worker)
        return worker

    def _give_back(self, function: Function, worker: FunctionProcess) -> None:
        with self._lock:
            idle = self._warm[function.name]
            if worker.alive and len(idle) < MOST_WARM and not self._closed:
                idle.append((function.revision, worker))
                return
        self._end(worker)

    def _end(self, worker: FunctionProcess) -> None:
        worker.close()
        with self._lock:
            self._workers.discard(worker)
            self._lock.notify_all()

    def _variables(self, function: Function, code: Path) -> dict[str, str]:
        paths = [*map(str, self._python_path), function.variables.get("PYTHONPATH", "")]
        return {
            **_LAMBDA_VARIABLES,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.settings["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_REGION": self._region,
            "LAMBDA_TASK_ROOT": str(code),
            "_HANDLER": function.settings["Handler"],
            **self._environment,
            **function.variables,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }


def _send(
    worker: FunctionProcess, function: Function, request: JSON
) -> tuple[bytes, str | None, str]:
    """Send a request to a process. Returns the result or error as JSON, the kind of error, and what
    the report says of a process that did not answer.
    """
    name = f"RequestId: {request['id']}"
    try:
        answer = worker.invoke(request, function.timeout)
    except InitFailed as error:
        body = error.body | {"requestId": request["id"]}
        return _json(body), UNHANDLED, f"\tStatus: error\tError Type: {error.body['errorType']}"
    except FunctionTimedOut:
        message = f"{name} Error: Task timed out after {function.timeout:.2f} seconds"
        worker.append_to_log(message)
        body = {"errorType": "Sandbox.Timedout", "errorMessage": message}
        return _json(body), UNHANDLED, "\tStatus: timeout"
    except Exited as error:
        message = f"{name} Error: {error}"
        worker.append_to_log(message)
        body = {"errorType": "Runtime.ExitError", "errorMessage": message}
        return _json(body), UNHANDLED, "\tStatus: error\tError Type: Runtime.ExitError"
    if "error" in answer:
        return _json(answer["error"]), UNHANDLED, ""
    result = answer["result"].encode()
    if len(result) > LARGEST_RESULT:
        message = (
            f"Response payload size exceeded maximum allowed payload size ({LARGEST_RESULT} bytes)."
        )
        body = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}
        return _json(body), UNHANDLED, ""
    return result, None, ""


def _json(error: JSON) -> bytes:
    return json.dumps(error).encode()


def _milliseconds(seconds: float) -> float:
    """As a report tells them, to a hundredth."""
    return round(seconds * 1000, 2)


def _report(worker: FunctionProcess, function: Function, request_id: str, status: str) -> str:
    """The line that ends an invocation in the log, as Lambda writes it. Loading the function is
    billed: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    """
    run, init = _milliseconds(worker.run_seconds), _milliseconds(worker.init_seconds or 0.0)
    billed = ceil(run + init)  # of the times that the line tells, so that a reader can add them up
    fields = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {run:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {function.settings['MemorySize']} MB",
        f"Max Memory Used: {ceil(worker.memory / 2**20)} MB",
    ]
    if worker.init_seconds is not None:
        fields.append(f"Init Duration: {init:.2f} ms")
    return "\t".join(fields) + status
