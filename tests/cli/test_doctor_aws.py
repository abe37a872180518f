"""`outcrop doctor --aws`: every failure in the words that it is printed with."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from tests.deploy.aws_account import Account, Fault

NOVA, TITAN = "amazon.nova-lite-v1:0", "amazon.titan-embed-text-v2:0"
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
ARN = "arn:aws:bedrock:eu-central-1::foundation-model/"
CLOSED = (
    "Bedrock Agents is in Maintenance Mode. New agent creation is not available for accounts "
    "without prior service usage."
)
OPEN: Mapping[str, Any] = {
    "modelId": "any",
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


def summary(model: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "modelArn": ARN + model,
        "modelId": model,
        "modelName": name,
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": "ACTIVE"},
        **more,
    }


def quota(name: str, value: float) -> dict[str, Any]:
    return {"QuotaName": name, "Value": value}


PROFILES_ONLY = summary(HAIKU, "Claude Haiku 4.5", inferenceTypesSupported=["INFERENCE_PROFILE"])
MODELS = [summary(NOVA, "Nova Lite"), summary(TITAN, "Titan Text Embeddings V2"), PROFILES_ONLY]
PROFILE = {
    "inferenceProfileName": "EU Claude Haiku 4.5",
    "inferenceProfileArn": "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/x",
    "inferenceProfileId": f"eu.{HAIKU}",
    "models": [{"modelArn": f"arn:aws:bedrock:eu-west-1::foundation-model/{HAIKU}"}],
    "status": "ACTIVE",
    "type": "SYSTEM_DEFINED",
}
QUOTAS = [
    quota("On-demand model inference requests per minute for Amazon Nova Lite", 1000),
    quota("On-demand model inference tokens per minute for Amazon Nova Lite", 2_000_000),
    quota("Cross-region model inference requests per minute for Amazon Nova Lite", 7),
    quota("On-demand model inference requests per minute for Amazon Titan Text Embeddings V2", 600),
    quota("Cross-region model inference requests per minute for Anthropic Claude Haiku 4.5", 10),
    quota("Concurrent executions", 1000),
]


LAYER = "arn:aws:lambda:eu-central-1:753240598075:layer:LambdaAdapterLayerArm64:27"
ZONES = [
    {"ZoneName": f"eu-central-1{letter}", "ZoneId": f"euc1-az{number}", "State": "available"}
    for letter, number in zip("abc", (2, 3, 1), strict=True)
]


def endpoint_in(*letters: str) -> dict[str, Any]:
    zones = [f"eu-central-1{letter}" for letter in letters]
    return {"ServiceDetails": [{"ServiceName": "aoss", "AvailabilityZones": zones}]}


@pytest.fixture
def account(own_account: Account) -> Account:
    """An account in which nothing is wrong."""
    identity = {
        "UserId": "AIDA",
        "Account": "111122223333",
        "Arn": "arn:aws:iam::111122223333:user/rosa",
    }
    own_account.answer("GetCallerIdentity", identity)
    own_account.answer("GetParameter", {"Parameter": {"Name": "version", "Value": "30"}})
    own_account.answer("ListFoundationModels", {"modelSummaries": MODELS})
    own_account.answer("DescribeType", {"TypeName": "any"})
    own_account.answer("GetLayerVersionByArn", {"LayerVersionArn": LAYER})
    own_account.answer("DescribeAvailabilityZones", {"AvailabilityZones": ZONES})
    own_account.answer("DescribeSubnets", {"Subnets": []})
    own_account.answer("DescribeVpcEndpointServices", endpoint_in(*"abc"))
    own_account.answer("GetAccount", {})
    own_account.answer("ListInferenceProfiles", {"inferenceProfileSummaries": [PROFILE]})
    own_account.answer("GetFoundationModelAvailability", OPEN)
    own_account.answer("ListServiceQuotas", {"Quotas": QUOTAS})
    own_account.answer("ListAgents", {"agentSummaries": []})
    own_account.answer("CreateAgent", Fault("ValidationException", "agentName: no"))
    return own_account


def doctor(*words: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", "--aws", *words])


def line(result: Result, check: str) -> str:
    """The line of a check, and what stands under it."""
    lines = result.output.splitlines()
    [at] = [n for n, text in enumerate(lines) if text[6:].startswith(f"{check}:")]
    under = lines[at + 1].strip() if lines[at + 1 : at + 2] and lines[at + 1][:1] == " " else ""
    return f"{lines[at]} {under}".rstrip()


def found(words: tuple[str, ...], check: str, code: int) -> str:
    result = doctor(*words)
    assert result.exit_code == code, result.output
    return line(result, check)


@pytest.mark.usefixtures("account")
def test_a_ready_account_is_well_in_every_line() -> None:
    result = doctor()
    assert result.exit_code == 0
    assert [text[:2] for text in result.output.splitlines() if text[0] != " "] == ["ok"] * 15
    assert line(result, "Credentials") == (
        "ok    Credentials: arn:aws:iam::111122223333:user/rosa "
        "in account 111122223333, eu-central-1"
    )
    assert line(result, "CDK bootstrap") == "ok    CDK bootstrap: version 30"
    assert line(result, "The model that answers").endswith(f"{NOVA} can be called")
    assert line(result, "The model that embeds").endswith(f"{TITAN} can be called")
    assert line(result, f"Quotas of {NOVA}").endswith(
        "1,000 requests per minute, 2,000,000 tokens per minute"
    )
    assert line(result, f"Quotas of {TITAN}").endswith("600 requests per minute")
    assert line(result, "Functions").endswith("1,000 at once")
    assert line(result, "The vector store's floor").endswith(
        "$182.50 a month: 1 OCU (half for indexing, half for search) at $0.24 an hour, "
        "and an endpoint"
    )
    assert line(result, "The rest's floor").endswith(
        "$13.10 a month: a web ACL with five rules, a KMS key, seven alarms, "
        "the page's rule of the web ACL, the page's secret"
    )


def test_nothing_is_called_that_creates_or_costs(account: Account) -> None:
    doctor("-c", "agent=bedrock-agent")
    reading = ("Get", "List", "Describe")
    changing = [(name, params) for name, params in account.asked if not name.startswith(reading)]
    assert [name for name, _ in changing] == ["CreateAgent"]
    assert changing[0][1]["agentName"] == "!"


def test_findings_are_one_json_object(account: Account) -> None:
    account.answer("GetParameter", Fault("ParameterNotFound", ""))
    result = doctor("--json")
    assert result.exit_code == 1
    findings = {one["check"]: one for one in json.loads(result.stdout)["findings"]}
    assert findings["CDK bootstrap"]["well"] is False
    assert findings["Credentials"]["well"] is True


def test_no_region_says_what_to_set(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION")
    line_of_check = found((), "Credentials", 1)
    assert line_of_check.startswith("wrong Credentials: ")
    assert "Set AWS_DEFAULT_REGION" in line_of_check
    assert account.asked == []


def test_no_credentials_say_how_to_get_some(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    line_of_check = found((), "Credentials", 1)
    assert "Set up credentials, as with `aws configure`" in line_of_check
    assert account.asked == []


def test_credentials_that_have_run_out_say_so_and_end_it(account: Account) -> None:
    account.answer("GetCallerIdentity", Fault("ExpiredToken", "The token has expired", 403))
    line_of_check = found((), "Credentials", 1)
    assert "ExpiredToken: The token has expired" in line_of_check
    assert "Renew the credentials, as with `aws sso login`" in line_of_check
    assert set(account.operations) == {"GetCallerIdentity"}


def test_an_account_that_is_not_bootstrapped_gets_the_command(account: Account) -> None:
    account.answer("GetParameter", Fault("ParameterNotFound", ""))
    assert found((), "CDK bootstrap", 1) == (
        "wrong CDK bootstrap: eu-central-1 of this account is not bootstrapped for the CDK "
        "Once an account and Region: `node_modules/.bin/cdk bootstrap "
        "aws://111122223333/eu-central-1`."
    )


def test_an_old_bootstrap_is_to_be_renewed(account: Account) -> None:
    account.answer("GetParameter", {"Parameter": {"Name": "version", "Value": "5"}})
    line_of_check = found((), "CDK bootstrap", 1)
    assert line_of_check.startswith("wrong CDK bootstrap: version 5, and 6 is asked")
    assert "cdk bootstrap aws://111122223333/eu-central-1" in line_of_check


def test_a_check_that_may_not_look_says_so_and_is_no_failure(account: Account) -> None:
    account.answer("GetParameter", Fault("AccessDeniedException", "not ssm:GetParameter", 403))
    account.answer("ListServiceQuotas", Fault("AccessDeniedException", "not quotas", 403))
    result = doctor()
    assert result.exit_code == 0
    assert line(result, "CDK bootstrap").startswith("?     CDK bootstrap: could not be looked at.")
    assert "not ssm:GetParameter" in line(result, "CDK bootstrap")
    assert "not quotas" in line(result, "Quotas")


def test_zones_that_refuse_the_network_get_two_that_do_not(account: Account) -> None:
    check = "Zones of the network"
    assert found((), check, 0) == (
        "ok    Zones of the network: eu-central-1a (euc1-az2), eu-central-1b (euc1-az3)"
    )
    account.answer("DescribeVpcEndpointServices", endpoint_in("b", "c"))
    assert found((), check, 1) == (
        "wrong Zones of the network: eu-central-1a (euc1-az2) takes no endpoint of the "
        "collection Choose others: `-c zones=eu-central-1b,eu-central-1c`."
    )
    chosen = ("-c", "zones=eu-central-1b,eu-central-1c")
    assert found(chosen, check, 0).startswith("ok    Zones of the network: eu-central-1b")
    assert "there is no zone us-east-1a here" in found(
        ("-c", "zones=us-east-1a,us-east-1b"), check, 1
    )


def test_a_zone_without_functions_is_known_by_its_id(account: Account) -> None:
    account.answer("DescribeAvailabilityZones", {"AvailabilityZones": [
        {**ZONES[0], "ZoneId": "use1-az3"}, *ZONES[1:]]})  # fmt: skip
    said = found((), "Zones of the network", 1)
    assert "eu-central-1a (use1-az3) takes no function" in said
    assert "`-c zones=eu-central-1b,eu-central-1c`" in said


def test_the_first_zones_are_those_with_a_default_subnet(account: Account) -> None:
    subnets = [{"AvailabilityZone": "eu-central-1b"}, {"AvailabilityZone": "eu-central-1c"}]
    account.answer("DescribeSubnets", {"Subnets": subnets})
    assert found((), "Zones of the network", 0).endswith(
        "eu-central-1b (euc1-az3), eu-central-1c (euc1-az1)"
    )


def test_aurora_is_asked_for_its_own_zones(account: Account) -> None:
    option = {"AvailabilityZones": [{"Name": "eu-central-1a"}]}
    account.answer("DescribeOrderableDBInstanceOptions", {"OrderableDBInstanceOptions": [option]})
    said = found(("-c", "vector_store=aurora"), "Zones of the network", 1)
    assert "eu-central-1b (euc1-az3) has no Aurora Serverless" in said
    assert "Choose another Region, or vector_store=s3-vectors" in said


def test_a_store_without_a_network_needs_no_zones(account: Account) -> None:
    assert "Zones" not in doctor("-c", "vector_store=s3-vectors").output
    assert "DescribeAvailabilityZones" not in account.operations


def test_a_region_without_a_resource_type_is_said_before_the_deployment(account: Account) -> None:
    account.answer("DescribeType", Fault("TypeNotFoundException", "no such type", 404))
    assert found((), "Resource types", 1).endswith(
        "AWS::OpenSearchServerless::Collection Choose another Region, or another vector_store."
    )


def test_a_region_without_the_adapters_layer_is_said_before_the_deployment(
    account: Account,
) -> None:
    check = "Lambda Web Adapter"
    assert found((), check, 0) == "ok    Lambda Web Adapter: eu-central-1 has its layer"
    assert dict(account.asked)["GetLayerVersionByArn"]["Arn"] == LAYER
    account.answer("GetLayerVersionByArn", Fault("AccessDeniedException", "no", 403))
    assert f"?     Lambda Web Adapter: {LAYER} cannot be read" in found((), check, 0)
    account.answer("GetLayerVersionByArn", Fault("ResourceNotFoundException", "no", 404))
    assert f"wrong Lambda Web Adapter: {LAYER} cannot be read" in found((), check, 1)


@pytest.mark.parametrize(
    ("role", "words", "code", "said"),
    [
        (None, (), 0, "it is the stack's to set"),
        ("arn:aws:iam::1:role/Outcrop-ApiLogRole-X1", (), 0, "it is the stack's to set"),
        ("arn:aws:iam::1:role/logs", (), 1, "would be replaced for all APIs of this account"),
        ("arn:aws:iam::1:role/logs", ("-c", "gateway_log_role=account"), 0, "logs stays"),
        (None, ("-c", "gateway_log_role=account"), 1, "without one no API can log"),
    ],
)
def test_an_accounts_log_role_for_api_gateway_is_not_replaced_unseen(
    account: Account, role: str | None, words: tuple[str, ...], code: int, said: str
) -> None:
    account.answer("GetAccount", {"cloudwatchRoleArn": role} if role else {})
    assert said in found(words, "API Gateway's log role", code)


@pytest.mark.usefixtures("account")
def test_every_model_that_may_answer_is_looked_at() -> None:
    said = found(("-c", f"models={HAIKU},eu.{HAIKU}"), f"The model {HAIKU}", 1)
    assert f"{HAIKU} can be called through an inference profile only" in said


def test_a_model_that_the_region_lacks(account: Account) -> None:
    account.answer("ListFoundationModels", {"modelSummaries": MODELS[1:]})
    assert found((), "The model that answers", 1) == (
        f"wrong The model that answers: {NOVA} is not offered in eu-central-1 Choose another "
        "Region, or another model with `-c model_id=...`."
    )


def test_an_embedding_model_that_the_region_lacks(account: Account) -> None:
    account.answer("ListFoundationModels", {"modelSummaries": MODELS[:1]})
    assert f"{TITAN} is not offered in eu-central-1" in found((), "The model that embeds", 1)


def test_a_reranking_model_is_checked_if_one_is_chosen(account: Account) -> None:
    model = "cohere.rerank-v3-5:0"
    account.answer("ListFoundationModels", {"modelSummaries": [*MODELS, summary(model, "Rerank")]})
    chosen = ("-c", f"rerank_model_id={model}")
    assert found(chosen, "The model that reranks", 0).endswith(f"{model} can be called")
    account.answer("ListFoundationModels", {"modelSummaries": MODELS})
    assert found(chosen, "The model that reranks", 1) == (
        f"wrong The model that reranks: {model} is not offered in eu-central-1 It is offered in "
        "ap-northeast-1, ca-central-1, eu-central-1, us-east-1, us-west-2; or deploy without "
        "rerank_model_id."
    )


@pytest.mark.usefixtures("account")
def test_a_model_that_is_reached_through_a_profile_only_names_the_profile() -> None:
    assert found(("-c", f"model_id={HAIKU}"), "The model that answers", 1) == (
        f"wrong The model that answers: {HAIKU} can be called through an inference profile only "
        f"Through an inference profile: `-c model_id=eu.{HAIKU}`."
    )


@pytest.mark.usefixtures("account")
def test_a_profile_of_this_region_is_well_and_has_its_own_quota() -> None:
    result = doctor("-c", f"model_id=eu.{HAIKU}")
    assert result.exit_code == 0
    assert line(result, "The model that answers").endswith(f"eu.{HAIKU} can be called")
    assert line(result, f"Quotas of eu.{HAIKU}").endswith("10 requests per minute")


@pytest.mark.usefixtures("account")
def test_a_profile_of_another_geography_names_those_that_there_are() -> None:
    assert found(("-c", f"model_id=us.{HAIKU}"), "The model that answers", 1) == (
        f"wrong The model that answers: there is no inference profile us.{HAIKU} in eu-central-1 "
        f"There are eu.{HAIKU}."
    )


@pytest.mark.parametrize(
    ("member", "value", "says", "mend"),
    [
        (
            "regionAvailability",
            "NOT_AVAILABLE",
            "is not available in this Region",
            "another Region",
        ),
        ("authorizationStatus", "NOT_AUTHORIZED", "is not allowed for this account", "SCPs"),
        ("entitlementAvailability", "NOT_AVAILABLE", "is not open", "Bedrock console"),
        ("agreement", "NOT_AVAILABLE", "waits for its agreement to be accepted", "Marketplace"),
        ("agreement", "PENDING", "waits for its agreement to take effect", "some minutes"),
        ("agreement", "ERROR", "has an agreement that failed (card declined)", "Model access"),
    ],
)
def test_a_model_without_access_says_what_is_missing(
    member: str, value: str, says: str, mend: str, account: Account
) -> None:
    refused = (
        {"agreementAvailability": {"status": value, "errorMessage": "card declined"}}
        if member == "agreement"
        else {member: value}
    )
    account.answer("GetFoundationModelAvailability", {**OPEN, **refused}, OPEN)
    line_of_check = found((), "The model that answers", 1)
    assert line_of_check.startswith(f"wrong The model that answers: {NOVA} {says}")
    assert mend in line_of_check


def test_a_legacy_model_is_well_with_a_warning(account: Account) -> None:
    old = summary(NOVA, "Nova Lite", modelLifecycle={"status": "LEGACY"})
    account.answer("ListFoundationModels", {"modelSummaries": [old, MODELS[1]]})
    assert "It is LEGACY" in found((), "The model that answers", 0)


def test_a_quota_of_nothing_is_a_failure(account: Account) -> None:
    none = quota("On-demand model inference requests per minute for Amazon Nova Lite", 0)
    account.answer("ListServiceQuotas", {"Quotas": [none]})
    assert found((), f"Quotas of {NOVA}", 1) == (
        f"wrong Quotas of {NOVA}: 0 requests per minute "
        "Request more in the Service Quotas console, which takes hours to days."
    )


def test_a_quota_that_nobody_tells_is_not_known(account: Account) -> None:
    account.answer("ListServiceQuotas", {"Quotas": []})
    line_of_check = found((), f"Quotas of {NOVA}", 0)
    assert line_of_check == f"?     Quotas of {NOVA}: Service Quotas has none with the model's name"


def test_a_young_accounts_few_functions_are_a_warning(account: Account) -> None:
    account.answer(
        "ListServiceQuotas", {"Quotas": [*QUOTAS[:-1], quota(QUOTAS[-1]["QuotaName"], 10)]}
    )
    assert found((), "Functions", 0).startswith(
        "ok    Functions: 10 at once Each answer uses one for as long as it streams. Request more"
    )


def test_a_closed_account_may_have_no_agent_and_needs_none_by_itself(account: Account) -> None:
    account.answer("CreateAgent", Fault("AccessDeniedException", CLOSED, 403))
    assert found((), "Bedrock agents", 0).startswith("ok    Bedrock agents: this account may not")
    assert found(("-c", "agent=bedrock-agent"), "Bedrock agents", 1) == (
        "wrong Bedrock agents: this account may not create any: Bedrock Agents is closed to it "
        "Leave `-c agent=bedrock-agent` out: questions are answered without one."
    )


@pytest.mark.usefixtures("account")
def test_an_account_without_agents_cannot_be_judged_beforehand() -> None:
    assert found(("-c", "agent=bedrock-agent"), "Bedrock agents", 0) == (
        "?     Bedrock agents: there are none here; whether this account may create one shows "
        "only when it does"
    )


def test_an_account_with_agents_may_most_likely_have_more(account: Account) -> None:
    one = {
        "agentId": "ABCDEFGHIJ",
        "agentName": "a",
        "agentStatus": "PREPARED",
        "updatedAt": "2026-01-01T00:00:00Z",
    }
    account.answer("ListAgents", {"agentSummaries": [one]})
    line_of_check = found(("-c", "agent=bedrock-agent"), "Bedrock agents", 0)
    assert line_of_check.startswith("ok    Bedrock agents: there are some here")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("choices", "floor"),
    [
        (("vector_store=s3-vectors",), "$0.00 a month"),
        (("vector_store=opensearch-serverless", "production=true"), "$357.70 a month"),
        (("production=Yes",), "$357.70 a month"),
        (("opensearch_generation=nextgen",), "$7.30 a month"),
    ],
)
def test_the_floor_is_that_of_the_choices(choices: tuple[str, ...], floor: str) -> None:
    words = tuple(word for choice in choices for word in ("-c", choice))
    assert floor in found(words, "The vector store's floor", 0)


def test_a_choice_that_cannot_be_is_refused_before_anything_is_called(account: Account) -> None:
    result = doctor("-c", "vector_store=pinecone")
    assert "there is no 'pinecone'" in str(result.exception)
    assert doctor("-c", "production").exit_code == 2
    assert CliRunner().invoke(cli, ["doctor", "-c", "a=b"]).exit_code == 2
    assert account.asked == []


READY: Mapping[str, Any] = {
    "name": "support",
    "guardrailId": "ab12cd34ef56",
    "guardrailArn": "arn:aws:bedrock:eu-central-1:111122223333:guardrail/ab12cd34ef56",
    "version": "3",
    "status": "READY",
    "createdAt": "2026-11-29T00:00:00Z",
    "updatedAt": "2026-11-29T00:00:00Z",
    "blockedInputMessaging": "No.",
    "blockedOutputsMessaging": "Held back.",
}
EU = "eu.guardrail.v1:0"
HAS = "The guardrail: ab12cd34ef56, version 3 has"
IN_REGIONS: Mapping[str, Any] = {"crossRegionDetails": {"guardrailProfileId": EU}}
EXISTING = "guardrail=ab12cd34ef56:3"


@pytest.mark.usefixtures("account")
def test_a_guardrail_that_the_stack_makes_is_told_with_its_policies() -> None:
    assert re.fullmatch(
        r"ok    The guardrail: the stack makes one of the default definition, rules [0-9a-f]{8}: "
        "content filters, words, sensitive information, contextual grounding",
        found((), "The guardrail", 0),
    )


@pytest.mark.usefixtures("account")
def test_a_stack_without_a_guardrail_is_told_so() -> None:
    assert found(("-c", "guardrail=none"), "The guardrail", 0) == (
        "ok    The guardrail: none: no question, passage or answer is judged "
        "Leave `-c guardrail=none` out, and the stack makes one."
    )


@pytest.mark.usefixtures("account")
def test_a_wrong_definition_fails_the_check(tmp_path: Path) -> None:
    wrong = tmp_path / "mine.toml"
    wrong.write_text("[grounding]\nGROUNDING = 1\n")
    line = found(("-c", f"guardrail={wrong}"), "The guardrail", 1)
    assert line.startswith(
        f"wrong The guardrail: The guardrail's definition {wrong}: blocked_input"
    )
    assert "grounding.GROUNDING.threshold: it is 1, and may be 0.99 at most" in line


@pytest.mark.parametrize(
    ("answer", "choices", "code", "says"),
    [
        (READY, (), 0, "ok    The guardrail: ab12cd34ef56, version 3, support, is ready"),
        (
            {**READY, **IN_REGIONS},
            ("-c", f"guardrail_profile={EU}"),
            0,
            "ok    The guardrail: ab12cd34ef56, version 3, support, is ready",
        ),
        (
            {**READY, **IN_REGIONS},
            (),
            1,
            f"wrong {HAS} the cross-Region profile {EU} Add `-c guardrail_profile={EU}`.",
        ),
        (
            READY,
            ("-c", f"guardrail_profile={EU}"),
            1,
            f"wrong {HAS} no profile Leave `guardrail_profile` out.",
        ),
        (
            {**READY, "status": "FAILED"},
            (),
            1,
            "wrong The guardrail: ab12cd34ef56, version 3 is FAILED",
        ),
        (
            Fault("ResourceNotFoundException", "no such guardrail", 404),
            (),
            1,
            "wrong The guardrail: eu-central-1 has no ab12cd34ef56, version 3",
        ),
        (
            Fault("AccessDeniedException", "You may not", 403),
            (),
            0,
            "?     The guardrail: could not be looked at.",
        ),
    ],
)
def test_a_guardrail_that_exists_is_looked_at(
    account: Account, answer: Any, choices: tuple[str, ...], code: int, says: str
) -> None:
    account.answer("GetGuardrail", answer)
    assert found(("-c", EXISTING, *choices), "The guardrail", code).startswith(says)
    assert ("GetGuardrail", "3") in [
        (operation, params.get("guardrailVersion")) for operation, params in account.asked
    ]
