"""Bedrock's agent: it plans, calls the tools, searches the Knowledge Base, and answers.

It is made only with -c agent=bedrock-agent, in accounts that have used such agents before: for
others CreateAgent refuses CloudFormation's request.
"""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from app.resources import AGENT_DOCUMENTS, AGENT_IDLE_SECONDS, AGENT_INSTRUCTION
from infra.context import Context
from infra.guardrail import UsedGuardrail
from infra.knowledge_base import KnowledgeBase
from infra.models import invocable
from infra.names import digest, generated
from infra.permissions import allow, arn, service_role
from infra.tools import Tool

CfnAgent = bedrock.CfnAgent


class Agent(Construct):
    """The prepared agent, and the alias that leads to its newest version."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        base: KnowledgeBase,
        guardrail: UsedGuardrail | None,
        tools: Sequence[Tool],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        role = service_role(
            self,
            "Role",
            "bedrock.amazonaws.com",
            *invocable(context),
            allow(["bedrock:Retrieve"], base.arn),
            *([guardrail.permission] if guardrail else []),
            allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
            source=arn("bedrock", "agent/*"),
        )
        groups = [_action_group(tool) for tool in tools]
        self.agent = CfnAgent(
            self,
            "Agent",
            agent_name=generated(self, "agent"),
            agent_resource_role_arn=role.role_arn,
            foundation_model=context.model_id,
            instruction=AGENT_INSTRUCTION,
            idle_session_ttl_in_seconds=AGENT_IDLE_SECONDS,
            auto_prepare=True,
            skip_resource_in_use_check_on_delete=False,
            customer_encryption_key_arn=key.key_arn,
            action_groups=groups,
            knowledge_bases=[
                CfnAgent.AgentKnowledgeBaseProperty(
                    knowledge_base_id=base.id,
                    description=AGENT_DOCUMENTS,
                    knowledge_base_state="ENABLED",
                )
            ],
            guardrail_configuration=CfnAgent.GuardrailConfigurationProperty(
                guardrail_identifier=guardrail.id, guardrail_version=guardrail.version
            )
            if guardrail
            else None,
        )
        self.id = self.agent.attr_agent_id
        # An alias makes a version when it is created or changed, so each definition changes it: of
        # what the stack knows now by a digest, of what AWS names by that name.
        definition_digest = digest(
            AGENT_INSTRUCTION, context.model_id, [tool.action_group for tool in tools]
        )
        functions = [tool.function.function_name for tool in tools]
        versions = [guardrail.version] if guardrail else []
        parts = [definition_digest, base.id, *versions, *functions]
        self.alias = bedrock.CfnAgentAlias(
            self,
            "Alias",
            agent_id=self.id,
            agent_alias_name="live",
            description=f"Definition {' '.join(parts)}",
        )
        self.permission = allow(["bedrock:InvokeAgent"], self.alias.attr_agent_alias_arn)
        for tool in tools:
            tool.function.add_permission(
                "Agent",
                principal=iam.ServicePrincipal("bedrock.amazonaws.com"),
                source_arn=self.agent.attr_agent_arn,
                source_account=Aws.ACCOUNT_ID,
            )


def _action_group(tool: Tool) -> dict[str, Any]:
    """A tool's functions, and the Lambda function that runs them."""
    return tool.action_group | {"actionGroupExecutor": {"lambda": tool.function.function_arn}}
