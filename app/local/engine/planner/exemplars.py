"""How an id looks, by the example in its parameter's description: "as in A-1042" is an A, a dash
and digits.
"""

from collections.abc import Iterable
from functools import lru_cache

from app.local import lazy_re as re
from app.local.engine.planner.forms import FORMS
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter

_CUE = re.compile(
    r"\b(?:as in|e\.g\.?|for example|example|such as|like|as)[:,]? ['\"`]?", re.IGNORECASE
)
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
    example = _example(parameter.shape.description) if parameter.identity else ()
    return _runs(text.strip()) == example if example else None


def as_example(parameter: Parameter, text: str) -> str:
    """An id with the capitals of the parameter's example.

    >>> from app.local.engine.planner.shapes import Shape
    >>> as_example(Parameter("order_id", Shape("string", description="As in A-1042.")), "a-7")
    'A-7'
    """
    if not fits(parameter, text):
        return text
    return text.upper() if _has_capitals(parameter.shape.description) else text


def foreign(utterance: Utterance, own: Iterable[Parameter], all_: Iterable[Parameter]) -> set[str]:
    """The ids of an utterance that look like another tool's, and like none of one's own."""
    own, all_ = list(own), list(all_)
    return {
        one.text
        for one in utterance.of("id")
        if any(fits(each, one.text) for each in all_) and not any(fits(e, one.text) for e in own)
    }


def has_example(parameter: Parameter) -> bool:
    return parameter.identity and bool(_example(parameter.shape.description))


def _example(description: str) -> tuple[str, ...]:
    """The example's runs of letters, digits and signs; none where there is none."""
    return _runs(_example_text(description))


def _has_capitals(description: str) -> bool:
    return _example_text(description).isupper()


@lru_cache(maxsize=1 << 10)
def _example_text(description: str) -> str:
    for cue in _CUE.finditer(description):
        example = _ID.match(description, cue.end())
        if example and not example[0].startswith("#"):
            return str(example[0])
    return ""


def _runs(text: str) -> tuple[str, ...]:
    """A text's runs; those of digits are all alike, and capitals do not count."""
    return tuple(
        "0" if run.isdigit() and len(run) <= _MOST_DIGITS else run.lower()
        for run in _RUN.findall(text)
    )
