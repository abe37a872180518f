"""Faults to be planted into a template, one for every rule of ours.

A fault is a copy of a resource of the template with one thing wrong. Beside it stands a sound copy:
what a checker says of the one and not of the other, it says of the fault.
"""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from infra.policy.template import text
from tests.infra.conftest import Json

Change = Callable[[Json], None]


@dataclass(frozen=True)
class Fault:
    """One thing wrong.

    Attributes:
        rule: the rule of ours that it breaks.
        of: the type of the resource, or its logical id without the hash.
        change: what is done to the copy; None where an unconnected copy is the fault.
        elsewhere: which rules of others find it too.
    """

    rule: str
    of: str
    change: Change | None
    elsewhere: frozenset[str] = frozenset()


def planted(template: Json, faults: Mapping[str, Fault]) -> tuple[Json, dict[str, str]]:
    """A template with every fault in it, and each fault's sound copy, by name."""
    whole = {"Resources": deepcopy(template["Resources"])}
    sound = {}
    for name, fault in faults.items():
        source = _find(template, fault.of)
        sound[name] = f"Sound{source}"
        whole["Resources"][sound[name]] = deepcopy(template["Resources"][source])
        copy = deepcopy(template["Resources"][source])
        if fault.change:
            fault.change(copy)
        whole["Resources"][name] = copy
    return whole, sound


def _find(template: Json, of: str) -> str:
    wanted = re.compile(f"{of}([0-9A-F]{{8}})?")
    return next(
        str(name)
        for name, resource in template["Resources"].items()
        if resource["Type"] == of or wanted.fullmatch(name)
    )


def put(path: str, value: Any) -> Change:
    """Set a property, by its path: `A.B.0.C`."""

    def change(resource: Json) -> None:
        *parents, last = path.split(".")
        place: Any = resource["Properties"]
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
        place[int(last) if isinstance(place, list) else last] = value

    return change


def drop(path: str) -> Change:
    """Remove a property, by its path."""

    def change(resource: Json) -> None:
        *parents, last = path.split(".")
        place: Any = resource["Properties"]
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place[key]
        del place[int(last) if isinstance(place, list) else last]

    return change


def alone(resource: Json) -> None:
    """Wait for nothing."""
    resource.pop("DependsOn", None)


def in_policy(*path: str | int, value: Any) -> Change:
    """Set a member of a policy that is JSON in text."""

    def change(resource: Json) -> None:
        written = re.sub(
            r"\$\{[^}]*\}",
            "arn:aws:iam::111122223333:role/known-later",
            text(resource["Properties"]["Policy"]),
        )
        policy = json.loads(written)
        place = policy
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        resource["Properties"]["Policy"] = json.dumps(policy)

    return change


def statement(**members: Any) -> Change:
    """Change the last statement of a role, or of a policy for whoever comes."""

    def change(resource: Json) -> None:
        properties = resource["Properties"]
        document = properties.get("PolicyDocument") or properties["Policies"][0]["PolicyDocument"]
        for key, value in members.items():
            if value is None:
                document["Statement"][-1].pop(key, None)
            else:
                document["Statement"][-1][key] = value

    return change


def without_versions_end(resource: Json) -> None:
    del resource["Properties"]["LifecycleConfiguration"]["Rules"][1]


def lent(resource: Json) -> None:
    del resource["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]


def found(*rules: str) -> frozenset[str]:
    return frozenset(rules)


BUCKET, QUEUE, METHOD, STAGE = (
    "Documents",
    "DocumentsQueue",
    "ApiRestchatPOST",
    "AWS::ApiGateway::Stage",
)
GUARDRAIL, AGENT = "AWS::Bedrock::Guardrail", "AWS::Bedrock::Agent"
BASE = "AWS::Bedrock::KnowledgeBase"
API_FUNCTION, MAPPING = "ApplicationFunction", "AWS::Lambda::EventSourceMapping"
NETWORK, ENCRYPTION = "KnowledgeBaseStoreNetworkPolicy", "KnowledgeBaseStoreEncryptionPolicy"
ACCESS, COLLECTION = (
    "AWS::OpenSearchServerless::AccessPolicy",
    "AWS::OpenSearchServerless::Collection",
)
INDEX, ROLE = "Custom::VectorIndex", "IngestFunctionRole"
FILTERS, GROUNDING = (
    "ContentPolicyConfig.FiltersConfig",
    "ContextualGroundingPolicyConfig.FiltersConfig",
)
ALL = "MethodSettings.0"
ENVIRONMENT = "Environment.Variables"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def empty(resource: Json) -> None:
    for key in [key for key in resource["Properties"] if key.endswith("PolicyConfig")]:
        del resource["Properties"][key]


FAULTS = (
    Fault("guardrail_is_not_empty", GUARDRAIL, empty),
    Fault("guardrail_grounds_answers", GUARDRAIL, drop("ContextualGroundingPolicyConfig")),
    Fault("guardrail_grounds_answers", GUARDRAIL, drop(f"{GROUNDING}.0")),
    Fault("guardrail_threshold_can_be_reached", GUARDRAIL, put(f"{GROUNDING}.0.Threshold", 1)),
    Fault("guardrail_threshold_can_be_reached", GUARDRAIL, put(f"{GROUNDING}.1.Threshold", 1.5)),
    Fault("guardrail_looks_for_attacks", GUARDRAIL, drop(f"{FILTERS}.5")),
    Fault("guardrail_looks_for_attacks", GUARDRAIL, put(f"{FILTERS}.5.InputStrength", "NONE")),
    Fault("attacks_are_of_questions_only", GUARDRAIL, put(f"{FILTERS}.5.OutputStrength", "HIGH")),
    Fault("agent_is_guarded", AGENT, drop("GuardrailConfiguration")),
    Fault("agent_is_guarded", AGENT, put("GuardrailConfiguration.GuardrailVersion", "DRAFT")),
    Fault("agent_has_our_key", AGENT, drop("CustomerEncryptionKeyArn")),
    Fault("model_is_named_right", AGENT, put("FoundationModel", "the best one")),
    Fault("storage_is_what_it_says", BASE, put("StorageConfiguration.Type", "S3_VECTORS")),
    Fault("knowledge_base_waits_for_its_store", BASE, alone),
    Fault(
        "data_source_can_be_destroyed",
        "AWS::Bedrock::DataSource",
        put("DataDeletionPolicy", "DELETE"),
    ),
    Fault("roles_are_not_lent", "KnowledgeBaseRole", lent),
    Fault("roles_are_not_lent", "IngestNightlyRole", lent),
    Fault("functions_are_not_lent", "ToolsOrdersFunctionAgent", drop("SourceArn")),
    Fault("functions_are_not_lent", "ToolsOrdersFunctionAgent", drop("SourceAccount")),
    Fault("collection_is_not_public", NETWORK, in_policy(0, "AllowFromPublic", value=True)),
    Fault("collection_is_for_named_roles", ACCESS, in_policy(0, "Principal", value=["*"])),
    Fault(
        "collection_actions_are_named",
        ACCESS,
        in_policy(0, "Rules", 0, "Permission", value=["aoss:*"]),
    ),
    Fault(
        "collection_resources_are_named",
        ACCESS,
        in_policy(0, "Rules", 0, "Resource", value=["index/*/*"]),
    ),
    Fault("collection_waits_for_its_policies", COLLECTION, alone),
    Fault("index_waits_for_access", INDEX, alone),
    Fault("custom_resources_can_answer", INDEX, alone),
    Fault("index_fits_the_engine", INDEX, put("Engine", "nmslib")),
    Fault(
        "api_is_regional", "AWS::ApiGateway::RestApi", put("EndpointConfiguration.Types", ["EDGE"])
    ),
    Fault("integration_times_are_possible", METHOD, put("Integration.TimeoutInMillis", 1_000_000)),
    Fault(
        "integration_times_are_possible",
        METHOD,
        put("Integration.ResponseTransferMode", "BUFFERED"),
    ),
    Fault("streams_are_streamed", METHOD, drop("Integration.ResponseTransferMode")),
    Fault(
        "functions_end_before_their_callers", METHOD, put("Integration.TimeoutInMillis", 100_000)
    ),
    Fault(
        "callers_are_known",
        METHOD,
        put("AuthorizationType", "NONE"),
        found("AwsSolutions-APIG4", "AwsSolutions-COG4"),
    ),
    Fault("bodies_are_checked", METHOD, drop("RequestModels")),
    Fault("bodies_are_checked", METHOD, drop("RequestValidatorId")),
    Fault(
        "requests_are_throttled",
        STAGE,
        drop(f"{ALL}.ThrottlingRateLimit"),
        found("Serverless-APIGWDefaultThrottling"),
    ),
    Fault("questions_are_not_logged", STAGE, put(f"{ALL}.DataTraceEnabled", value=True)),
    Fault(
        "questions_are_not_logged", STAGE, put("AccessLogSetting.Format", '{"q": "$input.body"}')
    ),
    Fault(
        "headers_are_not_sampled",
        "AWS::WAFv2::WebACL",
        put("Rules.0.VisibilityConfig.SampledRequestsEnabled", value=True),
    ),
    Fault("stages_are_behind_a_rate_rule", STAGE, None, found("AwsSolutions-APIG3")),
    Fault("origins_are_named", BUCKET, put("CorsConfiguration.CorsRules.0.AllowedOrigins", ["*"])),
    Fault("buckets_speak_tls", BUCKET, None, found("AwsSolutions-S10")),
    Fault("buckets_are_not_public", BUCKET, drop("PublicAccessBlockConfiguration")),
    Fault("documents_are_kept_with_our_key", BUCKET, drop("BucketEncryption")),
    Fault("documents_can_be_brought_back", BUCKET, drop("VersioningConfiguration")),
    Fault("old_versions_end", BUCKET, without_versions_end),
    Fault("events_reach_their_queue", BUCKET, alone),
    Fault("queues_take_events_of_ours_only", "DocumentsQueuePolicy", statement(Condition=None)),
    Fault("principals_are_named", "DocumentsQueuePolicy", statement(Principal="*")),
    Fault(
        "logs_end",
        "AWS::Logs::LogGroup",
        drop("RetentionInDays"),
        found("Serverless-CloudWatchLogGroupRetentionPeriod"),
    ),
    Fault(
        "tables_can_be_brought_back",
        "AWS::DynamoDB::Table",
        drop("PointInTimeRecoverySpecification"),
        found("AwsSolutions-DDB3"),
    ),
    Fault("functions_are_of_one_kind", API_FUNCTION, put("Architectures", ["x86_64"])),
    Fault(
        "functions_are_of_one_kind",
        API_FUNCTION,
        put("Runtime", "python3.13"),
        found("AwsSolutions-L1", "Serverless-LambdaLatestVersion"),
    ),
    Fault("functions_have_a_log_of_their_own", API_FUNCTION, drop("LoggingConfig")),
    Fault(
        "functions_are_traced",
        API_FUNCTION,
        drop("TracingConfig"),
        found("Serverless-LambdaTracing"),
    ),
    Fault("callers_are_verified", API_FUNCTION, put(f"{ENVIRONMENT}.OUTCROP_AUTH", "local")),
    Fault("answers_are_guarded", API_FUNCTION, drop(f"{ENVIRONMENT}.OUTCROP_GUARDRAIL_ID")),
    Fault(
        "answers_are_guarded",
        API_FUNCTION,
        put(f"{ENVIRONMENT}.OUTCROP_GUARDRAIL_VERSION", "DRAFT"),
    ),
    Fault("turns_end_in_time", API_FUNCTION, put("Timeout", 100)),
    Fault("failures_come_back_alone", MAPPING, drop("FunctionResponseTypes")),
    Fault(
        "actions_are_named",
        ROLE,
        statement(Action="bedrock:*"),
        found("AwsSolutions-IAM5[Action::bedrock:*]"),
    ),
    Fault("resources_are_named", ROLE, statement(Resource="*")),
    Fault(
        "roles_hold_no_managed_policies",
        ROLE,
        put("ManagedPolicyArns", [ADMINISTRATOR]),
        found(f"AwsSolutions-IAM4[Policy::{ADMINISTRATOR}]"),
    ),
)
