"""Engines for tests: with parts of a test's own, and for the rest parts that cost nothing."""

from collections.abc import Callable
from pathlib import Path

from app.local.engine import Engine
from app.local.engine.encoder import TextEncoder
from app.local.engine.parsers import SectionParser
from app.local.engine.store import Store, embedded
from app.local.engine.writer import Model, Prompt, Sampling, Writing
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder, PlainParser


class NoModel:
    """For tests in which nothing is written."""

    uses_tools = False

    def count(self, prompt: Prompt) -> int:
        raise NotImplementedError

    async def write(self, prompt: Prompt, sampling: Sampling) -> Writing:
        raise NotImplementedError


def engine_of(
    encoder: TextEncoder | None = None,
    writer: Model | None = None,
    new_parser: Callable[[], SectionParser] = PlainParser,
    open_store: Callable[[Path], Store] = embedded,
) -> Engine:
    return Engine(encoder or HashingEncoder(), writer or NoModel(), new_parser, open_store)
