"""The form that a prompt wants its answer in: fields, tags, or a list of sources behind it."""

from dataclasses import dataclass

from app.local import lazy_re as re


@dataclass(frozen=True)
class Layout:
    """What stands around an answer, and around each of its sentences.

    Attributes:
        opening: before the answer; {reasoning} stands for how it came about.
        closing: behind it; {sources} stands for the labels of the passages that it quotes.
        before: before each sentence.
        behind: behind each sentence, with {} for the labels of its passages.
        between: between two labels there.
        joint: between two sentences.
    """

    opening: str = ""
    closing: str = ""
    before: str = ""
    behind: str = ""
    joint: str = " "
    between: str = ""

    def cited(self, labels: tuple[str, ...]) -> str:
        """What stands behind a sentence of these passages.

        >>> Layout(behind="<source>{}</source>", between="</source><source>").cited(("1", "2"))
        '<source>1</source><source>2</source>'
        """
        return self.behind.replace("{}", self.between.join(labels))

    def opened(self, reasoning: str) -> str:
        return self.opening.replace("{reasoning}", reasoning)

    def closed(self, labels: tuple[str, ...]) -> str:
        return self.closing.replace("{sources}", ", ".join(dict.fromkeys(labels)))


PLAIN = Layout()
_PARTS = Layout(
    opening="<answer>\n",
    closing="</answer>",
    before="<answer_part>\n<text>\n",
    behind="\n</text>\n<sources>\n<source>{}</source>\n</sources>\n</answer_part>\n",
    joint="",
    between="</source>\n<source>",
)
_FIELDS = re.compile(r"\[\[ ## (\w+) ## \]\]")
_IN_TAGS = re.compile(
    r"\b(?:inside|within|in|between|using|wrap\w*[^.\n]{0,30})"
    r"(?: the| your)? <(answer|response|result)>"
    r"(?:\s?(?:and )?</\1>)?(?: (?:xml )?tags?)?",
    re.IGNORECASE,
)
_SOURCES = re.compile(
    r"\b(?:return|include|add|end)\b[^.\n]{0,30}[\"'](SOURCES|Sources)[\"'] (?:part|section|list)",
)


def layout(instructions: str) -> Layout:
    r"""The layout that the instructions ask for.

    >>> layout("Write your answer inside <answer></answer> tags.").opening
    '<answer>\n'
    >>> layout("Be brief.") == PLAIN
    True
    """
    if "<answer_part>" in instructions:
        return _PARTS
    names = list(dict.fromkeys(_FIELDS.findall(instructions)))
    if names and names[-1] == "completed":
        return _fields(instructions, names)
    if tag := _IN_TAGS.search(instructions):
        return Layout(f"<{tag[1]}>\n", f"\n</{tag[1]}>")
    if sources := _SOURCES.search(instructions):
        return Layout(closing=f"\n{sources[1]}: {{sources}}")
    return PLAIN


def _fields(instructions: str, names: list[str]) -> Layout:
    """DSPy's: a heading before each output field. The last one before the end is the answer."""
    start = re.search(r"starting with the field `\[\[ ## (\w+) ## \]\]`", instructions)
    output_fields = (
        names[names.index(start[1]) : -1] if start and start[1] in names else names[-2:-1]
    )
    reasoning = [name for name in output_fields[:-1] if name in ("reasoning", "rationale")]
    lead = "".join(f"[[ ## {name} ## ]]\n{{reasoning}}\n\n" for name in reasoning)
    answer = output_fields[-1] if output_fields else "answer"
    return Layout(f"{lead}[[ ## {answer} ## ]]\n", "\n\n[[ ## completed ## ]]\n")
