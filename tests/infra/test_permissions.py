"""Who may do what: nothing by wildcard but what is listed, everything that the code calls, and no
action that IAM does not know.
"""

import re
from pathlib import Path

import pytest

from infra.contents import ROOT
from infra.policy.iam import ANY
from infra.policy.template import Template
from tests.infra.conftest import VARIANTS, Templates

NOT_YET_KNOWN: frozenset[str] = frozenset()
"""Actions that are newer than policy_sentry's list."""


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_action_exists(templates: Templates, variant: str) -> None:
    from policy_sentry.querying.all import get_all_actions

    existing_actions = {action.lower() for action in get_all_actions()} | NOT_YET_KNOWN
    template = Template(templates(variant))
    used_actions = {
        action for one in template.statements if one.effect == "Allow" for action in one.actions
    }
    assert [
        action for action in sorted(used_actions) if action.lower() not in existing_actions
    ] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_action_is_a_wildcard(templates: Templates, variant: str) -> None:
    allowing = [one for one in Template(templates(variant)).statements if one.effect == "Allow"]
    assert [action for one in allowing for action in one.actions if "*" in action] == []


def test_every_wildcard_resource_has_its_reason(templates: Templates) -> None:
    used = {
        action
        for variant in VARIANTS
        for one in Template(templates(variant)).statements
        if one.effect == "Allow" and "*" in one.resources and one.kind != "AWS::KMS::Key"
        for action in one.actions
    }
    assert used == set(ANY)  # and nothing in the list that is not used


@pytest.mark.parametrize("variant", VARIANTS)
def test_nobody_is_trusted_but_services(templates: Templates, variant: str) -> None:
    trusted = {who for trust in Template(templates(variant)).trusts for who in trust.principals}
    assert all(re.fullmatch(r"[a-z-]+\.amazonaws\.com", who) for who in trusted)


CALLS = {
    "ApplyGuardrail": "bedrock:ApplyGuardrail",
    "Converse": "bedrock:InvokeModel",
    "ConverseStream": "bedrock:InvokeModelWithResponseStream",
    "DeleteKnowledgeBaseDocuments": "bedrock:DeleteKnowledgeBaseDocuments",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
    "GetItem": "dynamodb:GetItem",
    "GetKnowledgeBase": "bedrock:GetKnowledgeBase",
    "GetKnowledgeBaseDocuments": "bedrock:GetKnowledgeBaseDocuments",
    "GetObject": "s3:GetObject",
    "GetObjectTagging": "s3:GetObjectTagging",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "Invoke": "lambda:InvokeFunction",
    "IngestKnowledgeBaseDocuments": "bedrock:IngestKnowledgeBaseDocuments",
    "InvokeModel": "bedrock:InvokeModel",
    "InvokeModelWithResponseStream": "bedrock:InvokeModelWithResponseStream",
    "ListFoundationModels": "bedrock:ListFoundationModels",
    "ListObjectsV2": "s3:ListBucket",
    "PresignedGet": "s3:GetObject",
    "PresignedPost": "s3:PutObject",
    "PutItem": "dynamodb:PutItem",
    "PutObject": "s3:PutObject",
    "PutObjectTagging": "s3:PutObjectTagging",
    "Retrieve": "bedrock:Retrieve",
    "Scan": "dynamodb:Scan",
    "UpdateItem": "dynamodb:UpdateItem",
}
"""Operation -> the action that it takes."""

BY_INGEST = {
    "bedrock:IngestKnowledgeBaseDocuments",
    "bedrock:DeleteKnowledgeBaseDocuments",
    "s3:PutObjectTagging",
}
"""What the ingest function alone does of what `app.documents` calls."""
BY_OPERATOR = {"dynamodb:Scan"}
"""What `outcrop usage --all` alone does, with an operator's own credentials."""
NO_OPERATION = {"Setting up the AWS clients"}


def test_the_application_may_do_what_it_calls_and_no_more(templates: Templates) -> None:
    """`calling`, and for models `whole` and `streamed`, name each operation that is called."""
    called = _called(
        *("web", "answer", "retrieval", "documents", "models", "conversations", "guardrail"),
        *("budgets", "tools", "playground"),
    )
    needed = {CALLS[operation] for operation in called - NO_OPERATION}
    every = {"kms:Decrypt", "kms:GenerateDataKey"} | _EVERY_FUNCTION
    assert _may(templates, "ApplicationFunctionRole") == (needed - BY_INGEST - BY_OPERATOR) | every


def test_the_ingest_function_may_do_what_it_calls_and_no_more(templates: Templates) -> None:
    receiving = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    receiving |= {"sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"}  # of what is given back
    listing = {"s3:ListBucket"}  # who may not list a bucket is told 403 of what is not there
    by_others = {"bedrock:Retrieve"}
    needed = {CALLS[operation] for operation in _called("documents")} - by_others
    # Direct ingestion asks for StartIngestionJob too, says the guide.
    more = {"bedrock:StartIngestionJob", "kms:Decrypt", "kms:GenerateDataKey"}
    assert _may(templates, "IngestFunctionRole") == (
        needed | listing | receiving | more | _EVERY_FUNCTION
    )


_EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def _called(*parts: str) -> set[str]:
    paths = [path for part in parts for path in _python(ROOT / "app" / part)]
    return {
        name
        for path in paths
        for name in re.findall(r'\b(?:calling|_direct|whole|streamed)\("([^"]+)"', path.read_text())
    }


def _python(place: Path) -> list[Path]:
    return [place] if place.is_file() else list(place.rglob("*.py"))


def _may(templates: Templates, role: str, variant: str = "opensearch-serverless") -> set[str]:
    """What a role may do: by its own statements, and by those that name it."""
    template = Template(templates(variant))
    [name] = [name for name, _ in template.of("AWS::IAM::Role") if name[:-8] == role]
    return {
        action
        for one in template.statements
        if one.effect == "Allow" and (one.where == name or f"${{{name}.Arn}}" in one.principals)
        for action in one.actions
    }


def test_the_knowledge_base_may_call_the_reranking_model_that_is_chosen(
    templates: Templates,
) -> None:
    assert "bedrock:Rerank" in _may(templates, "KnowledgeBaseRole", "everything")
    assert "bedrock:Rerank" not in _may(templates, "KnowledgeBaseRole")


def test_the_application_may_invoke_the_models_that_are_chosen_and_no_others(
    templates: Templates,
) -> None:
    """By their own ARNs; a profile's model in every Region, a global one's without a Region too."""
    template = Template(templates("profile"))
    [name] = [
        name for name, _ in template.of("AWS::IAM::Role") if name[:-8] == "ApplicationFunctionRole"
    ]
    allowed = {
        (resource.rpartition("bedrock:")[2], tuple(sorted(one.conditions)))
        for one in template.statements
        if one.where == name and "bedrock:InvokeModelWithResponseStream" in one.actions
        for resource in one.resources
    }
    sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    own = "${AWS::Region}:${AWS::AccountId}:inference-profile"
    through = ("bedrock:InferenceProfileArn",)
    assert allowed == {
        ("${AWS::Region}::foundation-model/amazon.nova-micro-v1:0", ()),
        (f"{own}/us.amazon.nova-lite-v1:0", ()),
        ("*::foundation-model/amazon.nova-lite-v1:0", through),
        (f"{own}/global.{sonnet}", ()),
        (f"*::foundation-model/{sonnet}", through),
    }
