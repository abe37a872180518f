"""What a stream is made of is closed with it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from app.local.bedrock_agent_runtime.generation.model import Opened


class Source:
    closed = False

    async def aclose(self) -> None:
        self.closed = True


async def items() -> AsyncGenerator[int, None]:
    yield 1
    yield 2


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_source_is_closed_however_many_items_were_taken(count: int) -> None:
    async def take() -> tuple[list[int], bool]:
        source = Source()
        opened = Opened(items(), source)
        taken = [await anext(opened) for _ in range(count)]
        await opened.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(opened)
        return taken, source.closed

    assert asyncio.run(take()) == ([1, 2][:count], True)
