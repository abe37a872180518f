"""What the routes have in common: how a turn begins, and what becomes of it if nobody waits."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress

from app.aws import cancellation
from app.web.routes.dependencies import streamed_answer
from app.web.turns import Turns
from tests.web.backend import settings
from tests.web.served import SECONDS


def test_a_turn_ends_whose_caller_leaves_before_it_has_begun() -> None:
    under_way, ended = threading.Event(), threading.Event()

    def lines() -> Iterator[bytes]:
        under_way.set()
        pause = threading.Event()
        while cancellation().reason is None:
            pause.wait(0.01)
        ended.set()
        return iter(())

    async def leave() -> bool:
        waiting = asyncio.create_task(streamed_answer(Turns(1, SECONDS), lines, settings()))
        await asyncio.to_thread(under_way.wait, SECONDS)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        return await asyncio.to_thread(ended.wait, SECONDS / 2)

    assert asyncio.run(leave())
