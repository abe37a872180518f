"""`bedrock-agent-runtime`, as far as Knowledge Bases go."""

from app.local.bedrock_agent.handlers import TAGS
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.wire import Service


def handlers(knowledge: Knowledge, agent: Service) -> Service:
    """Retrieve, and the operations on tags, which bedrock-agent has under the same path.

    Args:
        knowledge: where passages are.
        agent: the operations of bedrock-agent.
    """
    return {"Retrieve": lambda call: knowledge.retrieve(call.params)} | {
        name: agent[name] for name in TAGS
    }
