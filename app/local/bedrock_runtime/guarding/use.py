"""What a request says of the guardrail that is to judge it.

InvokeModel says it in headers and in a member of its body, which no model gets to see:

    X-Amzn-Bedrock-GuardrailIdentifier, X-Amzn-Bedrock-GuardrailVersion, X-Amzn-Bedrock-Trace
    "amazon-bedrock-guardrailConfig": {"tagSuffix": "xyz", "streamProcessingMode": "SYNCHRONOUS"}

Converse says it in one member, `guardrailConfig`, with other words for the same values.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-api.html
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.schema import Body, check
from app.local.wire import JSON, ServiceError

CONFIG = "amazon-bedrock-guardrailConfig"

Trace = Literal["disabled", "enabled", "enabled_full"]
TRACES: Mapping[str, Trace] = {
    "DISABLED": "disabled",
    "ENABLED": "enabled",
    "ENABLED_FULL": "enabled_full",
}
"""Converse's words, by InvokeModel's."""


@dataclass(frozen=True, slots=True)
class GuardrailUse:
    """How a guardrail is applied to one call of a model.

    Attributes:
        identifier: its id or ARN.
        trace: whether the answer has the guardrail's assessments; `enabled_full` has what was not
            detected, too.
        asynchronous: whether a stream is sent while it is judged, not after.
        suffix: of the input tags; "" where there are none.
    """

    identifier: str
    version: str
    trace: Trace = "disabled"
    asynchronous: bool = False
    suffix: str = ""


class GuardrailConfig(Body):
    """The member of InvokeModel's body."""

    tagSuffix: Annotated[str, Field(pattern="^[0-9a-zA-Z]{1,20}$")] | None = None  # noqa: N815
    streamProcessingMode: Literal["SYNCHRONOUS", "ASYNCHRONOUS"] = "SYNCHRONOUS"  # noqa: N815


def take_use(params: JSON, body: JSON) -> GuardrailUse | None:
    """What InvokeModel says, its member taken out of the body; None if it names no guardrail.

    Args:
        params: those of InvokeModel's headers.
        body: loses its member.

    Raises:
        InvalidBody: the member is not as it should be.
        ServiceError: the member is there without a guardrail, or the guardrail without a version.
    """
    config = body.pop(CONFIG, None)
    name = _name(params)
    if name is None:
        if config is not None:
            raise ServiceError(
                "ValidationException",
                f"{CONFIG}: the request names no guardrail that this could be for. Name one in "
                "the header X-Amzn-Bedrock-GuardrailIdentifier, or leave this member out.",
            )
        return None
    read = GuardrailConfig() if config is None else check(GuardrailConfig, config, (CONFIG,))
    return GuardrailUse(
        *name,
        trace=TRACES[params.get("trace", "DISABLED")],
        asynchronous=read.streamProcessingMode == "ASYNCHRONOUS",
        suffix=read.tagSuffix or "",
    )


def read_converse_use(params: JSON) -> GuardrailUse | None:
    """What Converse or ConverseStream says; None if it names no guardrail.

    Raises:
        ServiceError: it names a guardrail without a version, or the other way round.
    """
    config = params.get("guardrailConfig", {})
    name = _name(config)
    if name is None:
        return None
    return GuardrailUse(
        *name,
        trace=config.get("trace", "disabled"),
        asynchronous=config.get("streamProcessingMode") == "async",
    )


def _name(members: Mapping[str, str]) -> tuple[str, str] | None:
    identifier = members.get("guardrailIdentifier", "")
    version = members.get("guardrailVersion", "")
    if bool(identifier) != bool(version):
        lack = "guardrailVersion" if identifier else "guardrailIdentifier"
        raise ServiceError(
            "ValidationException",
            f"{lack}: is not there. A guardrail is named by its identifier and its version.",
        )
    return (identifier, version) if identifier else None
