"""The guard that calls Bedrock's ApplyGuardrail.

Texts that a model will read are judged as INPUT, in which the guardrail looks for attacks on the
prompt. Texts that a model wrote are judged as OUTPUT: an answer, and the arguments of a tool call.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.aws import calling, cancellation
from app.errors import OutcropError, Throttled, Unavailable
from app.events import Passage
from app.guardrail import limits
from app.guardrail.assessments import actions, read_assessment
from app.guardrail.failures import OPEN, without_verdict
from app.guardrail.joining import join
from app.guardrail.verdict import Verdict

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_bedrock_runtime.literals import GuardrailContentSourceType
    from mypy_boto3_bedrock_runtime.type_defs import (
        ApplyGuardrailResponseTypeDef,
        GuardrailTextBlockTypeDef,
    )

log = logging.getLogger(__name__)

BATCH = 25_000
"""Characters of passages in one call. The service bills and throttles by 1,000 characters."""

PAUSES = (0.2, 0.8)
"""Seconds before a judgement is asked for again."""

UNREADABLE = "The guardrail masked the tool's arguments, and the masked text is not JSON."


@dataclass(frozen=True, slots=True)
class BedrockGuard:
    """A guardrail of Bedrock.

    An answer is judged with the passages as its grounding source and the question as its query,
    both of this turn only, as contextual grounding requires. Without passages it is judged by the
    other policies alone.

    Attributes:
        judges_passages: whether passages are judged; if not, they pass.
        is_open: whether a text passes, unjudged, if the guardrail gives no verdict.
    """

    runtime: "BedrockRuntimeClient"
    identifier: str
    version: str
    judges_passages: bool = True
    is_open: bool = False

    def question(self, text: str) -> Verdict:
        return self._judge("INPUT", text)

    def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        """Judge passages together. Where the guardrail intervenes, judge each alone, because the
        reply does not tell which of several texts it is about. A passage without text passes.
        """
        verdicts = {passage.number: Verdict("none", passage.text) for passage in passages}
        if not self.judges_passages:
            return list(verdicts.values())
        for batch in _batches([passage for passage in passages if passage.text.strip()]):
            numbers = [passage.number for passage in batch]
            verdicts |= zip(numbers, self._judge_batch(batch), strict=True)
        return [verdicts[passage.number] for passage in passages]

    def tool_input(self, arguments: Mapping[str, Any]) -> Verdict:
        """Judge the arguments of a tool call. If a mask leaves no JSON object, the verdict is a
        block, because no tool can be called with it.
        """
        verdict = self._judge("OUTPUT", json.dumps(arguments, ensure_ascii=False))
        if verdict.action == "masked" and not _is_json_object(verdict.text):
            return replace(verdict, action="blocked", text=UNREADABLE)
        return verdict

    def tool_result(self, text: str) -> Verdict:
        """Judge a tool's result. One without a word in it passes: Bedrock judges no empty text."""
        return self._judge("INPUT", text) if text.strip() else Verdict("none", text)

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:
        if not text.strip():
            return Verdict("none", text)
        if not passages:
            blocks: list[GuardrailTextBlockTypeDef] = []
        else:
            blocks = [
                {"text": source, "qualifiers": ["grounding_source"]}
                for source in limits.sources([passage.text for passage in passages])
            ]
            blocks.append({"text": limits.query(question), "qualifiers": ["query"]})
        parts = list(limits.parts(text))
        return join(
            text,
            parts,
            [self._judge_part(text[part.context : part.end], blocks) for part in parts],
        )

    def _judge_part(self, text: str, blocks: "Sequence[GuardrailTextBlockTypeDef]") -> Verdict:
        """The verdict on a part of an answer, by its sources and its query, if it has any."""
        if not blocks:
            return self._judge("OUTPUT", text)
        return self._apply("OUTPUT", [*blocks, {"text": text, "qualifiers": ["guard_content"]}])

    def _judge_batch(self, batch: Sequence[Passage]) -> Sequence[Verdict]:
        verdict = self._apply("INPUT", [{"text": passage.text} for passage in batch])
        if len(batch) == 1:
            return [verdict]
        if verdict.intervened:
            return [self._judge("INPUT", passage.text) for passage in batch]
        return [replace(verdict, text=passage.text) for passage in batch]

    def _judge(self, source: "GuardrailContentSourceType", text: str) -> Verdict:
        return self._apply(source, [{"text": text}])

    def _apply(
        self,
        source: "GuardrailContentSourceType",
        blocks: "Sequence[GuardrailTextBlockTypeDef]",
    ) -> Verdict:
        """The verdict on the last block; the guardrail judges it by the others.

        Raises:
            OutcropError: there is none, and `is_open` is false.
        """
        try:
            reply = self._repeated(source, blocks)
        except OutcropError as error:
            failure = without_verdict(error, self.identifier, self.version)
            if self.is_open and not cancellation().reason:  # nobody waits for a cancelled turn
                return Verdict("unjudged", blocks[-1]["text"], OPEN)
            raise failure from error
        _log_units(source, reply)
        return _verdict(reply, blocks)

    def _repeated(
        self,
        source: "GuardrailContentSourceType",
        blocks: "Sequence[GuardrailTextBlockTypeDef]",
    ) -> "ApplyGuardrailResponseTypeDef":
        """ApplyGuardrail's reply. The client, which is for models, sends nothing twice; a judgement
        may be asked for again, and is, where the guardrail is throttled or away for a moment.
        """
        for pause in (*PAUSES, None):
            try:
                with calling("ApplyGuardrail"):
                    return self.runtime.apply_guardrail(
                        guardrailIdentifier=self.identifier,
                        guardrailVersion=self.version,
                        source=source,
                        content=[{"text": block} for block in blocks],
                        # With full scope the scores are there too of an answer that passes.
                        outputScope="FULL"
                        if len(blocks) > 1 and source == "OUTPUT"
                        else "INTERVENTIONS",
                    )
            except (Throttled, Unavailable):
                if pause is None:
                    raise
                cancellation().wait(pause)
        raise AssertionError("the last attempt returns or raises")


def _log_units(source: str, reply: "ApplyGuardrailResponseTypeDef") -> None:
    """Log the text units that a call is billed for, by policy. CloudWatch Logs Insights adds up:

    stats sum(guardrail.contextualGroundingPolicyUnits) by guardrail.source
    """
    units = {name: number for name, number in reply.get("usage", {}).items() if number}
    words = " ".join(f"{name}={number}" for name, number in units.items())
    log.info("guardrail %s %s", source, words, extra={"guardrail": {"source": source, **units}})


def _verdict(
    reply: "ApplyGuardrailResponseTypeDef", blocks: "Sequence[GuardrailTextBlockTypeDef]"
) -> Verdict:
    """Read ApplyGuardrail's reply.

    Bedrock replies GUARDRAIL_INTERVENED for a mask as for a block. The assessments tell which it
    is: each finding has an action, ANONYMIZED for a mask. If they do not tell, the text is blocked.
    """
    assessments = tuple(read_assessment(each) for each in reply["assessments"])
    if reply["action"] == "NONE":
        return Verdict("none", blocks[-1]["text"], assessments=assessments)
    reason = reply.get("actionReason")
    outputs = [output.get("text", "") for output in reply["outputs"]]
    if set(actions(reply["assessments"])) - {"NONE"} == {"ANONYMIZED"} and any(outputs):
        # A single output is that of the judged text; if each block has one, it is the last.
        masked = outputs[-1] if len(outputs) == len(blocks) else "".join(outputs)
        return Verdict("masked", masked, reason, assessments)
    return Verdict("blocked", "".join(outputs), reason, assessments)


def _batches(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    """As many passages together as `BATCH` allows; a longer passage is a batch of its own."""
    batch: list[Passage] = []
    size = 0
    for passage in passages:
        if batch and size + len(passage.text) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(passage)
        size += len(passage.text)
    if batch:
        yield batch


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
