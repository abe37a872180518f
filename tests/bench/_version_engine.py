"""Measures the version of Outcrop that PYTHONPATH leads to; see `versions`.

Reads the name of a measurement from each line of standard input, and prints its figures as JSON.
What it uses of Outcrop has to be in every version that is compared.
"""

import json
import sys
import time
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
SECONDS = 600  # until documents are indexed
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


def timed(action: Callable[[], object]) -> float:
    """Processor milliseconds of this process, in all its threads."""
    began = time.process_time()
    action()
    return 1e3 * (time.process_time() - began)


def ingestion(home: Home, folder: Path, encoder: Encoder, texts: Texts) -> dict[str, list[float]]:
    """Pages on the way from the bucket to the index, beside embedding their chunks alone."""
    part = texts.random.integers(1 << 30)
    pages = {
        f"page-{part}-{at}.md": "\n\n".join(
            f"## Part {part}\n\n{texts.text(WORDS)}." for part in range(SECTIONS)
        )
        for at in range(PAGES)
    }
    whole = timed(lambda: put(home, folder, pages))
    chunks = [chunk([Section(text, None)], DEFAULT, encoder) for text in pages.values()]
    alone = timed(lambda: [encoder.encode([one.text for one in pieces]) for pieces in chunks])
    return {"page": [whole / PAGES], "share": [whole / alone]}


def put(home: Home, folder: Path, pages: dict[str, str]) -> None:
    for name, text in pages.items():
        (folder / "s3" / home.settings.documents_bucket / name).write_text(text)
    deadline = time.monotonic() + SECONDS
    for name in pages:
        while home.document(name).get("status") != "INDEXED":
            assert time.monotonic() < deadline, f"{name} is not indexed after {SECONDS} s"
            time.sleep(0.5)  # to look takes processor time as well


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
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        put(home, Path(scratch), documents)
        calls = record(home)
        for line in sys.stdin:
            if line.strip() == "ingest":
                figures = ingestion(home, Path(scratch), encoder, texts)
            else:
                figures = rounds(home, encoder, texts, calls)
            print(json.dumps(figures | own), flush=True)


if __name__ == "__main__":
    main()
