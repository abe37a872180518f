"""What goes on inside the stand-in's models: endpoints of its own, which AWS has not.

    POST /_outcrop/inside       {"text"} -> tokens, position embeddings, attention
    POST /_outcrop/candidates   {"question", "passages", "temperature", "topK", "topP"}
                                -> the candidates for an answer, and how likely each is drawn

Both are the very numbers that the encoder and the writer compute with. The application asks for
them where OUTCROP_INSIDE_URL leads here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from app.local.engine import Engine
from app.local.engine.transformer import Encoder, InsideView
from app.local.engine.writer import Sampling, Writer
from app.local.engine.writer.selection import first_draw, softmax
from app.local.engine.writer.selection.odds import Odds
from app.local.wire import JSON, Endpoints, Response, ServiceError, json_response

MOST_TOKENS = 64  # with [CLS] and [SEP]: 72 pictures of 64 times 64 numbers
MOST_CHARACTERS = 20_000  # of all passages
DIGITS = 6


def endpoints(engine: Engine) -> Endpoints:
    """The endpoints, by method and path."""

    async def inside(body: JSON, _headers: Mapping[str, str]) -> Response:
        text = _text(body, "text")
        return json_response(await asyncio.to_thread(look, engine, text), {})

    async def candidates(body: JSON, _headers: Mapping[str, str]) -> Response:
        question, passages = _text(body, "question"), _texts(body, "passages")
        sampling = Sampling(
            temperature=_number(body, "temperature", 0, 2),
            top_k=_whole(body, "topK"),
            top_p=_number(body, "topP", 0, 1),
        )
        weighed = await asyncio.to_thread(weigh, engine, question, passages, sampling)
        return json_response(weighed, {})

    return {("POST", "/_outcrop/inside"): inside, ("POST", "/_outcrop/candidates"): candidates}


def look(engine: Engine, text: str) -> JSON:
    """A text in the encoder.

    Raises:
        ServiceError: it is too long, or the encoder is none that can be looked into.
    """
    encoder = engine.encoder
    if not isinstance(encoder, Encoder):
        raise _wrong("text: this encoder cannot be looked into.")
    if (count := encoder.count(text)) > MOST_TOKENS - 2:
        raise _wrong(f"text: it has {count} tokens, and {MOST_TOKENS - 2} are the most.")
    return {
        "model": "all-MiniLM-L6-v2",
        "precision": encoder.precision,
        **_view(encoder.inside(text)),
    }


def _view(view: InsideView) -> JSON:
    layers, heads, _, _ = view.attention.shape
    return {
        "layers": layers,
        "heads": heads,
        "tokens": [
            {"id": each.id, "name": each.name, "start": each.start, "end": each.end}
            for each in view.tokens
        ],
        "positions": view.places.round(DIGITS).astype(float).round(DIGITS).tolist(),
        "attention": view.attention.astype(float).round(DIGITS).tolist(),
        "vector": view.vector.astype(float).round(DIGITS).tolist(),
    }


def weigh(engine: Engine, question: str, passages: Sequence[str], sampling: Sampling) -> JSON:
    """What the writer draws an answer from, and how likely it draws each first.

    Raises:
        ServiceError: a model server writes, which tells no scores.
    """
    writer = engine.writer
    if not isinstance(writer, Writer):
        raise _wrong(
            "question: a model server writes the answers here, and tells no scores of candidates."
        )
    odds = writer.odds(question, passages)
    return {
        "isAnswered": odds is not None and odds.is_answered,
        "candidates": [] if odds is None else _candidates(odds, sampling),
    }


def _candidates(odds: Odds, sampling: Sampling) -> list[JSON]:
    """The candidates, the likeliest first."""
    drawn = first_draw(odds.scores, sampling)
    likely = softmax(odds.scores)
    order = (-odds.scores).argsort(kind="stable").tolist()
    return [
        {
            "text": odds.candidates[place].text,
            "passage": odds.candidates[place].passage + 1,
            "score": _finite(float(odds.scores[place])),
            "likelihood": round(float(likely[place]), DIGITS),
            "drawn": round(drawn[place], DIGITS) if place in drawn else None,
        }
        for place in order
    ]


def _finite(score: float) -> float | None:
    """The score; None for a candidate that is ruled out."""
    return round(score, DIGITS) if isfinite(score) else None


def _text(body: JSON, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_CHARACTERS:
        raise _wrong(f"{name}: it has to be a text of 1 to {MOST_CHARACTERS} characters.")
    return value


def _texts(body: JSON, name: str) -> list[str]:
    value = body.get(name)
    texts = value if isinstance(value, list) and all(isinstance(one, str) for one in value) else []
    if not 0 < sum(map(len, texts)) <= MOST_CHARACTERS:
        raise _wrong(f"{name}: it has to be a list of texts of 1 to {MOST_CHARACTERS} characters.")
    return texts


def _number(body: JSON, name: str, least: float, most: float) -> float | None:
    value: Any = body.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is not None and not (is_number and least <= value <= most):
        raise _wrong(f"{name}: it has to be a number from {least:g} to {most:g}.")
    return value if is_number else None


def _whole(body: JSON, name: str) -> int | None:
    value = _number(body, name, 0, 10_000)
    if value is not None and value != int(value):
        raise _wrong(f"{name}: it has to be a whole number.")
    return None if value is None else int(value)


def _wrong(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
