"""The engine: the work behind the services, handed to them as one value.

    document    bytes -- parsers -- chunk -- transformer -- store
    question    words -- transformer -- store -- retrieval -- late_order, or reranking
                words -- implicit -- a filter
    prompt      passages and a question -- writer; tools, or a schema -- planner, writer
    text        a guardrail's policies -- guard

The engine knows neither AWS nor the wire: it takes and returns values of its own. A service checks
what its caller sends, and translates it to these values and back.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the process that parses documents imports this package, and needs none of them
    from app.local.engine.encoder import Languages, TextEncoder, TokenEncoder, Vectors
    from app.local.engine.guard import Guard
    from app.local.engine.implicit import Attribute
    from app.local.engine.multilingual import MultilingualEncoder
    from app.local.engine.parsers import SectionParser
    from app.local.engine.retrieval import Query, RankedHit
    from app.local.engine.store import Store, Stores
    from app.local.engine.store.filters import Filter
    from app.local.engine.token_memory import TokenMemory
    from app.local.engine.transformer import Encoder
    from app.local.engine.writer import Model

Precision = Literal["int8", "fp32"]

LATE_BYTES = 45_000_000  # of tokens in memory for the order of searches: 700 chunks of 300
LATE_FILE = "tokens.sqlite"
LATE_FILE_BYTES = 500_000_000  # of tokens in a file beside the stores: 8,000 chunks of 300


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that parses, embeds, stores, finds and writes in one stand-in.

    Attributes:
        encoder: embeds English texts and their tokens, and counts the tokens of any text.
        multilingual: embeds texts of many languages.
        writer: writes answers.
        new_parser: starts a parser, which its caller closes.
        stores: the vector stores by name.
        late: reads the first hits of a search in English for their final order; without it, the
            order is the search's.
    """

    encoder: "TokenEncoder"
    multilingual: "TextEncoder"
    writer: "Model"
    new_parser: "Callable[[], SectionParser]"
    stores: "Stores"
    late: "TokenMemory | None" = None

    def encoder_of(self, languages: "Languages") -> "TextEncoder":
        return self.multilingual if languages == "multilingual" else self.encoder

    @property
    def guard(self) -> "Guard":
        """Judges texts by the policies of guardrails."""
        from app.local.engine.guard import Guard
        from app.local.engine.guard.grounding import Grounding

        return Guard(self.encoder, Grounding(self.encoder, self.multilingual))

    def close(self) -> None:
        """Close the files of the engine itself; stores are closed by whoever opened them."""
        if self.late is not None:
            self.late.close()

    def embed(
        self, texts: Sequence[str], documents: Sequence[str], languages: "Languages"
    ) -> "Vectors":
        """The vectors of chunks for a store. What they are made of is remembered for the order of
        searches, as far as there is room, until `forget` is called for their document.

        Args:
            texts: of the chunks.
            documents: that each of them is of.
            languages: which encoder it is.
        """
        if self.late is None or languages != "english":
            return self.encoder_of(languages).encode(texts)
        from app.local.engine.late_order import LONGEST

        return self.late.embed(texts, documents, LONGEST)

    def forget(self, document: str, but: Collection[str] = ()) -> None:
        """Forget what is remembered of a document's chunks, but for these texts of them."""
        if self.late is not None:
            self.late.forget(document, but)

    def keep(self, documents: Collection[str]) -> None:
        """Forget what is remembered of any other document than these."""
        if self.late is not None:
            self.late.keep(documents)

    def retrieve(
        self, store: "Store", query: "Query", languages: "Languages" = "english"
    ) -> "list[RankedHit]":
        """The chunks of a store that fit a question best, by the encoder that filled the store."""
        from app.local.engine.retrieval import retrieve

        late = self.late if languages == "english" else None
        return retrieve(self.encoder_of(languages), store, query, late)

    def implicit_filter(
        self, store: "Store", question: str, attributes: "Sequence[Attribute]"
    ) -> "Filter | None":
        """The filter on a store's chunks that a question implies; None if it implies none."""
        from app.local.engine.implicit import implicit_filter

        return implicit_filter(question, attributes, store.values)

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers a question, 0 to 1, in the order of the texts."""
        from app.local.engine.reranking import rerank

        return rerank(self.encoder, question, texts)


def load(
    stores: Path,
    precision: Precision = "int8",
    model_url: str | None = None,
    model: str | None = None,
    opensearch: Path | None = None,
) -> Engine:
    """Load the laptop's engine, in about 0.2 s.

    Args:
        stores: the folder that the stores lie in.
        precision: how the encoder computes.
        model_url: an OpenAI-compatible server that writes the answers; without one the extractive
            writer does.
        model: which of that server's models; its first by default.
        opensearch: the file that says which OpenSearch has the stores; by default they are
            embedded.

    Raises:
        WrongWeights: the encoder's files are missing, or not the published ones.
        StoreError: the stores are elsewhere, or OpenSearch cannot be used.
    """
    from app.local.engine.parsers.process import Parser
    from app.local.engine.planner import Planner
    from app.local.engine.store.place import open_stores
    from app.local.engine.token_file import TokenFile
    from app.local.engine.token_memory import TokenMemory
    from app.local.engine.writer import Server, Writer

    encoder, multilingual = encoders(precision)
    if model_url:
        writer: Model = Server(model_url, encoder, model)
    else:
        writer = Writer(encoder, Planner(encoder), multilingual)
    opened = open_stores(stores, opensearch)
    reader = f"{encoder.identity} {precision}"
    file = TokenFile(stores / LATE_FILE, LATE_FILE_BYTES, encoder.dimension, reader)
    late = TokenMemory(encoder, LATE_BYTES, file)
    return Engine(encoder, multilingual, writer, Parser, opened, late)


@cache
def encoders(precision: "Precision") -> "tuple[Encoder, MultilingualEncoder]":
    """The encoders of a process: all of its engines share them, since they keep nothing of a text.

    Raises:
        WrongWeights: the files are missing, or not the published ones.
    """
    from app.local.engine.multilingual import MultilingualEncoder
    from app.local.engine.transformer import Encoder

    encoder = Encoder(precision)
    return encoder, MultilingualEncoder(encoder)
