"""Measures the version of Outcrop that PYTHONPATH leads to; see `versions`.

Reads the name of a measurement from each line of standard input, and prints its figures as JSON.
What it uses of Outcrop has to be in every version that is compared.
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import app
from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.parsers import Section
from app.local.engine.transformer import Encoder
from tests.bench.embedding import Texts
from tests.flows.home import Home, laptop

PAGES, SECTIONS, WORDS = 20, 5, 250
QUESTIONS = (
    "What survives kill -9?",
    "How large may a document be?",
    "What is the difference between the laptop and AWS?",
    "Which settings does the application have?",
    "How do I delete a stack?",
    "What happens when the disk is full?",
    "Does the stand-in check signatures?",
    "Who pays for a call that was cut off?",
)
MODEL_CALL = "InvokeModelWithResponseStream"


def spent() -> float:
    """Processor milliseconds of this process, and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1e3 * sum(usage.ru_utime + usage.ru_stime for usage in usages)


def timed(action: Callable[[], object]) -> float:
    began = spent()
    action()
    return spent() - began


def ingestion(encoder: Encoder) -> dict[str, list[float]]:
    """Pages of the way from the bucket to the index, beside embedding their chunks alone."""
    texts = Texts(np.random.default_rng(1))
    pages = {
        f"page-{at}.md": "\n\n".join(
            f"## Part {part}\n\n{texts.text(WORDS)}." for part in range(SECTIONS)
        )
        for at in range(PAGES)
    }

    def whole() -> None:
        with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
            put(home, Path(scratch), pages)

    def empty() -> None:
        with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
            put(home, Path(scratch), {"page.md": "A page."})

    empty()  # what is loaded once
    start = timed(empty)
    cost = timed(whole) - start
    chunks = [chunk([Section(text, None)], DEFAULT, encoder) for text in pages.values()]
    alone = timed(lambda: [encoder.encode([one.text for one in pieces]) for pieces in chunks])
    return {"page": [cost / PAGES], "share": [cost / alone]}


def put(home: Home, folder: Path, pages: dict[str, str]) -> None:
    for name, text in pages.items():
        (folder / "s3" / home.settings.documents_bucket / name).write_text(text)
    for name in pages:
        home.until(name, lambda _: True, seconds=600)


def record(home: Home) -> list[dict[str, Any]]:
    """The parameters of the model's call for each question."""
    calls: list[dict[str, Any]] = []
    runtime: Any = home.aws.bedrock_runtime
    event = f"provide-client-params.bedrock-runtime.{MODEL_CALL}"
    runtime.meta.events.register(event, lambda params, **_: calls.append(dict(params)), "bench")
    for question in QUESTIONS:
        home.call("POST", "/chat", {"message": question})
    runtime.meta.events.unregister(event, unique_id="bench")
    return calls


def rounds(home: Home, encoder: Encoder, texts: Texts, calls: list[dict[str, Any]]) -> Any:
    runtime: Any = home.aws.bedrock_runtime

    def answer(call: dict[str, Any]) -> None:
        list(runtime.invoke_model_with_response_stream(**call)["body"])

    chunks = [texts.text(198) for _ in range(32)]
    questions = [texts.text(8) for _ in range(20)]
    return {
        "answer": [timed(lambda call=call: answer(call)) for call in calls],  # type: ignore[misc]
        "turn": [
            timed(lambda one=one: home.call("POST", "/chat", {"message": one}))  # type: ignore[misc]
            for one in QUESTIONS
        ],
        "question": [timed(lambda: [encoder.encode([one]) for one in questions]) / 20],
        "chunk": [timed(lambda: encoder.encode(chunks)) / 32],
    }


def main() -> None:
    encoder = Encoder()
    documents = {page.name: page.read_text() for page in Path(sys.argv[1]).glob("*.md")}
    own = {"app": str(Path(app.__file__).parent)}
    texts = Texts(np.random.default_rng(0))
    assert sys.stdin.readline().strip() == "ingest"
    print(json.dumps(ingestion(encoder) | own), flush=True)
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        put(home, Path(scratch), documents)
        calls = record(home)
        while sys.stdin.readline().strip() == "round":
            print(json.dumps(rounds(home, encoder, texts, calls) | own), flush=True)


if __name__ == "__main__":
    main()
