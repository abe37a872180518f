"""What the model of an agent is told, and how it is to write: Bedrock's default, or the agent's own
prompt of orchestration.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-placeholders.html
"""

import json
import re
from collections.abc import Mapping

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent
from app.local.engine.writer import Sampling

_PLACEHOLDER = re.compile(r"\$[a-z_]+\$|\{\{[a-z_]+\}\}")


def system_of(agent: InvokedAgent, attributes: Mapping[str, str]) -> str:
    """The system prompt.

    An agent's own template is JSON with a `system`. Its placeholders for the instruction and for
    the prompt session attributes are replaced; tools and the conversation are no part of the text
    here, so the others are left out.
    """
    lines = "\n".join(f"{name}: {value}" for name, value in attributes.items())
    template = (agent.orchestration or {}).get("basePromptTemplate", "")
    system = _system_in(template)
    if system is None:
        return f"{agent.instruction}\n\n{lines}" if lines else agent.instruction
    values = {"instruction": agent.instruction, "prompt_session_attributes": lines}
    return _PLACEHOLDER.sub(lambda match: values.get(match[0].strip("${}"), ""), system)


def sampling_of(agent: InvokedAgent) -> Sampling:
    """How the model writes: by the configuration of the agent's own prompt."""
    own = (agent.orchestration or {}).get("inferenceConfiguration", {})
    return Sampling(
        temperature=own.get("temperature", 0.0),
        top_p=own.get("topP"),
        top_k=own.get("topK"),
        max_tokens=own.get("maximumLength", 2048),
        stop=tuple(own.get("stopSequences", ())),
    )


def _system_in(template: str) -> str | None:
    try:
        prompt = json.loads(template)
    except ValueError:
        return None
    system = prompt.get("system") if isinstance(prompt, dict) else None
    return system if isinstance(system, str) else None
