"""One home for all tests of MCP, with a few documents."""

from collections.abc import Iterator

import pytest

from tests.flows.home import Home, laptop
from tests.local.engine.parsers.documents import pdf
from tests.mcp.clients import SECONDS

DOCUMENTS: dict[str, str | bytes] = {
    "guides/castle.md": "# Castles\n\n## Rheinfels\n\nThe castle of Rheinfels was built by Count "
    "Diether V in the year 1245.\n",
    "guides/set up.md": "# Setting up\n\nThe pump of the mill is set up by the miller Grimbald.\n",
    "manuals/mill.pdf": pdf(
        [
            [(72, 700, 12, "The mill of Oberwesel grinds the corn of the town.")],
            [(72, 700, 12, "It is looked after by the miller Grimbald.")],
        ]
    ),
    "orders.csv": "order;boat\n1;Bacharach\n",
}


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with laptop(tmp_path_factory.mktemp("mcp")) as home:
        for name, text in DOCUMENTS.items():
            home.upload(name, text)
        for name in DOCUMENTS:
            home.until(name, lambda _: True, SECONDS)
        yield home
