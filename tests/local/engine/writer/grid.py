"""Shapes of passages and frames of prompts: each shape may stand in each frame.

A shape says what of its passages is to be found: all of the text as one, their texts, or their
names as well.
"""

import json
from typing import Literal

from tests.local.engine.writer.templates import FILES, JOINED, REPRS, TEXTS, each

Parts = Literal["one", "num", "named", "head", "any"]


def _json(text: str, name: str, indent: int | None = None) -> str:
    records = [{text: one, name: file} for one, file in zip(TEXTS, FILES, strict=True)]
    return json.dumps(records, indent=indent)


SHAPES: dict[str, tuple[str, Parts]] = {
    "joined": (JOINED, "one"),
    "[n]": (each("[{n}] {text}"), "num"),
    "n.": (each("{n}. {text}"), "num"),
    "(n)": (each("({n}) {text}"), "num"),
    "Passage n:": (each("Passage {n}: {text}"), "num"),
    "Document n:\\n": (each("Document {n}:\n{text}"), "num"),
    "Source n -": (each("Source {n} - {text}"), "num"),
    "Excerpt #n": (each("Excerpt #{n}: {text}"), "num"),
    "Chunk n": (each("Chunk {n}\n{text}"), "num"),
    "--- Document n ---": (each("--- Document {n} ---\n{text}"), "num"),
    "=== Document n ===": (each("=== Document {n} ===\n{text}"), "num"),
    "**Document n**": (each("**Document {n}**\n{text}"), "num"),
    "**[n]**": (each("**[{n}]** {text}"), "num"),
    "<doc>": (each("<doc>\n{text}\n</doc>", "\n"), "num"),
    "<doc id>": (each('<doc id="{n}" title="{name}">\n{text}\n</doc>', "\n"), "named"),
    "<passage_n>": (each("<passage_{n}>\n{text}\n</passage_{n}>", "\n"), "num"),
    "<article>": (
        each("<article>\n<title>{name}</title>\n<body>{text}</body>\n</article>", "\n"),
        "named",
    ),
    "<chunk n=>": (each("<chunk index='{n}' source='{name}'>{text}</chunk>", "\n"), "named"),
    "json": (_json("text", "source"), "named"),
    "jsonindent": (_json("content", "title", indent=2), "named"),
    "reprs": (REPRS, "named"),
    "list": (repr(list(TEXTS)), "num"),
    "tuple": (repr(TEXTS), "num"),
    "title/content": (each("Title: {name}\nContent: {text}"), "named"),
    "source last": (each("Content: {text}\nSource: {name}"), "named"),
    "Text/Source": (each("Text: {text}\nSource: {name}"), "named"),
    "(Source: x)": (each("{text}\n(Source: {name})"), "any"),
    "---": (each("{text}", "\n\n---\n\n"), "num"),
    "## name": (each("## {name}\n\n{text}"), "head"),
    "[name]": (each("[{name}]\n{text}"), "named"),
    "name: text": (each("{name}: {flat}", "\n"), "named"),
    "- text": (each("- {flat}", "\n"), "any"),
    "* name: text": (each("* {name}: {flat}", "\n"), "named"),
    "[n] name": (each("[{n}] {name}\n{text}"), "named"),
    "[n] (name)": (each("[{n}] ({name}) {text}"), "named"),
    "n) name - ": (each("{n}) {text}"), "num"),
    "[Document n: name]": (each("[Document {n}: {name}]\n{text}"), "named"),
    "Document n (name)": (each("Document {n} ({name}):\n{text}"), "named"),
    "<source>name": (
        each("<document>\n<source>{name}</source>\n<text>{text}</text>\n</document>", "\n"),
        "named",
    ),
}
FRAMES = {
    "tags": "Answer from the context.\n<context>\n{c}\n</context>\n<question>{q}</question>",
    "tags q first": "<query>{q}</query>\n\n<context>\n{c}\n</context>",
    "label": "Answer the question using the context.\n\nContext:\n{c}\n\nQuestion: {q}\nAnswer:",
    "label q first": "Question: {q}\n\nContext:\n{c}\n\nAnswer:",
    "unlabelled q": "Use the following documents to answer.\n\n{c}\n\n{q}",
    "q on top": "{q}\n\nDocuments:\n{c}",
    "hash": "### Context\n{c}\n\n### Question\n{q}\n\n### Answer\n",
    "fence": "Context information is below.\n-----------\n{c}\n-----------\nQuery: {q}\nAnswer:",
    "quotes": 'Context:\n"""\n{c}\n"""\n\nQuestion: {q}',
    "here are": "Here are the search results:\n\n{c}\n\nUser question: {q}",
    "bold": "**Sources**:\n{c}\n\n**Query**: {q}",
    "german": "Beantworte die Frage mit dem Kontext.\n\nKontext:\n{c}\n\nFrage: {q}\n\nAntwort:",
    "retrieved": "Retrieved documents:\n{c}\n\nUser: {q}",
    "instr after": "Context:\n{c}\n\nQuestion: {q}\n\nAnswer in one sentence.",
    "xml knowledge": "<knowledge_base>\n{c}\n</knowledge_base>\n\n{q}",
    "begin": "BEGIN CONTEXT\n{c}\nEND CONTEXT\n\n{q}",
}
SYSTEM_FRAMES = {
    "sys label": "You are helpful. Answer from the context.\n\nContext:\n{c}",
    "sys tags": "Answer from the <documents> only.\n<documents>\n{c}\n</documents>\nBe brief.",
    "sys announced": "Use the following pieces of retrieved context to answer.\n\n{c}",
    "sys here": "Here is the relevant information:\n{c}",
}
