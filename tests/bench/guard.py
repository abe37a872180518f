"""What hostile text costs a guardrail's policies: milliseconds of processor for a megabyte.

Each text is a million bytes of UTF-8 that is made to be slow to judge: brackets within brackets,
digits without end, marks, signs that nobody sees, letters that look alike. Prose is there for
comparison. The processor time is the process's own, the best of three. What topics, harm and
attacks need of the encoder is in each of their figures, though a guardrail with all three computes
it once.
"""

from collections.abc import Callable, Iterator, Mapping
from time import process_time

from app.local.engine.guard import entities, filters, harm, patterns, topics, words
from app.local.engine.guard.policy import Entity, Filter, Pattern, Topic, Word
from app.local.engine.guard.sample import Sample
from app.local.engine.transformer import Encoder
from tests.tables import Table

BYTES = 1_000_000
TRIES = 3
GOAL = 100  # ms
TEXTS: Mapping[str, str] = {
    "nested brackets": "[",
    "one number": "1",
    "numbers of a card's form": "5234567812345678 ",
    "digits and dashes": "123-",
    "combining marks": "a\u0301\u0316",
    "marks that no letter has": "\u0316",
    "zero-width signs": "s\u200b",
    "Cyrillic look-alikes": "\u0440\u0430\u0443\u0440\u0430l ",
    "full width": "\uff53\uff45\uff43 ",
    "ligatures": "\ufb01",
    "letters apart": "s e c r e t ",
    "leetspeak": "s3cr3t5 ",
    "base64": "c2VjcmV0IHdvcmQg",
    "prose": "The quick brown fox jumps over 13 lazy dogs, and nobody knows why. ",
}
OWN = tuple(Word(f"secret word {number}", "block") for number in range(10_000))
TOPICS = tuple(
    Topic(f"topic {number}", f"Questions about the secret word {number}.", ("s3cr3t?",), "block")
    for number in range(30)
)
POLICIES: Mapping[str, Callable[[str], object]] = {
    "words": lambda text: list(words.find([text], OWN, None)),
    "profanity": lambda text: list(words.find([text], (), "block")),
    "personal data": lambda text: list(
        entities.find([text], [Entity(kind, "mask") for kind in entities.KINDS])
    ),
    "expressions": lambda text: list(
        patterns.find([text], (Pattern("order", r"(\w+\s?)*ORD-\d{6}!", "mask"),))
    ),
}


def by_meaning(encoder: Encoder) -> Mapping[str, Callable[[str], object]]:
    """The judges that share what is read of a text."""

    def sample(text: str) -> Sample:
        return Sample(text, encoder, filters.HINTS)

    def filtered(text: str, *kinds: str) -> object:
        chosen = [Filter(kind, "HIGH", "block") for kind in kinds]
        return list(filters.find([filters.Subject(sample(text))], chosen, encoder))

    return {
        "30 topics": lambda text: list(topics.find([sample(text)], TOPICS, encoder)),
        "harm": lambda text: filtered(text, *harm.KINDS),
        "attacks": lambda text: filtered(text, "PROMPT_ATTACK"),
    }


def milliseconds(judge: Callable[[str], object], text: str) -> float:
    def once() -> float:
        began = process_time()
        judge(text)
        return 1000 * (process_time() - began)

    return min(once() for _ in range(TRIES))


def run() -> Iterator[Table]:
    policies = {**POLICIES, **by_meaning(Encoder(threads=1))}
    for judge in policies.values():
        judge("w\u00e4rm")  # what is made once, such as the tables of signs
    yield Table(
        f"Hostile text: ms of processor for a megabyte, of which {GOAL} are the goal",
        ("text", *policies),
        [
            (name, *(f"{milliseconds(judge, _filled(run)):.0f}" for judge in policies.values()))
            for name, run in TEXTS.items()
        ],
    )


def _filled(run: str) -> str:
    return run * (BYTES // len(run.encode()))
