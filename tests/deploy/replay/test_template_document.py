"""A template is read, and its resources are put in order."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.deploy.replay.document import (
    Resource,
    Template,
    TemplateError,
    read,
)
from app.deploy.replay.order import sort
from app.deploy.replay.scope import Scope


def template(**resources: Any) -> Template:
    return Template(
        "Shop", {name: Resource(name, "T", *given) for name, given in resources.items()}
    )


def names(of: Template) -> list[str]:
    return [resource.id for resource in sort(of, Scope(of))]


def test_a_resource_comes_after_what_it_refers_to_and_depends_on() -> None:
    order = names(
        template(
            A=({"of": {"Fn::Sub": "${B.Arn}"}}, ("D",)),
            B=({"of": {"Fn::GetAtt": ["C", "Arn"]}},),
            C=({"in": {"Ref": "AWS::Region"}},),
            D=({},),
        )
    )
    assert order.index("C") < order.index("B") < order.index("A")
    assert order.index("D") < order.index("A")


def test_resources_that_need_each_other_are_named() -> None:
    ring = template(A=({"of": {"Ref": "B"}},), B=({}, ("C",)), C=({"of": {"Ref": "A"}},))
    with pytest.raises(TemplateError) as refused:
        names(ring)
    for name in "ABC":
        assert name in refused.value.detail.removeprefix("Resources need each other: ")


def test_a_reference_to_a_missing_resource_is_named() -> None:
    with pytest.raises(TemplateError, match="A refers to Nobody, which is not in the template"):
        names(template(A=({"of": {"Ref": "Nobody"}},)))


def test_a_resource_whose_condition_does_not_hold_is_left_out() -> None:
    resources = {
        "A": Resource("A", "T", {}, condition="Never"),
        "B": Resource("B", "T", {}, ("A",)),
    }
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert names(Template("Shop", resources, conditions=conditions)) == ["B"]


def test_a_template_is_read_with_its_assets(tmp_path: Path) -> None:
    path = tmp_path / "Shop.template.json"
    path.write_text(
        json.dumps({"Resources": {"A": {"Type": "T", "DependsOn": "B"}, "B": {"Type": "T"}}})
    )
    destination = {"here": {"bucketName": "assets", "objectKey": "abc.zip"}}
    files = {"abc": {"source": {"path": "asset.abc"}, "destinations": destination}}
    (tmp_path / "Shop.assets.json").write_text(json.dumps({"files": files}))
    read_back = read(path)
    assert read_back.stack == "Shop"
    assert read_back.resources["A"].depends_on == ("B",)
    assert read_back.assets == {"abc.zip": tmp_path / "asset.abc"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no JSON"),
        ("[]", "is no JSON object"),
        ("{}", "has no Resources"),
        ('{"Resources": {"A": {}}}', "A is no resource: it has no Type"),
        ('{"Resources": {"A": {"Type": "T"}}, "Transform": "X"}', "Transform"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "Shop.template.json"
    path.write_text(text)
    with pytest.raises(TemplateError, match=says):
        read(path)


def test_a_template_that_is_not_there_is_said_how_to_make(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="make synth"):
        read(tmp_path / "Shop.template.json")
