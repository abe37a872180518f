"""The stand-in model: honest and extractive.

    prompt      what a model is asked, and how it is to answer: the nouns
    content     blocks of a conversation, and the deltas in which a model writes them
    reading     Prompt -> the task in it: answer from passages, rewrite a follow-up, something else
                (message takes the text apart by its labels, context finds where the passages
                stand, passages cuts them, with records, literals and markup; wishes says how they
                are cited and what an abstention says, layout what stands around the answer)
    searches    results of tools that are to be cited -> the questions that they answer
    quotes      documents -> passages; where in a document a sentence of the answer stands
    blocks      a passage of Markdown -> headings, paragraphs, lists, tables, code
    candidates  passages -> all that can be said of them: sentences, items, rows, whole blocks
    case        a question and its candidates: what each has and lacks of the question
    evidence    how far each candidate speaks for being the answer (late, by late interaction)
    acts        what is to be done, and its opposite
    expected    the kind of answer that a question expects: a reason, a place, a person
    surroundings  the system, product or place in which a question sets what it asks
    choose      scores -> is there an answer, which sentences make it, in which order
    rendering   what is said, as Markdown, with its marks
    small_talk  what asks for nothing; overview: what asks for all documents
    rewrite     a follow-up and its conversation -> a question that stands alone
                (by phrases and pronouns)
    decomposition  a question -> those that it is made of
    recaps      a conversation -> what was asked, and the key sentences of the answers
    categories  a message for an agent -> its category, and the reason
    thoughts    what is told of how the answer came about, before it
    planning    tools, or a schema of the answer -> what a planner decides, held to the request
    calls       the calls that it decides on, piece by piece
    limits      the answer, piece by piece, up to its longest length or the text that ends it

    writer      all of this in a row
    server      in its place: any OpenAI-compatible server (Ollama, llama.cpp, vLLM)
    bodies      the request and response bodies of each family of models

It says what the passages say and nothing else: every word of an answer stands in a passage. Where
none of them answers it abstains, as the prompt wants it said. What it cannot do it says it cannot.
"""

from app.local.engine.writer.content import (
    Block,
    BlockDelta,
    BlockEvent,
    Blocks,
    BlockStart,
    BlockStop,
    Delta,
    Image,
    Quote,
    QuoteDelta,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    TextStart,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    delta_text,
)
from app.local.engine.writer.prompt import (
    Citation,
    Document,
    File,
    Finish,
    Generation,
    Model,
    ModelError,
    ModelTimeout,
    Prompt,
    Sampling,
    Thinking,
    Tool,
    ToolChoice,
    Turn,
    Writing,
    Written,
)
from app.local.engine.writer.server import Server
from app.local.engine.writer.writer import Writer

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
