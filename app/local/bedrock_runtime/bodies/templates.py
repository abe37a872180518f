"""Chat templates, read back: one text in the form that a model was trained on -> turns."""

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies.conversation import conversation
from app.local.engine.writer.prompt import Prompt, Turn

_HEADER = re.compile(  # Llama 3's, and Llama 4's
    r"<\|(?:start_header_id|header_start)\|>(\w+)<\|(?:end_header_id|header_end)\|>\s*"
)
_TOKEN = re.compile(r"<\|\w+\|>")
_INSTRUCTION = re.compile(r"\[/?INST\]")
_SENTENCE = re.compile(r"</?s>")
_SYSTEM = ("<<SYS>>", "<</SYS>>")


def headers(text: str) -> Prompt:
    r"""Llama 3 and 4: a header before each turn, a token behind it.

    >>> start = "<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>"
    >>> prompt = headers(start.format("system", "Be brief.") + start.format("user", "Hello"))
    >>> prompt.system, [(turn.role, turn.text) for turn in prompt.turns]
    ('Be brief.', [('user', 'Hello')])
    """
    _, *parts = _HEADER.split(text)
    messages = [
        (role, _TOKEN.sub("", words).strip())
        for role, words in zip(parts[::2], parts[1::2], strict=True)
    ]
    if not messages:
        return instructions(text)
    if messages[-1] == ("assistant", ""):
        messages.pop()
    system = "\n\n".join(words for role, words in messages if role == "system")
    turns = (
        Turn("assistant" if role == "assistant" else "user", words)
        for role, words in messages
        if role != "system"
    )
    return Prompt(conversation(turns), system)


def instructions(text: str) -> Prompt:
    r"""Mistral and Llama 2: what the user says between [INST] and [/INST]. Without, all one turn.

    There is no place for a system prompt but before the user's first words, or in <<SYS>>.

    >>> text = "<s>[INST] Be brief.\n\nHi [/INST] Hello.</s>[INST] Who are you? [/INST]"
    >>> prompt = instructions(text)
    >>> prompt.system, [turn.text for turn in prompt.turns]
    ('Be brief.', ['Hi', 'Hello.', 'Who are you?'])
    """
    _, *messages = [part.strip() for part in _INSTRUCTION.split(_SENTENCE.sub("", text))]
    if messages and not messages[-1]:
        messages.pop()
    if not messages:
        return Prompt((Turn("user", text.strip()),))
    system = ""
    if marked := _between(messages[0], *_SYSTEM):
        system, messages[0] = marked
    elif len(messages) > 1:
        system, _, messages[0] = messages[0].rpartition("\n\n")
    turns = (
        Turn("assistant" if place % 2 else "user", words) for place, words in enumerate(messages)
    )
    return Prompt(conversation(turns), system)


def _between(text: str, opening: str, closing: str) -> tuple[str, str] | None:
    """What stands between two signs, and the text without it; None where nothing does."""
    before, _, rest = text.partition(opening)
    inside, closed, after = rest.partition(closing)
    return (inside.strip(), f"{before}{after}".strip()) if closed else None
