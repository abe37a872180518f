"""Scores of grounding and relevance, by the default thresholds of the stack: .7 and .5."""

from itertools import count

import pytest

from app.local.engine.guard.grounding import Grounding, GroundingScores
from app.local.engine.guard.grounding.claims import claims
from app.local.engine.guard.grounding.words import quantity_words
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from tests.linear import nonlinear, slowest

GROUNDED, RELEVANT = 0.7, 0.5
CAPITALS = ["London is the capital of UK. Tokyo is the capital of Japan."]
CAPITAL = "What is the capital of Japan?"
BANK = [
    (
        "There are no fees associated with opening a checking account. "
        "The monthly fee for maintaining a checking account is $10. "
        "There is a 1% transaction charge for international transfers. "
        "There are no charges associated with domestic transfers. "
        "The charges associated with late payments of credit card bill is 23.99%."
    )
]
FERRY = [
    (
        "# Ferry\n\nThe ferry to Ito leaves at 8:15 every Monday. The crossing takes 40 minutes. "
        "Bicycles travel free of charge. The ferry may carry at most 120 passengers. "
        "It was built by Clara Winter in 1898 and is not open to cars.\n\n"
        "The harbour office sends tickets to the kiosk.\n\n"
        "| Ticket | Price | Valid |\n| --- | --- | --- |\n| Day | 7 euros | one day |\n"
        "| Week | 30 euros | 7 days |\n\n```sh\nferry book --seats 2\nferry cancel --all\n```"
    )
]


@pytest.fixture(scope="module")
def grounding(encoder: Encoder, multilingual: MultilingualEncoder) -> Grounding:
    return Grounding(encoder, multilingual)


# https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html
@pytest.mark.parametrize(
    ("sources", "query", "answer", "grounded", "relevant"),
    [
        (CAPITALS, CAPITAL, "The capital of Japan is Tokyo.", True, True),
        (CAPITALS, CAPITAL, "The capital of Japan is London.", False, True),
        (CAPITALS, CAPITAL, "The capital of UK is London.", True, False),
        (CAPITALS, CAPITAL, "It is raining outside.", False, False),
        (
            BANK,
            "What are the fees associated with checking account?",
            (
                "The monthly fee for maintaining a checking account is $10. There are no charges "
                "associated with domestic transfers. However, there is a 1% transaction charge for "
                "international transfers. There are no fees associated with opening a checking "
                "account."
            ),
            True,
            True,
        ),
        (
            BANK,
            "What is the transaction charge associated with credit card.",
            "The transaction charges associated with the credit card is 23.99%.",
            False,
            True,
        ),
        (
            BANK,
            "What are the charges for using a checking bank account?",
            "Based on the information provided, the late payment fee for a credit card is 23.99%.",
            True,
            False,
        ),
        (
            BANK,
            "What are the charges for using a checking bank account?",
            "The charges for the brokerage account are $0.5 per trading transaction.",
            False,
            False,
        ),
    ],
)
def test_the_examples_of_the_documentation(
    sources: list[str],
    query: str,
    answer: str,
    grounded: bool,
    relevant: bool,
    grounding: Grounding,
) -> None:
    scores = grounding.score(answer, sources, query)
    assert (scores.grounding >= GROUNDED, scores.relevance >= RELEVANT) == (grounded, relevant), (
        scores
    )


@pytest.mark.parametrize(
    "answer",
    [
        "The crossing takes 40 minutes [1].",
        "The crossing takes 40 minutes [1]. Bicycles travel free of charge [1][2].",
        "Yes: Bicycles travel free of charge [1].",
        "- The ferry may carry at most 120 passengers [1].\n- Bicycles travel free of charge [1].",
        "```sh\nferry book --seats 2\n```\n[1]",
        "| Ticket | Price | Valid |\n| --- | --- | --- |\n| Week | 30 euros | 7 days |\n\n[1]",
        "Week: Price 30 euros, Valid 7 days [1].",
        "40 minutes [1].",
        "According to the documents, **it was built by Clara Winter in 1898** [1].",
        "The ferry leaves at 8:15 every Monday, and the crossing takes 40 minutes [1].",
    ],
)
def test_what_the_sources_say_is_grounded(answer: str, grounding: Grounding) -> None:
    assert _scores(grounding, answer).grounding >= GROUNDED


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("number", "The crossing takes 45 minutes [1]."),
        ("number of another sentence", "The crossing takes 120 minutes."),
        ("unit", "The crossing takes 40 hours [1]."),
        ("name", "It was built by Clara Henderson in 1898."),
        ("date", "The ferry to Ito leaves at 8:15 every Friday."),
        ("negation", "Bicycles do not travel free of charge."),
        ("negation left out", "It was built by Clara Winter in 1898 and is open to cars."),
        ("quantity", "The ferry may carry at least 120 passengers."),
        ("places changed", "The kiosk sends tickets to the harbour office."),
        ("cell of another row", "Week: Price 7 euros, Valid 7 days."),
        ("code", "```sh\nferry book --seats 12\n```"),
        ("claim added", "The crossing takes 40 minutes. The captain collects stamps."),
        ("clause added", "The crossing takes 40 minutes, and the captain collects old stamps."),
    ],
)
def test_a_changed_fact_is_not_grounded(kind: str, answer: str, grounding: Grounding) -> None:
    assert _scores(grounding, answer).grounding < GROUNDED, kind


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        (
            "Die Fähre zur Insel legt um 8:15 Uhr ab. Die Überfahrt dauert 40 Minuten.",
            "Die Überfahrt dauert 40 Minuten [1].",
            "Die Überfahrt dauert 40 Stunden [1].",
        ),
        (
            "Le musée a été fondé en 1898 par Clara Winter. L'entrée est gratuite le jeudi.",
            "L'entrée est gratuite le jeudi [1].",
            "L'entrée n'est pas gratuite le jeudi [1].",
        ),
        (
            "El transbordador sale a las 8:15. La travesía dura 40 minutos.",
            "La travesía dura 40 minutos [1].",
            "La travesía dura 50 minutos [1].",
        ),
        (
            "フェリーは8時15分に出発します。所要時間は40分です。",
            "所要時間は40分です [1]。",
            "所要時間は45分です [1]。",
        ),
        ("渡轮8点15分出发。航程需要40分钟。", "航程需要40分钟 [1]。", "航程需要50分钟 [1]。"),
    ],
)
def test_other_languages(source: str, right: str, wrong: str, grounding: Grounding) -> None:
    assert grounding.score(right, [source], "?").grounding >= GROUNDED
    assert grounding.score(wrong, [source], "?").grounding < GROUNDED


def test_a_query_in_another_language_is_answered_by_english(grounding: Grounding) -> None:
    asks = "Wie lange dauert die Überfahrt mit der Fähre?"
    assert (
        grounding.score("The ferry crossing takes 40 minutes.", FERRY, asks).relevance >= RELEVANT
    )
    assert grounding.score("It is raining outside.", FERRY, asks).relevance < RELEVANT


@pytest.mark.parametrize(
    "answer", ["The documents do not say.", "Die Dokumente sagen dazu nichts.", "", "[0]", "---"]
)
def test_what_claims_nothing_is_not_held_back(answer: str, grounding: Grounding) -> None:
    assert _scores(grounding, answer) == GroundingScores(1.0, 1.0)


def test_an_answer_without_sources_is_not_grounded(grounding: Grounding) -> None:
    assert grounding.score("Bicycles travel free of charge.", [""], "?").grounding < GROUNDED


def test_the_weakest_claim_is_told(grounding: Grounding) -> None:
    answer = "The crossing takes 40 minutes. The captain collects old stamps."
    scores = _scores(grounding, answer)
    assert [one.text for one in scores.claims] == claims(answer)
    right, wrong = scores.claims
    assert wrong.support < GROUNDED <= right.support
    assert scores.grounding < (right.support + wrong.support) / 2
    assert scores.relevance == max(one.relevance for one in scores.claims)


@pytest.mark.parametrize(
    "source",
    [
        "[" * 100_000,
        "1" * 100_000,
        "1," * 50_000,
        "a\u0301\u0316" * 33_000,
        "a\u200b" * 50_000,
        "not " * 25_000,
        "| a " * 25_000,
        "A. " * 33_000,
        "漢字" * 50_000,
    ],
)
def test_a_hostile_source_is_judged_at_once(source: str, grounding: Grounding) -> None:
    answer = "The crossing takes 40 minutes, and a captain is not here."
    fresh = count()  # sources that were read before are remembered

    def score(length: int) -> object:
        return grounding.score(answer, [f"{source[:length]} {next(fresh)}"], "How long?")

    assert nonlinear(score, len(source), 0.1) is None


@pytest.mark.parametrize("code", ["en", "de", "fr", "es"])
def test_the_patterns_of_quantity_are_linear(code: str) -> None:
    assert quantity_words(code)
    assert [slowest(pattern, "search") for pattern in quantity_words(code).values()] == [None] * (
        len(quantity_words(code))
    )


def _scores(grounding: Grounding, answer: str) -> GroundingScores:
    return grounding.score(answer, FERRY, "How long does the ferry crossing take?")
