"""What bedrock-runtime needs to know of the models that it is asked for by id."""

from datetime import datetime
from typing import Literal, Protocol


class InvokedModel(Protocol):
    """A foundation model, as bedrock's catalogue has it."""

    @property
    def id(self) -> str: ...

    @property
    def body(self) -> str:
        """Whose bodies it speaks: a name in `bodies.FAMILIES` or `bodies.EMBEDDINGS`."""
        ...

    @property
    def streaming(self) -> bool: ...

    @property
    def max_tokens(self) -> int | None:
        """The longest answer that it writes, in tokens; None where that is not known."""
        ...

    @property
    def sampling(self) -> Literal["any", "one", "none"]:
        """Which of temperature, top_p and top_k it takes: see `foundation_models`."""
        ...

    def ended(self, now: datetime) -> bool:
        """Whether it is past its end of life."""
        ...


class Catalogue(Protocol):
    """The foundation models, which bedrock keeps."""

    def find(self, identifier: str) -> InvokedModel | None:
        """The model behind an id, an inference profile or an ARN."""
        ...
