"""Replays a synthesized template: makes in the stand-in what CloudFormation would make in AWS.

    read            the template, and the assets beside it                  document.py
    sort            resources by their references; drop false conditions    order.py
    for each
        resolve     Ref, Fn::GetAtt, Fn::Sub, ...                           intrinsics.py
        create      through boto3, by the calls of CloudFormation           creators/
        or omit     a type that the laptop lacks, with the reason           omissions.py
        record      so that the next replay finds the resource              record.py

Properties become parameters by the API's own models (`translation.py`), and the stand-in checks
each of them: a property that AWS would refuse is refused here, by its name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.aws import Clients, Deployer, clients, deployer
from app.deploy.replay import application
from app.deploy.replay.application import Override
from app.deploy.replay.document import Template, TemplateError, read
from app.deploy.replay.intrinsics import holds, resolve
from app.deploy.replay.order import sort
from app.deploy.replay.record import Record
from app.deploy.replay.scope import Scope
from app.deploy.replay.seeds import seed
from app.deploy.replay.services import Services
from app.deploy.replay.stack import Stack, Step

__all__ = [
    "Override",
    "ReplayResult",
    "Step",
    "Template",
    "TemplateError",
    "deploy",
    "read",
    "replay",
]

CALL_SECONDS = 30  # the deadline of one call, while resources are made


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """A stack in the stand-in.

    Attributes:
        stack: its name.
        steps: what was done for each resource, in that order.
        outputs: the template's outputs, resolved.
        variables: the environment of the API function.
    """

    stack: str
    steps: Sequence[Step]
    outputs: Mapping[str, Any]
    variables: Mapping[str, str]

    @property
    def application_variables(self) -> Mapping[str, str]:
        """The variables that the laptop's application is started with."""
        return application.override(self.variables, self._guardrails)

    @property
    def overrides(self) -> Sequence[Override]:
        """The differences between those and `variables`, with the reasons."""
        return application.overrides(self.variables, self._guardrails)

    @property
    def _guardrails(self) -> Sequence[str]:
        """The ids of the guardrails of the template."""
        guardrails = (step for step in self.steps if step.type == "AWS::Bedrock::Guardrail")
        return [step.ref.rpartition("/")[2] for step in guardrails]


def deploy(
    template: Template, home: Path, parameters: Mapping[str, str], report: Callable[[Step], None]
) -> ReplayResult:
    """Replay a template in the stand-in that the environment points boto3 at, and fill the tools'
    tables.

    Args and errors are those of `replay`.
    """
    aws, deployer_clients = clients(CALL_SECONDS), deployer(CALL_SECONDS)
    result = replay(template, aws, deployer_clients, home, parameters, report)
    seed(result.outputs)
    return result


def replay(
    template: Template,
    aws: Clients,
    deployer_clients: Deployer,
    home: Path,
    parameters: Mapping[str, str],
    report: Callable[[Step], None],
) -> ReplayResult:
    """Make the resources of a template that are missing, and update those that differ from it.

    Args:
        home: the folder of the stack's record.
        parameters: values of the template's parameters.
        report: called with each resource, once it is made, updated or left out.

    Raises:
        TemplateError: naming the resource, its property and what is wrong.
    """
    scope = Scope(template, parameters)
    record = Record(home / "stacks" / f"{template.stack}.json")
    stack = Stack(scope, Services.of(aws, deployer_clients, template.assets), record)
    steps = []
    for resource in sort(template, scope):
        steps.append(stack.apply(resource))
        report(steps[-1])
    steps += stack.leftovers()
    outputs = _outputs(scope)
    return ReplayResult(
        template.stack, steps, outputs, stack.variables(outputs.get(application.OUTPUT))
    )


def _outputs(scope: Scope) -> dict[str, Any]:
    return {
        name: resolve(scope, output["Value"])
        for name, output in scope.template.outputs.items()
        if "Condition" not in output or holds(scope, output["Condition"])
    }
