"""Every finding of every policy is read, member by member, as ApplyGuardrail reports it."""

from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from app.guardrail import (
    Assessment,
    ContentFilter,
    GroundingCheck,
    SensitiveInformation,
    Topic,
    Word,
)
from app.guardrail.assessments import actions, read_assessment

REPORTED: dict[str, Any] = {
    "topicPolicy": {"topics": [{"name": "Fees", "type": "DENY", "action": "BLOCKED"}]},
    "contentPolicy": {"filters": [{"type": "HATE", "confidence": "LOW", "action": "NONE"}]},
    "wordPolicy": {
        "customWords": [{"match": "darn", "action": "BLOCKED"}],
        "managedWordLists": [{"match": "damn", "type": "PROFANITY", "action": "NONE"}],
    },
    "sensitiveInformationPolicy": {
        "piiEntities": [{"match": "Ada", "type": "NAME", "action": "ANONYMIZED"}],
        "regexes": [{"name": "ticket", "match": "T-1", "regex": "T-.", "action": "BLOCKED"}],
    },
    "contextualGroundingPolicy": {
        "filters": [{"type": "GROUNDING", "threshold": 0.7, "score": 0.5, "action": "BLOCKED"}]
    },
}
READ = Assessment(
    topics=(Topic("Fees", "BLOCKED"),),
    content=(ContentFilter("HATE", "LOW", "NONE"),),
    words=(Word("darn", "BLOCKED"), Word("damn", "NONE", "PROFANITY")),
    sensitive_information=(
        SensitiveInformation("NAME", "Ada", "ANONYMIZED"),
        SensitiveInformation("ticket", "T-1", "BLOCKED"),
    ),
    grounding=(GroundingCheck("GROUNDING", 0.5, 0.7, "BLOCKED"),),
)


def test_the_example_is_one_that_bedrock_could_send() -> None:
    model = ServiceModel(Loader().load_service_model("bedrock-runtime", "service-2"))
    report = ParamValidator().validate(REPORTED, model.shape_for("GuardrailAssessment"))
    assert not report.has_errors(), report.generate_report()


def test_every_member_of_an_assessment_is_read() -> None:
    assert read_assessment(REPORTED) == READ
    assert read_assessment({}) == Assessment()


def test_what_a_guardrail_leaves_out_of_its_report_is_empty() -> None:
    finding = {"type": "NAME", "action": "ANONYMIZED"}
    read = read_assessment({"sensitiveInformationPolicy": {"piiEntities": [finding]}})
    assert read.sensitive_information == (SensitiveInformation("NAME", "", "ANONYMIZED"),)


def test_actions_are_those_of_every_policy_also_of_one_that_is_not_known() -> None:
    unknown = {"newPolicy": {"deep": [{"deeper": {"action": "BLOCKED"}}], "action": 3}}
    assert list(actions([REPORTED["contentPolicy"], unknown])) == ["NONE", "BLOCKED"]
