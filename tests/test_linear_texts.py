"""No function that reads texts of users, documents or models is slow on any of them.

Each is called with long runs of the signs that documents have. See `test_linear.py` for the regular
expressions, which are tried one by one.
"""

from collections.abc import Callable

import pytest

from app import models
from app.citations.cite import cite
from app.citations.disguise import Disguise
from app.citations.quote import Quotable, words
from app.citations.sentences import units
from app.events import Passage
from app.local.bedrock_agent_runtime.agents.chunks import masked_part
from app.local.bedrock_agent_runtime.agents.default_parser import inner, parts_of
from app.local.bedrock_agent_runtime.agents.prompts import fill
from app.local.bedrock_agent_runtime.agents.templates import read_template
from app.local.bedrock_runtime.bodies.conversation import speakers
from app.local.bedrock_runtime.bodies.templates import headers, instructions
from app.local.control.wildcards import matches_pattern
from app.local.engine.chunk import chunk
from app.local.engine.guard import words as guard_words
from app.local.engine.guard.policy import Word
from app.local.engine.parsers import Section
from app.local.engine.parsers.delimited import read
from app.local.engine.parsers.markdown import without_front_matter
from app.local.engine.parsers.render import table, tidy
from app.local.engine.planner.clauses import clauses
from app.local.engine.planner.currencies import currencies
from app.local.engine.planner.glossary import expanded
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.reading import asked as request_text
from app.local.engine.planner.texts import expressions, message, query, statement
from app.local.engine.store.analysis import terms
from app.local.engine.text import sentences
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.categories import sort_in
from app.local.engine.writer.message import literals
from app.local.engine.writer.message.context import find
from app.local.engine.writer.message.markup import elements
from app.local.engine.writer.message.passages import split
from app.local.engine.writer.message.wishes import abstention, mark
from app.local.engine.writer.prompt import Prompt, Turn
from app.local.engine.writer.question import Question
from app.local.engine.writer.question.measures import asks_measure, lacks_measure
from app.local.engine.writer.question.phrases import phrases
from app.local.engine.writer.quotes import locate
from app.local.engine.writer.reading import read as read_prompt
from app.local.engine.writer.recaps import recap_in
from app.local.engine.writer.rewrite import rewrite
from app.local.judgement import Mask
from app.models.families.transcript import transcript
from tests.linear import RUNS, nonlinear
from tests.local.engine.test_chunk import ENCODER, fixed, hierarchical

LENGTH = 2400  # characters
QUICK = 0.05  # seconds


def _cited_in_pieces(text: str) -> object:
    return list(cite(text, [Passage(1, "a 1 [1]. b", "s3://docs/a.md", 0.1)]))


def _cited_in_one_piece(text: str) -> object:
    return list(cite([text], [Passage(1, "a 1 [1]. b", "s3://docs/a.md", 0.1)]))


def _cited_from(text: str) -> object:
    return list(cite(["a b c [1]. " * 20], [Passage(1, text, "s3://docs/a.md", 0.1)]))


def _quoted(text: str) -> object:
    return Quotable(text).nearest("a 1 b")


def _cut(text: str) -> object:
    return [
        chunk([Section(text, None)], how, ENCODER)
        for how in (fixed(50, 20), hierarchical(60, 20, 5))
    ]


def _rewritten(text: str) -> object:
    said = (Turn("user", f"What is in {text}?"), Turn("assistant", text))
    return [
        rewrite(question, said) for question in (text, f"And it {text}", f"And in {text}", "Why?")
    ]


def _read_as_prompt(text: str) -> object:
    prompts = (text, f"<passage n='1'>{text}</passage> Why?", f"Context: {text}\n\nQuestion: Why?")
    return [
        read_prompt(Prompt((Turn("user", prompt),), f"Rewrite it, standalone. {text}"))
        for prompt in prompts
    ]


def _asked(text: str) -> object:
    question = Question(f"What is {text}?")
    return question.kind, question.names, question.numbers, question.definition


MEASURES = "How long, fast, tall and heavy is it, what is its price, colour and temperature? "


def _measured(text: str) -> object:
    question = MEASURES + text
    return lacks_measure(question, text), asks_measure(question, "price")


def _requested(text: str) -> object:
    """What a planner reads in a text before it looks at a tool."""
    request = Utterance(text)
    return (
        (request.mentions, request.phrases, clauses(text), request_text(text), expressions(text)),
        (message(text), query(text), statement(text), currencies(text), expanded(text, True)),
    )


def _rows(text: str) -> object:
    return table(read(text))


def _read_for_agents(text: str) -> object:
    """What is read of an agent's templates, replies and conversations."""
    system = f"Category A: harmful {text}\nCategory D: can be answered <category> {text}"
    return (
        sort_in(Prompt((Turn("user", text),), f'{system} [{{"name": "{text}')),
        recap_in(f"<summary> <conversation>User: {text}\nAssistant: {text}</conversation>"),
        fill(
            read_template(f"Human: {text}\n\nAssistant: $question$ {text}").text, {"question": text}
        ),
        read_template(f'{{"system": "{text}'),
        inner(f"<answer>{text}", "answer"),
        parts_of(f"<answer_part><text>{text}</text>{text}", ()),
        masked_part(text, [Mask(0, place, place + 2, "{X}") for place in range(0, 99, 3)], 0, 9999),
    )


TEXTS: dict[str, Callable[[str], object]] = {
    "cite, a sign at a time": _cited_in_pieces,
    "cite, in one piece": _cited_in_one_piece,
    "cite, of a passage": _cited_from,
    "quote": _quoted,
    "words": words,
    "units": units,
    "disguise": Disguise().text,
    "sentences": sentences,
    "chunk": _cut,
    "terms": terms,
    "tidy": tidy,
    "front matter": lambda text: without_front_matter(
        f"---\na: {text}\ntitle: {text}\n---\n{text}"
    ),
    "table": _rows,
    "candidates": lambda text: candidates([text]),
    "find": find,
    "passages": split,
    "literals": lambda text: literals.records(f"[{text}]"),
    "wishes": lambda text: (mark(f"Cite {text}"), abstention(f"If you say {text}")),
    "locate": lambda text: locate(text, f"a {text[:200]} b"),
    "read": _read_as_prompt,
    "request": _requested,
    "agents": _read_for_agents,
    "phrases": phrases,
    "rewrite": _rewritten,
    "question": _asked,
    "measures": _measured,
    "elements": lambda text: elements(text, ("passage", "doc")),
    "speakers": lambda text: speakers(text, "User", "Bot"),
    "templates": lambda text: (headers(text), instructions(f"[INST]{text}")),
    "transcript": lambda text: transcript(
        models.Prompt((models.user(f"a {text}"),)), "User", "Bot"
    ),
    "guard's words": lambda text: list(
        guard_words.find([text], (Word("a 1", "block"), Word("aaa", "block")), "block")
    ),
    "wildcards": lambda text: matches_pattern(text[:63], text.replace("a", "*"), single="?"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_takes_no_longer_than_its_length(name: str) -> None:
    for run in RUNS:

        def work(length: int, run: str = run) -> object:
            return TEXTS[name](run * (length // len(run)))

        growth = nonlinear(work, LENGTH, QUICK)
        assert growth is None, f"{run!r} * n: {growth}"
