"""Reads a synthesized template and the assets beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import OperatorError

JSON = dict[str, Any]
SUFFIX = ".template.json"


class TemplateError(OperatorError):
    """The template cannot be replayed. The message names the part at fault."""

    code = "template"
    title = "The template cannot be replayed"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the template has it, its functions unresolved.

    Attributes:
        id: its logical id.
        type: as `AWS::S3::Bucket`.
        condition: the name of the condition under which it is made, if it has one.
    """

    id: str
    type: str
    properties: JSON
    depends_on: tuple[str, ...] = ()
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template, by its sections.

    Attributes:
        stack: the stack's name, which the file is named for.
        assets: the folders and files that the stack carries, by their keys in the assets' bucket.
    """

    stack: str
    resources: Mapping[str, Resource]
    parameters: JSON = field(default_factory=dict)
    mappings: JSON = field(default_factory=dict)
    conditions: JSON = field(default_factory=dict)
    outputs: JSON = field(default_factory=dict)
    assets: Mapping[str, Path] = field(default_factory=dict)


def read(path: Path) -> Template:
    """Read a template, and its assets if `<stack>.assets.json` is beside it.

    Raises:
        TemplateError: there is no such file, or it is no template.
    """
    stack = path.name.removesuffix(SUFFIX)
    document = _object(path)
    resources = document.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise TemplateError(f"{path} has no Resources: it is no CloudFormation template.")
    if "Transform" in document:
        raise TemplateError(f"{path}: Transform is done by CloudFormation only; none is here.")
    return Template(
        stack,
        {name: _resource(name, resource) for name, resource in resources.items()},
        parameters=document.get("Parameters", {}),
        mappings=document.get("Mappings", {}),
        conditions=document.get("Conditions", {}),
        outputs=document.get("Outputs", {}),
        assets=_assets(path.with_name(f"{stack}.assets.json")),
    )


def _resource(name: str, resource: Any) -> Resource:
    if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
        raise TemplateError(f"{name} is no resource: it has no Type.")
    depends_on = resource.get("DependsOn", ())
    return Resource(
        name,
        resource["Type"],
        resource.get("Properties", {}),
        (depends_on,) if isinstance(depends_on, str) else tuple(depends_on),
        resource.get("Condition"),
    )


def _assets(manifest: Path) -> Mapping[str, Path]:
    """https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html"""
    if not manifest.exists():
        return {}
    files = _object(manifest).get("files", {})
    return {
        destination["objectKey"]: manifest.parent / asset["source"]["path"]
        for asset in files.values()
        for destination in asset["destinations"].values()
        if "path" in asset["source"]
    }


def _object(path: Path) -> JSON:
    try:
        value = json.loads(path.read_text())
    except OSError as error:
        raise TemplateError(
            f"{path} cannot be read ({error.strerror}). `make synth` leaves templates in cdk.out/."
        ) from error
    except ValueError as error:
        raise TemplateError(f"{path} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise TemplateError(f"{path} is no template: it is no JSON object.")
    return value
