"""An abstention in any language: the model marks it with a number that no passage has."""

import pytest

from app.answer.prompt import answer_prompt
from app.citations.abstention import ABSTENTION, ABSTENTION_MARK
from app.citations.cite import Citer
from app.events import Citation, Passage, Text

PASSAGES = [Passage(1, "Die Pumpe steht im Keller.", "s3://docs/pumpe.md", 0.9)]
GERMAN = "Die Dokumente sagen dazu nichts."


def read(*pieces: str) -> tuple[str, list[Citation], bool]:
    citer = Citer(PASSAGES)
    parts = [part for piece in pieces for part in citer.read(piece)]
    parts += citer.end()
    text = "".join(part.text for part in parts if isinstance(part, Text))
    return text, [part for part in parts if isinstance(part, Citation)], citer.abstains


@pytest.mark.parametrize(
    "pieces",
    [
        (f"[0] {GERMAN}",),
        (f"[0]{GERMAN}",),
        tuple(f"[0] {GERMAN}"),
        (f"\n[0]\n\n{GERMAN} [1]",),
        ("[", "0", "] ", GERMAN, " [1]."[:-1]),
    ],
)
def test_the_mark_of_an_abstention_is_not_shown_and_nothing_is_cited(
    pieces: tuple[str, ...],
) -> None:
    text, citations, abstains = read(*pieces)
    assert (text.strip(), citations, abstains) == (GERMAN, [], True)


@pytest.mark.parametrize("said", ["Die Pumpe steht im Keller [1].", "Siehe [0].", ABSTENTION])
def test_what_is_not_marked_is_read_as_ever(said: str) -> None:
    assert not read(said)[2]


def test_the_prompt_teaches_the_mark() -> None:
    system = answer_prompt("Wo?", [], PASSAGES).system
    assert f"reply with exactly: {ABSTENTION}" in system
    assert f"with {ABSTENTION_MARK} and a translation of that sentence" in system
