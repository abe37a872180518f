"""Moves the chunks of a home into OpenSearch, or back, while nobody serves it: by
`app.local.reindex`, a process.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from pydantic import SecretStr

from app.deploy.laptop.children import last_words
from app.deploy.laptop.home import private, take, usable
from app.deploy.laptop.opensearch import opensearch_file
from app.deploy.laptop.record import lock_file
from app.errors import OperatorError
from app.settings import LaptopSettings, inherited_environment

EMBEDDED = "embedded"
LOOK_SECONDS = 0.5


def reindex(settings: LaptopSettings, to: str) -> Iterator[dict[str, Any]]:
    """Move the chunks. Yields each step: `base`, `done` and `total` documents; or, when all are
    moved, `left`: why the old ones could not be removed.

    Args:
        settings: say where the chunks are, and how to speak to OpenSearch.
        to: the URL of an OpenSearch, or EMBEDDED.

    Raises:
        OperatorError: the home is being served, or a store cannot be used. The chunks are where
            they were.
    """
    home = usable(settings.home)
    environment = inherited_environment()
    target_settings = settings.model_copy(
        update={"opensearch_url": None if to == EMBEDDED else SecretStr(to)}
    )
    source_settings = (
        settings if to == EMBEDDED else target_settings.model_copy(update={"opensearch_url": None})
    )
    command = [sys.executable, "-P", "-m", "app.local.reindex", "--home", str(home)]
    log = home / "reindex.log"
    with ExitStack() as stack:
        lock = take(lock_file(home), LOOK_SECONDS)
        if lock is None:
            raise OperatorError(f"{home} is being served. Stop that first.")
        stack.callback(lock.close)
        for option, place in (("source", source_settings), ("target", target_settings)):
            if file := opensearch_file(place, environment, f"reindex-{option}.json"):
                stack.callback(file.unlink, missing_ok=True)
                command += [f"--{option}", str(file)]
        # It ends with this process, by its standard input, and holds the lock until it has.
        process = stack.enter_context(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stack.enter_context(private(log, os.O_TRUNC)),
                text=True,
                pass_fds=(lock.fileno(),),
                process_group=0,  # Ctrl-C is for the command, which then ends it
            )
        )
        assert process.stdout
        stack.callback(process.terminate)
        for line in process.stdout:
            yield json.loads(line)
        if process.wait():
            raise OperatorError(
                f"The chunks were not moved, and are where they were: {last_words(log)} Call it "
                "again, and it goes on."
            )
