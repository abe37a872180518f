"""`python -m app.web --port N`: serve the application on the loopback interface.

It prints `{"url": ...}` when it accepts requests. It ends on SIGTERM, or when its standard input is
closed: after the answers under way, or with their errors (`server.py`).
"""

import argparse
import json
import logging
import os
import socket
import sys
from threading import Thread

from app.aws import clients
from app.budgets import ledger
from app.errors import OperatorError
from app.models.allowed import check_setting
from app.models.model import configured_model
from app.settings import Settings, read
from app.web import application
from app.web.memory import share_one_arena
from app.web.request_ids import WithRequestId
from app.web.server import Server

# How soon a thread has to let another run. The loop, which answers short calls, is one among the
# threads of all turns under way: by Python's own 5 ms it waits ten times as long for its turn. The
# stand-in, a program of its own, has the same value for another reason (`app.local.switching`).
SWITCH_SECONDS = 0.0005
GRACE_SECONDS, LAST_WORDS_SECONDS = 5, 3  # together less than the parent process waits


def main() -> None:
    """Read the settings, bind, serve."""
    arguments = argparse.ArgumentParser(prog="python -m app.web")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    port = arguments.parse_args().port
    sys.setswitchinterval(SWITCH_SECONDS)
    share_one_arena()
    _log()
    try:
        settings = read(Settings)
        configured_model(settings)
        check_setting(settings)
        app = application(clients(settings.deadline_seconds), settings, ledger=ledger(settings))
        listener = _listener(port)
    except OperatorError as error:
        sys.exit(error.detail)
    server = Server(
        app,
        app.state.turns,
        grace=GRACE_SECONDS,
        last_words=LAST_WORDS_SECONDS,
        proxy_headers=False,  # no proxy stands before it
    )
    Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    host, port = listener.getsockname()
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)  # noqa: T201
    server.run(sockets=[listener])


def _listener(port: int) -> socket.socket:
    """A socket that accepts connections already; they wait until the server reads them."""
    # asyncio sends small writes at once only where the socket says that it is TCP; else the parts
    # of a stream wait for the client's delayed ACK, 40 ms. `socket.create_server` does not say.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OperatorError(
            f"Port {port} cannot be had ({error.strerror}). Set OUTCROP_PORT to another."
        ) from error
    return listener


def _stop_at_end_of_input(server: Server) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # unbuffered: a thread must not hold the buffer's lock
        pass
    server.should_exit = True


def _log() -> None:
    handler = logging.StreamHandler()
    handler.addFilter(WithRequestId())
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # It would warn that more connections are in use than are kept open, which is normal.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


if __name__ == "__main__":
    main()
