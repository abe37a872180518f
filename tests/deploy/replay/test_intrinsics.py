"""CloudFormation's functions, each as its reference describes it."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deploy.replay import intrinsics
from app.deploy.replay.document import Resource, Template, TemplateError
from app.deploy.replay.intrinsics import references
from app.deploy.replay.scope import NO_VALUE, PhysicalResource, Scope

TEMPLATE = Template(
    "Shop",
    {
        "Queue": Resource("Queue", "AWS::SQS::Queue", {}),
        "Spare": Resource("Spare", "AWS::SQS::Queue", {}, condition="Never"),
    },
    parameters={
        "Size": {"Type": "Number", "Default": "3"},
        "Colours": {"Type": "CommaDelimitedList", "Default": "red, green,blue"},
        "Needed": {"Type": "String"},
        "Stage": {"Type": "String", "Default": "test", "AllowedValues": ["test", "live"]},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/images/newest"},
    },
    mappings={"Sizes": {"us-east-1": {"small": 1, "zones": ["a", "b"]}}},
    conditions={
        "Always": {"Fn::Equals": ["a", "a"]},
        "Never": {"Fn::Not": [{"Condition": "Always"}]},
        "Testing": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
        "Both": {"Fn::And": [{"Condition": "Always"}, {"Condition": "Testing"}]},
        "Either": {"Fn::Or": [{"Condition": "Never"}, {"Condition": "Testing"}]},
    },
)
QUEUE = PhysicalResource("https://queue", {"Arn": "arn:queue", "Depth.Now": 7})


def resolve(value: Any, **given: str) -> Any:
    return intrinsics.resolve(Scope(TEMPLATE, given, {"Queue": QUEUE}), value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Queue"}, "https://queue"),
        ({"Ref": "Size"}, "3"),
        ({"Ref": "Colours"}, ["red", "green", "blue"]),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "AWS::StackName"}, "Shop"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::GetAtt": "Queue.Depth.Now"}, 7),
        ({"Fn::GetAtt": ["Queue", {"Fn::Join": ["", ["A", "rn"]]}]}, "arn:queue"),
        ({"Fn::Sub": "${Queue.Arn}/${Size}/${!Size}"}, "arn:queue/3/${Size}"),
        ({"Fn::Sub": ["${who} at ${Queue}", {"who": {"Ref": "Stage"}}]}, "test at https://queue"),
        ({"Fn::Sub": "${Queue.Depth.Now} of ${AWS::AccountId}"}, "7 of 000000000000"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 5, True]]}, "a-test-5-true"),
        ({"Fn::Join": [",", {"Ref": "Colours"}]}, "red,green,blue"),
        ({"Fn::Select": ["1", {"Ref": "Colours"}]}, "green"),
        ({"Fn::Select": [2, {"Fn::Split": ["/", "a/b/c"]}]}, "c"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "small"]}, 1),
        ({"Fn::FindInMap": ["Sizes", "mars", "small", {"DefaultValue": 9}]}, 9),
        ({"Fn::Base64": {"Ref": "Stage"}}, base64.b64encode(b"test").decode()),
        ({"Fn::Cidr": ["10.0.0.0/24", 3, 5]}, ["10.0.0.0/27", "10.0.0.32/27", "10.0.0.64/27"]),
        ({"Fn::Length": {"Ref": "Colours"}}, 3),
        ({"Fn::ToJsonString": {"arn": {"Fn::GetAtt": ["Queue", "Arn"]}}}, '{"arn": "arn:queue"}'),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "us-east-1a"),
        ({"Fn::If": ["Both", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Never", {"Ref": "Nobody"}, "no"]}, "no"),
        (
            {"a": 1, "b": {"Ref": "AWS::NoValue"}, "c": [1, {"Ref": "AWS::NoValue"}]},
            {"a": 1, "c": [1]},
        ),
        ({"Ref": "x", "and": "more"}, {"Ref": "x", "and": "more"}),
    ],
)
def test_each_intrinsic_function_is_resolved_to_its_value(value: Any, expected: Any) -> None:
    assert resolve(value) == expected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"Ref": "Nobody"}, "Nobody is neither a resource nor a parameter"),
        ({"Ref": "Spare"}, "its condition Never does not hold"),
        ({"Ref": "Needed"}, "-p Needed=VALUE"),
        ({"Ref": "Image"}, "Parameter Store"),
        ({"Fn::GetAtt": ["Queue", "Colour"]}, "no attribute Colour on the laptop; it has Arn"),
        ({"Fn::Sub": "${Queue.Colour}"}, "no attribute Colour"),
        ({"Fn::Select": [3, ["a"]]}, "there is no item 3 of 1"),
        ({"Fn::FindInMap": ["Sizes", "mars", "small"]}, "mars"),
        ({"Fn::Join": ["", [["a list"]]]}, "Fn::Join cannot take"),
        ({"Fn::Cidr": ["10.0.0.0", "many", 5]}, "Fn::Cidr cannot take"),
        ({"Fn::ImportValue": "other-stack:Arn"}, 'Fn::ImportValue of "other-stack:Arn" takes what'),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "Fn::Transform"),
        ({"Fn::ForEach::Each": []}, "Fn::ForEach::Each"),
        ({"Fn::Guess": 1}, "Fn::Guess of 1 is not known here"),
        ({"Fn::If": ["Sometimes", 1, 2]}, "no condition Sometimes"),
        ({"Fn::And": ["Always", "red"]}, "no condition red"),
        ("{{resolve:secretsmanager:login}}", "{{resolve:secretsmanager:login}} is resolved by"),
    ],
)
def test_an_intrinsic_function_that_cannot_be_resolved_is_refused_by_name(
    value: Any, says: str
) -> None:
    with pytest.raises(TemplateError) as refused:
        resolve(value)
    assert says in refused.value.detail


def test_a_given_parameter_comes_before_its_default() -> None:
    assert resolve({"Ref": "Stage"}, Stage="live") == "live"
    assert resolve({"Ref": "Image"}, Image="of today") == "of today"
    assert resolve({"Fn::If": ["Testing", 1, 2]}, Stage="live") == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [({"Stage": "prod"}, "one of ['test', 'live']"), ({"Sise": "1"}, "no parameter Sise; it has")],
)
def test_a_parameter_that_cannot_be_is_refused(given: dict[str, str], says: str) -> None:
    with pytest.raises(TemplateError) as refused:
        resolve({"Ref": "Stage"}, **given)
    assert says in refused.value.detail


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="{")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner, min_size=2),
)


@given(values)
def test_a_value_without_intrinsic_functions_stays_as_it_is(value: Any) -> None:
    assert resolve(value) == value


@given(st.lists(st.text(st.characters(exclude_characters=",{")), min_size=1))
def test_fn_split_undoes_fn_join(parts: list[str]) -> None:
    assert resolve({"Fn::Split": [",", {"Fn::Join": [",", parts]}]}) == parts


def test_references_are_found_wherever_they_stand() -> None:
    value = {
        "a": [{"Ref": "One"}, {"Fn::GetAtt": ["Two", "Arn"]}, {"Fn::GetAtt": "Three.Arn"}],
        "b": {"Fn::Join": ["", [{"Fn::Sub": "${Four.Arn} ${Five} ${!Six}"}]]},
        "c": {"Fn::Sub": ["${own} ${Seven}", {"own": {"Ref": "Eight"}}]},
    }
    assert set(references(value)) == {"One", "Two", "Three", "Four", "Five", "Seven", "Eight"}


def test_no_value_as_a_whole_is_told_from_null() -> None:
    assert resolve({"Ref": "AWS::NoValue"}) is NO_VALUE
    assert resolve(None) is None
    assert json.loads(resolve({"Fn::ToJsonString": {"a": {"Ref": "AWS::NoValue"}, "b": 1}})) == {
        "b": 1
    }
