"""What makes an answer."""

from dataclasses import dataclass, field

from app.local.engine.writer.candidates import Candidate


@dataclass(frozen=True)
class Said:
    """What makes an answer: candidates, and what the writer says itself: in front of them "Yes.",
    "No.", "Extracts:" or nothing, and behind them a sentence or nothing.
    """

    candidates: list[Candidate] = field(default_factory=list)
    before: str = ""
    behind: str = ""
