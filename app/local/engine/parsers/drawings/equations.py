"""Word's equations, as LaTeX."""

import unicodedata
from functools import cache
from xml.etree.ElementTree import Element

# Element -> LaTeX, with places for its children by name. ECMA-376 part 1, 22.1: Office Math.
_TEMPLATES = {
    "f": r"\frac{{{num}}}{{{den}}}",
    "sSup": "{base}^{{{sup}}}",
    "sSub": "{base}_{{{sub}}}",
    "sSubSup": "{base}_{{{sub}}}^{{{sup}}}",
    "sPre": "{{}}_{{{sub}}}^{{{sup}}}{e}",
    "func": "{fName} {e} ",
    "acc": r"\hat{{{e}}}",
    "bar": r"\overline{{{e}}}",
    "limLow": "{e}_{{{lim}}}",
    "limUpp": "{e}^{{{lim}}}",
}

_NEXT_ROW = r" \\ "
_COMMANDS = {
    "±": "pm", "\u00d7": "times", "÷": "div", "·": "cdot", "⋅": "cdot", "≤": "leq", "≥": "geq",
    "≠": "neq", "≈": "approx", "≡": "equiv", "∞": "infty", "∂": "partial", "∇": "nabla", "∈": "in",
    "∉": "notin", "⊂": "subset", "⊆": "subseteq", "\u222a": "cup", "∩": "cap", "∀": "forall",
    "∃": "exists", "→": "rightarrow", "←": "leftarrow", "⇒": "Rightarrow", "⇔": "Leftrightarrow",
    "∑": "sum", "∏": "prod", "∫": "int", "∮": "oint", "√": "surd", "∝": "propto",
    "⊥": "perp", "∠": "angle", "∧": "wedge", "\u2228": "vee", "¬": "neg", "⊕": "oplus",
    "⊗": "otimes", "ϵ": "epsilon", "ϕ": "phi", "ϑ": "vartheta", "ℏ": "hbar",
}  # fmt: skip


def latex(element: Element) -> str:
    """The LaTeX of an `m:oMath`.

    >>> square = "<sSup><e><r><t>x</t></r></e><sup><r><t>2</t></r></sup></sSup>"
    >>> from xml.etree.ElementTree import fromstring
    >>> latex(fromstring(f"<oMath><r><t>y=</t></r>{square}</oMath>"))
    'y=x^{2}'
    """
    return "".join(map(_render, element))


def _render(element: Element) -> str:
    name = _name(element)
    if name == "t":
        return "".join(map(_command, element.text or ""))
    if name.endswith("Pr"):
        return ""
    parts = {_name(child): latex(child) for child in element}
    if template := _TEMPLATES.get(name):
        base = parts.get("e", "")
        parts["base"] = base if len(base) == 1 else f"{{{base}}}"
        return template.format_map(_Blank(parts))
    if name == "rad":
        degree = f"[{parts['deg']}]" if parts.get("deg") else ""
        return rf"\sqrt{degree}{{{parts.get('e', '')}}}"
    if name == "d":
        inner = ", ".join(latex(child) for child in element.iterfind("{*}e"))
        return f"{_sign(element, 'begChr', '(')}{inner}{_sign(element, 'endChr', ')')}"
    if name in ("m", "eqArr"):
        rows = element.iterfind("{*}mr") if name == "m" else element.iterfind("{*}e")
        lines = (
            " & ".join(map(latex, row.iterfind("{*}e"))) if name == "m" else latex(row)
            for row in rows
        )
        return rf"\begin{{matrix}}{_NEXT_ROW.join(lines)}\end{{matrix}}"
    if name == "nary":
        below, above = parts.get("sub"), parts.get("sup")
        limits = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
        operator = _command(_sign(element, "chr", "∫")).strip()
        return f"{operator}{limits} {parts.get('e', '')}"
    return latex(element)


@cache
def _command(sign: str) -> str:
    r"""A sign as LaTeX writes it.

    >>> _command("π"), _command("Δ"), _command("≤"), _command("x")
    ('\\pi ', '\\Delta ', '\\leq ', 'x')
    """
    if command := _COMMANDS.get(sign):
        return f"\\{command} "
    script, _, name = unicodedata.name(sign, "").partition(" LETTER ")
    name = name.replace("LAMDA", "LAMBDA")  # Unicode's spelling
    if script in ("GREEK SMALL", "GREEK CAPITAL") and name.isalpha() and name != "OMICRON":
        return f"\\{name.lower() if script == 'GREEK SMALL' else name.capitalize()} "
    return sign


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _sign(element: Element, name: str, default: str) -> str:
    """The sign that a property of the element names, as `m:dPr/m:begChr` does."""
    property_element = element.find(f"{{*}}{_name(element)}Pr/{{*}}{name}")
    return default if property_element is None else next(iter(property_element.attrib.values()), "")
