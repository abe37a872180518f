"""The order of resources, by their references and by DependsOn."""

from collections.abc import Sequence, Set
from graphlib import CycleError, TopologicalSorter

from app.deploy.replay.document import Resource, Template, TemplateError
from app.deploy.replay.intrinsics import holds, references
from app.deploy.replay.scope import Scope


def sort(template: Template, scope: Scope) -> Sequence[Resource]:
    """The resources whose condition holds, each after those that it needs.

    Raises:
        TemplateError: resources need each other, or one that the template does not have.
    """
    resources = {
        name: resource
        for name, resource in template.resources.items()
        if resource.condition is None or holds(scope, resource.condition)
    }
    needs = {name: dependencies(template, resource) for name, resource in resources.items()}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise TemplateError(f"Resources need each other: {' <- '.join(error.args[1])}.") from error
    return [resources[name] for name in order if name in resources]


def dependencies(template: Template, resource: Resource) -> Set[str]:
    """The logical ids of the resources that a resource needs.

    Raises:
        TemplateError: one of them is neither a resource nor a parameter.
    """
    names = {name for name in references(resource.properties) if "::" not in name}
    names -= template.parameters.keys()
    names |= set(resource.depends_on)
    if missing := sorted(names - template.resources.keys()):
        raise TemplateError(f"{resource.id} refers to {missing[0]}, which is not in the template.")
    return names
