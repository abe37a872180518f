"""What a guardrail decides about a text."""

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
            the rest pass; `blocked` keeps it out.
        text: what to go on with: the text itself, the masked text, or the guardrail's own message
            in place of a blocked one.
        reason: the guardrail's own words for why it intervened.
        assessments: what each policy found. They quote the text that matched, so they are neither
            shown to a caller nor logged.
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
        """Whether the guardrail changed the text or kept it out."""
        return self.action != "none"

    def events(
        self, source: GuardrailSource, *, subject: str | None = None
    ) -> tuple[Guardrail, ...]:
        """What a reader is told of this verdict: one event if the guardrail intervened, else none.

        Args:
            source: what kind of text was judged.
            subject: the address of a passage's document, or a tool's name.
        """
        if self.action == "none":
            return ()
        return (Guardrail(source, self.action, self.text, self.reason, subject),)
