"""Rules for alarms: a metric that exists, of a resource of the stack, and somebody who is told."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.grants import application
from infra.policy.template import Template, referent, text

Broken = Iterator[tuple[str, str]]

ALARM, QUEUE = "AWS::CloudWatch::Alarm", "AWS::SQS::Queue"

# namespace -> the sets of dimensions that its metrics have
DIMENSIONS: Mapping[str, tuple[frozenset[str], ...]] = {
    "AWS/SQS": (frozenset({"QueueName"}),),
    "AWS/Lambda": (frozenset({"FunctionName"}), frozenset({"FunctionName", "Resource"})),
    "AWS/ApiGateway": (
        frozenset({"ApiName", "Stage"}),
        frozenset({"ApiName", "Stage", "Method", "Resource"}),
    ),
    "AWS/Bedrock": (frozenset({"ModelId"}),),
    "AWS/Bedrock/Guardrails": (frozenset({"GuardrailArn", "GuardrailVersion"}),),
}
# dimension -> the type of the resource that it names by reference
NAMED = {
    "QueueName": QUEUE,
    "FunctionName": "AWS::Lambda::Function",
    "Stage": "AWS::ApiGateway::Stage",
    "GuardrailArn": "AWS::Bedrock::Guardrail",
    "GuardrailVersion": "AWS::Bedrock::GuardrailVersion",
}
# metric -> the statistics that say something of it
STATISTICS: Mapping[str, tuple[str, ...]] = {
    "ApproximateNumberOfMessagesVisible": ("Maximum", "Average"),
    "ApproximateAgeOfOldestMessage": ("Maximum",),
    "Errors": ("Sum",),
    "Throttles": ("Sum",),
    "5XXError": ("Average",),  # the rate; its sum is the number
    "4XXError": ("Average",),
    "TimeToFirstToken": ("p50", "p90", "p95", "p99", "Average"),
    "InvocationThrottles": ("Sum",),
    "InvocationServerErrors": ("Sum",),
    "InvocationsIntervened": ("Sum",),
}


HIGHEST: Mapping[str, float] = {
    "ApproximateAgeOfOldestMessage": 86_400,  # seconds
    "TimeToFirstToken": 60_000,  # milliseconds
    "5XXError": 50,  # percent
    "4XXError": 50,
}
"""The highest threshold of an alarm; of a metric that is not here, which counts, ten."""


def quiet_is_no_alarm(template: Template) -> Broken:
    """Nobody asks by night: most metrics have no data then, and that is neither good nor bad."""
    for name, properties in template.of(ALARM):
        if properties.get("TreatMissingData") != "notBreaching":
            yield name, "no data would be an alarm, or keep one; TreatMissingData=notBreaching"


def alarms_watch_what_is_there(template: Template) -> Broken:
    models = {model for _, _, one in application(template) for model in _models(one)}
    apis = {text(one.get("Name", "")) for _, one in template.of("AWS::ApiGateway::RestApi")}
    for name, metric, _ in _metrics(template):
        namespace = metric["Namespace"]
        dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
        if frozenset(dimensions) not in DIMENSIONS.get(namespace, ()):
            yield name, f"{namespace} has no metric with {', '.join(dimensions) or 'nothing'}"
        for dimension, value in dimensions.items():
            kind = NAMED.get(dimension)
            if kind and template.kind(referent(value)) != kind:
                yield name, f"{dimension} is {text(value)}, which is none of the stack's"
        if dimensions.get("ModelId", next(iter(models), "")) not in {*models, ""}:
            yield name, f"{dimensions['ModelId']} answers no question of this stack"
        if text(dimensions.get("ApiName", next(iter(apis), ""))) not in apis | {""}:
            yield name, f"{text(dimensions['ApiName'])} is not the stack's API"


def alarms_measure_what_they_say(template: Template) -> Broken:
    for name, metric, statistic in _metrics(template):
        possible = STATISTICS.get(metric["MetricName"])
        if possible is None:
            yield name, f"{metric['MetricName']} is not known to be there when something is wrong"
        elif statistic not in possible:
            yield name, f"{statistic} of {metric['MetricName']} says nothing; take {possible[0]}"


def dead_letters_are_counted(template: Template) -> Broken:
    """SQS counts none of the messages that it moves itself as sent; visible ones it counts."""
    counted_queues = {
        referent(one["Value"])
        for _, metric, _ in _metrics(template)
        if metric["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for one in metric.get("Dimensions", ())
    }
    for _, properties in template.of(QUEUE):
        target = referent(properties.get("RedrivePolicy", {}).get("deadLetterTargetArn", ""))
        if target and target not in counted_queues:
            yield target, "no alarm counts the messages that are in it"


def alarms_tell_somebody(template: Template) -> Broken:
    topics = {name for name, _ in template.of("AWS::SNS::Topic")}
    for name, properties in template.of(ALARM):
        audience = {referent(one) for one in properties.get("AlarmActions", ())}
        if topics and not audience & topics:
            yield name, "it tells nobody; add the topic to AlarmActions"
        if properties.get("ActionsEnabled") is False:
            yield name, "its actions are switched off"
    subscribed = {
        referent(one["TopicArn"])
        for _, one in template.of("AWS::SNS::Subscription")
        if one.get("Endpoint")
    }
    for topic in topics - subscribed:
        yield topic, "nobody is subscribed to it"


def alarms_can_be_reached(template: Template) -> Broken:
    for name, properties in template.of(ALARM):
        operator = properties["ComparisonOperator"]
        if not operator.startswith("GreaterThan"):
            yield name, f"{operator}: all these metrics are bad when they are high"
        names = {metric["MetricName"] for alarm, metric, _ in _metrics(template) if alarm == name}
        if properties["Threshold"] > max((HIGHEST.get(one, 10) for one in names), default=10):
            yield name, f"a threshold of {properties['Threshold']} is never reached"
        if properties.get("DatapointsToAlarm", 1) > properties["EvaluationPeriods"]:
            yield name, "it needs more periods than it looks at"


def _models(variables: Mapping[str, str]) -> list[str]:
    return [variables.get("OUTCROP_MODEL_ID", ""), *variables.get("OUTCROP_MODELS", "").split(",")]


def _metrics(template: Template) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Every metric of every alarm, with its statistic."""
    for name, properties in template.of(ALARM):
        if "MetricName" in properties:
            statistic = properties.get("Statistic", properties.get("ExtendedStatistic", ""))
            yield name, properties, statistic
        for query in properties.get("Metrics", ()):
            if "MetricStat" in query:
                yield name, query["MetricStat"]["Metric"], query["MetricStat"]["Stat"]


RULES = (
    quiet_is_no_alarm,
    alarms_watch_what_is_there,
    alarms_measure_what_they_say,
    dead_letters_are_counted,
    alarms_tell_somebody,
    alarms_can_be_reached,
)
