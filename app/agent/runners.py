"""The choice of the runner, by OUTCROP_AGENT_RUNNER: the one place where it is made."""

from app.agent.bedrock_agent import BedrockAgentRunner
from app.agent.confirmations import Pending
from app.agent.context import AgentContext
from app.agent.converse import ConverseRunner
from app.agent.runner import AgentRunner
from app.errors import InvalidRequest
from app.settings import Settings, WrongSettings


def check_runner(settings: Settings) -> None:
    """Make sure that the settings have what their runner needs.

    Raises:
        WrongSettings: naming what is missing.
    """
    if settings.agent_runner == "bedrock-agent" and not settings.agent_id:
        raise WrongSettings(
            "Settings are missing or wrong: OUTCROP_AGENT_RUNNER=bedrock-agent: it needs "
            "OUTCROP_AGENT_ID and OUTCROP_AGENT_ALIAS_ID, which are not set."
        )


def runner_of_question(model_id: str | None, context: AgentContext) -> AgentRunner:
    """The runner of a question.

    Args:
        model_id: the model that the caller wants; None leaves it to the settings.

    Raises:
        CallerError: there is no such model, or it may not be called here.
    """
    settings = context.turn.settings
    if settings.agent_runner == "bedrock-agent" and model_id not in (None, settings.model_id):
        raise InvalidRequest(
            f"model: the agent has a model of its own, {settings.model_id}; leave the model out.",
            field="model",
        )
    return _runner(model_id, context)


def runner_of_decision(pending: Pending, context: AgentContext) -> AgentRunner:
    """The runner that goes on with a call that waits.

    Raises:
        CallerError: it cannot go on with it.
    """
    runner = _runner(pending.model, context)
    runner.check(pending)
    return runner


def _runner(model_id: str | None, context: AgentContext) -> AgentRunner:
    if context.turn.settings.agent_runner == "bedrock-agent":
        return BedrockAgentRunner(context)
    return ConverseRunner(model_id, context)
