"""The draft of an answer: the one place where a turn is collected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.citations.abstention import ABSTENTION_MARK, is_abstention
from app.conversations import StoredTurn
from app.events import (
    Answer,
    Citation,
    Guardrail,
    Passage,
    Place,
    StopReason,
    Text,
    ToolStep,
    Usage,
)
from app.guardrail import Verdict
from app.guardrail.masks import masks
from app.models import Completion
from app.models import Text as TextBlock
from app.turn.question import Question
from app.turn.small_talk import is_small_talk
from app.turn.written import Written


@dataclass(frozen=True, slots=True)
class Abstention:
    """The reply was marked as an abstention, in whatever language it is."""


LONGEST_ABSTENTION = 200
"""Characters: a longer text is judged as any other answer, whatever it seems to say."""


def groundless(question: str, reply: str) -> str | None:
    """The text of a model's whole reply that need not rest on a passage: an abstention, or a short
    answer to small talk that cites nothing. None if it is neither.

    >>> groundless("Wie hart?", "[0] Die Dokumente sagen dazu nichts.")
    'Die Dokumente sagen dazu nichts.'
    >>> groundless("Hello!", "Hello! What may I look up?"), groundless("How hard?", "It is 7.")
    ('Hello! What may I look up?', None)
    """
    text = reply.strip().removeprefix(ABSTENTION_MARK).strip()
    is_marked = reply.strip().startswith(ABSTENTION_MARK)
    is_reply = is_small_talk(question) and "[" not in text
    is_short = len(text) <= LONGEST_ABSTENTION
    return text if is_abstention(text) or (is_short and (is_marked or is_reply)) else None


class Draft:
    """Collects a turn's text, its citations, its verdicts and its usage.

    Args:
        usage: of the turn's model calls so far.
    """

    def __init__(self, usage: Usage) -> None:
        self.text = ""
        self.written = Written()
        self.usage = usage
        self.nearest: tuple[Place, ...] = ()
        self.completion: Completion | None = None
        self._verdicts: list[Guardrail] = []
        self._marked_as_abstention = False
        self._citations: list[Citation] = []
        self._stop_reason: StopReason = "end"
        self._author: str | None = None

    @property
    def abstains(self) -> bool:
        """Whether the answer says that the documents do not say."""
        return self._marked_as_abstention or is_abstention(self.text)

    @property
    def is_blocked(self) -> bool:
        """Whether the guardrail's message stands in place of the answer."""
        return self._stop_reason == "guardrail"

    @property
    def is_altered(self) -> bool:
        """Whether the guardrail masked or blocked what the model wrote."""
        return any(
            verdict.source == "answer" and verdict.action in ("masked", "blocked")
            for verdict in self._verdicts
        )

    def add(self, part: Text | Citation | Abstention | Completion) -> None:
        """Add the next part of the answer, in the order in which `cite` yields them."""
        match part:
            case Text(text=text):
                self.text += text
                self.written.add(part)
            case Citation():
                self._citations.append(part)
                self.written.add(part)
            case Abstention():
                self._marked_as_abstention = True
            case Completion():
                if part.stop_reason == "tool_use":
                    raise AssertionError("a tool was called that was not offered")
                self.completion = part
                self._stop_reason = part.stop_reason
                self.usage += part.usage
                self._author = part.author

    def take(self, completion: Completion) -> None:
        """Count a reply that calls tools, and does not end the answer."""
        self.usage += completion.usage
        self._author = completion.author

    def end(self, reason: StopReason) -> None:
        """Say why the answer ends, where it is not the model that ended it."""
        self._stop_reason = reason

    def report(self, verdicts: Iterable[Guardrail]) -> Iterable[Guardrail]:
        """The verdicts, which the answer shall have too."""
        verdicts = tuple(verdicts)
        self._verdicts += verdicts
        return verdicts

    def keep_end(self) -> None:
        """Take it that the answer ends by itself: a guardrail over the call has only masked it."""
        if self._stop_reason == "guardrail":
            self._stop_reason = "end"

    def sources(self, question: str, passages: Sequence[Passage]) -> Sequence[Passage]:
        """What the answer has to be grounded in: the passages that it cites, then the others, as
        they rank. An abstention rests on none: that the documents do not say it is its point. Nor
        does a short answer to small talk that cites nothing.
        """
        says_nothing = self.abstains or (not self._citations and is_small_talk(question))
        if says_nothing and len(self.text) <= LONGEST_ABSTENTION:
            return ()
        texts = {citation.passage for citation in self._citations}
        return sorted(passages, key=lambda passage: passage.text not in texts)

    def apply(self, verdict: Verdict) -> None:
        """Replace the text by the guardrail's. Masked text keeps its citations; a blocked answer
        loses them and the nearest places, and ends its turn.

        Args:
            verdict: on the words of the answer, without its marks; or on the question.
        """
        if verdict.blocked:
            self._citations, self.nearest = [], ()
            self._stop_reason = "guardrail"
            self.text = verdict.text
        elif verdict.text != self.written.words:
            self.text, citations = self.written.masked(masks(self.written.words, verdict.text))
            self._citations = list(citations)

    def apply_to_answer(self, verdict: Verdict) -> Iterable[Guardrail]:
        """Apply a verdict on the answer; the events of it, with the whole text that remains."""
        self.apply(verdict)
        has_changed = verdict.intervened or verdict.text != self.written.words
        return self.report(
            replace(event, text=self.text if has_changed else None)
            for event in verdict.events("answer")
        )

    def to_turn(self, question: Question, model: str, steps: Sequence[ToolStep] = ()) -> StoredTurn:
        """The turn, to be stored; an agent's with its steps."""
        return StoredTurn(
            question=(TextBlock(question.text),),
            answer=(TextBlock(self.text),),
            citations=tuple(self._citations),
            usage=self.usage,
            model=self._writer(model),
            nearest=self.nearest,
            steps=tuple(steps),
            stop_reason=self._stop_reason,
            guardrail=tuple(self._verdicts),
            message=question.message,
        )

    def to_answer(
        self, conversation: str, turn: int | None, model: str, steps: Sequence[ToolStep] = ()
    ) -> Answer:
        """The turn, for its reader."""
        return Answer(
            answer=self.text,
            citations=tuple(self._citations),
            usage=self.usage,
            model=self._writer(model),
            conversation_id=conversation,
            turn=turn,
            stop_reason=self._stop_reason,
            nearest=self.nearest,
            guardrail=tuple(self._verdicts),
            steps=tuple(steps),
        )

    def _writer(self, model: str) -> str:
        """Who wrote the answer: the model that was asked, or what answered in its place."""
        return f"{self._author}, as {model}" if self._author else model
