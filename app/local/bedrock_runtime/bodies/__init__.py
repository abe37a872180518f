"""Bodies: what InvokeModel is sent for each family of models, and what it answers.

    request's body -> schema (checked, in Bedrock's words) -> Prompt and Sampling
    Generation -> the whole reply, or chunks, the last with Bedrock's own metrics

One file a family, `embeddings` and `reranking`. `FAMILIES` are those that write, `EMBEDDINGS` those
that embed, `RERANKERS` those that put texts in order, by the name that `foundation_models.json` has
for them.
"""

from app.local.bedrock_runtime.bodies.ai21 import JAMBA, JURASSIC
from app.local.bedrock_runtime.bodies.anthropic import ANTHROPIC
from app.local.bedrock_runtime.bodies.cohere import COMMAND, COMMAND_R
from app.local.bedrock_runtime.bodies.embeddings import EMBEDDINGS, Embed
from app.local.bedrock_runtime.bodies.family import (
    Family,
    InvalidBody,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.llama import LLAMA
from app.local.bedrock_runtime.bodies.mistral import MISTRAL, MISTRAL_CHAT
from app.local.bedrock_runtime.bodies.nova import NOVA
from app.local.bedrock_runtime.bodies.openai import OPENAI
from app.local.bedrock_runtime.bodies.reranking import RERANKERS
from app.local.bedrock_runtime.bodies.schema import parse
from app.local.bedrock_runtime.bodies.titan import TITAN

__all__ = [
    "EMBEDDINGS",
    "FAMILIES",
    "RERANKERS",
    "TEMPLATES",
    "Embed",
    "Family",
    "InvalidBody",
    "Opening",
    "Reply",
    "Request",
    "parse",
]

TEMPLATES = frozenset({"titan", "llama", "mistral", "command", "jurassic"})
"""Those whose bodies hold one text, which may well end within the answer."""
FAMILIES: dict[str, Family] = {
    "anthropic": ANTHROPIC,
    "nova": NOVA,
    "titan": TITAN,
    "llama": LLAMA,
    "mistral": MISTRAL,
    "mistral-chat": MISTRAL_CHAT,
    "command": COMMAND,
    "command-r": COMMAND_R,
    "jamba": JAMBA,
    "jurassic": JURASSIC,
    "openai": OPENAI,
}
