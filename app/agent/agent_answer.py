"""The answer of one InvokeAgent, as far as it has come, and whether it is whole."""

import logging
from dataclasses import dataclass, field

from app.agent.attribution import AttributionReader
from app.agent.traces import GuardrailReport
from app.errors import BackendError, StreamCut

log = logging.getLogger(__name__)


@dataclass(slots=True)
class AgentAnswer:
    """What the chunks of a stream say.

    Attributes:
        text: what the agent says.
        message: what its guardrail says in the place of that.
        final: what the last observation says the text is; None if that is changed after it.
        report: the guardrail's, if it blocked a text.
        failure: why the turn breaks off, if a trace says so.
    """

    reader: AttributionReader = field(default_factory=AttributionReader)
    text: str = ""
    message: str = ""
    final: str | None = None
    report: GuardrailReport | None = None
    failure: str | None = None

    def check(self) -> None:
        """Make sure that the answer is whole, at the end of the stream.

        Raises:
            BackendError: a trace says that the turn failed.
            StreamCut: it is not.
        """
        if self.report:
            return
        if self.failure is not None:
            log.error("InvokeAgent: %s", self.failure)
            raise BackendError("The agent broke off. Ask again in some seconds.")
        text, final = self.text.strip(), (self.final or "").strip()
        if not text or (final.startswith(text) and len(text) < len(final)):
            raise StreamCut("InvokeAgent: the stream ended before the answer was whole.")
