"""The system, product or place in which a question sets what it asks."""

from collections.abc import Sequence

import pytest

from app.local.engine.store.analysis import terms
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.evidence.surroundings import missing, standing_terms, surroundings

PASSAGES = """\
<passage n="1" document="guide.md">
# Quartz

To install Quartz on Linux, run `apt install quartz`.
</passage>
<passage n="2" document="reading.md">
# Reading

`quartz read --charset windows-1250` reads the files that are installed with Quartz.
</passage>"""


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How do I send a PDF with Slack, or via my Gmail?", ("Slack", "Gmail")),
        ("Does it run on macOS in a Docker container?", ("macOS", "Docker")),
        ("Is Windows faster than Linux?", ()),
        ("How do I install it on arch?", ()),
    ],
)
def test_names_behind_prepositions_are_surroundings(question: str, names: tuple[str, ...]) -> None:
    assert surroundings(question) == names


def test_a_word_that_means_nearly_the_same_will_do() -> None:
    text = "It runs on macOS, and reads windows-1250."
    standing, held = standing_terms(text), frozenset(terms(text))

    def share(name: str, cosine: float) -> float:
        def near(_: Sequence[str]) -> float:
            return cosine

        return missing(name, standing, held, near)

    assert [share("Apple", cosine) for cosine in (0.5, 0.6)] == [1, 0]
    assert [share("Windows", cosine) for cosine in (0.5, 0.6)] == [2, 2]  # another name
    assert share("macOS", 0) == share("Macs", 0) == 0


def test_another_system_is_not_answered_for(writer: Writer) -> None:
    for system, holds in (("Linux", "`apt install quartz`"), ("Windows", "do not answer this")):
        message = f"{PASSAGES}\n<question>How do I install Quartz on {system}?</question>"
        answer = "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))
        assert holds in answer
