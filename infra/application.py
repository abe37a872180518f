"""The application's function, behind the Lambda Web Adapter."""

from collections.abc import Sequence
from dataclasses import replace

from aws_cdk import Aws, Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from app.resources import adapter_arn
from infra.agent import Agent
from infra.budgets import ACTIONS
from infra.bundle import Bundle
from infra.context import Context
from infra.documents import Documents, admit
from infra.function import Function
from infra.guardrail import UsedGuardrail
from infra.knowledge_base import KnowledgeBase
from infra.models import embedding_model, invocable
from infra.permissions import allow
from infra.prompts import StoredPrompts
from infra.sign_in import SignIn
from infra.tools import Tool, tool_functions

BUNDLE = Bundle("api", "requirements.txt", limit=60)
TIMEOUT = Duration.seconds(190)
DEADLINE_SECONDS = 120  # of a turn; it may wait for a response half as long again

READING = ("bedrock:Retrieve", "bedrock:GetKnowledgeBase", "bedrock:GetKnowledgeBaseDocuments")

BUDGETS = (
    "PRINCIPAL_TOKENS_DAY",
    "PRINCIPAL_TOKENS_MONTH",
    "PRINCIPAL_DOLLARS_DAY",
    "PRINCIPAL_DOLLARS_MONTH",
)
"""The settings that are choices of the same names."""

ADAPTER_VARIABLES = {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_PORT": "8080",
    "AWS_LWA_READINESS_CHECK_PATH": "/healthz",
}
"""The adapter starts the handler, waits until it answers here, and passes requests on."""


class Application(Construct):
    """The function."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        documents: Documents,
        base: KnowledgeBase,
        guardrail: UsedGuardrail | None,
        budgets: dynamodb.ITable,
        tools: Sequence[Tool],
        prompts: StoredPrompts,
        agent: Agent | None,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        bucket, conversations = documents.bucket, documents.conversations
        settings = {
            "AUTH": "api-gateway",
            "KNOWLEDGE_BASE_ID": base.id,
            "KNOWLEDGE_BASE_TYPE": base.kind,
            "DATA_SOURCE_ID": base.data_source_id,
            "DOCUMENTS_BUCKET": bucket.bucket_name,
            "CONVERSATIONS_BUCKET": conversations.bucket_name,
            "MODEL_ID": context.model_id,
            "MODELS": ",".join(context.model_ids),
            "EMBEDDING_MODEL_ID": context.embedding_model_id,
            "BASE_MODEL_ID": context.base_model_id,
            "SEARCH_TYPE": base.search_type,
            "RERANK_MODEL_ID": context.rerank_model_id,
            "ORIGIN": context.origin,
            "BUDGET_TABLE": budgets.table_name,
            "TOOL_FUNCTIONS": tool_functions(tools),
            "PRINCIPAL_TURNS": str(context.principal_turns),
            **{name: _text(getattr(context, name.lower())) for name in BUDGETS},
            "DEADLINE_SECONDS": str(DEADLINE_SECONDS),
            "STORED_PROMPTS": prompts.setting,
            **(_agent_settings(agent) if agent else {}),
            **(_guardrail_settings(context, guardrail) if guardrail else {}),
        }
        self.function = Function(
            self,
            "Function",
            context,
            description="Answers questions, with citations, as a stream.",
            bundle=replace(BUNDLE, with_page=context.page_home == "function"),
            handler="lambdas/api/run.sh",
            timeout=TIMEOUT,
            memory=1024,
            environment=ADAPTER_VARIABLES
            | {f"OUTCROP_{name}": value for name, value in settings.items() if value},
            allowed=[
                allow(["s3:ListBucket"], bucket.bucket_arn, conversations.bucket_arn),
                allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
                allow(READING, base.arn),
                allow(ACTIONS, budgets.table_arn),
                *_calling(tools),
                *([agent.permission] if agent else []),
                *([guardrail.permission] if guardrail else []),
                *prompts.permissions,
                allow(["bedrock:ListFoundationModels"], "*"),
                *invocable(context),
                allow(["bedrock:InvokeModel"], embedding_model(context)),
            ],
            layers=[
                lambda_.LayerVersion.from_layer_version_arn(
                    self, "Adapter", adapter_arn(Aws.REGION, Aws.PARTITION)
                )
            ],
        )
        for each in (bucket, conversations):
            admit(each, self.function.own_role, "s3:GetObject", "s3:PutObject", "s3:DeleteObject")
        admit(bucket, self.function.own_role, "s3:GetObjectTagging")

    def serve_page(self, sign_in: SignIn) -> None:
        """Have the function serve the page, with what that needs to sign people in."""
        for name, value in (
            ("AUTHORITY", sign_in.authority),
            ("ISSUER", sign_in.issuer),
            ("CLIENT", sign_in.client.user_pool_client_id),
        ):
            self.function.add_environment(f"OUTCROP_SIGN_IN_{name}", value)


def _guardrail_settings(context: Context, guardrail: UsedGuardrail) -> dict[str, str]:
    return {
        "GUARDRAIL_ID": guardrail.id,
        "GUARDRAIL_VERSION": guardrail.version,
        "GUARDRAIL_MODE": context.guardrail_mode,
        "GUARDRAIL_PASSAGES": str(context.guardrail_passages).lower(),
        "GUARDRAIL_WHEN_DOWN": context.guardrail_when_down,
    }


def _agent_settings(agent: Agent) -> dict[str, str]:
    return {
        "AGENT_RUNNER": "bedrock-agent",
        "AGENT_ID": agent.id,
        "AGENT_ALIAS_ID": agent.alias.attr_agent_alias_id,
    }


def _calling(tools: Sequence[Tool]) -> list[iam.PolicyStatement]:
    functions = [tool.function.function_arn for tool in tools]
    return [allow(["lambda:InvokeFunction"], *functions)] if functions else []


def _text(value: float | None) -> str | None:
    return None if value is None else str(value)
