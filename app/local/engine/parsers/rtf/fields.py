"""Fields of an RTF file: what is shown in the place of their results."""

from dataclasses import dataclass, field

from app.local import lazy_re as re
from app.local.engine.parsers.rtf.charsets import SYMBOLS, decode
from app.local.engine.parsers.rtf.story import PAGE_NUMBER
from app.local.engine.parsers.word_fields import CHECKED, UNCHECKED

_LINK = re.compile(r"\s*HYPERLINK\s+(?:\"([^\"\s]+)\"|([^\"\s]+)(?=\s|\Z))")
_SYMBOL = re.compile(r"\s*SYMBOL\s+(\d{1,5})\b(.*)", re.DOTALL)
_UNKNOWN = 25  # the value of a box that nobody has set
_NUMBERS = ("PAGE", "NUMPAGES", "SECTIONPAGES")


@dataclass
class Field:
    """A field, and where in the story its result begins.

    Attributes:
        paragraph: the number of the paragraph.
        start: the place in it.
        instruction: what the field is told to show.
        value, default: of a form's field; a number that says which box or option is chosen.
        options: of a list to choose from.
    """

    paragraph: int
    start: int
    instruction: str = ""
    value: int = _UNKNOWN
    default: int = 0
    options: list[str] = field(default_factory=list)

    def shown(self, result: str, *, in_margin: bool) -> str:
        """What is shown, such as a link of the result, and a sign of a box to check.

        Args:
            result: the field's own result, as the file has it.
            in_margin: whether the field stands in a header or footer, where the number of a page is
                no text.
        """
        link, symbol = _LINK.match(self.instruction), _SYMBOL.match(self.instruction)
        chosen = self.default if self.value == _UNKNOWN else self.value
        address = (link[1] or link[2]) if link else ""
        label = result.strip()
        if in_margin and self.instruction.split()[:1] in ([name] for name in _NUMBERS):
            return PAGE_NUMBER
        if "FORMCHECKBOX" in self.instruction:
            return result + (CHECKED if chosen == 1 else UNCHECKED)
        if "FORMDROPDOWN" in self.instruction:
            return result + "".join(self.options[chosen : chosen + 1])
        if symbol and not label:
            return result + _sign(int(symbol[1]), symbol[2])
        if label and address and not address.startswith("\\"):
            return result.replace(label, f"[{label}]({address})")
        return result


def _sign(number: int, switches: str) -> str:
    """What a field SYMBOL shows."""
    if "\\u" in switches or number > 255:
        return chr(number)
    is_of_signs = "Symbol" in switches or "Wingdings" in switches
    return decode(bytes([number]), SYMBOLS if is_of_signs else "cp1252")
