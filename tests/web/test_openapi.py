"""What the application says of itself to those who generate clients."""

import json

import pytest

from tests.docs import DOCS, openapi


def test_the_application_describes_itself_as_docs_openapi_json_says() -> None:
    assert openapi() == json.loads((DOCS / "openapi.json").read_text())


@pytest.mark.parametrize("path", ["/chat/stream", "/confirmations/{id}/stream"])
def test_the_parts_of_a_stream_have_schemas(path: str) -> None:
    document = openapi()
    content = document["paths"][path]["post"]["responses"]["200"]["content"]
    assert content == {"text/event-stream": {"schema": {"$ref": "#/components/schemas/StreamPart"}}}
    kinds = document["components"]["schemas"]["StreamPart"]["discriminator"]["mapping"]
    assert {"start", "text-delta", "data-citation", "source-document", "finish"} <= set(kinds)
