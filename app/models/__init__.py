"""Foundation models: a Prompt in, deltas of blocks and a Completion out, whatever the family.

    id -> find -> Model    Prompt, checked -> body -> InvokeModel -> deltas, Completion    for chat
                           Prompt, checked ->         Converse    -> deltas, Completion    for tools

    completion = invocation.invoke(runtime, find(model_id), Prompt((user("Hello"),)))

    content     what messages and replies are made of
    prompt      what a model is asked
    facts       what is known of every model
    model       an id, and the facts of the model behind it
    invocation  InvokeModel and InvokeModelWithResponseStream; `families` has a file for each body
    converse    Converse and ConverseStream, with the same signatures
    reply       puts a reply together, and calls it whole or cut

The last three are imported by name, as in `from app.models import invocation`: boto3 comes with
them, and takes its time.

>>> find("eu.amazon.nova-lite-v1:0").facts.context
300000
"""

from app.models.content import (
    Block,
    BlockEnd,
    Completion,
    Delta,
    Document,
    Image,
    Message,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    assistant,
    text_of,
    user,
)
from app.models.facts.catalogue import MODELS
from app.models.facts.model_facts import ModelFacts
from app.models.model import Model, find
from app.models.prompt import Prompt, ToolSpecification

__all__ = [
    "MODELS",
    "Block",
    "BlockEnd",
    "Completion",
    "Delta",
    "Document",
    "Image",
    "Message",
    "Model",
    "ModelFacts",
    "Prompt",
    "Reasoning",
    "ReasoningDelta",
    "Text",
    "TextDelta",
    "ToolInputDelta",
    "ToolResult",
    "ToolSpecification",
    "ToolUse",
    "ToolUseStart",
    "assistant",
    "find",
    "text_of",
    "user",
]
