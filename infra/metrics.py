"""The metrics of the dashboard and the alarms."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from app.models.facts.token_prices import TokenPrice
from infra.context import Context
from infra.documents import Documents
from infra.guardrail import UsedGuardrail

FIVE_MINUTES = Duration.minutes(5)


class Metrics:
    """Every metric, ready to be drawn."""

    def __init__(
        self,
        context: Context,
        stage: apigateway.Stage,
        answering: lambda_.Function,
        ingest: lambda_.Function,
        documents: Documents,
        guardrail: UsedGuardrail | None,
    ) -> None:
        self.turns = _requests(stage, "/chat", "whole")
        self.streamed_turns = _requests(stage, "/chat/stream", "streamed")
        self.server_error_rate = _percent(stage, "5XXError", "the service's fault")
        self.client_error_rate = _percent(stage, "4XXError", "the caller's fault")

        model = {"ModelId": context.model_id}
        self.first_token = _bedrock("TimeToFirstToken", model, "p50", "half of them")
        self.first_token_slow = _bedrock("TimeToFirstToken", model, "p95", "19 in 20")
        self.tokens_in = _bedrock("InputTokenCount", model, "Sum", "in")
        self.tokens_out = _bedrock("OutputTokenCount", model, "Sum", "out")
        self.model_throttles = _bedrock("InvocationThrottles", model, "Sum", "by Bedrock")
        self.interventions = _interventions(guardrail) if guardrail else None

        self.function_throttles = answering.metric_throttles(label="by Lambda")
        self.ingest_errors = ingest.metric_errors(label="of the ingest function")
        queue, dead = documents.queue, documents.dead_letters
        self.events = queue.metric_number_of_messages_sent(label="told")
        self.oldest_event = queue.metric_approximate_age_of_oldest_message()
        self.dead_letters = dead.metric_approximate_number_of_messages_visible(
            label="given up", statistic="Maximum"
        )

    def cost(self, price: TokenPrice) -> cloudwatch.MathExpression:
        """The cost of the model's tokens, in US dollars."""
        return cloudwatch.MathExpression(
            expression=f"(i * {price.input} + o * {price.output}) / 1000000",
            using_metrics={"i": self.tokens_in, "o": self.tokens_out},
            period=FIVE_MINUTES,
            label="dollars",
        )


def _interventions(guardrail: UsedGuardrail) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Bedrock/Guardrails",
        metric_name="InvocationsIntervened",
        dimensions_map={"GuardrailArn": guardrail.arn, "GuardrailVersion": guardrail.version},
        statistic="Sum",
        period=FIVE_MINUTES,
        label="questions and answers",
    )


def _requests(stage: apigateway.Stage, path: str, label: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name="Count",
        dimensions_map={
            "ApiName": stage.rest_api.rest_api_name,
            "Stage": stage.stage_name,
            "Method": "POST",
            "Resource": path,
        },
        statistic="Sum",
        period=FIVE_MINUTES,
        label=label,
    )


def _percent(stage: apigateway.Stage, name: str, label: str) -> cloudwatch.MathExpression:
    """The percentage of all requests; the metric itself is 1 for a failed request and 0 for
    another.
    """
    failures = cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name=name,
        dimensions_map={"ApiName": stage.rest_api.rest_api_name, "Stage": stage.stage_name},
        statistic="Average",
        period=FIVE_MINUTES,
    )
    return cloudwatch.MathExpression(
        expression=f"100 * failed_{name.lower()}",
        using_metrics={f"failed_{name.lower()}": failures},
        period=FIVE_MINUTES,
        label=label,
    )


def _bedrock(
    name: str, dimensions: Mapping[str, str], statistic: str, label: str
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Bedrock",
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic,
        period=FIVE_MINUTES,
        label=label,
    )
