"""All of Lambda's working parts, put together: what its API stands on."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

from app.local.lambda_.runtime.background import RETRIES, Background
from app.local.lambda_.runtime.catalogue import Catalogue
from app.local.lambda_.runtime.queues import MessageQueues
from app.local.lambda_.runtime.runner import (
    MOST_IN_ALL,
    Outcome,
    Runner,
    TooManyAtOnce,
)

JSON = dict[str, Any]


class Functions:
    """The functions of a home. Invocations can be asked for at any time; events and messages are
    taken up between `start` and `close`.

    Args:
        home: definitions, code and logs are kept in `home/functions`.
        queues: where messages come from, and where events wait.
        environment: variables for every function, which point boto3 at this stand-in. It is read
            whenever a process starts, so that it can be filled in once the port is known.
        python_path: where functions may import from, beside their own code.
        account: whose functions they are.
        region: where they are.
        retries: seconds before the second and the third attempt of an event.

    Raises:
        InUse: another process works on this home.
    """

    def __init__(
        self,
        home: Path,
        queues: MessageQueues,
        environment: Mapping[str, str],
        python_path: Sequence[Path] = (),
        account: str = "000000000000",
        region: str = "us-east-1",
        retries: Sequence[int] = RETRIES,
    ) -> None:
        folder = home / "functions"
        self.account, self.region = account, region
        self.catalogue = Catalogue(folder)
        self.runner = Runner(folder, self.catalogue, region, environment, python_path)
        self._threads = ThreadPoolExecutor(MOST_IN_ALL, thread_name_prefix="lambda")
        self._waiting = 0  # for functions, on the event loop
        self.background = Background(self.catalogue, queues, self.invoke, account, retries)

    def start(self) -> None:
        self.background.start()

    def close(self) -> None:
        """All processes and threads end, whatever they are doing."""
        self.background.stop()
        self.runner.close()
        self.background.join()
        self._threads.shutdown()
        self.catalogue.close()

    def __enter__(self) -> "Functions":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def arn(self, name: str) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{name}"

    def invoke(
        self, name: str, payload: str, request_id: str | None = None, context: JSON | None = None
    ) -> Outcome:
        """Run a function with this JSON text and wait for what it says.

        Raises:
            NoSuchFunction: there is none of this name.
            TooManyAtOnce: it has too many invocations under way.
            BadArchive: its code cannot be unpacked.
        """
        function = self.catalogue.get(name)
        identifier = request_id or str(uuid.uuid4())
        return self.runner.invoke(function, self.arn(name), payload, identifier, context)

    async def invoke_waiting(
        self, name: str, payload: str, request_id: str, context: JSON | None
    ) -> Outcome:
        """The same for the event loop. The thread that waits for the function's process belongs to
        that process, and to no handler. The function goes on when this is cancelled, as in Lambda.
        """
        if self._waiting >= MOST_IN_ALL:
            raise TooManyAtOnce(name)
        self._waiting += 1
        loop = asyncio.get_running_loop()
        invoked = loop.run_in_executor(
            self._threads, self.invoke, name, payload, request_id, context
        )
        invoked.add_done_callback(self._done)
        return await asyncio.shield(invoked)

    def _done(self, invoked: "asyncio.Future[Outcome]") -> None:
        self._waiting -= 1
        if not invoked.cancelled():
            invoked.exception()  # seen, also where nobody waits for it any more
