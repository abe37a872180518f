"""The values of a template's names: parameters, pseudo parameters, and the resources so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.replay.document import Template, TemplateError

NO_VALUE: Any = object()
"""The value of `AWS::NoValue`: a member with this value is left out."""


@dataclass(frozen=True, slots=True)
class PhysicalResource:
    """A resource that exists.

    Attributes:
        ref: the result of `Ref`.
        attributes: the results of `Fn::GetAtt`, by name.
        omission: why the laptop lacks it; empty for one that was made.
        note: advice for a person.
    """

    ref: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    omission: str = ""
    note: str = ""


@dataclass(slots=True)
class Scope:
    """The values of a template's names.

    Attributes:
        arguments: values of the template's parameters, by name.
        resources: the resources that exist already, by logical id.
    """

    template: Template
    arguments: Mapping[str, str] = field(default_factory=dict)
    resources: dict[str, PhysicalResource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := sorted(self.arguments.keys() - self.template.parameters.keys()):
            names = ", ".join(sorted(self.template.parameters)) or "none"
            raise TemplateError(f"The template has no parameter {unknown[0]}; it has {names}.")

    @property
    def pseudo(self) -> Mapping[str, Any]:
        stack = f"stack/{self.template.stack}/00000000-0000-0000-0000-000000000000"
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:{stack}",
            "AWS::StackName": self.template.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def ref(self, name: str) -> Any:
        """The result of `Ref` for a parameter, a pseudo parameter or a resource."""
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.template.parameters:
            return self._parameter(name)
        return self._resource(name).ref

    def attribute(self, name: str, attribute: str) -> Any:
        """The result of `Fn::GetAtt`."""
        attributes = self._resource(name).attributes
        if attribute not in attributes:
            kind, names = self.template.resources[name].type, ", ".join(sorted(attributes))
            raise TemplateError(
                f"{name} ({kind}) has no attribute {attribute} on the laptop; "
                f"it has {names or 'none'}."
            )
        return attributes[attribute]

    def _resource(self, name: str) -> PhysicalResource:
        if name in self.resources:
            return self.resources[name]
        resource = self.template.resources.get(name)
        if resource is None:
            raise TemplateError(f"{name} is neither a resource nor a parameter of the template.")
        raise TemplateError(
            f"{name} is referred to and not made: its condition {resource.condition} does not hold."
        )

    def _parameter(self, name: str) -> Any:
        parameter = self.template.parameters[name]
        kind = parameter.get("Type", "String")
        value = self.arguments.get(name, parameter.get("Default"))
        if value is None or (kind.startswith("AWS::SSM::") and name not in self.arguments):
            where = " is looked up in Parameter Store, which is not here" if value else " is needed"
            raise TemplateError(f"The parameter {name}{where}: give it, as in -p {name}=VALUE.")
        allowed = [str(one) for one in parameter.get("AllowedValues", [value])]
        if str(value) not in allowed:
            raise TemplateError(f"The parameter {name} has to be one of {allowed}: {value!r}.")
        lists = kind == "CommaDelimitedList" or kind.startswith("List<")
        return [item.strip() for item in value.split(",")] if lists else value
