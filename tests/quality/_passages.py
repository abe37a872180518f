"""The passages that search finds for the questions of the evaluation sets, kept in a file.

A home with the documents of a set is asked once; what it finds is written to the file and read from
there afterwards. The pages of awsdocs_qa take ten minutes or more to index, the others one.
"""

import gzip
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.events import Passage
from tests.flows.home import laptop
from tests.quality import CORPORA, _readmes, _unseen

FOUND = 20  # passages that are kept of each question; the writer is shown the first five
LONGEST = 3600  # seconds that indexing may take
OWN = Path(__file__).parent / "_own_questions.jsonl"

Found = dict[str, list[Passage]]  # by question


@dataclass(frozen=True)
class Corpus:
    """The documents of an evaluation set, and the questions that are asked about them."""

    documents: Callable[[], Mapping[str, bytes]]
    questions: Callable[[], Collection[str]]


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def _paragraphs() -> dict[str, bytes]:
    lines = rows(CORPORA / "xquad_en" / "corpus.jsonl")
    return {f"{one['_id']}.md": one["text"].encode() for one in lines}


def _pages() -> dict[str, bytes]:
    with gzip.open(CORPORA / "awsdocs_qa" / "corpus.jsonl.gz", "rt") as lines:
        return {page["_id"]: page["text"].encode() for page in map(json.loads, lines)}


def _files() -> dict[str, bytes]:
    folder = CORPORA / "user_questions" / "docs"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _asked(*files: Path) -> Callable[[], list[str]]:
    return lambda: [one["question"] for path in files for one in rows(path)]


def ordinary() -> list[dict[str, Any]]:
    """The questions of the open half about ordinary documents; those of conversations are left
    out.
    """
    every = [*_unseen.conversations("ordinary"), *_unseen.conversations("near_misses")]
    return [turns[0] for turns in every if len(turns) == 1 and turns[0]["half"] == "open"]


CORPUS = {
    "ordinary": Corpus(
        lambda: _unseen.documents("ordinary"), lambda: [one["question"] for one in ordinary()]
    ),
    "readmes": Corpus(_readmes.documents, _asked(_readmes.QUESTIONS, _readmes.UNFITTED)),
    "xquad_en": Corpus(_paragraphs, _asked(CORPORA / "xquad_en" / "qa_public.jsonl")),
    "user_questions": Corpus(_files, _asked(CORPORA / "user_questions" / "questions_public.jsonl")),
    "awsdocs_qa": Corpus(_pages, _asked(CORPORA / "awsdocs_qa" / "qa_public.jsonl", OWN)),
}


def passages(file: Path, names: Collection[str], say: Callable[[str], None]) -> dict[str, Found]:
    """What was found for the questions of each set; from the file, or else from a home, whose
    answers are then written there. Sets that are not here are left out, in words.
    """
    known = read(file) if file.exists() else {}
    for name in names:
        if not is_here(name):
            say(f"{name} is left out: ../shared/eval/{name} is missing.")
        elif name not in known:
            say(f"A home reads the documents of {name} and is asked its questions.")
            known[name] = _ask(CORPUS[name])
            write(file, known)
    return {name: known[name] for name in names if name in known and is_here(name)}


def is_here(name: str) -> bool:
    """Whether the documents of a set are on this machine."""
    return name in ("readmes", "ordinary") or (CORPORA / name).exists()


def read(file: Path) -> dict[str, Found]:
    """
    >>> from tempfile import TemporaryDirectory
    >>> found = {"a set": {"How hard?": [Passage(1, "Quartz is hard.", "s3://docs/a.md", 0.9)]}}
    >>> with TemporaryDirectory() as folder:
    ...     write(Path(folder) / "dump.json", found)
    ...     read(Path(folder) / "dump.json") == found
    True
    """
    return {
        name: {question: [Passage(**one) for one in some] for question, some in found.items()}
        for name, found in json.loads(file.read_text()).items()
    }


def write(file: Path, found: Mapping[str, Found]) -> None:
    table = {
        name: {question: [asdict(one) for one in some] for question, some in one_set.items()}
        for name, one_set in found.items()
    }
    file.write_text(json.dumps(table, ensure_ascii=False))


def key(uri: str) -> str:
    """The path of a document in its bucket.

    >>> key("s3://docs/guides/setup.md")
    'guides/setup.md'
    """
    return uri.removeprefix("s3://").partition("/")[2]


def _ask(corpus: Corpus) -> Found:
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        bucket = Path(scratch) / "s3" / home.settings.documents_bucket
        documents = corpus.documents()
        for name, content in documents.items():
            path = bucket / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name in documents:
            home.until(name, lambda _: True, seconds=LONGEST)

        def search(question: str) -> Iterator[Passage]:
            answer = home.call("POST", "/search", {"query": question, "limit": FOUND})
            for one in answer["passages"]:
                yield Passage(one["number"], one["text"], one["uri"], one["score"], one["page"])

        return {question: list(search(question)) for question in dict.fromkeys(corpus.questions())}
