"""What goes on in the encoder while it reads a text: the numbers themselves."""

from dataclasses import dataclass

from app.local.engine.transformer.weights import Array


@dataclass(frozen=True, slots=True)
class ReadToken:
    """A token as the network reads it.

    Attributes:
        id: its number in the vocabulary.
        name: as the vocabulary has it, in lower case; `##` goes on with the token before.
        start, end: its characters in the text; None for [CLS] and [SEP], which stand around it.
    """

    id: int
    name: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class InsideView:
    """A text in the network.

    Attributes:
        tokens: of the text, with [CLS] and [SEP].
        places: (t, d), the position embeddings that are added to the tokens' own.
        attention: (layers, h, t, t). In each head, `attention[layer, head, i, j]` is how much of
            token j token i reads; what a token reads sums to 1.
        vector: (d,), what the text is turned into, as `encode` has it.
    """

    tokens: tuple[ReadToken, ...]
    places: Array
    attention: Array
    vector: Array
