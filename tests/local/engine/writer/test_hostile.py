"""Prompts that are made to be slow: what the writer does grows with their length, not faster.

What is counted are calls, of Python's functions and of those in C, so that no machine is too slow
for these tests.
"""

import sys
from collections.abc import Callable, Sequence
from types import FrameType

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.encoder import TokenVectors, Vectors
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.question import LONGEST, Question
from app.local.engine.writer.reading import Answer, read
from app.local.engine.writer.rewrite import understand

FEW = 150
TIMES = 4
MOST = 1.3 * TIMES  # as many calls: n log n is below that, and n * n is at 16


def prompt(passages: Sequence[str], question: str = "How hard is quartz?") -> Prompt:
    some = [Passage(n, text, "s3://docs/a.md", 0.5) for n, text in enumerate(passages, 1)]
    made = answer_prompt(question, [], some)
    return Prompt(tuple(Turn(one.role, one.text) for one in made.messages), made.system)


def lines(line: str) -> Callable[[int], Prompt]:
    """A passage of so many lines, each with its number."""
    return lambda n: prompt(["\n".join(line.format(place) for place in range(n))])


def conversation(n: int) -> Prompt:
    turns = [
        turn
        for place in range(n)
        for turn in (
            Turn("user", f"And how hard is it in {place}?"),
            Turn("assistant", f"Quartz {place} has a hardness of 7."),
        )
    ]
    return Prompt((*turns, *prompt(["Quartz is hard."]).turns))


PROMPTS: dict[str, Callable[[int], Prompt]] = {
    "sentences of one word": lines("Word{}. "),
    "headings": lines("## Heading {}\n"),
    "headings of releases": lines("## 1.{}.0\n\n- Quartz\n"),
    "items": lines("- item {}"),
    "items that lead away": lines("- [item {}](a.md)"),
    "items, each below the last": lambda n: prompt(
        ["\n".join(f"{' ' * place}- a" for place in range(n))]
    ),
    "a ladder of items with many at its end": lambda n: prompt(
        ["\n".join([*(f"{' ' * place}- a" for place in range(30)), *[f"{' ' * 30}- b"] * n])]
    ),
    "items far apart": lambda n: prompt(["- a" + "\n" * n + "- b"]),
    "rows": lines("| quartz {} | 7 |"),
    "columns": lambda n: prompt(["|" + "a|" * n + "\n|" + "---|" * n + "\n|" + "b|" * n]),
    "definitions": lines("Quartz{}\n: is hard"),
    "questions": lines("How hard is quartz {}?"),
    "fences that are not closed": lines("```a{}\nquartz()"),
    "quoted fences": lines("> ```\n> {}"),
    "tags that are not closed": lines("<document index='{}'>"),
    "passages of lists": lambda n: prompt(["- quartz\n- b"] * n),
    "passages of tables": lambda n: prompt(["| quartz | 7 |\n| b | c |"] * n),
    "a question of names": lambda n: prompt(["Quartz."], "max_fee " * n),
    "a question of verbs": lambda n: prompt(["Quartz."], "the set of the set of " * n),
    "turns": conversation,
    **{
        f"a run of {sign!r}": lambda n, sign=sign: prompt([sign * n])  # type: ignore[misc]
        for sign in ("a", "[", "`", "|", "*", "(", "<", "{", "_", "#", ">", "\\", "![", "](", "'")
    },
}


@pytest.mark.parametrize("make", PROMPTS.values(), ids=PROMPTS.keys())
def test_what_is_done_grows_with_the_length_of_a_prompt(make: Callable[[int], Prompt]) -> None:
    few, many = make(FEW), make(TIMES * FEW)
    prepared(few)  # what is computed once, and remembered
    assert calls(many) <= MOST * calls(few)


def calls(some: Prompt) -> int:
    """How many calls it takes to understand a prompt, and to find what may be said."""
    count = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        prepared(some)
    finally:
        sys.setprofile(None)
    return count


def prepared(some: Prompt) -> None:
    match read(some):
        case Answer() as task:
            understand(task.question, task.conversation)
            question = Question(task.question)
            assert question.nouns is not None
            assert question.heads is not None
            candidates([one.text for one in task.passages], ["a.md"] * len(task.passages))
        case _:
            pass


class Counting(Encoder):
    """The encoder, with the number of characters that it was given to read."""

    characters = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.characters += sum(map(len, texts))
        return super().encode(texts)

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.characters += sum(map(len, texts))
        return super().tokens(texts)


@pytest.mark.parametrize("words", ["how hard is the quartz number ", "{} ", "max_fee{} "])
def test_of_a_question_without_end_the_beginning_and_the_end_are_looked_at(words: str) -> None:
    counting = Counting()
    question = "".join(map(words.format, range(1_000_000 // len(words))))
    Writer(counting).generate(prompt(["Quartz is hard."], question), Sampling())
    assert 0 < counting.characters < 3 * LONGEST  # with its words, each alone
