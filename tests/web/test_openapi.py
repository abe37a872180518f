"""What the application says of itself to those who generate clients."""

import json

from tests.docs import DOCS, openapi


def test_the_application_describes_itself_as_docs_openapi_json_says() -> None:
    assert openapi() == json.loads((DOCS / "openapi.json").read_text())
