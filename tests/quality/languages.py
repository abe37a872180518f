"""Questions in eight languages, on the whole path: over documents of their own, and across.

A small parallel set of our own (`parallel/`): sixteen short documents, a question about each and
six that none of them answers, in every language the same. `within` asks over the documents of the
question's language; `into English` over the English ones; `from English` asks in English over the
documents of that language. Right is an answer that cites the document and holds the words.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.aws import clients, deployer
from app.deploy.laptop.provision import provision
from app.settings import Settings
from tests.flows.home import SECONDS, Home, laptop
from tests.tables import Table

FOLDER = Path(__file__).parent / "parallel"
LANGUAGES = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}
OTHERS = [code for code in LANGUAGES if code != "en"]
ENGLISH, MULTILINGUAL = "amazon.titan-embed-text-v2:0", "cohere.embed-multilingual-v3"
WAYS = ("within", "into English", "from English")


@dataclass(frozen=True)
class Result:
    """What came of the questions of one language, one way.

    Attributes:
        first: how many found their document at rank 1.
        right: how many were answered.
        abstained: how many of the questions without an answer were not answered.
    """

    first: int
    right: int
    abstained: int
    questions: int
    absent: int


def run() -> Iterator[Table]:
    for model in (ENGLISH, MULTILINGUAL):
        results = measured(model)
        rows = [
            (way, code, f"{one.first}/{one.questions}", f"{one.right}/{one.questions}",
             f"{one.abstained}/{one.absent}")
            for way in WAYS
            for code, one in results[way].items()
        ]  # fmt: skip
        rows += [(way, "all", *totals(results[way].values())) for way in WAYS]
        yield Table(
            f"parallel set, {len(LANGUAGES)} languages, the index by {model}",
            ("way", "language", "rank 1", "answered right", "abstained, rightly"),
            rows,
        )


def totals(results: Any) -> tuple[str, str, str]:
    some = list(results)
    asked, absent = sum(one.questions for one in some), sum(one.absent for one in some)
    return (
        f"{sum(one.first for one in some)}/{asked}",
        f"{sum(one.right for one in some)}/{asked}",
        f"{sum(one.abstained for one in some)}/{absent}",
    )


def measured(
    model: str, ways: Sequence[str] = WAYS, codes: Sequence[str] = tuple(LANGUAGES)
) -> Mapping[str, Mapping[str, Result]]:
    """The results of each way, by language."""
    pairs = {
        "within": [(code, code) for code in codes],
        "into English": [(code, "en") for code in codes if code != "en"],
        "from English": [("en", code) for code in codes if code != "en"],
    }
    needed = {texts for way in ways for _, texts in pairs[way]}
    with TemporaryDirectory() as scratch, laptop(Path(scratch), partial(_deploy, model)) as home:
        for code in needed:
            for one in LANGUAGES[code]["passages"]:
                text = f"# {one['title']}\n\n{one['text']}\n"
                home.put(f"{one['name']}-{code}.md", text, language=code)
        return {
            way: {
                (asked if way != "from English" else texts): _result(home, asked, texts)
                for asked, texts in pairs[way]
            }
            for way in ways
        }


def _deploy(model: str) -> Settings:
    return provision(clients(SECONDS), deployer(SECONDS), model)


def _result(home: Home, asked: str, texts: str) -> Result:
    """Ask the questions of one language over the documents of another, or of the same."""
    only = {"equals": {"key": "language", "value": texts}}
    first = right = 0
    questions = LANGUAGES[asked]["passages"]
    for one, document in zip(questions, LANGUAGES[texts]["passages"], strict=True):
        gold = f"/{document['name']}-{texts}.md"
        found = home.call("POST", "/search", {"query": one["question"], "filter": only})
        first += found["passages"][0]["uri"].endswith(gold)
        answer = home.call("POST", "/chat", {"message": one["question"], "filter": only})
        cited = any(each["uri"].endswith(gold) for each in answer["citations"])
        right += cited and any(words in answer["answer"] for words in document["answer"])
    absent = LANGUAGES[asked]["absent"]
    answers = [home.call("POST", "/chat", {"message": one, "filter": only}) for one in absent]
    abstained = sum(not one["citations"] for one in answers)
    return Result(first, right, abstained, len(questions), len(absent))
