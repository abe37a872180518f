"""Where the guard's scores become findings. They were set on public data and on sentences of our
own, by the command beside each, and stand still since.
"""

from collections.abc import Mapping
from typing import Literal

Confidence = Literal["NONE", "LOW", "MEDIUM", "HIGH"]
Strength = Literal["NONE", "LOW", "MEDIUM", "HIGH"]
Levels = tuple[float, float, float]  # scores from which the confidence is LOW, MEDIUM, HIGH

# python -m tests.quality attacks
PROMPT_ATTACK: Levels = (0.45, 0.65, 0.9)
HIDDEN_INSTRUCTION = 0.99  # of a document
PLAIN_INSTRUCTION = 0.994  # of a text that may be a document: nobody said so

# python -m tests.quality harm
HARM: Mapping[str, Levels] = dict.fromkeys(
    ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT"), (0.62, 0.8, 0.92)
)

# python -m tests.quality topics
DENIED_TOPIC = 0.42

_BLOCKS: Mapping[Strength, tuple[Confidence, ...]] = {
    "NONE": (),
    "LOW": ("HIGH",),
    "MEDIUM": ("HIGH", "MEDIUM"),
    "HIGH": ("HIGH", "MEDIUM", "LOW"),
}


def confidence(score: float, levels: Levels) -> Confidence:
    """The level of confidence that a score reaches.

    >>> confidence(0.7, PROMPT_ATTACK)
    'MEDIUM'
    """
    low, medium, high = levels
    if score >= high:
        return "HIGH"
    if score >= medium:
        return "MEDIUM"
    return "LOW" if score >= low else "NONE"


def blocks(strength: Strength, level: Confidence) -> bool:
    """Whether a filter of this strength blocks what is found with this confidence: the stronger the
    filter, the less sure it has to be ("Filter strength" in Bedrock's user guide).

    >>> blocks("HIGH", "LOW"), blocks("LOW", "MEDIUM")
    (True, False)
    """
    return level in _BLOCKS[strength]
