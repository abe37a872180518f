"""`bedrock-agent-runtime`, as far as Knowledge Bases go."""

from app.local.knowledge import Knowledge
from app.local.services import bedrock_agent
from app.local.wire import Service

SHARED = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(knowledge: Knowledge) -> Service:
    """Retrieve, and the operations on tags, which both services have under the same path."""
    tags = {name: bedrock_agent.handlers(knowledge)[name] for name in SHARED}
    return {"Retrieve": lambda call: knowledge.retrieve(call.params), **tags}
