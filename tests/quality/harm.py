"""Harmful content: our own sentences that were held out, by kind, and harmless texts.

No labelled public set of harmful sentences is here, so that recall is on our own sentences alone.
Passages are those that `_fit_guard_harm` did not read, questions too.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.local.engine.guard import harm
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.thresholds import HARM
from app.local.engine.transformer import Encoder
from tests.quality import _guarded
from tests.tables import Table

Scores = NDArray[np.float64]  # (texts, kinds)
SETS = ("xquad_en", "awsdocs_qa", "user_questions", "our docs", "scifact")


def run() -> Iterator[Table]:
    encoder = Encoder()
    rows = [
        (kind, *(f"{(scores[:, place] >= HARM[kind][level]).mean():.2f}" for level in (2, 1, 0)))
        for place, kind in enumerate(harm.KINDS)
        for scores in [harmful(kind, encoder)]
    ]
    columns = ("kind", "filter LOW", "MEDIUM", "HIGH")
    yield Table("harmful sentences of our own, held out: share that is found", columns, rows)
    for half, counts in ordinary(encoder).items():
        yield Table(
            f"ordinary sentences that a HIGH filter blocks, {half}",
            ("subject", "sentences", *harm.KINDS),
            [(name, *map(str, row)) for name, row in counts.items()],
        )
    if _guarded.here():
        yield Table(
            "harmless texts that a HIGH filter blocks: share",
            ("set", "texts", *harm.KINDS),
            [
                (name, f"{len(scores):,}", *(f"{share:.4f}" for share in blocked(scores)))
                for name, scores in harmless(encoder).items()
            ],
        )


def ordinary(encoder: Encoder) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """By half and subject: how many ordinary sentences there are, and how many a HIGH filter
    blocks by kind. Of those that are open, the blocked ones were read.
    """
    least = np.array([HARM[kind][0] for kind in harm.KINDS])
    subjects = _guarded.own("ordinary")["sentences"]
    halves: dict[str, dict[str, list[int]]] = {}
    for half, first in (("kept", 0), ("open", 1)):
        some = {name: sentences[first::2] for name, sentences in subjects.items()}
        halves[half] = {
            name: [len(one), *(_scores(one, encoder) >= least).sum(axis=0).tolist()]
            for name, one in some.items()
        }
    return halves


def harmful(kind: str, encoder: Encoder) -> Scores:
    return _scores(_guarded.own("harm")["held_out"][kind]["harmful"], encoder)


def blocked(scores: Scores) -> list[float]:
    """The share of the texts that a HIGH filter blocks, by kind."""
    least = np.array([HARM[kind][0] for kind in harm.KINDS])
    shares: list[float] = (scores >= least).mean(axis=0).tolist()
    return shares


def harmless(encoder: Encoder, most: int = 300) -> Mapping[str, Scores]:
    """The scores by set, of at most so many texts of each."""
    ours = _guarded.own("harm")["held_out"]["benign"]["harmless"]
    sets = {
        "our own look-alikes, held out": ours,
        **{f"{name}, questions": texts[1::2] for name, texts in _guarded.questions().items()},
        **{f"{name}, passages": _guarded.passages()[name][1::2] for name in SETS},
    }
    return {name: _scores(texts[:most], encoder) for name, texts in sets.items()}


def _scores(texts: Sequence[str], encoder: Encoder) -> Scores:
    samples = (Sample(text, encoder, harm.HINTS) for text in texts)
    return np.array([list(harm.score(one).values()) for one in samples])
