"""`python -m app.local --home DIR --port N`: serve the laptop's AWS on the loopback interface.

When it is ready, it prints `{"url": ..., "accessKeyId": ..., "secretAccessKey": ...}`. It ends on
SIGTERM, or when its standard input is closed. The access key is new at each start. A page in a
browser may use URLs that are presigned with it, and no others. All files are readable by the user
alone.
"""

import argparse
import gc
import json
import logging
import sqlite3
import sys
from pathlib import Path
from secrets import token_hex

from app.local.database import Damaged, InUse
from app.local.disk import disk_problem
from app.local.engine.store import StoreError
from app.local.faults import Faults
from app.local.parent import end_with_input
from app.local.permissions import close_to_others
from app.local.stand_in import Options, StandIn
from app.local.switching import switch_soon
from app.local.wire import Application, serve
from app.local.wire.fault_schedule import FaultSchedule

HOST = "127.0.0.1"
KEY_PREFIX = "STANDIN"  # so that nobody takes it for a key of AWS


def main() -> None:
    """Open the home, serve, and close it again."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log a line for every request
    logging.getLogger("opensearch").setLevel(logging.ERROR)  # its errors are the store's to tell
    arguments = _arguments().parse_args()
    switch_soon()
    close_to_others(arguments.home)
    key = {"accessKeyId": f"{KEY_PREFIX}{token_hex(6).upper()}", "secretAccessKey": token_hex(20)}
    options = Options(
        *(arguments.home, arguments.precision, arguments.model_url, arguments.model),
        keys={key["accessKeyId"]: key["secretAccessKey"]},
        opensearch=arguments.opensearch,
    )
    schedule = _schedule(arguments.schedule) if arguments.schedule else None
    with _open(options) as stand_in:
        faults = Faults(schedule) if schedule or arguments.faults else None
        application = Application(
            stand_in.services, options.home / "spool", faults, stand_in.endpoints
        )

        def ready(port: int) -> None:
            url = f"http://{HOST}:{port}"
            stand_in.start(url)
            end_with_input()
            gc.freeze()  # a collection that looked at all this would hold up every thread for 70 ms
            print(json.dumps({"url": url} | key), flush=True)  # noqa: T201

        try:
            serve(application, HOST, arguments.port, ready)
        except StoreError as error:
            sys.exit(str(error))
        except OSError as error:
            sys.exit(
                f"Port {arguments.port} cannot be had ({error.strerror}). "
                "Set OUTCROP_STAND_IN_PORT, or --port of `outcrop local`, to another."
            )


def _open(options: Options) -> StandIn:
    """Open the stand-in. Whatever is wrong with the home ends the process with a message of one
    line.
    """
    try:
        return StandIn(options)
    except (Damaged, InUse, StoreError) as error:
        sys.exit(str(error))
    except (OSError, sqlite3.Error) as error:
        sys.exit(disk_problem(error) or f"{options.home} cannot be opened: {error}")


def _schedule(file: Path) -> FaultSchedule:
    try:
        return FaultSchedule(file.read_text())
    except OSError as error:
        sys.exit(f"The schedule of faults cannot be read: {error}")
    except ValueError as error:
        sys.exit(f"{file}, {error}")


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="python -m app.local", description=__doc__)
    arguments.add_argument("--home", type=Path, required=True, help="where everything is kept")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    arguments.add_argument("--model-url", help="an OpenAI-compatible server that writes answers")
    arguments.add_argument("--model", help="the model to ask it for")
    arguments.add_argument(
        "--opensearch", type=Path, help="a file that says which OpenSearch has the chunks"
    )
    arguments.add_argument("--faults", action="store_true", help="let tests order faults")
    arguments.add_argument("--schedule", type=Path, help="a file of faults; tests may order more")
    return arguments


if __name__ == "__main__":
    main()
