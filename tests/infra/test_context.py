"""What one can choose, and what is said to a choice that cannot be."""

import pytest

from infra.context import Context, ContextError, read


def chosen(**choices: str) -> Context:
    from aws_cdk import App

    return read(App(context=choices).node)


def test_without_choices_the_stack_has_its_defaults() -> None:
    assert chosen() == Context()
    assert chosen().vector_store == "opensearch-serverless"
    assert chosen().dimensions == 1024


def test_choices_are_read_from_text() -> None:
    context = chosen(production="true", agent="bedrock-agent", origin="http://localhost:5173")
    assert context.production is True
    assert context.agent == "bedrock-agent"


def test_context_keys_of_the_cdk_itself_are_ignored() -> None:
    assert chosen(**{"@aws-cdk/core:x": "1", "aws:cdk:y": "2", "zone:account=1": "3"}) == Context()


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"vectorstore": "aurora"}, "vectorstore is no choice; there are stack, production"),
        ({"vector_store": "pinecone"}, "vector_store: Input should be 'opensearch-serverless'"),
        ({"production": "perhaps"}, "production: Input should be a valid boolean"),
        ({"agent": "harness"}, "agent: Input should be 'converse' or 'bedrock-agent'"),
        ({"auth": "none"}, "auth: Input should be 'cognito' or 'iam'"),
        ({"stack": "out crop"}, "stack: String should match pattern"),
        ({"stack": "A" * 25}, "stack: String should match pattern"),
        ({"stack": "MyAwsDocs"}, "stack=MyAwsDocs: the sign-in page's name cannot hold 'aws'"),
        ({"chunking": "tiny"}, "chunking: Input should be 'default'"),
        ({"embedding_model_id": "bert"}, "embedding_model_id=bert: it has to be one of amazon."),
        ({"rerank_model_id": "bert"}, "rerank_model_id=bert: it has to be one of cohere."),
        ({"origin": "*"}, "origin: String should match pattern"),
        ({"origin": "http://docs.example.com"}, "origin: String should match pattern"),
        ({"alarm_email": "me"}, "alarm_email: String should match pattern"),
        ({"model_id": ""}, "model_id: String should have at least 1 character"),
        (
            {"opensearch_generation": "nextgen", "vector_store": "aurora"},
            "opensearch_generation=nextgen: vector_store=aurora has no generations",
        ),
        (
            {"model_id": "arn:aws:bedrock:us-east-1:1:application-inference-profile/a1"},
            "does not tell its model; name that in base_model_id",
        ),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_name(choices: dict[str, str], said: str) -> None:
    with pytest.raises(ContextError) as refused:
        chosen(**choices)
    assert said in str(refused.value)


def test_every_wrong_choice_is_named_in_one_error() -> None:
    with pytest.raises(ContextError, match=r"agent: .*; auth: .*; nonsense is no choice"):
        chosen(agent="x", auth="y", nonsense="z")


def test_a_reserved_word_matters_to_the_sign_in_page_only() -> None:
    assert chosen(stack="MyAwsDocs", auth="iam").stack == "MyAwsDocs"
