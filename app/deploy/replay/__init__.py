"""A synthesized template, replayed: what CloudFormation would make of it, made in the stand-in.

    read          the template, and the assets beside it                    document.py
    order         by what refers to what; conditions that do not hold       order.py
    for each
        resolve   Ref, Fn::GetAtt, Fn::Sub, ...                             intrinsics.py
        create    through boto3, by the calls of CloudFormation             creators/
        or omit   what the laptop has no counterpart of, with the reason    omissions.py
        record    so that the next replay finds it                          record.py

Properties become parameters by the API's own models (`translate.py`), and the stand-in checks every
one of them: what AWS would refuse of a template is refused here, by the property's name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.aws import Clients, Deployer
from app.deploy.replay import application
from app.deploy.replay.document import Template, TemplateError, read
from app.deploy.replay.intrinsics import holds, resolve
from app.deploy.replay.order import sort
from app.deploy.replay.record import Record
from app.deploy.replay.scope import Scope
from app.deploy.replay.services import Services
from app.deploy.replay.stack import Stack, Step

__all__ = ["ReplayResult", "Step", "Template", "TemplateError", "read", "replay"]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """A stack that is there.

    Attributes:
        steps: its resources, in the order in which they were made.
        outputs: the template's, resolved.
        variables: the environment of its API function.
    """

    stack: str
    steps: Sequence[Step]
    outputs: Mapping[str, Any]
    variables: Mapping[str, str]


def replay(
    template: Template,
    aws: Clients,
    deployer: Deployer,
    home: Path,
    parameters: Mapping[str, str],
    report: Callable[[Step], None],
) -> ReplayResult:
    """Make what a template describes; what is there already is found, or changed.

    Args:
        home: the folder that keeps what is known of the stack.
        parameters: values for the template's parameters.
        report: is told of each resource that is dealt with.

    Raises:
        TemplateError: naming the resource, its property and what is wrong.
    """
    scope = Scope(template, parameters)
    record = Record(home / "stacks" / f"{template.stack}.json")
    stack = Stack(scope, Services.of(aws, deployer, template.assets), record)
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
