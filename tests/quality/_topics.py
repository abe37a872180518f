"""Public data and our own, made into denied topics: each with texts about it, and others."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.local.engine.guard.policy import Topic
from tests.quality import CORPORA, _guarded

LONGEST_DEFINITION, LONGEST_EXAMPLE, EXAMPLES = 200, 100, 4  # Bedrock takes 5
OTHERS = 60  # texts about other topics of the same set


@dataclass(frozen=True)
class Case:
    """A topic to be judged by.

    Attributes:
        about: texts about it.
        others: texts that are not.
    """

    topic: Topic
    about: Sequence[str]
    others: Sequence[str]


def metatool(half: int) -> list[Case]:
    """Every second tool: its description, four of its questions as examples, and the others."""
    descriptions = json.loads((CORPORA / "metatool" / "tools.json").read_text())
    questions: dict[str, list[str]] = defaultdict(list)
    for one in _guarded.lines("metatool/single_tool_public.jsonl"):
        questions[one["tool"]].append(one["query"])
    names = [name for name in sorted(questions) if name in descriptions][half::2]
    random, cases = Random(half), []
    for name in names:
        short = [one for one in questions[name] if len(one) <= LONGEST_EXAMPLE][:EXAMPLES]
        about = [one for one in questions[name] if one not in short]
        others = [one for other in names if other != name for one in questions[other]]
        if short and about:
            topic = _topic(name, descriptions[name], short)
            cases.append(Case(topic, about, random.sample(others, min(OTHERS, len(others)))))
    return cases


def xquad(half: int) -> list[Case]:
    """Every second paragraph: its beginning as the definition, and its questions; no examples."""
    paragraphs = {one["_id"]: one["text"] for one in _guarded.lines("xquad_en/corpus.jsonl")}
    asked = _guarded.lines("xquad_en/qa_public.jsonl")
    random, cases = Random(half), []
    for name in sorted(paragraphs)[half::2]:
        about = [one["question"] for one in asked if one["gold_passage"] == name]
        others = [one["question"] for one in asked if one["gold_passage"] != name]
        if about:
            topic = _topic("", paragraphs[name], ())
            cases.append(Case(topic, about, random.sample(others, OTHERS)))
    return cases


def own(half: int) -> list[Case]:
    """Every second topic of our own, with its near misses and the texts about the others."""
    topics = _guarded.own("topics")["topics"][half::2]
    return [
        Case(
            _topic(one["name"], one["definition"], one["examples"]),
            one["positives"],
            [
                *one["near"],
                *(text for other in topics if other is not one for text in other["near"]),
            ],
        )
        for one in topics
    ]


def _topic(name: str, definition: str, examples: Sequence[str]) -> Topic:
    return Topic(name, definition[:LONGEST_DEFINITION], tuple(examples), "block")
