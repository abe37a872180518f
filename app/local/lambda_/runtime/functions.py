"""Functions: the catalogue, the runner and the pollers of a home, put together."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from app.local.lambda_.runtime.catalogue import FunctionCatalogue
from app.local.lambda_.runtime.pollers import RETRIES, Pollers
from app.local.lambda_.runtime.queues import MessageQueues
from app.local.lambda_.runtime.runner import (
    MOST_IN_ALL,
    InvocationOutcome,
    Runner,
    TooManyAtOnce,
)

JSON = dict[str, Any]


class Functions:
    """The functions of a home. They can be invoked at any time; events and messages of queues are
    processed between `start` and `close`.

    Args:
        home: definitions, code and logs are kept in `home/functions`.
        queues: have the messages of mappings, and keep events until they are processed.
        environment: variables for every function, which point boto3 at this stand-in. It is read
            whenever a process starts, so it can be filled in once the port is known.
        python_path: folders that functions can import from, besides their own code.
        account: the id of the functions' owner.
        region: the region that the functions are in.
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
        self.catalogue = FunctionCatalogue(folder)
        self.runner = Runner(folder, self.catalogue, region, environment, python_path)
        self._threads = ThreadPoolExecutor(MOST_IN_ALL, thread_name_prefix="lambda")
        self._waiting = 0  # coroutines that wait for a function
        self.pollers = Pollers(self.catalogue, queues, self.invoke, account, retries)

    def start(self) -> None:
        self.pollers.start()

    def close(self) -> None:
        """End all processes and threads, whatever they are doing."""
        self.pollers.stop()
        self.runner.close()
        self.pollers.join()
        self._threads.shutdown()
        self.catalogue.close()

    def arn(self, name: str) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{name}"

    def invoke(
        self, name: str, payload: str, request_id: str | None = None, context: JSON | None = None
    ) -> InvocationOutcome:
        """Run a function with this JSON text and wait for its outcome.

        Raises:
            NoSuchFunction: there is no function of this name.
            TooManyAtOnce: too many invocations are running.
            BadArchive: the code cannot be unpacked.
        """
        function = self.catalogue.get(name)
        identifier = request_id or str(uuid.uuid4())
        return self.runner.invoke(function, self.arn(name), payload, identifier, context)

    async def invoke_async(
        self, name: str, payload: str, request_id: str, context: JSON | None
    ) -> InvocationOutcome:
        """As `invoke`, for the event loop. A thread of this object's own waits for the process, so
        no handler's thread is held. The function goes on when this is cancelled, as in Lambda.
        """
        if self._waiting >= MOST_IN_ALL:
            raise TooManyAtOnce(name)
        self._waiting += 1
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(
            self._threads, self.invoke, name, payload, request_id, context
        )
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def _done(self, future: "asyncio.Future[InvocationOutcome]") -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # retrieved, also if nobody waits for it any more
