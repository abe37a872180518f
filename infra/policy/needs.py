"""Rules for permissions that are needed: whoever acts is allowed what its work takes.

`iam.py` refuses what allows too much; these rules refuse what allows too little, or allows it on
another resource. A need comes from what a resource refers to: a function's environment names a
bucket, so its role may read it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.models.facts.ids import parse
from infra.policy.grants import (
    FUNCTION,
    application,
    environments,
    may,
    role_of,
)
from infra.policy.template import Template, references, referent, text

Broken = Iterator[tuple[str, str]]

BASE, SOURCE = "AWS::Bedrock::KnowledgeBase", "AWS::Bedrock::DataSource"
AGENT, SCHEDULE = "AWS::Bedrock::Agent", "AWS::Scheduler::Schedule"
MAPPING, FLOW_LOG = "AWS::Lambda::EventSourceMapping", "AWS::EC2::FlowLog"
PROFILE = "bedrock:InferenceProfileArn"

STREAMED = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
WRITING_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
USING_KEY = ("kms:Decrypt",)

# storage configuration -> member with an ARN -> the actions on it
STORES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "OpensearchServerlessConfiguration": {"CollectionArn": ("aoss:APIAccessAll",)},
    "S3VectorsConfiguration": {
        "IndexArn": tuple(
            f"s3vectors:{action}"
            for action in ("GetIndex", "QueryVectors", "PutVectors", "GetVectors", "DeleteVectors")
        )
    },
    "RdsConfiguration": {
        "ResourceArn": (
            "rds:DescribeDBClusters",
            "rds-data:BatchExecuteStatement",
            "rds-data:ExecuteStatement",
        ),
        "CredentialsSecretArn": ("secretsmanager:GetSecretValue",),
    },
}

APPLYING = ("bedrock:ApplyGuardrail",)
REGION_OF_ARN = re.compile(r":bedrock:(\$\{AWS::Region\}|[a-z0-9-]+):")

# variable of the function that answers -> attribute of what it names -> the actions on it
ANSWERING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "OUTCROP_KNOWLEDGE_BASE_ID": (
        "KnowledgeBaseArn",
        ("bedrock:Retrieve", "bedrock:GetKnowledgeBase", "bedrock:GetKnowledgeBaseDocuments"),
    ),
    "OUTCROP_GUARDRAIL_ID": ("GuardrailArn", APPLYING),
    "OUTCROP_DOCUMENTS_BUCKET": ("Arn", ("s3:ListBucket",)),
    "OUTCROP_CONVERSATIONS_BUCKET": ("Arn", ("s3:ListBucket",)),
}
INGESTING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "OUTCROP_KNOWLEDGE_BASE_ID": (
        "KnowledgeBaseArn",
        (
            "bedrock:IngestKnowledgeBaseDocuments",
            "bedrock:DeleteKnowledgeBaseDocuments",
            "bedrock:GetKnowledgeBaseDocuments",
            "bedrock:StartIngestionJob",
        ),
    ),
    "OUTCROP_DOCUMENTS_BUCKET": ("Arn", ("s3:ListBucket",)),
}
OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
STARTING = {"bedrockagent:startIngestionJob": "bedrock:StartIngestionJob"}


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody has to be allowed.

    Attributes:
        where: the resource whose work it is.
        role: the logical id of the role that it works with.
        resource: an ARN as text.
        conditions: the condition keys that hold.
    """

    where: str
    role: str
    actions: tuple[str, ...]
    resource: str
    conditions: tuple[str, ...] = ()


def work_is_allowed(template: Template) -> Broken:
    for need in _needs(template):
        if not need.role:
            yield need.where, "it works with no role of the stack"
            continue
        missing = [
            action
            for action in need.actions
            if not may(template, need.role, action, need.resource, *need.conditions)
        ]
        if missing:
            yield need.where, f"{need.role} is not allowed {', '.join(missing)} on {need.resource}"


def _needs(template: Template) -> Iterator[Need]:
    for of in (_bases, _agents, _answering, _ingesting, _functions, _schedules, _networks):
        yield from of(template)


def _bases(template: Template) -> Iterator[Need]:
    for name, properties in template.of(BASE):
        role = role_of(properties, "RoleArn")
        for model in _values(properties["KnowledgeBaseConfiguration"], "EmbeddingModelArn"):
            yield Need(name, role, STREAMED[:1], text(model))
        for kind, members in STORES.items():
            store = properties.get("StorageConfiguration", {}).get(kind, {})
            for member, actions in members.items():
                if member in store:
                    yield Need(name, role, actions, text(store[member]))
        for _, source in template.of(SOURCE):
            bucket = source["DataSourceConfiguration"].get("S3Configuration", {}).get("BucketArn")
            if bucket and name in references(source["KnowledgeBaseId"]):
                yield Need(name, role, ("s3:ListBucket",), text(bucket))
                yield Need(name, role, ("s3:GetObject",), f"{text(bucket)}/*")
                yield from _keys(template, name, role, referent(bucket))


def _agents(template: Template) -> Iterator[Need]:
    for name, properties in template.of(AGENT):
        role = role_of(properties, "AgentResourceRoleArn")
        yield from _models(name, role, text(properties.get("FoundationModel", "")))
        for base in properties.get("KnowledgeBases", ()):
            arn = f"${{{referent(base['KnowledgeBaseId'])}.KnowledgeBaseArn}}"
            yield Need(name, role, ("bedrock:Retrieve",), arn)
        used: Mapping[str, Any] = properties.get("GuardrailConfiguration", {})
        yield from _existing_guardrail(name, role, used.get("GuardrailIdentifier", ""))
        if guardrail := referent(used):
            yield Need(name, role, APPLYING, f"${{{guardrail}.GuardrailArn}}")
            yield from _keys(template, name, role, guardrail)
            yield from _guardrail_profile(template, name, role, guardrail)
        if "CustomerEncryptionKeyArn" in properties:
            key = text(properties["CustomerEncryptionKeyArn"])
            yield Need(name, role, ("kms:Decrypt", "kms:GenerateDataKey"), key)


def _answering(template: Template) -> Iterator[Need]:
    for name, properties, variables in application(template):
        role = role_of(properties)
        for model in _offered(variables):
            yield from _models(name, role, model)
        yield from _named(template, name, role, ANSWERING)
        yield from _existing_guardrail(name, role, variables.get("OUTCROP_GUARDRAIL_ID", ""))
        own = properties["Environment"]["Variables"]
        for prompt in references(own.get("OUTCROP_STORED_PROMPTS", "")):
            yield Need(name, role, ("bedrock:GetPrompt",), f"${{{prompt}.Arn}}")
        # A managed base reranks with Bedrock's own; the others with the base's role.
        if reranks := variables.get("OUTCROP_RERANK_MODEL_ID"):
            for base, one in template.of(BASE):
                reranking = role_of(one, "RoleArn")
                yield Need(base, reranking, ("bedrock:Rerank",), "*")
                yield Need(base, reranking, STREAMED[:1], _foundation_model(reranks))


def _ingesting(template: Template) -> Iterator[Need]:
    for name, variables in environments(template):
        if "OUTCROP_DATA_SOURCE_ID" in variables and "OUTCROP_AUTH" not in variables:
            role = role_of(dict(template.of(FUNCTION))[name])
            yield from _named(template, name, role, INGESTING)


def _named(
    template: Template, name: str, role: str, members: Mapping[str, tuple[str, tuple[str, ...]]]
) -> Iterator[Need]:
    """What it takes to use the resources that a function's variables name."""
    variables = dict(environments(template))[name]
    for variable, (attribute, actions) in members.items():
        target = referent(variables.get(variable, ""))
        if target:
            yield Need(name, role, actions, f"${{{target}.{attribute}}}")
            yield from _keys(template, name, role, target)
            yield from _guardrail_profile(template, name, role, target)
            if variable.endswith("_BUCKET"):
                yield Need(name, role, OBJECTS, f"${{{target}.Arn}}/*")


def _existing_guardrail(name: str, role: str, identifier: Any) -> Iterator[Need]:
    """What it takes to apply a guardrail that is none of the stack's, by its id or ARN."""
    if identifier and isinstance(identifier, str) and not identifier.startswith("${"):
        own = "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:guardrail/"
        arn = identifier if identifier.startswith("arn:") else f"{own}{identifier}"
        yield Need(name, role, APPLYING, arn)


def _guardrail_profile(template: Template, name: str, role: str, target: str) -> Iterator[Need]:
    """The cross-Region profile of a guardrail, which is applied in whatever Region it chooses."""
    properties = template.resources.get(target, {}).get("Properties", {})
    if profile := properties.get("CrossRegionConfig", {}).get("GuardrailProfileArn"):
        yield Need(name, role, APPLYING, REGION_OF_ARN.sub(":bedrock:elsewhere:", text(profile)))


def _functions(template: Template) -> Iterator[Need]:
    for name, properties in template.of(FUNCTION):
        role = role_of(properties)
        if log := referent(properties.get("LoggingConfig", {}).get("LogGroup", "")):
            yield Need(name, role, WRITING_LOGS, f"${{{log}.Arn}}")
        if "VpcConfig" in properties:
            yield Need(name, role, ("ec2:CreateNetworkInterface",), "*")
        for value in properties.get("Environment", {}).get("Variables", {}).values():
            table = referent(value)
            if template.kind(table) == "AWS::DynamoDB::Table":
                yield from _keys(template, name, role, table)
    for name, properties in template.of(MAPPING):
        function = dict(template.of(FUNCTION)).get(referent(properties["FunctionName"]), {})
        receiving = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        yield Need(name, role_of(function), receiving, text(properties["EventSourceArn"]))


def _schedules(template: Template) -> Iterator[Need]:
    for name, properties in template.of(SCHEDULE):
        target = properties["Target"]
        role = role_of(target, "RoleArn")
        for operation, action in STARTING.items():
            if text(target["Arn"]).endswith(operation):
                base = referent(target["Input"])
                yield Need(name, role, (action,), f"${{{base}.KnowledgeBaseArn}}")
        if "DeadLetterConfig" in target:
            dead = text(target["DeadLetterConfig"]["Arn"])
            yield Need(name, role, ("sqs:SendMessage",), dead)


def _networks(template: Template) -> Iterator[Need]:
    for name, properties in template.of(FLOW_LOG):
        role = role_of(properties, "DeliverLogsPermissionArn")
        log = referent(properties.get("LogGroupName", ""))
        yield Need(name, role, WRITING_LOGS, f"${{{log}.Arn}}")


def _keys(template: Template, name: str, role: str, target: str) -> Iterator[Need]:
    """The key that a bucket, a table or a guardrail is encrypted with, if it is the stack's."""
    properties = template.resources.get(target, {}).get("Properties", {})
    keys = {
        key
        for member in ("BucketEncryption", "SSESpecification", "KmsKeyArn")
        for key in references(properties.get(member, ""))
        if template.kind(key) == "AWS::KMS::Key"
    }
    for key in sorted(keys):
        yield Need(name, role, USING_KEY, f"${{{key}.Arn}}")


def _offered(variables: Mapping[str, str]) -> list[str]:
    """The models that the application may be asked to answer with."""
    listed = variables.get("OUTCROP_MODELS", "")
    models = [*listed.split(","), variables.get("OUTCROP_MODEL_ID", "")]
    return sorted({model for model in models if model})


def _models(name: str, role: str, model_id: str) -> Iterator[Need]:
    """A foundation model by its id; a profile, and its model in every Region through it."""
    if not model_id or model_id.startswith("${"):
        return
    model = parse(model_id)
    if model.arn:
        yield Need(name, role, STREAMED, model_id)
        return
    if not model.geography:
        yield Need(name, role, STREAMED, _foundation_model(model_id))
        return
    own = "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}"
    yield Need(name, role, STREAMED, f"{own}:inference-profile/{model_id}")
    for region in ("us-east-1", "eu-west-1", "ap-northeast-1", ""):  # of other geographies too
        anywhere = f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{model.model}"
        yield Need(name, role, STREAMED, anywhere, (PROFILE,))


def _foundation_model(model: str) -> str:
    return f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{model}"


def _values(value: Any, member: str) -> Iterator[Any]:
    """The values of a member, at any depth."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == member:
                yield item
            else:
                yield from _values(item, member)


RULES = (work_is_allowed,)
