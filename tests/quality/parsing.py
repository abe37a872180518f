"""Parsing, on two projects' own test documents: what of the expected text is found.

    words    multiset recall and precision of words against expected Markdown, mean over documents
    strings  how many of the strings that must be in the text are there, and of those that must not

The floors are those of naive parsers. Documents are parsed by the worker, as in ingestion. One of a
type that is not read counts as such, with the reason that a person gets; anything else that goes
wrong ends the run.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from statistics import mean
from typing import Any

from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.process import Parser
from tests.quality import CORPORA
from tests.tables import Table

FLOORS = {".csv": 1.0, ".docx": 0.806, ".html": 0.963, ".md": 1.0, ".pdf": 0.963, ".xlsx": 0.766}
DOCLING = CORPORA / "docparse_docling"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

JSON = dict[str, Any]
Texts = Mapping[str, str | Unreadable]  # by file


def run() -> Iterator[Table]:
    for name, tables in (("docparse_docling", _docling), ("docparse_markitdown", _markitdown)):
        folder = CORPORA / name
        if not folder.exists():
            yield Table(name, (), (), notes=[f"skipped: ../shared/eval/{name} is not here"])
            continue
        entries = [json.loads(line) for line in (folder / "manifest.jsonl").open()]
        yield from tables(folder, entries, _parsed(folder, entries))


def ratios(suffix: str) -> tuple[float, float]:
    """The mean recall and precision of words over docling's documents of one type."""
    lines = (DOCLING / "manifest.jsonl").read_text().splitlines()
    entries = [each for each in map(json.loads, lines) if each["file"].endswith(suffix)]
    texts = _parsed(DOCLING, entries)
    each = [_shares(texts[one["file"]], DOCLING / one["expected"]) for one in entries]
    recalls, precisions = zip(*each, strict=True)
    return mean(recalls), mean(precisions)


def _docling(folder: Path, entries: Sequence[JSON], texts: Texts) -> Iterator[Table]:
    pairs = [(entry["file"], folder / entry["expected"]) for entry in entries]
    yield _words("Parsing: docling's test documents, words", pairs, texts)


def _markitdown(folder: Path, entries: Sequence[JSON], texts: Texts) -> Iterator[Table]:
    yield _strings("Parsing: markitdown's test documents, strings", entries, texts)
    pairs = [
        (each["file"], folder / each["expected_md"]) for each in entries if "expected_md" in each
    ]
    yield _words("Parsing: markitdown's test documents, words", pairs, texts)


def _parsed(folder: Path, entries: Sequence[JSON]) -> Texts:
    texts: dict[str, str | Unreadable] = {}
    parser = Parser()
    for entry in entries:
        path = folder / entry["file"]
        try:
            sections = parser.parse(path, path.name, charset=entry.get("charset")).sections
            texts[entry["file"]] = "\n\n".join(section.text for section in sections)
        except Unreadable as reason:
            texts[entry["file"]] = reason
    parser.close()
    return texts


def _words(title: str, pairs: Sequence[tuple[str, Path]], texts: Texts) -> Table:
    recalls, precisions = defaultdict(list), defaultdict(list)
    for file, path in pairs:
        recall, precision = _shares(texts[file], path)
        recalls[Path(file).suffix].append(recall)
        precisions[Path(file).suffix].append(precision)
    return Table(
        title,
        ("format", "documents", "recall", "floor", "precision"),
        [
            (
                suffix,
                str(len(each)),
                f"{mean(each):.3f}",
                f"{FLOORS[suffix]:.3f}" if suffix in FLOORS else "",
                f"{mean(precisions[suffix]):.3f}",
            )
            for suffix, each in sorted(recalls.items())
        ],
    )


def _shares(text: str | Unreadable, path: Path) -> tuple[float, float]:
    """The share of the expected words that are there, and of the words that are expected."""
    found, expected = _count(str(text)), _count(unescape(_COMMENT.sub("", path.read_text())))
    both = (found & expected).total()
    return both / expected.total(), both / found.total()


def _count(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.lower()))


def _strings(title: str, entries: Sequence[JSON], texts: Texts) -> Table:
    rows, notes = [], []
    by_suffix: dict[str, list[JSON]] = defaultdict(list)
    for entry in entries:
        by_suffix[Path(entry["file"]).suffix].append(entry)
    for suffix, group in sorted(by_suffix.items()):
        text = texts[group[0]["file"]]
        if isinstance(text, Unreadable):
            rows.append((suffix, str(len(group)), "not read", "not read"))
            notes.append(f"{suffix}: {text}")
            continue
        there = [_there(each, texts, "must_include") for each in group]
        wrong = [_there(each, texts, "must_not_include") for each in group]
        rows.append((suffix, str(len(group)), _ratio(there), _ratio(wrong)))
    return Table(title, ("format", "documents", "must be there", "must not"), rows, notes)


def _there(entry: JSON, texts: Texts, member: str) -> tuple[int, int]:
    strings = entry.get(member, [])
    return sum(string in str(texts[entry["file"]]) for string in strings), len(strings)


def _ratio(counts: Sequence[tuple[int, int]]) -> str:
    return f"{sum(found for found, _ in counts)} of {sum(all_ for _, all_ in counts)}"
