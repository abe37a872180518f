"""What is written once about models, and read in several places."""

import subprocess
import sys
from typing import Any

import pytest

from app.local.bedrock import foundation_models
from app.local.bedrock_runtime.bodies import EMBEDDINGS
from app.local.engine import encoders
from app.local.engine.transformer import Encoder
from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL, EMBEDDING_MODELS, EmbeddingModel
from app.models.facts.ids import parse
from app.models.facts.reranking import RERANKING_MODELS
from app.models.facts.token_prices import GLOBAL_PRICES, TOKEN_PRICES, token_price
from app.models.model import find


def test_reading_facts_imports_no_boto3() -> None:
    """The command line and the template read them: `outcrop --help` has to be quick."""
    program = (
        "import sys, app.models.facts.ids, app.models.facts.token_prices; "
        "sys.exit('boto3' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return encoders("int8")[0]


@pytest.mark.parametrize("model", EMBEDDING_MODELS, ids=lambda model: model.id)
def test_the_stand_in_embeds_in_as_many_dimensions(model: EmbeddingModel, encoder: Encoder) -> None:
    """Unless it is asked for fewer. Its own table imports nothing of the application."""
    offered = foundation_models.models()[model.id]
    assert offered.output == ("EMBEDDING",)
    texts = {"texts": ["quartz"], "input_type": "search_query"}
    body: Any = {"inputText": "quartz"} if model.id.startswith("amazon.") else texts
    reply, _ = EMBEDDINGS[offered.body](body, encoder)
    vector = reply["embedding"] if "embedding" in reply else reply["embeddings"][0]
    assert len(vector) == model.dimensions


def test_what_embeds_by_default_is_in_the_table() -> None:
    assert DEFAULT_EMBEDDING_MODEL in [model.id for model in EMBEDDING_MODELS]


def test_a_price_is_that_of_a_model_that_is_known_in_the_us() -> None:
    for model_id, price in TOKEN_PRICES.items():
        assert parse(model_id).model == model_id
        assert token_price(f"us.{model_id}") == token_price(model_id) == price
        assert token_price(f"eu.{model_id}") is None
        if model_id in [model.id for model in EMBEDDING_MODELS]:
            assert price.output == 0
        else:
            assert find(model_id).facts.id == model_id
            assert price.input < price.output
    assert token_price("anthropic.claude-opus-5-5") is None


def test_a_profile_of_a_geography_costs_a_tenth_more_than_the_global_one() -> None:
    for model_id, price in GLOBAL_PRICES.items():
        assert token_price(f"global.{model_id}") == price
        regional = TOKEN_PRICES[model_id]
        assert regional.input == pytest.approx(1.1 * price.input)
        assert regional.output == pytest.approx(1.1 * price.output)
    assert token_price("global.amazon.nova-lite-v1:0") is None


def test_the_stand_in_offers_reranking_models_in_the_same_regions() -> None:
    reranking = {one.id: one for one in foundation_models.models().values() if one.reranks}
    assert reranking.keys() == RERANKING_MODELS.keys()
    for model_id, regions in RERANKING_MODELS.items():
        assert reranking[model_id].availability.on_demand == regions
