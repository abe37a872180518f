"""How many tokens a call can take, before it is made.

Each model counts tokens by its own rules, and says how many only afterwards. What is estimated here
is on the high side for text: English has about four bytes to a token, code and numbers about three,
and scripts of three bytes a sign about one sign.
"""

from math import ceil

from app.events import Usage
from app.models.content import Block, Document, Image, Reasoning, Text, ToolResult, ToolUse
from app.models.prompt import Prompt

BYTES = 3  # of a token, at least
FRAME = 16  # tokens around a message, and around the system's part
IMAGE = 1600  # tokens, the most that Claude and Nova count for one of the size that they take


def most_tokens(prompt: Prompt) -> Usage:
    """The tokens of a prompt, on the high side, and of the longest answer to it.

    >>> from app.models.content import user
    >>> most_tokens(Prompt((user("How hard is quartz?"),), max_tokens=100))
    Usage(input_tokens=39, output_tokens=100)
    """
    pieces = [prompt.system, *(repr(tool) for tool in prompt.tools)]
    blocks = [block for message in prompt.messages for block in message.content]
    text = sum(map(estimate, pieces)) + sum(map(_of_block, blocks))
    return Usage(text + FRAME * (1 + len(prompt.messages)), prompt.max_tokens)


def estimate(text: str) -> int:
    """The tokens of a text, on the high side.

    >>> estimate("quartz"), estimate("石英"), estimate("")
    (2, 2, 0)
    """
    return ceil(len(text.encode(errors="replace")) / BYTES)


def _of_block(block: Block) -> int:
    match block:
        case Text(text=text):
            return estimate(text)
        case Image():
            return IMAGE
        case Document(data=data):
            return ceil(len(data) / BYTES)
        case ToolResult(content=content):
            return FRAME + sum(map(_of_block, content))
        case ToolUse(input=arguments):
            return FRAME + estimate(repr(arguments))
        case Reasoning(text=text):
            return estimate(text or "")
