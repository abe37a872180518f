"""A guardrail's decision about a text."""

from dataclasses import dataclass

from app.events import Guardrail, GuardrailAction, GuardrailSource, PolicyFinding
from app.guardrail.assessments import Assessment


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guardrail's decision about one text.

    Attributes:
        action: `none` lets the text pass; `masked` replaces parts of it, such as names, and lets
            the rest pass; `blocked` stops it; `unjudged` lets it pass because the guardrail was
            down, and the settings say so.
        text: the text to go on with: the text itself, the masked text, or the guardrail's own
            message in place of a blocked one.
        reason: the guardrail's own reason for intervening, or why there is no verdict.
        assessments: the findings of each policy. They quote the text that matched, so they are
            neither shown to a caller nor logged.
    """

    action: GuardrailAction
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
        return self.action in ("masked", "blocked")

    @property
    def findings(self) -> tuple[PolicyFinding, ...]:
        """What each policy found, once each, without the text that matched."""
        return tuple(
            dict.fromkeys(finding for each in self.assessments for finding in each.findings())
        )

    def events(
        self, source: GuardrailSource, *, subject: str | None = None
    ) -> tuple[Guardrail, ...]:
        """The event that shows this verdict to a reader; none if nothing was found in the text.

        Args:
            source: the kind of text that was judged.
            subject: the address of a passage's document, or a tool's name.
        """
        findings = self.findings
        if self.action == "none" and not findings:
            return ()
        text = self.text if self.intervened else None
        return (Guardrail(source, self.action, text, self.reason, subject, findings),)
