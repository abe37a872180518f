"""Rules for functions: runtime, logs, settings, and failed messages."""

from collections.abc import Iterator

from infra.policy.template import Template, references, text

Broken = Iterator[tuple[str, str]]

FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
LEAST_MEMORY = {False: 256, True: 512}  # MB; True for the function that answers
HYBRID = {"OPENSEARCH_SERVERLESS", "RDS", "MANAGED"}
"""Store types with search by words too; others refuse it, or search by meaning only."""


def functions_are_of_one_kind(template: Template) -> Broken:
    for name, properties in template.of(FUNCTION):
        kind = properties.get("Architectures"), properties.get("Runtime")
        if kind != (["arm64"], "python3.14"):
            yield name, "its bundle is for arm64 and Python 3.14; make it by infra.function"


def functions_have_their_code(template: Template) -> Broken:
    """A bundle has the folder `lambdas` with the code of the function, and what it imports."""
    for name, properties in template.of(FUNCTION):
        if not text(properties["Handler"]).startswith(("lambdas.", "lambdas/")):
            yield name, f"{text(properties['Handler'])} is in no bundle; name one in lambdas"
        variables = properties.get("Environment", {}).get("Variables", {})
        least = LEAST_MEMORY["OUTCROP_AUTH" in variables]
        if properties.get("MemorySize", 128) < least:
            yield name, f"it needs {least} MB to load what it imports"


def functions_have_a_log_of_their_own(template: Template) -> Broken:
    """A log that Lambda makes never expires, and stays when the stack is deleted."""
    for name, properties in template.of(FUNCTION):
        if "LogGroup" not in properties.get("LoggingConfig", {}):
            yield name, "Lambda would make it a log without end; give it one"


def functions_are_traced(template: Template) -> Broken:
    for name, properties in template.of(FUNCTION):
        if properties.get("TracingConfig", {}).get("Mode") != "Active":
            yield name, "its requests cannot be followed; trace it"


def callers_are_verified(template: Template) -> Broken:
    for name, variables in _environments(template):
        if variables.get("OUTCROP_AUTH", "api-gateway") != "api-gateway":
            yield name, "it takes every caller for one and the same; OUTCROP_AUTH=api-gateway"


def answers_are_guarded(template: Template) -> Broken:
    for name, variables in _environments(template):
        if "OUTCROP_AUTH" not in variables:
            continue
        if "OUTCROP_GUARDRAIL_ID" not in variables:
            yield name, "it answers without a guardrail; set OUTCROP_GUARDRAIL_ID"
        elif variables.get("OUTCROP_GUARDRAIL_VERSION", "DRAFT") == "DRAFT":
            yield name, "a draft changes under it; set OUTCROP_GUARDRAIL_VERSION"


def turns_end_in_time(template: Template) -> Broken:
    """A turn may exceed its deadline by half at most (`app.aws`); the function has to last
    longer.
    """
    for name, properties in template.of(FUNCTION):
        variables = properties.get("Environment", {}).get("Variables", {})
        deadline = float(variables.get("OUTCROP_DEADLINE_SECONDS", 0))
        if 1.5 * deadline >= properties["Timeout"]:
            yield name, f"a turn of {deadline:g} s does not end within {properties['Timeout']} s"


def search_type_is_there(template: Template) -> Broken:
    kinds = {
        properties.get("StorageConfiguration", {}).get(
            "Type", properties["KnowledgeBaseConfiguration"]["Type"]
        )
        for _, properties in template.of("AWS::Bedrock::KnowledgeBase")
    }
    for name, variables in _environments(template):
        if variables.get("OUTCROP_SEARCH_TYPE") == "HYBRID" and not kinds <= HYBRID:
            yield name, f"{', '.join(kinds)} cannot search by words; say SEMANTIC"


def failures_come_back_alone(template: Template) -> Broken:
    for name, properties in template.of(MAPPING):
        if "ReportBatchItemFailures" not in properties.get("FunctionResponseTypes", ()):
            yield name, "one failure brings the whole batch back; ReportBatchItemFailures"


def messages_come_back_in_time(template: Template) -> Broken:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: six times."""
    functions, queues = dict(template.of(FUNCTION)), dict(template.of("AWS::SQS::Queue"))
    for name, properties in template.of(MAPPING):
        queue = queues[text(properties["EventSourceArn"]).removeprefix("${").partition(".")[0]]
        function = functions[text(properties["FunctionName"]).strip("${}")]
        if queue.get("VisibilityTimeout", 30) < 6 * function["Timeout"]:
            yield name, "its queue's visibility timeout is less than six times the function's"


def custom_resources_can_answer(template: Template) -> Broken:
    """CloudFormation waits up to an hour for a response, which is written to S3."""
    ways = {
        name
        for name, properties in template.of("AWS::EC2::VPCEndpoint")
        if text(properties["ServiceName"]).endswith(".s3")
    }
    functions = dict(template.of(FUNCTION))
    for name, resource in template.resources.items():
        if resource["Type"].startswith("Custom::"):
            makers = functions.keys() & set(references(resource["Properties"]["ServiceToken"]))
            inside = any("VpcConfig" in functions[maker] for maker in makers)
            if inside and not ways & template.needs(name):
                yield name, "it has to wait (DependsOn) for its network's endpoint of S3"


def _environments(template: Template) -> Iterator[tuple[str, dict[str, str]]]:
    for name, properties in template.of(FUNCTION):
        variables = properties.get("Environment", {}).get("Variables", {})
        yield name, {key: text(value) for key, value in variables.items()}


RULES = (
    functions_are_of_one_kind,
    functions_have_their_code,
    functions_have_a_log_of_their_own,
    functions_are_traced,
    callers_are_verified,
    answers_are_guarded,
    turns_end_in_time,
    search_type_is_there,
    failures_come_back_alone,
    messages_come_back_in_time,
    custom_resources_can_answer,
)
