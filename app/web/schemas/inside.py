"""What goes on inside the laptop's models."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.web.schemas.base import Schema

Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"\S")]


class TextToRead(Schema):
    """A text for the encoder, of at most 62 tokens."""

    text: Words


class InsideToken(Schema):
    """A token: its id, its name in the vocabulary, and its characters in the text (in Unicode code
    points; null for [CLS] and [SEP]).
    """

    id: int
    name: str
    start: int | None
    end: int | None


class InsideView(Schema):
    """A text in the encoder.

    Attributes:
        positions: for each token, the position embedding that is added to its own.
        attention: by layer, head and token, how much of each token it reads; sums to 1.
        vector: what the text is turned into.
    """

    model: str
    precision: str
    layers: int
    heads: int
    tokens: list[InsideToken]
    positions: list[list[float]]
    attention: list[list[list[list[float]]]]
    vector: list[float]


class Draw(Schema):
    """A question, passages to answer it from, and how a candidate is drawn. What is left out is the
    offline model's own: a temperature of 0, and nothing cut off.
    """

    question: Words
    passages: list[Words] = Field(min_length=1, max_length=20)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_k: int | None = Field(default=None, ge=0, le=10_000)
    top_p: float | None = Field(default=None, ge=0, le=1)


class DrawnCandidate(Schema):
    """A sentence, row or block of a passage that may answer.

    Attributes:
        passage: its number, from 1.
        score: log-odds; null if the candidate is ruled out.
        likelihood: the softmax of the scores, before anything reshapes it.
        drawn: how likely it is drawn first with these parameters; null if it is cut off.
    """

    text: str
    passage: int
    score: float | None
    likelihood: float
    drawn: float | None


class Candidates(Schema):
    """The candidates, the likeliest first; and whether the model takes it that they answer. If not,
    it says that the passages do not.
    """

    is_answered: bool
    candidates: list[DrawnCandidate]
