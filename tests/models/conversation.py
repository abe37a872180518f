"""One conversation with every kind of block, in the application's values."""

from app.models import (
    Document,
    Image,
    Message,
    Prompt,
    Reasoning,
    Text,
    ToolResult,
    ToolSpecification,
    ToolUse,
)

SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}}
TOOL = ToolSpecification("order", "Finds an order.", SCHEMA)
THOUGHT = Reasoning("It is about an order.", "c2lnbmVk")
REDACTED = Reasoning(redacted=b"secret")
CALL = ToolUse("t1", "order", {"id": "A1"})
EMPTY_CALL = ToolUse("t2", "order", {})
IMAGE = Image("png", b"png")
PDF = Document("bill", "pdf", b"%PDF")
RESULT = ToolResult("t1", (Text("in Oslo"), IMAGE))
FAILURE = ToolResult("t2", (Text("which one?"),), "error")

PROMPT = Prompt(
    (
        Message("user", (Text("Where is my order?"), IMAGE, PDF)),
        Message("assistant", (THOUGHT, REDACTED, Text("Let me look."), CALL, EMPTY_CALL)),
        Message("user", (RESULT, FAILURE, Text("Well?"))),
    ),
    system="Be brief.",
    tools=(TOOL,),
    max_tokens=100,
    temperature=0.5,
    stop=("END",),
)
