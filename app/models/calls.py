"""What calls of InvokeModel and of Converse have in common."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from app.aws import FAILURES, calling, events_of
from app.errors import CallerError, OperatorError
from app.models.content import Completion, Delta
from app.models.model import Model
from app.models.reply import PartialReply


@dataclass(frozen=True, slots=True)
class GuardrailConfiguration:
    """The guardrail that judges a prompt and its answer, and whether it says what it judged.

    Attributes:
        suffix: of the input tags of InvokeModel, which mark what texts with a qualifier are; at
            most 20 letters and digits that nobody can guess. "" leaves the prompt unmarked.
        is_asynchronous: whether a stream is sent while it is judged. Then nothing is masked, and
            text may be shown before it is found to be bad.
    """

    identifier: str
    version: str
    trace: bool = False
    suffix: str = ""
    is_asynchronous: bool = False


def whole(
    operation: str,
    model: Model,
    reply: PartialReply,
    call: Callable[[], Any],
    read: Callable[[Any], tuple[Delta, ...]],
) -> Generator[Delta | Completion, None, None]:
    """Make a call once, and yield its reply: every delta, then the Completion.

    Args:
        call: makes the call, and returns the response.
        read: takes the response into the reply.
    """
    with calling_model(operation, model):
        response = call()
        deltas = read(response)
    yield from (*deltas, *reply.rest())
    yield reply.completion(response["ResponseMetadata"]["HTTPHeaders"])


def streamed(
    operation: str,
    model: Model,
    reply: PartialReply,
    call: Callable[[], tuple[Any, Any]],
    read: Callable[[Any], tuple[Delta, ...]],
) -> Generator[Delta | Completion, None, None]:
    """Make a streaming call once, and yield its reply: deltas as they come, then the Completion.

    Args:
        call: makes the call, and returns the response and the event stream in it.
        read: takes an event into the reply.
    """
    with calling_model(operation, model):
        response, stream = call()
        del call  # and with it the request, which no reply has to be waited for with
        with closing(stream) as events:
            try:
                for event in events_of(events):
                    yield from read(event)
            except FAILURES:
                # After its terminal event a reply is whole, however the connection ends.
                if not reply.whole:
                    raise
    yield from reply.rest()
    yield reply.completion(response["ResponseMetadata"]["HTTPHeaders"])


def last(reply: Iterator[Delta | Completion]) -> Completion:
    """The Completion that a reply ends with."""
    *_, completion = reply
    if not isinstance(completion, Completion):
        raise AssertionError("a reply ends with its Completion")
    return completion


@contextmanager
def calling_model(operation: str, model: Model) -> Iterator[None]:
    """As `app.aws.calling`. That a model is retired may be why it is refused: the error says so."""
    try:
        with calling(operation):
            yield
    except (CallerError, OperatorError) as error:
        facts = model.facts
        if facts.state != "active":
            successor = f" Use {facts.successor}." if facts.successor else ""
            error.detail += f" {facts.id} is {facts.state}.{successor}"
        raise
