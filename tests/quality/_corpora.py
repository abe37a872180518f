"""Corpora as passages with their vectors, and questions with the documents that answer them."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.local.bedrock_agent.knowledge_bases.drafts import _title
from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.chunk.headings import with_context
from app.local.engine.encoder import Vectors
from app.local.engine.parsers.process import Parser
from app.local.engine.transformer import Encoder
from tests.quality import CORPORA, scifact
from tests.quality.scifact import Relevant


@dataclass(frozen=True)
class Passage:
    document: str
    context: str
    text: str


@dataclass(frozen=True)
class Corpus:
    """Passages with their vectors, and questions with the documents that answer them."""

    name: str
    passages: Sequence[Passage]
    vectors: Vectors
    questions: Sequence[str]
    relevant: Sequence[Mapping[str, int]]


def awsdocs(encoder: Encoder) -> Corpus:
    """The pages as a Knowledge Base cuts and embeds them by default."""
    folder = CORPORA / "awsdocs_qa"
    with gzip.open(folder / "corpus.jsonl.gz", "rt") as lines:
        pages = [json.loads(line) for line in lines]
    passages: list[Passage] = []
    parser = Parser()
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "page.md"
        for page in pages:
            path.write_text(page["text"])
            sections = parser.parse(path, page["_id"]).sections
            passages += [
                Passage(page["_id"], piece.context, piece.text)
                for piece in chunk(sections, DEFAULT, encoder, _title(page["_id"]))
            ]
    parser.close()
    asked = [json.loads(line) for line in (folder / "qa_public.jsonl").read_text().splitlines()]
    questions = [one["question"] for one in asked]
    return _embedded(
        "awsdocs_qa", passages, questions, [{one["gold_doc"]: 1} for one in asked], encoder
    )


def xquad(encoder: Encoder) -> Corpus:
    folder = CORPORA / "xquad_en"
    lines = [json.loads(line) for line in (folder / "corpus.jsonl").read_text().splitlines()]
    asked = [json.loads(line) for line in (folder / "qa_public.jsonl").read_text().splitlines()]
    return _embedded(
        "xquad_en",
        [Passage(one["_id"], "", one["text"]) for one in lines],
        [one["question"] for one in asked],
        [{one["gold_passage"]: 1} for one in asked],
        encoder,
    )


def abstracts(encoder: Encoder) -> Corpus:
    with gzip.open(scifact.FOLDER / "corpus.jsonl.gz", "rt") as lines:
        passages = [
            Passage(one["_id"], "", f"{one['title']}\n{one['text']}")
            for one in map(json.loads, lines)
        ]
    judged: Relevant = scifact.relevant("train")
    claims = scifact.questions()
    return _embedded(
        "scifact, train", passages, [claims[one] for one in judged], list(judged.values()), encoder
    )


READERS: Mapping[str, Callable[[Encoder], Corpus]] = {
    "awsdocs_qa": awsdocs,
    "xquad_en": xquad,
    "scifact": abstracts,
}


def _embedded(
    name: str,
    passages: Sequence[Passage],
    questions: Sequence[str],
    relevant: Sequence[Mapping[str, int]],
    encoder: Encoder,
) -> Corpus:
    texts = [with_context(one.context, one.text) for one in passages]
    return Corpus(name, passages, encoder.encode(texts), questions, relevant)
