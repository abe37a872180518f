"""Corpora as passages with their vectors, and questions with the documents that answer them."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.local.bedrock_agent.knowledge_bases.drafts import title_of_file
from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.chunk.headings import with_context
from app.local.engine.encoder import Vectors
from app.local.engine.parsers.process import Parser
from app.local.engine.transformer import Encoder
from tests.quality import CORPORA, _readmes, scifact
from tests.quality._score import Score
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
    passages = _cut({page["_id"]: page["text"].encode() for page in pages}, encoder)
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


def users(encoder: Encoder) -> Corpus:
    """The questions that the documents answer."""
    score = Score()
    paths = sorted(one for one in score.documents.rglob("*") if one.is_file())
    asked = [
        one
        for one in score.questions("questions_public.jsonl")
        if one["gold_docs"] and not one["abstain"]
    ]
    return _embedded(
        "user_questions",
        _cut(
            {one.relative_to(score.documents).as_posix(): one.read_bytes() for one in paths},
            encoder,
        ),
        [one["question"] for one in asked],
        [dict.fromkeys(one["gold_docs"], 1) for one in asked],
        encoder,
    )


def readmes(encoder: Encoder) -> Corpus:
    """The questions whose documents are installed."""
    documents = _readmes.documents()
    asked = [
        one
        for one in map(json.loads, _readmes.QUESTIONS.read_text().splitlines())
        if one.get("documents") and documents.keys() >= set(one["documents"])
    ]
    return _embedded(
        "readmes",
        _cut(documents, encoder),
        [one["question"] for one in asked],
        [dict.fromkeys(one["documents"], 1) for one in asked],
        encoder,
    )


READERS: Mapping[str, Callable[[Encoder], Corpus]] = {
    "awsdocs_qa": awsdocs,
    "xquad_en": xquad,
    "user_questions": users,
    "readmes": readmes,
    "scifact": abstracts,
}


def _cut(documents: Mapping[str, bytes], encoder: Encoder) -> list[Passage]:
    """Documents as a Knowledge Base parses and cuts them by default."""
    parser = Parser()
    passages: list[Passage] = []
    with TemporaryDirectory() as scratch:
        for name, content in documents.items():
            path = Path(scratch) / Path(name).name
            path.write_bytes(content)
            sections = parser.parse(path, name).sections
            passages += [
                Passage(name, piece.context, piece.text)
                for piece in chunk(sections, DEFAULT, encoder, title_of_file(name))
            ]
    parser.close()
    return passages


def _embedded(
    name: str,
    passages: Sequence[Passage],
    questions: Sequence[str],
    relevant: Sequence[Mapping[str, int]],
    encoder: Encoder,
) -> Corpus:
    texts = [with_context(one.context, one.text) for one in passages]
    return Corpus(name, passages, encoder.encode(texts), questions, relevant)
