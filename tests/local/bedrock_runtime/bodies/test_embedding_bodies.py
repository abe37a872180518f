"""Embeddings in the bodies of Titan and Cohere."""

from typing import Any

import numpy as np
import pytest

from app.local.bedrock_runtime.bodies import EMBEDDINGS, InvalidBody
from app.local.engine.transformer import Encoder, Vectors

JSON = dict[str, Any]
NEAR, FAR = "Quartz is a hard mineral.", "Our refund policy lasts thirty days."
QUERY = "How hard is quartz?"


def embed(name: str, body: JSON, encoder: Encoder) -> JSON:
    return EMBEDDINGS[name](body, encoder)[0]


def titan(text: str, encoder: Encoder, **members: Any) -> Vectors:
    return np.array(embed("titan-embed-v2", {"inputText": text, **members}, encoder)["embedding"])


@pytest.mark.parametrize(
    ("name", "body", "dimension"),
    [
        ("titan-embed-v1", {"inputText": QUERY}, 1536),
        ("titan-embed-v2", {"inputText": QUERY}, 1024),
        ("titan-embed-v2", {"inputText": QUERY, "dimensions": 512, "normalize": True}, 512),
        ("titan-embed-v2", {"inputText": QUERY, "dimensions": 256}, 256),
    ],
)
def test_titan_answers_with_a_unit_vector(
    encoder: Encoder, name: str, body: JSON, dimension: int
) -> None:
    reply, tokens = EMBEDDINGS[name](body, encoder)
    assert len(reply["embedding"]) == dimension
    assert np.linalg.norm(reply["embedding"]) == pytest.approx(1.0, abs=1e-5)
    assert reply["inputTextTokenCount"] == tokens == encoder.count(QUERY)


@pytest.mark.parametrize(
    ("name", "members", "dimension"),
    [
        ("cohere-embed-v3", {}, 1024),
        ("cohere-embed-v4", {}, 1536),
        ("cohere-embed-v4", {"output_dimension": 256}, 256),
        ("cohere-embed-v4", {"output_dimension": 256, "embedding_types": ["float"]}, 256),
    ],
)
def test_cohere_answers_with_a_vector_a_text(
    encoder: Encoder, name: str, members: JSON, dimension: int
) -> None:
    """Embed v4 answers by type even where no type is named."""
    body = {"texts": [NEAR, FAR], "input_type": "search_document", **members}
    reply = embed(name, body, encoder)
    by_type = name == "cohere-embed-v4"
    embeddings = reply["embeddings"]["float"] if by_type else reply["embeddings"]
    assert np.array(embeddings).shape == (2, dimension)
    assert reply["response_type"] == ("embeddings_by_type" if by_type else "embeddings_floats")
    assert reply["texts"] == [NEAR, FAR]


def test_texts_of_like_meaning_have_a_high_cosine(encoder: Encoder) -> None:
    query, near, far = (titan(text, encoder) for text in (QUERY, NEAR, FAR))
    assert query @ near > 0.5 > 0.2 > query @ far


def test_titan_sends_the_types_that_were_asked_for(encoder: Encoder) -> None:
    body = {"inputText": QUERY, "embeddingTypes": ["binary"]}
    reply = embed("titan-embed-v2", body, encoder)
    assert "embedding" not in reply
    assert set(reply["embeddingsByType"]) == {"binary"}
    assert set(reply["embeddingsByType"]["binary"]) == {0, 1}
    both = embed("titan-embed-v2", body | {"embeddingTypes": ["float", "binary"]}, encoder)
    signs = (np.array(both["embedding"]) > 0).astype(int).tolist()
    assert both["embeddingsByType"]["binary"] == signs


def test_cohere_returns_vectors_in_each_quantised_type(encoder: Encoder) -> None:
    types = ["float", "int8", "uint8", "binary", "ubinary"]
    body = {"texts": [NEAR], "input_type": "clustering", "embedding_types": types}
    reply = embed("cohere-embed-v3", body, encoder)
    assert reply["response_type"] == "embeddings_by_type"
    [floats], [int8], [uint8], [binary], [ubinary] = (reply["embeddings"][one] for one in types)
    assert np.corrcoef(floats, int8)[0, 1] > 0.999
    assert 60 < max(map(abs, int8)) <= 128
    assert [one + 128 for one in int8] == uint8
    assert len(binary) == len(ubinary) == 1024 / 8
    assert [one + 128 for one in binary] == ubinary
    assert np.unpackbits(np.array(ubinary, np.uint8)).tolist() == [int(one > 0) for one in floats]


def test_a_long_text_is_embedded_to_its_end(encoder: Encoder) -> None:
    query, sea = titan(QUERY, encoder), "The sea is wide. " * 60
    ends = titan(sea + f"{NEAR} " * 40, encoder)
    assert query @ ends > query @ titan(sea, encoder) + 0.2


@pytest.mark.parametrize(("truncate", "same_as"), [("START", "b " * 512), ("END", "a " * 512)])
def test_cohere_cuts_where_it_was_told_to(encoder: Encoder, truncate: str, same_as: str) -> None:
    def vector(text: str, **members: str) -> Vectors:
        body = {"texts": [text], "input_type": "search_query", **members}
        return np.array(embed("cohere-embed-v3", body, encoder)["embeddings"][0])

    long = vector("a " * 512 + "b " * 512, truncate=truncate)
    assert long == pytest.approx(vector(same_as), abs=1e-5)


TEXTS = {"texts": [QUERY]}
SEARCH = {"input_type": "search_query"}


@pytest.mark.parametrize(
    ("name", "body", "wrong"),
    [
        ("titan-embed-v2", {"texts": ["x"]}, "#: required key [inputText] not found#: extraneous"),
        ("titan-embed-v2", {"inputText": ""}, "#/inputText: expected minLength: 1, actual: 0"),
        ("titan-embed-v2", {"inputText": "x", "dimensions": 384},
         "#/dimensions: 384 is not a valid enum value"),
        ("titan-embed-v1", {"inputText": "x", "dimensions": 512}, "extraneous key [dimensions]"),
        ("titan-embed-v2", {"inputText": "a " * 9000},
         "Too many input tokens. Max input tokens: 8192, request input token count: 9000"),
        ("cohere-embed-v3", TEXTS, "required key [input_type] not found"),
        ("cohere-embed-v3", TEXTS | {"input_type": "query"}, "#/input_type: query is not a valid"),
        ("cohere-embed-v3", SEARCH | {"texts": ["x"] * 97}, "maximum item count: 96, found: 97"),
        ("cohere-embed-v3", SEARCH | {"texts": ["x" * 2049]}, "maxLength: 2048, actual: 2049"),
        ("cohere-embed-v3", SEARCH | {"texts": ["x" * 2049], "truncate": "END"},
         "maxLength: 2048, actual: 2049"),
        ("cohere-embed-v3", SEARCH | {"texts": ["a " * 600]},
         "too many tokens: total number of tokens in the text cannot exceed 512 - received 600"),
        ("cohere-embed-v3", SEARCH | {"images": ["data:"]}, "the stand-in embeds text, and no im"),
        ("cohere-embed-v3", SEARCH, "required key [texts] not found"),
        ("cohere-embed-v4", SEARCH | TEXTS | {"embedding_types": []}, "minimum item count: 1"),
        ("cohere-embed-v4", SEARCH | {"texts": ["a " * 9], "max_tokens": 8, "truncate": "NONE"},
         "cannot exceed 8 - received 9"),
        ("titan-embed-v1", {"inputText": "a" * 50_001}, "maxLength: 50000, actual: 50001"),
        ("titan-embed-image", {"inputText": "a " * 257}, "Max input tokens: 256, request input to"),
        ("titan-embed-image", {"inputText": "x", "inputImage": "eA=="}, "inputImage: the stand-in"),
        ("titan-embed-image", {}, "required key [inputText] not found"),
        ("nova-embed", {"taskType": "SEGMENTED_EMBEDDING"}, "SEGMENTED_EMBEDDING is not a valid"),
        ("cohere-embed-v4", SEARCH, "required key [texts] not found"),
        ("cohere-embed-v4", SEARCH | {"images": ["data:image/png;base64,"]}, "images: the stand-"),
    ],
)  # fmt: skip
def test_a_body_that_breaks_a_rule_is_refused_in_the_schemas_words(
    encoder: Encoder, name: str, body: JSON, wrong: str
) -> None:
    with pytest.raises(InvalidBody) as error:
        embed(name, body, encoder)
    assert wrong in error.value.message


def test_cohere_v4_reads_inputs_of_text(encoder: Encoder) -> None:
    inputs = [{"content": [{"type": "text", "text": QUERY}]}]
    reply = embed("cohere-embed-v4", SEARCH | {"inputs": inputs}, encoder)
    same = embed("cohere-embed-v4", SEARCH | TEXTS, encoder)
    assert reply["embeddings"] == same["embeddings"]


@pytest.mark.parametrize(
    ("truncate", "same_as"),
    [("START", "b"), ("LEFT", "b"), ("END", "a"), ("RIGHT", "a"), (None, "a")],
)
def test_cohere_v4_cuts_at_either_side(
    encoder: Encoder, truncate: str | None, same_as: str
) -> None:
    def vector(text: str, **members: Any) -> Vectors:
        body = SEARCH | {"texts": [text], "max_tokens": 8, **members}
        return np.array(embed("cohere-embed-v4", body, encoder)["embeddings"]["float"][0])

    named = {"truncate": truncate} if truncate else {}
    long = vector("a " * 8 + "b " * 8, **named)
    assert long == pytest.approx(vector(f"{same_as} " * 8), abs=1e-5)


def nova(text: JSON, **members: Any) -> JSON:
    parameters = {"embeddingPurpose": "GENERIC_INDEX", "text": text, **members}
    return {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": parameters}


@pytest.mark.parametrize("dimension", [256, 384, 1024, 3072])
def test_nova_and_titan_multimodal_embed_text(encoder: Encoder, dimension: int) -> None:
    size = {} if dimension == 3072 else {"embeddingDimension": dimension}
    body = nova({"truncationMode": "END", "value": QUERY}, **size)
    (reply,) = embed("nova-embed", body, encoder)["embeddings"]
    assert reply["embeddingType"] == "TEXT"
    vector = np.array(reply["embedding"])
    assert vector.shape == (dimension,)
    if dimension in (256, 1024):
        assert vector == pytest.approx(titan(QUERY, encoder, dimensions=dimension))
    if dimension != 3072:
        config = {"outputEmbeddingLength": dimension}
        reply = embed("titan-embed-image", {"inputText": QUERY, "embeddingConfig": config}, encoder)
        assert vector == pytest.approx(np.array(reply["embedding"]))
        assert (reply["inputTextTokenCount"], reply["message"]) == (encoder.count(QUERY), None)


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({"text": {"truncationMode": "END", "value": "x" * 8193}}, "maxLength: 8192, actual: 8193"),
        ({"text": {"value": "x"}}, "required key [truncationMode] not found"),
        ({"text": {"truncationMode": "END", "source": {}}}, "text.source: the stand-in embeds"),
        ({"image": {"format": "png"}}, "singleEmbeddingParams.image: the stand-in embeds text"),
        ({}, "exactly one of text, image, audio, video must be present, found: none"),
        ({"text": {"truncationMode": "END", "value": "x"}, "audio": {}}, "found: text, audio"),
    ],
)
def test_nova_names_what_it_cannot_embed(encoder: Encoder, parameters: JSON, wrong: str) -> None:
    asked = {"embeddingPurpose": "CLUSTERING", **parameters}
    body = {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": asked}
    with pytest.raises(InvalidBody) as error:
        embed("nova-embed", body, encoder)
    assert wrong in error.value.message
