"""InvokeAgent: a turn with an agent.

    agent       what an alias leads to: instruction, operations that may be called, Knowledge Bases
    overrides   how its model is asked in each step; templates, prompts what it is asked then
    memory      what is remembered of sessions that are over
    session     what was said before, attributes, and a turn that waits for its caller
    turn        guardrail - pre-processing - orchestration - post-processing - guardrail, as events
    orchestration  (model - calls - observations)* - answer
    default_parser, parser_lambda  what a reply of the model says
    calls       of operations, of lookups in Knowledge Bases, and those that the caller carries out
    lambdas     an operation as a Lambda function's event, and its response checked
    control     an operation whose caller has to act, or to confirm it first
    chunks      the answer, whole or in pieces, judged
    traces      what the turn did, part by part

A turn is a stream of events: `trace` where it is asked for, then `chunk` or `returnControl`.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html
"""

from app.local.bedrock_agent_runtime.agents.invocation import AgentRuntime, InvocableAgents
from app.local.bedrock_agent_runtime.agents.sessions import AgentSessions

__all__ = ["AgentRuntime", "AgentSessions", "InvocableAgents"]
