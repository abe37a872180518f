"""The routes of the API, and the schemas of their request bodies.

They are the application's routes; API Gateway refuses any other. The application checks bodies
again, and more strictly; these checks save the cost of an invocation for malformed bodies.
"""

from aws_cdk.aws_apigateway import JsonSchema, JsonSchemaType

QUESTION, SEARCH, DOCUMENT, DECISION = "Question", "Search", "Document", "Decision"
TITLE, FEEDBACK = "Title", "Feedback"
COMPLETION, EMBEDDING = "ChatCompletion", "Embedding"
TRIAL, TEMPLATE_VALUES = "Trial", "TemplateValues"

ROUTES: dict[str, dict[str, str | None]] = {
    "chat": {"POST": QUESTION},
    "chat/stream": {"POST": QUESTION},
    "chat/stream/{id}/stream": {"GET": None},
    "confirmations/{id}": {"POST": DECISION},
    "confirmations/{id}/stream": {"POST": DECISION},
    "search": {"POST": SEARCH},
    "documents": {"POST": DOCUMENT, "GET": None},
    "documents/{id}": {"GET": None, "DELETE": None},
    "documents/{id}/content": {"GET": None},
    "conversations": {"GET": None},
    "conversations/{id}": {"GET": None, "PATCH": TITLE, "DELETE": None},
    "conversations/{id}/turns/{turn}/feedback": {"POST": FEEDBACK},
    "conversations/{id}/messages": {"GET": None},
    "conversations/{id}/turns/{turn}/passages/{number}": {"GET": None},
    "models": {"GET": None},
    "suggestions": {"GET": None},
    "playground": {"POST": TRIAL},
    "playground/stream": {"POST": TRIAL},
    "playground/templates": {"GET": None},
    "playground/templates/{name}": {"POST": TEMPLATE_VALUES},
    "usage": {"GET": None},
    "v1/models": {"GET": None},
    "v1/chat/completions": {"POST": COMPLETION},
    "v1/embeddings": {"POST": EMBEDDING},
    "readyz": {"GET": None},
}
"""Path -> method -> the name of its body's schema."""

PAGE = ("", "config.json", "icon.svg", "assets/{file}")
"""The page's own paths, for page=function: who reads them has not signed in yet."""

_OBJECT, _TEXT = JsonSchemaType.OBJECT, JsonSchemaType.STRING
_WORDS = JsonSchema(type=_TEXT, min_length=1, max_length=10_000)

BODIES = {
    QUESTION: JsonSchema(
        type=_OBJECT,
        one_of=[JsonSchema(required=["message"]), JsonSchema(required=["messages"])],
        properties={
            "message": _WORDS,
            "messages": JsonSchema(type=JsonSchemaType.ARRAY, min_items=1),
        },
    ),
    DECISION: JsonSchema(
        type=_OBJECT,
        required=["decision"],
        properties={"decision": JsonSchema(type=_TEXT, enum=["confirm", "deny"])},
    ),
    TITLE: JsonSchema(
        type=_OBJECT,
        required=["title"],
        properties={"title": JsonSchema(type=_TEXT, min_length=1)},
    ),
    FEEDBACK: JsonSchema(
        type=_OBJECT,
        required=["rating"],
        properties={"rating": JsonSchema(type=_TEXT, enum=["up", "down"])},
    ),
    SEARCH: JsonSchema(
        type=_OBJECT,
        required=["query"],
        properties={
            "query": _WORDS,
            "limit": JsonSchema(type=JsonSchemaType.INTEGER, minimum=1, maximum=100),
        },
    ),
    COMPLETION: JsonSchema(
        type=_OBJECT,
        required=["model", "messages"],
        properties={
            "model": JsonSchema(type=_TEXT),
            "messages": JsonSchema(type=JsonSchemaType.ARRAY, min_items=1, max_items=1000),
        },
    ),
    TRIAL: JsonSchema(
        type=_OBJECT,
        required=["messages"],
        properties={
            "messages": JsonSchema(type=JsonSchemaType.ARRAY, min_items=1, max_items=100),
        },
    ),
    TEMPLATE_VALUES: JsonSchema(type=_OBJECT, required=["values"]),
    EMBEDDING: JsonSchema(
        type=_OBJECT,
        required=["model", "input"],
        properties={"model": JsonSchema(type=_TEXT)},
    ),
    DOCUMENT: JsonSchema(
        type=_OBJECT,
        required=["name"],
        properties={"name": JsonSchema(type=_TEXT, min_length=1, max_length=1024)},
    ),
}
"""Of draft 4, which is what API Gateway reads."""
