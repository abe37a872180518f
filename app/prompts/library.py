"""The template that is used: the application's own, or one that Prompt management keeps.

    OUTCROP_STORED_PROMPTS=answer=arn:aws:bedrock:..:prompt/ABCDEFGHIJ:2

An ARN with a version is that version; one without is the draft, which an operator changes without a
deployment: it is read again after a minute. A stored prompt that cannot be used ends the turn with
an OperatorError; while Prompt management does not answer, what was read before goes on.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from app.aws import calling
from app.errors import BackendError
from app.prompts.catalogue import TEMPLATES
from app.prompts.stored import template_of
from app.prompts.template import Template
from app.settings import Settings, WrongSettings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

DRAFT = "DRAFT"
FRESH_SECONDS = 60.0
"""How long a stored prompt is used before it is read again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reading:
    template: Template
    until: float


class PromptLibrary:
    """The templates that are used. Thread-safe.

    Args:
        agent: reads stored prompts.
        settings: name them.
        clock: seconds.

    Raises:
        WrongSettings: a stored prompt is for none of the templates, or two are for one.
    """

    def __init__(
        self,
        agent: "AgentsforBedrockClient",
        settings: Settings,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._agent, self._clock = agent, clock
        self._sources = parse_stored(settings.stored_prompts or "")
        self._lock = Lock()
        self._readings: dict[str, _Reading] = {}

    def template(self, name: str) -> Template:
        """The template of this name.

        Raises:
            OperatorError: the stored prompt is missing or cannot be used.
            BackendError: it could not be read, and never was.
        """
        if name not in self._sources:
            return TEMPLATES[name]
        with self._lock:
            reading = self._readings.get(name)
            if reading is None or reading.until <= self._clock():
                template = self._read_again(name, reading)
                reading = _Reading(template, self._clock() + FRESH_SECONDS)
                self._readings[name] = reading
        return reading.template

    def _read_again(self, name: str, before: _Reading | None) -> Template:
        try:
            return read_stored(self._agent, self._sources[name], TEMPLATES[name])
        except BackendError as error:
            if before is None:
                raise
            log.warning("The stored prompt for %s was not read again: %s", name, error.detail)
            return before.template


def read_stored(agent: "AgentsforBedrockClient", arn: str, template: Template) -> Template:
    """A template as it is stored under this id or ARN.

    Raises:
        OperatorError: there is no such prompt, or it cannot be used for this template.
        BackendError: Prompt management did not answer.
    """
    identifier, version = split(arn)
    with calling("GetPrompt"):
        prompt = agent.get_prompt(promptIdentifier=identifier, promptVersion=version)
    return template_of(prompt, template)


def split(arn: str) -> tuple[str, str]:
    """The id or ARN of a prompt, and the version that it names.

    >>> split("arn:aws:bedrock:eu-west-1:111122223333:prompt/ABCDEFGHIJ:2")
    ('arn:aws:bedrock:eu-west-1:111122223333:prompt/ABCDEFGHIJ', '2')
    >>> split("ABCDEFGHIJ")
    ('ABCDEFGHIJ', 'DRAFT')
    """
    head, separator, tail = arn.rpartition(":")
    return (head, tail) if separator and tail.isdecimal() else (arn, DRAFT)


def parse_stored(setting: str) -> dict[str, str]:
    """The ids or ARNs of stored prompts, by the names of their templates.

    >>> parse_stored("answer=ABCDEFGHIJ:1,rewrite=KLMNOPQRST")
    {'answer': 'ABCDEFGHIJ:1', 'rewrite': 'KLMNOPQRST'}

    Raises:
        WrongSettings: one is for no template, or two are for one.
    """
    sources: dict[str, str] = {}
    for pair in filter(None, setting.split(",")):
        name, _, arn = pair.partition("=")
        if name not in TEMPLATES:
            raise WrongSettings(
                f"OUTCROP_STORED_PROMPTS: {name} is none of the prompts, which are "
                f"{', '.join(TEMPLATES)}."
            )
        if name in sources:
            raise WrongSettings(f"OUTCROP_STORED_PROMPTS: {name} is named twice.")
        sources[name] = arn
    return sources
