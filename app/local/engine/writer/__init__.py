"""The stand-in model: honest and extractive.

what is asked, and what is written:
    prompt      a conversation, tools, how to answer
    content     documents, images, thoughts, calls and their results, within it
    writing     an answer, piece by piece, in the deltas of `deltas`; the models that write one

in a row, `writer`:
    reading     Prompt -> the task in it: answer from passages, rewrite a follow-up, something else
    message     the prompt's text, taken apart: its labels, where the passages stand, their records,
                literals and markup, how they are to be cited, what an abstention is to say
    searches    results of tools that are to be cited -> the questions that they answer
    rewrite     a follow-up and its conversation -> a question that stands alone, by ellipsis,
                ordinals and pronouns
    question    what is asked: its kind, numbers, measures, expected kinds of answers, acts, nouns
    candidates  passages -> all that can be said of them: sentences, items, rows, whole blocks
    choice      the language -> who chooses: english or multilingual, for an `inquiry`
    evidence    how far each candidate speaks for being the answer, from the case of a question and
                its candidates: coverage by words, nearness by meaning, demands, what is missing
    selection   scores -> is there an answer, which sentences make it, in which order; verdicts,
                comparisons, summaries, superlatives and premises select in their own ways
    wording     what is said, with its marks, quotes and layout; an abstention
    limits      the answer, piece by piece, up to its longest length or the text that ends it

other tasks:
    small_talk  what asks for nothing; overview: what asks for all documents
    decomposition  a question -> those that it is made of
    recaps      a conversation -> what was asked, and the key sentences of the answers
    categories  a message for an agent -> its category, and the reason
    planning    tools, or a schema of the answer -> what a planner decides, held to the request
    calls       the calls that it decides on, piece by piece
    thoughts    what is told of how the answer came about, before it

in its place:
    server      any OpenAI-compatible server (Ollama, llama.cpp, vLLM)

It says what the passages say and nothing else: every word of an answer stands in a passage. Where
none of them answers it abstains, as the prompt wants it said. What it cannot do it says it cannot.
"""

from app.local.engine.writer.content import (
    Block,
    Document,
    File,
    Image,
    Quote,
    Reasoning,
    Text,
    ToolResult,
    ToolUse,
)
from app.local.engine.writer.deltas import (
    BlockDelta,
    BlockEvent,
    Blocks,
    BlockStart,
    BlockStop,
    Delta,
    QuoteDelta,
    ReasoningDelta,
    TextDelta,
    TextStart,
    ToolInputDelta,
    ToolUseStart,
    delta_text,
)
from app.local.engine.writer.prompt import Prompt, Sampling, Thinking, Tool, ToolChoice, Turn
from app.local.engine.writer.server import Server
from app.local.engine.writer.writer import Writer
from app.local.engine.writer.writing import (
    Citation,
    Finish,
    Generation,
    Model,
    ModelError,
    ModelTimeout,
    Writing,
    Written,
)

__all__ = [
    "Block",
    "BlockDelta",
    "BlockEvent",
    "BlockStart",
    "BlockStop",
    "Blocks",
    "Citation",
    "Delta",
    "Document",
    "File",
    "Finish",
    "Generation",
    "Image",
    "Model",
    "ModelError",
    "ModelTimeout",
    "Prompt",
    "Quote",
    "QuoteDelta",
    "Reasoning",
    "ReasoningDelta",
    "Sampling",
    "Server",
    "Text",
    "TextDelta",
    "TextStart",
    "Thinking",
    "Tool",
    "ToolChoice",
    "ToolInputDelta",
    "ToolResult",
    "ToolUse",
    "ToolUseStart",
    "Turn",
    "Writer",
    "Writing",
    "Written",
    "delta_text",
]
