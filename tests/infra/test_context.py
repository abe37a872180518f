"""What one can choose, and what is said to a choice that cannot be."""

from pathlib import Path

import pytest

from infra.context import Context, ContextError, read

NOVA, TITAN = "amazon.nova-lite-v1:0", "amazon.titan-embed-text-v2:0"
EVERY_POLICY = "guardrail_definition/every_policy.toml"
PROFILE_ARN = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1"


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
            {"model_id": "xx.amazon.nova-lite-v1:0"},
            "model_id=xx.amazon.nova-lite-v1:0: 'xx' is no geography of inference profiles",
        ),
        ({"models": "mx.amazon.nova-pro-v1:0"}, "models=mx.amazon.nova-pro-v1:0: 'mx' is no geog"),
        ({"models": "claude"}, "models=claude: that is no model's id, as in amazon.nova-lite-v1:0"),
        ({"models": f"{NOVA},{TITAN}"}, f"models={TITAN}: it makes vectors or reranks, and answ"),
        ({"model_id": "cohere.rerank-v3-5:0"}, "model_id=cohere.rerank-v3-5:0: it makes vectors"),
        ({"models": PROFILE_ARN}, "does not tell its model; it can be model_id, with base_model"),
        ({"base_model_id": NOVA}, f"base_model_id={NOVA}: model_id={NOVA} tells its model; leave"),
        ({"zones": "us-east-1a"}, "zones: String should match pattern"),
        ({"zones": "us-east-1a"}, "the zones of the network, as in `us-east-1a,us-east-1b`"),
        ({"zones": "use1-az1,use1-az2"}, "zones: String should match pattern"),
        (
            {"zones": "us-east-1a,us-east-1a"},
            "zones=us-east-1a,us-east-1a: they have to be two or more, of one Region",
        ),
        ({"zones": "us-east-1a,us-west-2b"}, "they have to be two or more, of one Region"),
        (
            {"zones": "us-east-1a,us-east-1b", "vector_store": "s3-vectors"},
            "vector_store=s3-vectors has no network; only opensearch-serverless and aurora have",
        ),
        (
            {"account_dollars_month": "0"},
            "account_dollars_month: Input should be greater than or equal to 1",
        ),
        (
            {"account_dollars_month": "90"},
            "account_dollars_month=90: nobody would be told; say whom by alarm_email",
        ),
        ({"budget_month": "90"}, "budget_month is now called account_dollars_month"),
        ({"budget_tokens_day": "9"}, "budget_tokens_day is now called principal_tokens_day"),
        ({"guardrail": "ab12cd34ef56"}, "guardrail: ab12cd34ef56 is no choice of a guardrail: it"),
        ({"guardrail": "ab12cd34ef56:DRAFT"}, "a draft changes under the application"),
        (
            {"guardrail": "nowhere.toml"},
            "guardrail: The guardrail's definition nowhere.toml ca",
        ),
        (
            {"guardrail": "ab12cd34ef56:3", "guardrail_profile": "us"},
            "guardrail_profile: String should match pattern",
        ),
        (
            {"guardrail_profile": "us.guardrail.v1:0"},
            "guardrail_profile=us.guardrail.v1:0: it is for a guardrail that exists; a definition",
        ),
        ({"gateway_log_role": "none"}, "gateway_log_role: Input should be 'stack' or 'account'"),
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


def test_the_models_that_may_answer_are_the_default_and_those_that_are_chosen() -> None:
    assert chosen().model_ids == (NOVA,)
    further = chosen(models=f"amazon.nova-pro-v1:0, {NOVA},us.amazon.nova-pro-v1:0")
    assert further.model_ids == (NOVA, "amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0")


def test_a_profile_of_the_accounts_own_is_called_with_the_model_that_is_behind_it() -> None:
    context = chosen(model_id=PROFILE_ARN, base_model_id=NOVA, models="amazon.nova-pro-v1:0")
    assert context.model_ids == (PROFILE_ARN, "amazon.nova-pro-v1:0")


def test_only_a_classic_trial_goes_without_standby_replicas() -> None:
    assert chosen().standby == "DISABLED"
    assert chosen(production="true").standby == "ENABLED"
    assert chosen(opensearch_generation="nextgen").standby == "ENABLED"


def test_a_definition_that_is_wrong_is_refused_with_its_member_and_rule(tmp_path: Path) -> None:
    wrong = tmp_path / "mine.toml"
    wrong.write_text((Path(__file__).parents[1] / EVERY_POLICY).read_text() + "GROUNDINGS = 1\n")
    with pytest.raises(ContextError, match=r"guardrail: The guardrail's definition .*GROUNDINGS"):
        chosen(guardrail=str(wrong))
    assert chosen(guardrail=f"tests/{EVERY_POLICY}").guardrail_choice.definition
