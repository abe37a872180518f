"""What the stack is, and what becomes of it when it goes."""

import json

import pytest

from app.web.schemas import Problem
from infra.contents import ROOT
from infra.policy.template import Properties, Template, text
from tests.infra.conftest import VARIANTS, Json, Templates
from tests.infra.snapshots import STORES

OUTPUTS = {
    "ApiUrl", "Auth", "DocumentsBucket", "ConversationsBucket", "KnowledgeBaseId", "DataSourceId",
    "GuardrailOrigin", "ApiFunction", "IngestFunction", "ToolFunctions",
    "BudgetTable", "DashboardUrl", "OrdersTable", "ProductsTable",
}  # fmt: skip
SIGNED_IN = {"UserPoolId", "UserPoolClientId", "SignInUrl"}
PAGE = {"PageUrl"}
GUARDRAIL = {"GuardrailId", "GuardrailVersion"}
PROMPTS = {"Prompts"}
AGENT = {"AgentId", "AgentAliasId"}

KEPT = {
    "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Cognito::UserPool",
}  # fmt: skip
"""What people made, and what it takes to read it."""

FOR_THE_ACCOUNT = {"AWS::ApiGateway::Account", "AWS::IAM::Role"}
"""API Gateway's log role: other stacks of the account may use it by then."""


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_outputs_are_those_that_the_command_line_reads(
    templates: Templates, variant: str
) -> None:
    choices = VARIANTS[variant]
    expected = OUTPUTS | (SIGNED_IN if choices.get("auth") != "iam" else set())
    expected |= PAGE if choices.get("auth") != "iam" else set()
    expected |= {"PageAlias"} if "page_domain" in choices else set()
    expected |= GUARDRAIL if choices.get("guardrail") != "none" else set()
    expected |= PROMPTS if choices.get("prompts") != "none" else set()
    expected |= AGENT if choices.get("agent") == "bedrock-agent" else set()
    assert set(templates(variant)["Outputs"]) == expected


def test_events_go_from_the_bucket_to_the_function(templates: Templates) -> None:
    template = _template(templates, "opensearch-serverless")
    bucket = _only(template, "AWS::S3::Bucket", named="Documents")
    sent = bucket["NotificationConfiguration"]["QueueConfigurations"]
    mapping = _only(template, "AWS::Lambda::EventSourceMapping")
    assert {one["Event"] for one in sent} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
    assert {text(one["Queue"]) for one in sent} == {text(mapping["EventSourceArn"])}


def test_every_function_has_its_handler(templates: Templates) -> None:
    for variant in STORES:
        for _, function in _template(templates, variant).of("AWS::Lambda::Function"):
            handler = function["Handler"]
            path = handler if "/" in handler else "/".join(handler.split(".")[:-1]) + ".py"
            assert (ROOT / path).is_file(), handler


@pytest.mark.parametrize(
    ("variant", "search"),
    [
        ("opensearch-serverless", "HYBRID"),
        ("opensearch-managed", "SEMANTIC"),
        ("s3-vectors", "SEMANTIC"),
        ("aurora", "HYBRID"),
        ("managed", "HYBRID"),
    ],
)
def test_words_are_searched_where_the_store_can(
    templates: Templates, variant: str, search: str
) -> None:
    assert _settings(_template(templates, variant))["OUTCROP_SEARCH_TYPE"] == search


def test_the_application_is_told_what_the_stack_made(templates: Templates) -> None:
    settings = _settings(_template(templates, "everything"))
    assert settings["OUTCROP_AUTH"] == "api-gateway"
    assert settings["OUTCROP_MODEL_ID"] == "us.amazon.nova-lite-v1:0"
    assert settings["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert text(settings["OUTCROP_GUARDRAIL_VERSION"]).endswith(".Version}")
    assert "OUTCROP_BASE_MODEL_ID" not in settings


@pytest.mark.parametrize("variant", STORES)
def test_a_trial_leaves_nothing_but_the_accounts_log_role(
    templates: Templates, variant: str
) -> None:
    retained = _retained(templates(variant))
    assert {kind for kind, _ in retained} == FOR_THE_ACCOUNT
    assert len(retained) == 2


def test_production_keeps_what_people_made(templates: Templates) -> None:
    retained = _retained(templates("everything"))
    assert {kind for kind, _ in retained} == KEPT | FOR_THE_ACCOUNT
    assert {"Documents", "Conversations"} <= {name for _, name in retained}


def test_a_page_is_let_in_by_its_origin_alone(templates: Templates) -> None:
    bucket = _only(_template(templates, "everything"), "AWS::S3::Bucket", named="Documents")
    rules = bucket["CorsConfiguration"]["CorsRules"]
    allowed = [origin for rule in rules for origin in rule["AllowedOrigins"]]
    assert allowed == ["https://docs.example.com", "https://chat.example.com"]
    assert all(rule["AllowedMethods"] == ["GET", "POST"] for rule in rules)
    unnamed = _template(templates, "opensearch-serverless")
    [rule] = _only(unnamed, "AWS::S3::Bucket", named="Documents")["CorsConfiguration"]["CorsRules"]
    [origin] = map(text, rule["AllowedOrigins"])
    assert origin.endswith(".DomainName}"), "of the stack's own page"
    none = _template(templates, "iam")
    assert "CorsConfiguration" not in _only(none, "AWS::S3::Bucket", named="Documents")
    assert not [
        one for _, one in unnamed.of("AWS::ApiGateway::Method") if one["HttpMethod"] == "OPTIONS"
    ]


REFUSALS = {"UNAUTHORIZED", "EXPIRED_TOKEN", "ACCESS_DENIED", "WAF_FILTERED", "BAD_REQUEST_BODY",
            "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"}  # fmt: skip


@pytest.mark.parametrize("variant", ["s3-vectors", "origin"])
def test_what_the_gateway_refuses_is_a_problem_of_the_applications_form(
    templates: Templates, variant: str
) -> None:
    template = _template(templates, variant)
    kinds = set()
    for _, response in template.of("AWS::ApiGateway::GatewayResponse"):
        kinds.add(response["ResponseType"])
        body = response["ResponseTemplates"]["application/json"]
        filled = body.replace("$context.error.messageString", '"Unauthorized"')
        problem = Problem.model_validate({"status": 400, "retryable": False, **json.loads(filled)})
        assert problem.type == f"urn:outcrop:{problem.code}"
        assert problem.detail == "Unauthorized"
        assert str(response.get("StatusCode", 400)) == str(problem.status)
        headers = response["ResponseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        allowed = headers.get("gatewayresponse.header.Access-Control-Allow-Origin")
        assert allowed == ("'https://docs.example.com'" if variant == "origin" else None)
    assert kinds >= REFUSALS


def test_the_logs_that_services_name_themselves_are_the_stacks(templates: Templates) -> None:
    """They would be made without end, and stay when the stack is gone."""
    template = _template(templates, "aurora")
    logs = {text(one.get("LogGroupName", "")) for _, one in template.of("AWS::Logs::LogGroup")}
    cluster = next(one for _, one in template.of("AWS::RDS::DBCluster"))
    api = next(name for name, _ in template.of("AWS::ApiGateway::RestApi"))
    assert f"/aws/rds/cluster/{cluster['DBClusterIdentifier']}/postgresql" in logs
    assert f"API-Gateway-Execution-Logs_${{{api}}}/v1" in logs


def test_an_accounts_own_role_for_the_gateways_logs_is_left_in_place(templates: Templates) -> None:
    kinds = {one["Type"] for one in templates("origin")["Resources"].values()}
    assert "AWS::ApiGateway::Account" not in kinds


def test_a_budget_mails_before_the_month_is_dear(templates: Templates) -> None:
    budget = _only(_template(templates, "alarm_email"), "AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 500, "Unit": "USD"}
    addresses = {one["Subscribers"][0]["Address"] for one in budget["NotificationsWithSubscribers"]}
    assert addresses == {"on-call@example.com"}
    assert [
        (one["Notification"]["NotificationType"], one["Notification"]["Threshold"])
        for one in budget["NotificationsWithSubscribers"]
    ] == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]


def test_chunks_that_are_cut_otherwise_are_another_knowledge_bases(templates: Templates) -> None:
    """A name of its own, so that the new one can be made before the old one goes."""
    names = {
        _only(_template(templates, variant), "AWS::Bedrock::KnowledgeBase")["Name"]
        for variant in ("opensearch-managed", "iam")
    }
    assert len(names) == 2


def test_the_agent_is_told_what_its_tools_are(templates: Templates) -> None:
    template = _template(templates, "everything")
    agent = _only(template, "AWS::Bedrock::Agent")
    groups = {group["ActionGroupName"]: group for group in agent["ActionGroups"]}
    description: Json = json.loads((ROOT / "lambdas/tools/orders/action_group.json").read_text())
    functions = groups["orders"]["FunctionSchema"]["Functions"]
    assert [one["Name"] for one in functions] == [
        one["name"] for one in description["functionSchema"]["functions"]
    ]
    assert set(groups) == {"orders", "products"}
    assert agent["AutoPrepare"] is True


def test_the_nightly_sync_knows_its_data_source(templates: Templates) -> None:
    schedule = _only(_template(templates, "opensearch-serverless"), "AWS::Scheduler::Schedule")
    target = schedule["Target"]
    assert text(target["Arn"]).endswith(":scheduler:::aws-sdk:bedrockagent:startIngestionJob")
    assert set(json.loads(text(target["Input"]))) == {"KnowledgeBaseId", "DataSourceId"}


def _template(templates: Templates, variant: str) -> Template:
    return Template(templates(variant))


def _only(template: Template, kind: str, named: str = "") -> Properties:
    [resource] = [
        one
        for name, one in template.of(kind)
        if name.startswith(named) and (not named or name == named)
    ]
    return resource


def _settings(template: Template) -> Json:
    [function] = [
        one
        for name, one in template.of("AWS::Lambda::Function")
        if name[:-8] == "ApplicationFunction"
    ]
    variables: Json = function["Environment"]["Variables"]
    return variables


def _retained(template: Json) -> set[tuple[str, str]]:
    return {
        (resource["Type"], name)
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }


def test_the_docs_say_how_one_signs_in_and_how_long_that_is_good_for(templates: Templates) -> None:
    resources = templates("opensearch-serverless")["Resources"].values()
    [client] = [one["Properties"] for one in resources if one["Type"].endswith("UserPoolClient")]
    [pool] = [one["Properties"] for one in resources if one["Type"] == "AWS::Cognito::UserPool"]
    units = set(client["TokenValidityUnits"].values())
    validity = client["IdTokenValidity"], client["RefreshTokenValidity"]
    assert (units, *validity) == ({"minutes"}, 60, 7 * 24 * 60)
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    deploy = (ROOT / "docs" / "deploy.md").read_text()
    assert "an ID token for one hour, which the command renews for a week" in deploy
    assert "a password alone lets nobody in, and there is no second factor by message" in deploy
