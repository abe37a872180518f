"""Rules for calls between resources: the gateway and the agent may call their functions, and the
function that answers is started as the adapter needs it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.grants import application
from infra.policy.template import Template, references, referent, text

Broken = Iterator[tuple[str, str]]

PERMISSION, FUNCTION = "AWS::Lambda::Permission", "AWS::Lambda::Function"
METHOD, AGENT = "AWS::ApiGateway::Method", "AWS::Bedrock::Agent"
ALIAS, GUARDRAIL_VERSION = "AWS::Bedrock::AgentAlias", "AWS::Bedrock::GuardrailVersion"

LAYER = {"arm64": "LambdaAdapterLayerArm64", "x86_64": "LambdaAdapterLayerX86"}
ADAPTER_ACCOUNT = "753240598075"
ADAPTER = {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_READINESS_CHECK_PATH": "/healthz",
}
"""https://aws.github.io/aws-lambda-web-adapter/"""

SHORTEST_MAKING = 300  # seconds: what a custom resource makes is there in minutes


def adapter_is_there(template: Template) -> Broken:
    """The Lambda Web Adapter, of the function's processor and the stack's Region."""
    for name, properties, variables in application(template):
        processor = properties.get("Architectures", ["x86_64"])[0]
        layers = [text(one) for one in properties.get("Layers", ())]
        beginning = f":lambda:${{AWS::Region}}:{ADAPTER_ACCOUNT}:layer:{LAYER[processor]}:"
        if not any(beginning in layer for layer in layers):
            yield name, f"it needs the layer {LAYER[processor]} of its own Region"
        for variable, value in ADAPTER.items():
            if variables.get(variable) != value:
                yield name, f"the adapter needs {variable}={value}"
        if not variables.get("AWS_LWA_PORT"):
            yield name, "the adapter does not know where the application answers: AWS_LWA_PORT"
        if not text(properties["Handler"]).endswith(".sh"):
            yield name, "the adapter starts a script; name it in Handler"


def gateway_may_call(template: Template) -> Broken:
    for name, properties in template.of(METHOD):
        integration = properties["Integration"]
        called = [
            target
            for target in references(integration.get("Uri", ""))
            if template.kind(target) == FUNCTION
        ]
        for function in called:
            api = referent(properties["RestApiId"])
            if not _permitted(template, function, "apigateway.amazonaws.com", api):
                yield name, f"API Gateway may not call {function}; give it a permission"


def agent_may_call(template: Template) -> Broken:
    for name, properties in template.of(AGENT):
        functions = []
        for group in properties.get("ActionGroups", ()):
            function = referent(group["ActionGroupExecutor"])
            functions.append(function)
            if not _permitted(template, function, "bedrock.amazonaws.com", name):
                yield name, f"the agent may not call {function}; give it a permission"
            if group.get("ActionGroupState", "ENABLED") != "ENABLED":
                yield name, f"{group['ActionGroupName']} is off"
            # A tool's construct bears its name, and so do its resources.
            if group["ActionGroupName"].casefold() not in function.casefold():
                yield name, f"{group['ActionGroupName']} is run by {function}"
        if len(set(functions)) < len(functions):
            yield name, "two groups of actions are run by one function"
        for base in properties.get("KnowledgeBases", ()):
            if base.get("KnowledgeBaseState", "ENABLED") != "ENABLED":
                yield name, "it does not search its Knowledge Base"


def alias_moves_with_the_agent(template: Template) -> Broken:
    """An alias makes a version when it changes; one that names neither base nor guardrail would
    keep the old ones.
    """
    for name, properties in template.of(ALIAS):
        agent = template.resources[referent(properties["AgentId"])]["Properties"]
        definition = {
            target
            for member in ("KnowledgeBases", "GuardrailConfiguration", "ActionGroups")
            for target in references(agent.get(member, []))
        }
        definition -= {
            one
            for one in definition
            if template.kind(one) in ("AWS::Bedrock::Guardrail",)  # its version says it
        }
        if missing := definition - set(references(properties.get("Description", ""))):
            yield name, f"it stays where it is when {', '.join(sorted(missing))} changes; name it"


def guardrail_is_the_versions(template: Template) -> Broken:
    """A version is one of its own guardrail."""
    owners = {
        name: referent(one["GuardrailIdentifier"]) for name, one in template.of(GUARDRAIL_VERSION)
    }
    for name, owner in owners.items():
        if template.kind(owner) != "AWS::Bedrock::Guardrail":
            yield name, "it is a version of a guardrail that is not the stack's"
    uses: list[tuple[str, Any, Any]] = [
        (
            name,
            one["Environment"]["Variables"].get("OUTCROP_GUARDRAIL_ID", ""),
            one["Environment"]["Variables"].get("OUTCROP_GUARDRAIL_VERSION", ""),
        )
        for name, one, _ in application(template)
    ]
    for name, one in template.of(AGENT):
        used: Mapping[str, Any] = one.get("GuardrailConfiguration", {})
        uses.append((name, used.get("GuardrailIdentifier", ""), used.get("GuardrailVersion", "")))
    for name, guardrail, version in uses:
        if referent(version) in owners and owners[referent(version)] != referent(guardrail):
            yield name, "the version that it uses is another guardrail's"


def custom_resources_have_time(template: Template) -> Broken:
    for name, resource in template.resources.items():
        if resource["Type"].startswith("Custom::Vector"):
            properties = resource["Properties"]
            function = template.resources[referent(properties["ServiceToken"])]["Properties"]
            wait = int(properties.get("ServiceTimeout", 3600))
            if function["Timeout"] < max(SHORTEST_MAKING, wait):
                yield name, f"its function ends after {function['Timeout']} s, before it is made"


def _permitted(template: Template, function: str, service: str, source: str) -> bool:
    return any(
        function in references(one["FunctionName"])
        and one["Principal"] == service
        and one["Action"] == "lambda:InvokeFunction"
        and source in references(one.get("SourceArn", ""))
        and (service != "apigateway.amazonaws.com" or text(one["SourceArn"]).endswith("/*/*/*"))
        for _, one in template.of(PERMISSION)
    )


RULES = (
    adapter_is_there,
    gateway_may_call,
    agent_may_call,
    alias_moves_with_the_agent,
    guardrail_is_the_versions,
    custom_resources_have_time,
)
