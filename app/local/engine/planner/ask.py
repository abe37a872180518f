"""What is missing, asked for in plain words."""

from collections.abc import Sequence

from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.words import name_words, word_set

_LONGEST = 160  # characters of a description
OPENING = "I need"


def question(purpose: str, missing: Sequence[Parameter]) -> str:
    """A question for parameters.

    >>> from app.local.engine.planner.shapes import Shape
    >>> question("cancel_order", [Parameter("order_id", Shape("string", description="As A-7."))])
    'I need one more detail to cancel order: the order id (As A-7). What is it?'
    """
    many = len(missing) > 1
    detail = "more details" if many else "one more detail"
    names = [_named(one) for one in missing]
    listed = ", ".join(names[:-1]) + " and " + names[-1] if many else names[0]
    closing = "What are they?" if many else "What is it?"
    return f"{OPENING} {detail} {_purpose(purpose)}: {listed}. {closing}"


def which(purpose: str, parameter: Parameter, values: Sequence[object]) -> str:
    """A question which of several values is meant.

    >>> from app.local.engine.planner.shapes import Shape
    >>> which("cancel_order", Parameter("order_id", Shape("string")), ["A-7", "A-8"])
    'I need one more detail to cancel order: the order id. Which one is it, A-7 or A-8?'
    """
    *most, last = map(str, values)
    listed = f"{', '.join(most)} or {last}"
    name = name_words(parameter.name)
    return f"{OPENING} one more detail {_purpose(purpose)}: the {name}. Which one is it, {listed}?"


def _purpose(tool: str) -> str:
    words = name_words(tool)
    return f"to {words}" if words.split(" ", 1)[0] in _VERBS else f"for {words}"


def _named(parameter: Parameter) -> str:
    shape = parameter.shape
    parts = []
    if shape.description:
        parts.append(shape.description.strip().rstrip(".")[:_LONGEST])
    if shape.choices:
        parts.append(f"one of {', '.join(map(str, shape.choices))}")
    return f"the {name_words(parameter.name)}" + (f" ({'; '.join(parts)})" if parts else "")


_VERBS = word_set("""
get set find search send create update delete cancel book order list add remove check calculate
compute convert translate fetch read write make run execute query look track schedule call play
start stop turn open close show generate analyze summarize submit file buy sell pay transfer
move copy save post extract classify record answer retrieve predict estimate plot solve lookup
reserve
""")
