"""The program of a function's process. It imports Python's library and nothing of the stand-in.

    stdin    a request a line: {"id", "arn", "deadline", "payload", "context"}
    stdout   {"ready": true}, then an answer a line: {"result": text} or {"error": {...}}; each with
             the most memory that the process has taken so far, in bytes
    stderr   what the function prints, between the lines START and END

The function's own stdin is empty, and its stdout goes to stderr. A thread reads the requests, so
that the process notices the end of its parent also during an invocation. It then kills itself and
all processes that it has started.
"""

import importlib
import json
import os
import queue
import resource
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

JSON = dict[str, Any]


class ClientContext(types.SimpleNamespace):
    """The context that a caller sends about itself."""

    client = None
    custom = None
    env = None


class LambdaContext:
    """The second argument of a handler.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    identity = None

    def __init__(self, request: JSON) -> None:
        self.aws_request_id = request["id"]
        self.invoked_function_arn = request["arn"]
        self.client_context = request["context"] and ClientContext(**request["context"])
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = request["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))


class InitError(Exception):
    """The handler could not be loaded. `body` is Lambda's error for that."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.body = {"errorMessage": message, "errorType": kind, "stackTrace": trace or []}


def main() -> None:
    requests, answers = _own_streams()
    inbox: queue.SimpleQueue[JSON] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests, inbox), daemon=True).start()
    sys.path.insert(0, str(Path.cwd()))
    try:
        handler = _load(os.environ["_HANDLER"])
    except InitError as error:
        _log(f"[ERROR] {error.body['errorType']}: {error}")
        _answer(answers, {"error": error.body})
        sys.exit(1)
    _answer(answers, {"ready": True})
    while True:
        request = inbox.get()
        _log(f"START RequestId: {request['id']} Version: $LATEST")
        answer = _invoke(handler, request)
        sys.stdout.flush()
        _log(f"END RequestId: {request['id']}")
        _answer(answers, answer)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return requests, answers


def _read(requests: BinaryIO, inbox: "queue.SimpleQueue[JSON]") -> None:
    try:
        for line in requests:
            inbox.put(json.loads(line))
    finally:
        os.killpg(0, signal.SIGKILL)


def _answer(answers: BinaryIO, answer: JSON) -> None:
    answers.write(json.dumps(answer | {"memory": _most_memory()}).encode() + b"\n")
    answers.flush()


def _most_memory() -> int:
    """The most memory that this process has had, in bytes.

    On Linux getrusage counts that of the process which started this one too, as it was then:
    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html has our own, in kB.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = (line.split() for line in status.read_text().splitlines())
        return next((int(words[1]) * 1024 for words in lines if words[:1] == ["VmHWM:"]), 0)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: in bytes


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _load(name: str) -> Callable[[Any, LambdaContext], Any]:
    """The handler of this name, `module.function`. Error messages are those of Lambda's runtime."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise InitError("Runtime.MalformedHandlerName", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise InitError("Runtime.ImportModuleError", message, _trace(error)) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise InitError("Runtime.UserCodeSyntaxError", message, _trace(error)) from error
    except Exception as error:
        raise InitError(type(error).__name__, str(error), _trace(error)) from error
    handler = getattr(module, function_name, None)
    if handler is None:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise InitError("Runtime.HandlerNotFound", message)
    function: Callable[[Any, LambdaContext], Any] = handler
    return function


def _invoke(handler: Callable[[Any, LambdaContext], Any], request: JSON) -> JSON:
    try:
        result = handler(json.loads(request["payload"]), LambdaContext(request))
    except Exception as error:  # noqa: BLE001 - any exception is the function's error
        return _failure(request, type(error).__name__, str(error), _trace(error))
    try:
        return {"result": json.dumps(result)}
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return _failure(request, "Runtime.MarshalError", message, [])


def _failure(request: JSON, kind: str, message: str, trace: list[str]) -> JSON:
    _log(f"[ERROR] {kind}: {message}\n{''.join(trace)}")
    return {
        "error": {
            "errorMessage": message,
            "errorType": kind,
            "requestId": request["id"],
            "stackTrace": trace,
        }
    }


def _trace(error: BaseException) -> list[str]:
    """The stack frames, without those of this file and of the import machinery."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__]
    return traceback.format_list([frame for frame in own if "importlib" not in frame.filename])


if __name__ == "__main__":
    try:
        main()
    except SystemExit as ending:
        # Python's own exit would wait for the thread that reads the requests.
        sys.stderr.flush()
        os._exit(ending.code if isinstance(ending.code, int) else int(bool(ending.code)))
