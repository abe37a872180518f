"""The dashboard, and alarms that say what to look at.

All figures are the services' own, so that none depends on the application. Those of Bedrock's
models count the whole account and Region: they include other applications that call the same model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from app.models.facts.token_prices import token_price
from infra.context import Context
from infra.metrics import Metrics
from infra.permissions import arn, on_behalf_of

ROW = 6  # units of height
BUDGET_ALARMS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))  # percent of the budget


@dataclass(frozen=True)
class Watch:
    """The condition of an alarm.

    Attributes:
        says: the problem, and what to look at.
        over: the limit, in each of `periods` of five minutes.
    """

    name: str
    says: str
    metric: cloudwatch.IMetric
    over: float
    periods: int = 1


class Observability(Construct):
    """The dashboard and the alarms."""

    def __init__(
        self, scope: Construct, name: str, context: Context, metrics: Metrics, key: kms.Key
    ) -> None:
        super().__init__(scope, name)
        alarms = [_alarm(self, watch) for watch in _watches(metrics)]
        if context.alarm_email:
            topic = _topic(self, context.alarm_email, key)
            for alarm in alarms:
                alarm.add_alarm_action(actions.SnsAction(topic))
                alarm.add_ok_action(actions.SnsAction(topic))
        if context.account_dollars_month and context.alarm_email:
            _budget(self, context.account_dollars_month, context.alarm_email)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(1))
        for row in _rows(metrics, context, alarms):
            dashboard.add_widgets(*row)
        dashboard.apply_removal_policy(RemovalPolicy.DESTROY)
        self.url = (
            f"https://{Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region={Aws.REGION}"
            f"#dashboards/dashboard/{dashboard.dashboard_name}"
        )


def _watches(metrics: Metrics) -> list[Watch]:
    return [
        Watch(
            "DeadLetters",
            "Changes of documents were given up. The ingest function's log says why; tonight's "
            "sync picks them up.",
            metrics.dead_letters,
            over=0,
        ),
        Watch(
            "OldEvents",
            "Changes of documents wait for more than half an hour: is a full sync running?",
            metrics.oldest_event,
            over=1800,
        ),
        Watch(
            "IngestErrors",
            "The ingest function fails. Its log says why.",
            metrics.ingest_errors,
            over=0,
            periods=3,
        ),
        Watch(
            "ServerErrors",
            "More than one request in fifty fails. The API function's log says why, by request id.",
            metrics.server_error_rate,
            over=2,
            periods=2,
        ),
        Watch(
            "SlowAnswers",
            "The model takes more than ten seconds to its first word.",
            metrics.first_token,
            over=10_000,
            periods=3,
        ),
        Watch(
            "ModelThrottled",
            "Bedrock refuses requests to the model: the account's quota is used up.",
            metrics.model_throttles,
            over=0,
            periods=3,
        ),
        Watch(
            "FunctionThrottled",
            "Lambda refuses to run the API function: the account's concurrency is used up.",
            metrics.function_throttles,
            over=0,
            periods=2,
        ),
    ]


def _alarm(scope: Construct, watch: Watch) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        watch.name,
        alarm_description=watch.says,
        metric=watch.metric,
        threshold=watch.over,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=watch.periods,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def _rows(
    metrics: Metrics, context: Context, alarms: Sequence[cloudwatch.IAlarm]
) -> list[list[cloudwatch.IWidget]]:
    return [
        [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=alarms, width=24, height=3)],
        [
            _graph("Turns", [metrics.turns, metrics.streamed_turns]),
            _graph("First word, milliseconds", [metrics.first_token, metrics.first_token_slow]),
            _graph("Failed requests, %", [metrics.server_error_rate, metrics.client_error_rate]),
        ],
        [
            _graph("Tokens", [metrics.tokens_in, metrics.tokens_out]),
            _cost(metrics, context),
            _interventions(metrics),
        ],
        [
            _graph("Changes of documents", [metrics.events, metrics.dead_letters]),
            _graph("Ingestion failures", [metrics.ingest_errors]),
            _graph("Throttled", [metrics.model_throttles, metrics.function_throttles]),
        ],
    ]


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, width=8, height=ROW)


def _interventions(metrics: Metrics) -> cloudwatch.IWidget:
    if metrics.interventions is None:
        return _note("**Guardrail**\n\nThere is none: nothing is judged (`-c guardrail=none`).")
    return _graph("Guardrail interventions", [metrics.interventions])


def _note(markdown: str) -> cloudwatch.IWidget:
    return cloudwatch.TextWidget(markdown=markdown, width=8, height=ROW)


def _cost(metrics: Metrics, context: Context) -> cloudwatch.IWidget:
    price = token_price(context.model_id)
    if price is None:
        return _note(f"**Cost**\n\nNo price of `{context.model_id}` is known here; see the bill.")
    return _graph("Model cost, US dollars at list price", [metrics.cost(price)])


def _budget(scope: Construct, dollars: int, email: str) -> None:
    """A budget of the whole account, because a model's tokens carry no tags; AWS's figures are some
    hours old. It has no name of ours: a change of the address replaces it.
    """
    address = budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=email)
    notifications = [
        budgets.CfnBudget.NotificationWithSubscribersProperty(
            notification=budgets.CfnBudget.NotificationProperty(
                notification_type=kind, comparison_operator="GREATER_THAN", threshold=percent
            ),
            subscribers=[address],
        )
        for kind, percent in BUDGET_ALARMS
    ]
    budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
        ),
        notifications_with_subscribers=notifications,
    )


def _topic(scope: Construct, email: str, key: kms.Key) -> sns.Topic:
    topic = sns.Topic(scope, "Alarms", enforce_ssl=True, master_key=key)
    topic.add_subscription(subscriptions.EmailSubscription(email))
    # A policy of the topic's own takes the place of SNS's, by which the account may publish.
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions=on_behalf_of(arn("cloudwatch", "alarm:*")),
        )
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],  # in a key's own policy: this key
            conditions=on_behalf_of(arn("cloudwatch", "alarm:*")),
        )
    )
    return topic
