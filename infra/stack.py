"""The whole stack: its constructs, in order, and its outputs."""

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from infra.agent import Agent
from infra.api import Api
from infra.application import Application
from infra.budgets import budgets_table
from infra.context import Context
from infra.documents import Documents
from infra.guardrail import guardrail
from infra.ingest import Ingest
from infra.key import Key
from infra.knowledge_base import KnowledgeBase
from infra.metrics import Metrics
from infra.observability import Observability
from infra.page import Page
from infra.prompts import StoredPrompts
from infra.sign_in import SignIn
from infra.tools import tool_functions, tools

TAGGED_ONCE = ("AWS::OpenSearchServerless::Collection",)
"""Types that take tags when they are created and never again: another tag would replace them."""

UNGUARDED = "none: no question, passage or answer is judged (guardrail=none)"
"""The output of a stack without a guardrail."""


class Outcrop(Stack):
    """Outcrop in AWS, by the choices of the context."""

    def __init__(self, scope: Construct, context: Context) -> None:
        super().__init__(
            scope,
            context.stack,
            description="Outcrop: cited answers about one's own documents, on Amazon Bedrock.",
            termination_protection=context.production,
        )
        key = Key(self, "Key", context)
        documents = Documents(self, "Documents", context, key)
        base = KnowledgeBase(self, "KnowledgeBase", context, documents.bucket, key)
        ingest = Ingest(self, "Ingest", context, documents, base, key)
        judge = guardrail(self, context, key)
        agent_tools = tools(self, context, key)
        agent = (
            Agent(self, "Agent", context, base, judge, agent_tools, key)
            if context.agent == "bedrock-agent"
            else None
        )
        budgets = budgets_table(self, "Budgets", context, key)
        prompts = StoredPrompts(self, "StoredPrompts", context)
        application = Application(
            self,
            "Application",
            context,
            documents,
            base,
            judge,
            budgets,
            agent_tools,
            prompts,
            agent,
            key,
        )
        sign_in = SignIn(self, "SignIn", context) if context.auth == "cognito" else None
        api = Api(self, "Api", context, application.function, sign_in)
        if sign_in:
            self._page(context, application, api, documents, sign_in)
        metrics = Metrics(
            context,
            api.rest.deployment_stage,
            application.function,
            ingest.function,
            documents,
            judge,
        )
        observability = Observability(self, "Observability", context, metrics, key)
        self._add_outputs(
            ApiUrl=api.url,
            Auth=context.auth,
            DocumentsBucket=documents.bucket.bucket_name,
            ConversationsBucket=documents.conversations.bucket_name,
            KnowledgeBaseId=base.id,
            DataSourceId=base.data_source_id,
            GuardrailOrigin=judge.origin if judge else UNGUARDED,
            BudgetTable=budgets.table_name,
            ApiFunction=application.function.function_name,
            IngestFunction=ingest.function.function_name,
            ToolFunctions=tool_functions(agent_tools),
            DashboardUrl=observability.url,
            **{f"{tool.title}Table": tool.table.table_name for tool in agent_tools if tool.table},
        )
        if sign_in:
            self._add_outputs(
                UserPoolId=sign_in.pool.user_pool_id,
                UserPoolClientId=sign_in.client.user_pool_client_id,
                SignInUrl=sign_in.url,
            )
        if judge:
            self._add_outputs(GuardrailId=judge.id, GuardrailVersion=judge.version)
        if prompts.output:
            self._add_outputs(Prompts=prompts.output)
        if agent:
            self._add_outputs(AgentId=agent.id, AgentAliasId=agent.alias.attr_agent_alias_id)
        for tag, value in (("application", "outcrop"), ("outcrop:stack", context.stack)):
            Tags.of(self).add(tag, value, exclude_resource_types=list(TAGGED_ONCE))

    def _page(
        self,
        context: Context,
        application: Application,
        api: Api,
        documents: Documents,
        sign_in: SignIn,
    ) -> None:
        """The page, in the home that was chosen, and the client that people sign in by: it has to
        know the page's address, and the page has to know the client.
        """
        pages = [f"{context.origin}/"] if context.origin else []
        if context.page_home == "none":
            sign_in.add_client(pages)
        elif context.page_home == "function":
            documents.let_upload(api.origin)
            sign_in.add_client([*pages, api.page_url])
            application.serve_page(sign_in)
            self._add_outputs(PageUrl=api.page_url)
        else:
            page = Page(self, "Page", context, api, documents, sign_in)
            documents.let_upload(page.origin)
            sign_in.add_client([*pages, f"{page.origin}/"])
            page.publish()
            self._add_outputs(PageUrl=f"{page.origin}/")
            if page.alias:
                self._add_outputs(PageAlias=page.alias)

    def _add_outputs(self, **outputs: str) -> None:
        """Add outputs, by which the `outcrop` command finds the stack's resources."""
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
