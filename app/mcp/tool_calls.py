"""The tools of the deployment, as tools of MCP.

arguments, checked ── guard ── the person's consent, if it changes something ── call ── guard

The guardrail judges the arguments before the call, and the result before the client sees it.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from mcp.server.context import ServerRequestContext
from mcp_types import CallToolRequestParams, CallToolResult, InputRequiredResult, ToolAnnotations
from mcp_types import Tool as McpTool

from app.errors import InvalidRequest
from app.events import Guardrail
from app.guardrail import Guard
from app.mcp import results
from app.mcp.arguments import check
from app.mcp.elicitation import Consent, Elicitation
from app.mcp.threads import in_thread
from app.tools import CALL, PRINCIPAL, Arguments, Outcome, Refusal, Tool

LONGEST_RESULT = 100_000  # characters; Lambda's tools answer with fewer


def description_of(tool: Tool) -> McpTool:
    """A tool, as MCP lists it."""
    return McpTool(
        name=tool.name,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        annotations=ToolAnnotations(
            read_only_hint=not tool.confirms,
            destructive_hint=tool.confirms,
            idempotent_hint=not tool.confirms,
            open_world_hint=False,
        ),
    )


class ToolCalls:
    """Calls tools.

    Attributes:
        tools: by name.

    Args:
        seconds: how long a call may take.
    """

    def __init__(self, tools: Sequence[Tool], guard: Guard, seconds: float) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self._guard, self._seconds = guard, seconds
        self._elicitation = Elicitation()

    async def call(
        self,
        context: ServerRequestContext[Any],
        params: CallToolRequestParams,
        tool: Tool,
        principal: str,
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool, for this principal.

        Raises:
            OutcropError: the arguments are at fault, or the tool failed.
        """
        arguments, verdicts = await in_thread(
            lambda: self._admit(tool, params.arguments or {}), self._seconds
        )
        if arguments is None:
            return results.refusal(verdicts[-1].text or "", verdicts)
        key = uuid4().hex
        if tool.confirms:
            consent = await self._elicitation.consent(context, params, tool, arguments)
            if isinstance(consent, InputRequiredResult):
                return consent
            if not isinstance(consent, Consent):
                return results.refusal(consent, verdicts)
            key = consent.key
        session = {PRINCIPAL: principal, CALL: key}
        outcome = await in_thread(
            lambda: tool.call(arguments, session), self._seconds, can_break_off=not tool.confirms
        )
        return await in_thread(lambda: self._shown(tool, outcome, verdicts), self._seconds)

    def _admit(
        self, tool: Tool, arguments: Arguments
    ) -> tuple[Arguments | None, tuple[Guardrail, ...]]:
        """The arguments as the guard lets them pass, None if it does not; and what it said.

        Raises:
            CallerError: they break a rule of the tool's schema.
        """
        check(tool, arguments)
        verdict = self._guard.tool_input(arguments)
        verdicts = verdict.events("tool_input", subject=tool.name)
        if verdict.blocked:
            return None, verdicts
        if not verdict.intervened:
            return arguments, verdicts
        masked: Arguments = json.loads(verdict.text)
        try:
            check(tool, masked)
        except InvalidRequest as error:
            raise InvalidRequest(
                f"With what the guardrail masked: {error.detail}", field=error.field
            ) from error
        return masked, verdicts

    def _shown(self, tool: Tool, outcome: Outcome, verdicts: Sequence[Guardrail]) -> CallToolResult:
        """What the client gets of an outcome."""
        is_refusal = isinstance(outcome, Refusal)
        text = outcome.message if isinstance(outcome, Refusal) else outcome.text
        if len(text) > LONGEST_RESULT:
            return results.refusal(
                f"The result of {tool.name} has {len(text):,} characters, which is too long. "
                "Ask for less.",
                verdicts,
            )
        verdict = self._guard.tool_result(text)
        verdicts = (*verdicts, *verdict.events("tool_result", subject=tool.name))
        make = results.refusal if is_refusal or verdict.blocked else results.result
        return make(verdict.text, verdicts)
