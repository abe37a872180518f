"""How an id looks, by the example in its parameter's description: "as in A-1042" is an A, a dash
and digits.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from app.local.engine.planner.forms import FORMS
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter

_CUE = re.compile(r"\b(?:as in|e\.g\.?|for example|example|such as|like|as)[:,]? ['\"`]?")
_ID = next(pattern for kind, pattern in FORMS if kind == "id")
_RUN = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]")
_MOST_DIGITS = 20


def fits(parameter: Parameter, text: str) -> bool | None:
    """Whether a text looks as the parameter's example does; None where there is no example.

    >>> from app.local.engine.planner.shapes import Shape
    >>> order = Parameter("order_id", Shape("string", description="Its id, as in A-1042."))
    >>> [fits(order, text) for text in ("A-7", "P-104", "latest")]
    [True, False, False]
    """
    pattern = _pattern(parameter.shape.description) if parameter.identity else None
    return pattern and pattern.fullmatch(text.strip()) is not None


def foreign(utterance: Utterance, own: Iterable[Parameter], all_: Iterable[Parameter]) -> set[str]:
    """The ids of an utterance that look like another tool's, and like none of one's own."""
    own, all_ = list(own), list(all_)
    return {
        one.text
        for one in utterance.of("id")
        if any(fits(each, one.text) for each in all_) and not any(fits(e, one.text) for e in own)
    }


def has_example(parameter: Parameter) -> bool:
    return parameter.identity and _pattern(parameter.shape.description) is not None


@lru_cache(maxsize=1 << 10)
def _pattern(description: str) -> re.Pattern[str] | None:
    for cue in _CUE.finditer(description):
        example = _ID.match(description, cue.end())
        if example and not example[0].startswith("#"):
            runs = _RUN.findall(example[0])
            return re.compile("".join(map(_of_run, runs)), re.IGNORECASE)
    return None


def _of_run(run: str) -> str:
    if run.isdigit():
        return rf"\d{{1,{_MOST_DIGITS}}}"
    return re.escape(run)
