"""What is said, in words: sentences with their marks, laid out as the prompt asks; an overview; an
abstention.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.local.engine.languages import Language
from app.local.engine.writer.candidates.rendering import marks, render
from app.local.engine.writer.candidates.said import Said
from app.local.engine.writer.content import Image, Quote
from app.local.engine.writer.images import unseen
from app.local.engine.writer.quotes import quote
from app.local.engine.writer.reading import Answer
from app.local.engine.writer.thoughts import considered
from app.local.engine.writer.writing import Citation


@dataclass(frozen=True)
class Wording:
    """An answer in words, what each part of it cites, and the thoughts before it."""

    text: str
    citations: tuple[Citation, ...] = ()
    thoughts: str = ""

    def behind(self, begun: str) -> "Wording":
        """What is still to be said where an answer has begun so. Another beginning changes nothing:
        no sentence is cut, and none is made to fit.
        """
        if not begun or not self.text.startswith(begun):
            return self
        length = len(begun)
        rest = (
            replace(one, start=max(one.start - length, 0), end=one.end - length)
            for one in self.citations
            if one.end > length
        )
        return replace(self, text=self.text[length:], citations=tuple(rest))

    def after(self, lead: str, cited: tuple[Citation, ...] = ()) -> "Wording":
        """The text behind another one, which cites too."""
        lead = f"{lead}\n\n"
        citations = (
            replace(one, start=one.start + len(lead), end=one.end + len(lead))
            for one in self.citations
        )
        return replace(self, text=f"{lead}{self.text}", citations=(*cited, *citations))

    def beyond(self, documents: int, results: int) -> "Wording":
        """The text, whose quotes are of documents and search results behind so many others."""

        def moved(one: Quote) -> Quote:
            more = results if one.kind == "search_result" else documents
            return replace(one, source=one.source + more)

        citations = (replace(one, quotes=tuple(map(moved, one.quotes))) for one in self.citations)
        return replace(self, citations=tuple(citations))

    def beside(self, images: Sequence[Image]) -> "Wording":
        """The text, with what is known of images that it has no regard to."""
        return replace(self, text=f"{self.text}\n\n{unseen(images)}") if images else self


def answered(answer: Said, task: Answer) -> Wording:
    """The sentences, one after the other, each with its mark, laid out as the prompt asks."""
    sentences = answer.candidates
    labels = tuple(task.passages[one.passage].label for one in sentences)
    layout = task.layout
    thoughts = considered(task.question, labels, len(task.passages))
    text = layout.opened(considered("", labels, len(task.passages)))
    citations = []
    for place, (one, label) in enumerate(zip(sentences, labels, strict=True)):
        if place:
            apart = layout.joint == " " and (one.block or sentences[place - 1].block)
            text += "\n\n" if apart else layout.joint
        text += layout.before
        text += f"{answer.before} " if answer.before and not place else ""
        start = len(text)
        text += render(one, task.mark and marks(task.mark, one, task.passages))
        quoted = quote(one.text, task.places[one.passage]) if task.places else None
        quotes = (quoted,) if quoted else ()
        citations.append(Citation(start, len(text), (label,), quotes))
        also = () if one.ends_in is None else (task.passages[one.ends_in].label,)
        text += layout.cited((label, *also))
    text += f"{layout.joint}{answer.behind}" if answer.behind else ""
    return Wording(text + layout.closed(labels), tuple(citations), thoughts)


def overview(lines: Sequence[tuple[int, str]], task: Answer) -> Wording:
    """What each document is about, a line each."""
    shown = []
    for place, line in lines:
        label, layout = task.passages[place].label, task.layout
        item = f"- {line} {task.mark.format(label)}" if task.mark else f"- {line}"
        shown.append(f"{layout.before}{item}{layout.cited((label,))}")
    return Wording("\n".join(shown))


def abstained(task: Answer, said_in: Language) -> Wording:
    """That the passages hold no answer, as the prompt wants it said."""
    if task.translated and said_in.says:
        return Wording(f"{task.translated} {said_in.says['abstention']}")
    layout = task.layout
    lead = layout.opened(considered("", (), len(task.passages)))
    thoughts = considered(task.question, (), len(task.passages))
    return Wording(f"{lead}{task.abstention}{layout.closed(())}".rstrip(" "), (), thoughts)
