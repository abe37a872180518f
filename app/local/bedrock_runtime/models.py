"""What bedrock-runtime needs to know of the models that it is asked for by id."""

from datetime import datetime
from typing import Literal, Protocol


class InvokedModel(Protocol):
    """A foundation model, as bedrock's catalogue has it."""

    @property
    def id(self) -> str: ...

    @property
    def body(self) -> str:
        """Whose bodies it speaks: a name in `FAMILIES`, `EMBEDDINGS` or `RERANKERS` of `bodies`."""
        ...

    @property
    def input(self) -> tuple[str, ...]:
        """What it reads: TEXT, IMAGE, .."""
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

    @property
    def context(self) -> int | None:
        """Its context window, in tokens; None where that is not known."""
        ...

    @property
    def system(self) -> bool:
        """Whether it takes a system prompt."""
        ...

    @property
    def prefill(self) -> bool:
        """Whether it goes on from an assistant's message that comes last."""
        ...

    @property
    def stops(self) -> bool:
        """Whether it takes stop sequences through Converse."""
        ...

    @property
    def native_errors(self) -> bool:
        """Whether it says in words of its own what is wrong with a body."""
        ...


class Catalogue(Protocol):
    """The foundation models, which bedrock keeps."""

    def invoked(self, identifier: str, region: str, now: datetime) -> InvokedModel:
        """The model that an id, an inference profile or an ARN invokes in a Region.

        Raises:
            ServiceError: it invokes none, there and then.
        """
        ...

    def counted(self, identifier: str, region: str, now: datetime) -> InvokedModel:
        """The model that tokens are counted for, by its id.

        Raises:
            ServiceError: tokens are not counted for it, or not by this name.
        """
        ...
