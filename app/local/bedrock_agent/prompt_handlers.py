"""The operations on prompts and their versions."""

from collections.abc import Mapping
from functools import partial

from app.local.bedrock_agent.prompts import Prompts, prompts
from app.local.control import Act, operations, tags
from app.local.wire import Service

READS: Mapping[str, Act] = {
    "GetPrompt": prompts.get,
    "ListPrompts": prompts.page,
    "ListTagsForResource": partial(tags.page, prompts.exists),
}
WRITES: Mapping[str, Act] = {
    "CreatePrompt": prompts.create,
    "UpdatePrompt": prompts.update,
    "DeletePrompt": prompts.delete,
    "CreatePromptVersion": prompts.create_version,
    "TagResource": partial(tags.tag, prompts.exists),
    "UntagResource": partial(tags.untag, prompts.exists),
}


def handlers(plane: Prompts) -> Service:
    """The handlers of these operations, by name."""
    return operations(plane, READS, WRITES)
