"""Engines for tests: with parts of a test's own, and for the rest parts that cost nothing."""

from collections.abc import Callable

from app.local.engine import Engine
from app.local.engine.encoder import TextEncoder, TokenEncoder
from app.local.engine.parsers import SectionParser
from app.local.engine.store import Store, StoreConfiguration, Stores
from app.local.engine.token_file import TokenFile
from app.local.engine.token_memory import TokenMemory
from app.local.engine.writer import Model, Prompt, Sampling, Writing
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder, PlainParser


class NoModel:
    """For tests in which nothing is written."""

    uses_tools = False

    def count(self, prompt: Prompt) -> int:
        raise NotImplementedError

    async def write(self, prompt: Prompt, sampling: Sampling) -> Writing:
        raise NotImplementedError


class NoStores:
    """For tests in which nothing is stored."""

    def open(self, name: str, configuration: StoreConfiguration) -> Store:
        raise NotImplementedError

    def remove(self, name: str) -> None:
        raise NotImplementedError

    def names(self) -> set[str]:
        return set()


def engine_of(
    encoder: TokenEncoder | None = None,
    writer: Model | None = None,
    new_parser: Callable[[], SectionParser] = PlainParser,
    stores: Stores | None = None,
    multilingual: TextEncoder | None = None,
    token_file: TokenFile | None = None,
) -> Engine:
    encoder = encoder or HashingEncoder()
    return Engine(
        encoder,
        multilingual or HashingEncoder(),
        writer or NoModel(),
        new_parser,
        stores or NoStores(),
        TokenMemory(encoder, 0, token_file),
    )
