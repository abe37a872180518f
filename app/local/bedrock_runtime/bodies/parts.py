"""The parts of one kind among the blocks of a message."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.local.bedrock_runtime.bodies.family import JSON

T = TypeVar("T")


def parts_of(
    blocks: Sequence[JSON], where: str, read: Callable[[JSON, str], T | None]
) -> tuple[T, ...]:
    """The parts that `read` finds in the blocks of a message.

    Args:
        where: the place of the message, as errors name it.
        read: the part in a block, by the block's place; None where it holds another kind.
    """
    parts = (read(block, f"{where}.content.{place}") for place, block in enumerate(blocks))
    return tuple(part for part in parts if part is not None)
