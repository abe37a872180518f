"""InvokeAgent: a turn with an agent.

    agent       what an alias leads to: instruction, operations that may be called, Knowledge Bases
    session     what was said before, attributes, and a turn that waits for its caller
    turn        guardrail - (model - calls - observations)* - answer - guardrail, as events
    lambdas     an operation as a Lambda function's event, and its response checked
    lookups     a Knowledge Base as one more operation
    control     an operation whose caller has to act, or to confirm it first
    traces      what the turn did, part by part

A turn is a stream of events: `trace` where it is asked for, then `chunk` or `returnControl`.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html
"""

from app.local.bedrock_agent_runtime.agents.invocation import AgentRuntime, InvocableAgents
from app.local.bedrock_agent_runtime.agents.sessions import AgentSessions

__all__ = ["AgentRuntime", "AgentSessions", "InvocableAgents"]
