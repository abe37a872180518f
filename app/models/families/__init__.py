"""The bodies of InvokeModel, one module a family of models."""

from collections.abc import Mapping

from app.models.facts.model_facts import FamilyName
from app.models.families.ai21 import JAMBA, JURASSIC
from app.models.families.anthropic import ANTHROPIC
from app.models.families.cohere import COMMAND, COMMAND_R
from app.models.families.family import Family
from app.models.families.llama import LLAMA3, LLAMA4
from app.models.families.mistral import MISTRAL, MISTRAL_CHAT
from app.models.families.nova import NOVA
from app.models.families.openai import CHAT, OPENAI
from app.models.families.titan import TITAN

FAMILIES: Mapping[FamilyName, Family] = {
    "anthropic": ANTHROPIC,
    "nova": NOVA,
    "titan": TITAN,
    "llama3": LLAMA3,
    "llama4": LLAMA4,
    "mistral": MISTRAL,
    "mistral-chat": MISTRAL_CHAT,
    "command-r": COMMAND_R,
    "command": COMMAND,
    "jamba": JAMBA,
    "jurassic-2": JURASSIC,
    "openai": OPENAI,
    "chat completions": CHAT,
}
