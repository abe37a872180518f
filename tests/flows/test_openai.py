"""Questions and embeddings by the OpenAI API, with the stand-in."""

import pytest

from tests.flows.home import Home
from tests.flows.test_ask_a_document import CASTLE


def test_a_completion_is_the_answer_of_chat_with_its_sources(home: Home) -> None:
    home.put("castle.md", CASTLE)
    question = "Who built the castle of Rheinfels?"
    body = {
        "model": home.settings.model_id,
        "messages": [{"role": "user", "content": question}],
    }
    completion = home.call("POST", "/v1/chat/completions", body)
    (choice,) = completion["choices"]
    content = choice["message"]["content"]
    assert completion["model"].endswith(home.settings.model_id)
    assert content == home.call("POST", "/chat", {"message": question})["answer"]
    for annotation in choice["message"]["annotations"]:
        cited = annotation["url_citation"]
        assert cited["url"] == f"s3://{home.settings.documents_bucket}/castle.md"
        assert content[cited["start_index"] : cited["end_index"]].startswith("[")


def test_a_follow_up_is_understood_from_the_callers_own_conversation(home: Home) -> None:
    home.put("castle.md", CASTLE)
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who built the castle of Rheinfels?"},
        {"role": "assistant", "content": "It was built by Count Diether V [1]."},
        {"role": "user", "content": "And when was it blown up?"},
    ]
    body = {"model": home.settings.model_id, "messages": messages}
    (choice,) = home.call("POST", "/v1/chat/completions", body)["choices"]
    assert "1797" in choice["message"]["content"]


@pytest.mark.parametrize("model", ["amazon.titan-embed-text-v2:0", "cohere.embed-english-v3"])
def test_texts_of_one_meaning_have_near_vectors(home: Home, model: str) -> None:
    texts = ["The castle was built in 1245.", "They built the castle in 1245.", "Talc is soft."]
    data = home.call("POST", "/v1/embeddings", {"model": model, "input": texts})["data"]
    first, near, far = (each["embedding"] for each in data)

    def similarity(one: list[float], other: list[float]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert similarity(first, near) > similarity(first, far) + 0.2


def test_the_default_model_is_listed_first(home: Home) -> None:
    listed = home.call("GET", "/v1/models")["data"]
    assert listed[0]["id"] == home.settings.model_id
    ids = [each["id"] for each in listed]
    assert "amazon.titan-embed-text-v2:0" in ids
    assert "us.anthropic.claude-sonnet-4-6" in ids
    assert "anthropic.claude-sonnet-4-6" not in ids
