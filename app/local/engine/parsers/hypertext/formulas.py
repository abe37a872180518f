"""Formulas of a page (MathML), as one writes them on a line."""

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from app.local.engine.parsers.hypertext.nodes import visible_children

FORMULAS = ("msup", "msub", "msubsup", "mfrac", "msqrt", "mroot")


def elements(node: LexborNode) -> list[LexborNode]:
    """The parts of a formula, without the blanks between them."""
    return [child for child in visible_children(node) if child.tag != "-text"]


def formula(tag: str | None, parts: Sequence[str]) -> str:
    """The text of an element of `FORMULAS`: MathML 3, 3.3 and 3.4.

    >>> formula("mfrac", ["a + b", "2"]), formula("msup", ["c", "2"]), formula("msqrt", ["x"])
    ('(a + b)/2', 'c^2', '\u221ax')
    """
    inner = [_closed(part) for part in parts]
    match tag, inner:
        case "mfrac", [top, bottom]:
            return f"{top}/{bottom}"
        case "msup", [base, power]:
            return f"{base}^{power}"
        case "msub", [base, index]:
            return f"{base}_{index}"
        case "msubsup", [base, index, power]:
            return f"{base}_{index}^{power}"
        case "mroot", [base, degree]:
            return f"{degree}\u221a{base}"
        case "msqrt", _:
            return f"\u221a{_closed(''.join(parts))}"
        case _:
            return "".join(parts)


def _closed(text: str) -> str:
    text = text.strip()
    return text if text.isalnum() or len(text) < 2 else f"({text})"
