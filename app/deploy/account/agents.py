"""Checks whether this account may create Bedrock agents.

Bedrock Agents is closed to new customers since 2026-07-30: CreateAgent refuses an account that has
not used it in the twelve months before, and no API tells beforehand. Two calls give an answer
without creating anything:

    ListAgents     if there are agents, the account has used the service
    CreateAgent    with a name that breaks the service's own rule, so that it cannot succeed. A
                   refusal that names maintenance mode is certain. Any other refusal proves
                   nothing: the service may have checked the name first.

So "may not" is certain and "may" is only likely.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from app.aws import Operator, calling
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices

FORBIDDEN_NAME = "!"  # the rule is ([0-9a-zA-Z][_-]?){1,100}
CLOSED = "maintenance mode"
INSTEAD = "Leave `-c agent=bedrock-agent` out: questions are answered without one."


def agents(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """Whether the account may create agents. It is a failure only for a stack with an agent."""
    needs_agent = choices.agent == "bedrock-agent"
    with calling("ListAgents"):
        there = len(aws.bedrock_agent.list_agents(maxResults=10)["agentSummaries"])
    if _is_closed(aws):
        state = "this account may not create any: Bedrock Agents is closed to it"
        yield Finding("Bedrock agents", well=not needs_agent, found=state, mend=INSTEAD)
        return
    state = (
        "there are some here, so this account may most likely create more"
        if there
        else "there are none here; whether this account may create one shows only when it does"
    )
    needless = None if needs_agent else "This stack needs none."
    yield Finding("Bedrock agents", True if there or not needs_agent else None, state, needless)


def _is_closed(aws: Operator) -> bool:
    """Whether CreateAgent refuses because it is closed, which it may check before the name."""
    with calling("CreateAgent"):
        try:
            aws.bedrock_agent.create_agent(agentName=FORBIDDEN_NAME)
        except ClientError as error:
            return CLOSED in error.response["Error"]["Message"].casefold()
    return False
