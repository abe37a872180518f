"""A language: its file, read."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Language:
    """A language, known by its ISO 639-1 code.

    Attributes:
        name: in English.
        script: the script that tells it; empty for those in Latin letters.
        stemmer: the name of its Snowball stemmer; empty if it has none.
        spelling: what its words often hold, and those of few other languages in its script.
        function_words: words that say nothing of what a text is about. Where the script puts no
            spaces between words, they are cut out of it.
    """

    code: str
    name: str
    script: str
    stemmer: str
    spelling: re.Pattern[str]
    function_words: frozenset[str]

    @classmethod
    def of(cls, code: str, table: Mapping[str, Any]) -> "Language":
        return cls(
            code,
            table["name"],
            table.get("script", ""),
            table.get("stemmer", ""),
            re.compile(table.get("spelling", "(?!)"), re.IGNORECASE),
            frozenset(table["function_words"].split()),
        )


@cache
def languages() -> Mapping[str, Language]:
    """All that are known, by their codes."""
    paths = sorted(FOLDER.glob("*.toml"))
    return {path.stem: Language.of(path.stem, tomllib.loads(path.read_text())) for path in paths}


def language(code: str) -> Language:
    return languages()[code]
