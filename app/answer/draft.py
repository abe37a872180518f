"""The answer as it comes to be: the one place where a turn is collected."""

from app.answer.cite import move_marks
from app.conversations import StoredTurn
from app.events import Answer, Citation, StopReason, Text, Usage
from app.guardrail import Verdict
from app.models import Completion
from app.models import Text as TextBlock


class Draft:
    """Collects a turn's text, its citations and its usage.

    Args:
        usage: what the turn's calls of a model have used already.
    """

    def __init__(self, usage: Usage) -> None:
        self.text = ""
        self.usage = usage
        self._citations: list[Citation] = []
        self._stop_reason: StopReason = "end"
        self._author: str | None = None

    def add(self, part: Text | Citation | Completion) -> None:
        """Take in the next part of the answer, in the order in which `cite` yields them."""
        match part:
            case Text(text=text):
                self.text += text
            case Citation():
                self._citations.append(part)
            case Completion():
                if part.stop_reason == "tool_use":
                    raise AssertionError("a tool was called that was not offered")
                self._stop_reason = part.stop_reason
                self.usage += part.usage
                self._author = part.author

    def apply(self, verdict: Verdict) -> None:
        """Replace the text by what a guardrail left of it. Only a blocked one loses its citations,
        and its turn then ends for the guardrail.
        """
        if verdict.blocked:
            self._citations = []
            self._stop_reason = "guardrail"
        elif verdict.intervened:
            self._citations = move_marks(self._citations, self.text, verdict.text)
        self.text = verdict.text

    def stored(self, question: str, model: str) -> StoredTurn:
        """The turn as it is kept."""
        return StoredTurn(
            question=(TextBlock(question),),
            answer=(TextBlock(self.text),),
            citations=tuple(self._citations),
            usage=self.usage,
            model=self._writer(model),
        )

    def answer(self, conversation: str, turn: int | None, model: str) -> Answer:
        """The turn as its reader gets it in the end."""
        return Answer(
            answer=self.text,
            citations=tuple(self._citations),
            usage=self.usage,
            model=self._writer(model),
            conversation_id=conversation,
            turn=turn,
            stop_reason=self._stop_reason,
        )

    def _writer(self, model: str) -> str:
        """Who wrote the answer: the model that was asked, or what answered in its place."""
        return f"{self._author}, as {model}" if self._author else model
