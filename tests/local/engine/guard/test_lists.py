"""The lists that the guard carries: what docs/judges.md says of each."""

import hashlib
import re
from pathlib import Path

import pytest

import app.local.engine.guard as guard
from tests.docs import DOCS

FOLDER = Path(guard.__file__).parent
LISTS = ("profanity.txt", "entities/given_names.txt", "entities/surnames.txt")


@pytest.mark.parametrize("name", LISTS)
def test_the_card_of_a_list_is_that_of_its_file(name: str) -> None:
    page = (DOCS / "judges.md").read_text(encoding="utf-8")
    [(lines, digest)] = re.findall(
        rf"\| `{re.escape(name)}` \| ([\d,]+) \|.*\| `([0-9a-f]{{64}})` \|", page
    )
    data = (FOLDER / name).read_bytes()
    assert int(lines.replace(",", "")) == data.count(b"\n")
    assert digest == hashlib.sha256(data).hexdigest()
    assert len(data) < 1_000_000
