"""Misspelled words of a question, with the encoder of the laptop."""

from typing import Any, cast

import pytest

from app.local.engine.corrections import corrected, nearest_of
from app.local.engine.retrieval import Query, retrieve
from app.local.engine.store import Chunk, Hit, Store, StoreConfiguration, open_embedded
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder

TEXT = "Install the package with its certificate. The endpoint throttles. Merlin, serialization."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Store:
    store = open_embedded(tmp_path_factory.mktemp("store"), StoreConfiguration(encoder.dimension))
    store.put("document", [Chunk("a", TEXT, {}, encoder.encode([TEXT])[0])])
    return store


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("How do I intsall the pakage?", "How do I install the package?"),
        (
            "Which certifciate is it, and which endpiont?",
            "Which certificate is it, and which endpoint?",
        ),
        ("Seralization of a pacakge", "serialization of a package"),
        (
            "Waht is teh pakage, and hwo is it?",
            "What is the package, and how is it?",
        ),
    ],
)
def test_misspelled_words_are_corrected(
    question: str, result: str, encoder: Encoder, store: Store
) -> None:
    assert corrected(question, encoder, store.nearest_word) == result


@pytest.mark.parametrize(
    "question",
    [
        "How do I install the package?",
        "What is the weather in berlin?",  # a word that the encoder knows, and no misspelled Merlin
        "Is it the work of Merlyn or of Pakage?",  # names
        "What does pakage-lock do, or endpiont_url, or pakage.json?",
        "Which endpoint throttled, and what is throttlest?",
        "Is there an aws package form, or three of them?",
        "What does `pakage` do, and 'endpiont'?",
        "Row B2751 of PAKAGE at /pakage/endpiont:pakage",
        "Wie wird das Pakage installiert, und was ist ein Endpiont?",
        "",
    ],
)
def test_names_identifiers_and_other_languages_are_left_alone(
    question: str, encoder: Encoder, store: Store
) -> None:
    assert corrected(question, encoder, store.nearest_word) == question


GOOD = """
stowage/storage paver/paper uncultured/cultured berthing/bathing glazier/glacier reseal/reveal
misfile/missile tuber/tuner backflow/backlog carload/carloan lessee/lesser sublet/subset
cleat/clean spline/splice dowel/towel soffit/profit
"""
SLIPS = """
storge/storage recieve/receive waranty/warranty presure/pressure adress/address calender/calendar
seperate/separate wieght/weight depoly/deploy filtr/filter volum/volume deliverd/delivered
swiming/swimming towell/towel neccesary/necessary temprature/temperature tyer/tyre
"""


@pytest.mark.parametrize("pair", GOOD.split())
def test_a_good_word_that_no_document_has_is_left_alone(pair: str, encoder: Encoder) -> None:
    word, other = pair.split("/")
    question = f"Where is the {word} described?"
    assert corrected(question, encoder, nearest_of([other])) == question


@pytest.mark.parametrize("pair", SLIPS.split())
def test_a_likely_slip_is_corrected(pair: str, encoder: Encoder) -> None:
    word, other = pair.split("/")
    result = corrected(f"Where is the {word} described?", encoder, nearest_of([other]))
    assert result == f"Where is the {other} described?"


def test_a_search_in_english_is_for_the_corrected_words(encoder: Encoder, store: Store) -> None:
    texts: list[str | None] = []

    class Watched:
        def search(self, *query: Any) -> list[Hit]:
            texts.append(query[1])
            return store.search(*query)

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    query = Query("How do I intsall the pakage?", 5, by_words=True)
    retrieve(encoder, cast("Store", Watched()), query, TokenMemory(encoder, 0))
    retrieve(encoder, cast("Store", Watched()), query)  # as of a base in many languages
    assert texts == ["How do I install the package?", query.question]
