"""A guardrail's decision about a text."""

from dataclasses import dataclass
from typing import Literal

from app.events import Guardrail, GuardrailSource
from app.guardrail.assessments import Assessment

Action = Literal["none", "masked", "blocked"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guardrail's decision about one text.

    Attributes:
        action: `none` lets the text pass; `masked` replaces parts of it, such as names, and lets
            the rest pass; `blocked` stops it.
        text: the text to go on with: the text itself, the masked text, or the guardrail's own
            message in place of a blocked one.
        reason: the guardrail's own reason for intervening.
        assessments: the findings of each policy. They quote the text that matched, so they are
            neither shown to a caller nor logged.
    """

    action: Action
    text: str
    reason: str | None = None
    assessments: tuple[Assessment, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether the text must not be used."""
        return self.action == "blocked"

    @property
    def intervened(self) -> bool:
        """Whether the guardrail masked the text or blocked it."""
        return self.action != "none"

    def events(
        self, source: GuardrailSource, *, subject: str | None = None
    ) -> tuple[Guardrail, ...]:
        """The event that shows this verdict to a reader, if the guardrail intervened.

        Args:
            source: the kind of text that was judged.
            subject: the address of a passage's document, or a tool's name.
        """
        if self.action == "none":
            return ()
        return (Guardrail(source, self.action, self.text, self.reason, subject),)
