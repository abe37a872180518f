"""What the writer answers to the questions of the evaluation sets, with the passages that it was
shown: answers that a guardrail must let pass if they are right.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.citations.abstention import is_abstention
from app.events import Passage
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from tests.quality import CORPORA, languages
from tests.quality._figures import answer
from tests.quality._labelled import SHOWN, share_held
from tests.quality._passages import Found, passages, rows
from tests.quality._readmes import QUESTIONS
from tests.quality._score import Score
from tests.quality.answers import contains


@dataclass(frozen=True)
class Written:
    """An answer.

    Attributes:
        origin: the evaluation set; of the parallel set its language.
        sources: the passages that the writer was shown.
        cited: whether it cites one.
        right: whether it is a right answer, by the measure of its set.
    """

    origin: str
    question: str
    answer: str
    sources: tuple[str, ...]
    cited: bool
    right: bool


def written(file: Path, names: Collection[str], every: int = 1) -> list[Written]:
    """The answers to the questions of these sets, and of the parallel set.

    Args:
        file: keeps what search found, as `_passages` does.
        every: of xquad_en, every so many questions.
    """
    encoder = Encoder()
    writer = Writer(encoder, multilingual=MultilingualEncoder(encoder))
    results = []
    for name, one in passages(file, names, print).items():
        results += list(_of_set(writer, name, one, every))
    return results + list(parallel(writer))


def _of_set(writer: Writer, name: str, passages_of: Found, every: int) -> Iterator[Written]:
    score = Score() if name == "user_questions" else None
    for row in _rows(name)[:: every if name == "xquad_en" else 1]:
        shown = passages_of.get(row["question"], [])[:SHOWN]
        if not shown:
            continue
        text, uris = answer(writer, row["question"], shown)
        if score:
            judged = score.judge(row, {"answer": text, "citations": [{"uri": u} for u in uris]})
            right = judged["outcome"] == "right"
        elif name == "readmes":
            right = share_held(row, text) == 1
        else:
            right = contains(text, row.get("answers") or [row["answer"]])
        yield _written(name, row["question"], text, shown, uris, right)


def _rows(name: str) -> list[dict[str, Any]]:
    files = {
        "user_questions": CORPORA / "user_questions" / "questions_public.jsonl",
        "readmes": QUESTIONS,
    }
    return rows(files.get(name, CORPORA / name / "qa_public.jsonl"))


def parallel(
    writer: Writer, codes: Collection[str] = tuple(languages.LANGUAGES)
) -> Iterator[Written]:
    """The answers to the questions of the parallel set, from their passage and four more."""
    for code in codes:
        one = languages.LANGUAGES[code]
        texts = [f"# {each['title']}\n\n{each['text']}\n" for each in one["passages"]]
        for number, each in enumerate(one["passages"]):
            order = [number, *((number + step) % len(texts) for step in (1, 2, 3, 4))]
            shown = [
                Passage(place, texts[where], f"s3://d/{where}.md", 1.0)
                for place, where in enumerate(order, 1)
            ]
            text, uris = answer(writer, each["question"], shown)
            right = any(words in text for words in each["answer"])
            yield _written(code, each["question"], text, shown, uris, right)


def _written(
    origin: str,
    question: str,
    text: str,
    shown: Sequence[Passage],
    uris: Sequence[str],
    right: bool,
) -> Written:
    cited = bool(uris) and not is_abstention(text)
    return Written(origin, question, text, tuple(one.text for one in shown), cited, right)
