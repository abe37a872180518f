"""Objects out of texts: forced tools, and the schema of an answer."""

import json
from typing import Any

import pytest

from app.local.engine.planner import Planner
from app.local.engine.writer import Prompt, Tool, ToolChoice, Turn

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "email": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "city": {"type": ["string", "null"]},
        "newsletter": {"type": "boolean", "default": False},
    },
    "required": ["name", "age", "email", "city", "newsletter"],
}


def forced(planner: Planner, text: str, schema: dict[str, Any]) -> dict[str, Any] | str:
    """The input of a tool that has to be called for a text; or what is said instead."""
    tools = (Tool("Extract", "", schema),)
    choice = ToolChoice("tool", "Extract")
    plan = planner.plan(Prompt((Turn("user", text),), tools=tools, tool_choice=choice))
    return plan.calls[0].input if plan.calls else plan.text


def test_values_stand_in_the_text_or_are_null_or_the_default(planner: Planner) -> None:
    text = "My name is Nora Quist, I am 41 and live in Malmö."
    assert forced(planner, text, PERSON) == {
        "name": "Nora Quist",
        "age": 41,
        "email": None,
        "city": "Malmö",
        "newsletter": False,
    }


def test_what_the_text_does_not_hold_is_asked_for(planner: Planner) -> None:
    answer = forced(planner, "Nora Quist is a geologist.", PERSON)
    assert isinstance(answer, str)
    assert "the age" in answer
    assert answer.endswith("?")


def test_lines_that_name_their_values_are_read(planner: Planner) -> None:
    text = "Name: Nora Quist\nAge: 41\nEmail: nora@example.org\nCity: Lund"
    values = forced(planner, text, PERSON)
    assert isinstance(values, dict)
    assert (values["email"], values["city"]) == ("nora@example.org", "Lund")


@pytest.mark.parametrize(
    "text",
    [
        "Nora is 41 and Ivo is 39. Lena, 17, came later.",
        "- Nora, 41\n- Ivo, 39\n- Lena, 17",
    ],
)
def test_a_list_of_objects_has_one_for_each_that_the_text_holds(
    planner: Planner, text: str
) -> None:
    person = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
    }
    people = {
        "type": "object",
        "properties": {"people": {"type": "array", "items": {"$ref": "#/$defs/Person"}}},
        "required": ["people"],
        "$defs": {"Person": person},
    }
    assert forced(planner, text, people) == {
        "people": [
            {"name": "Nora", "age": 41},
            {"name": "Ivo", "age": 39},
            {"name": "Lena", "age": 17},
        ]
    }


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("The lamp is wonderful, I love it!", "positive"),
        ("The lamp arrived broken and nobody answers.", "negative"),
        ("The box holds a lamp and a cable.", "neutral"),
    ],
)
def test_a_listed_value_is_chosen_by_its_meaning(
    planner: Planner, text: str, sentiment: str
) -> None:
    schema = {
        "type": "object",
        "properties": {"sentiment": {"enum": ["positive", "negative", "neutral"]}},
        "required": ["sentiment"],
    }
    assert forced(planner, text, schema) == {"sentiment": sentiment}


def test_objects_within_objects_are_filled(planner: Planner) -> None:
    address = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("street", "city", "zip_code")},
        "required": ["street", "city", "zip_code"],
    }
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "address": address},
        "required": ["name", "address"],
    }
    assert forced(planner, "Ship it to Jane Roe, 12 Elm Street, Springfield 62704.", schema) == {
        "name": "Jane Roe",
        "address": {"street": "12 Elm Street", "city": "Springfield", "zip_code": "62704"},
    }


def test_days_and_numbers_are_written_as_the_schema_has_them(planner: Planner) -> None:
    schema = {
        "type": "object",
        "properties": {
            "rechnungsnummer": {"type": "string"},
            "datum": {"type": "string", "format": "date"},
            "betrag": {"type": "number"},
        },
        "required": ["rechnungsnummer", "datum", "betrag"],
    }
    text = "Rechnung Nr. 4711 vom 03.05.2031, Betrag: 1.234,50 EUR, zahlbar bis Ende Mai."
    assert forced(planner, text, schema) == {
        "rechnungsnummer": "4711",
        "datum": "2031-05-03",
        "betrag": 1234.5,
    }


def test_the_schema_of_an_answer_gets_json(planner: Planner) -> None:
    prompt = Prompt((Turn("user", "Nora Quist is 41 years old."),), output_schema=PERSON)
    assert json.loads(planner.plan(prompt).text)["name"] == "Nora Quist"
