"""Arguments: by type, format, unit, and the words around them."""

from typing import Any

import pytest

from app.local.engine.planner import Planner
from tests.local.engine.planner.conversations import ANY, prompt, tool

NUMBER = {"type": "number"}
DAY = {"type": "string", "format": "date"}

FLIGHT = tool(
    "search_flights",
    "Search for flights between two cities.",
    "origin destination date",
    origin="City of departure",
    destination="City of arrival",
    date=DAY,
    passengers={"type": "integer", "description": "How many people travel"},
)
ROOM = tool(
    "heat_room",
    "Set the heating of a room for some time.",
    "room",
    room="Name of the room",
    temperature={"type": "number", "description": "In degrees Celsius"},
    minutes={"type": "integer", "description": "For how many minutes"},
    include_floor={"type": "boolean", "description": "Whether to heat the floor"},
)
MEAN = tool("mean", "The mean of numbers.", "values", values={"type": "array", "items": NUMBER})
MAIL = tool(
    "send_email",
    "Send an email.",
    "to body",
    to={"type": "string", "format": "email"},
    subject="Subject of the mail",
    body="Text of the mail",
)
EXCHANGE = tool(
    "convert_money",
    "Convert an amount of money.",
    "amount from_currency to_currency",
    amount=NUMBER,
    from_currency="ISO code",
    to_currency="ISO code",
)
CALCULATOR = tool("calculator", "Evaluates arithmetic.", "expression", expression="A formula")
SQL = tool("run_sql", "Run a SQL query.", "query", query="The SQL statement")
SEARCH = tool("web_search", "Search the web.", "query", query="What to search for")


@pytest.mark.parametrize(
    ("offer", "text", "arguments"),
    [
        (
            FLIGHT,
            "Find flights to Oslo from Porto on 4 July 2031 for 3 people",
            {"origin": "Porto", "destination": "Oslo", "date": "2031-07-04", "passengers": 3},
        ),
        (
            FLIGHT,
            "Suche Flüge von Bonn nach Wien am 4. Juli 2031",
            {"origin": "Bonn", "destination": "Wien", "date": "2031-07-04"},
        ),
        (
            ROOM,
            "Heat the room Library to 21.5 degrees for 2 hours without the floor",
            {"room": "Library", "temperature": 21.5, "minutes": 120, "include_floor": False},
        ),
        (MEAN, "What is the mean of 4, 8 and 15?", {"values": [4, 8, 15]}),
        (
            MAIL,
            "Email ivo@example.org with the subject 'Lunch' saying that I am late",
            {"to": "ivo@example.org", "subject": "Lunch", "body": "I am late"},
        ),
        (
            EXCHANGE,
            "How much are 1,250.50 euros in Canadian dollars?",
            {"amount": 1250.5, "from_currency": "EUR", "to_currency": "CAD"},
        ),
        (CALCULATOR, "What is 12 * (7 + 3)?", {"expression": "12 * (7 + 3)"}),
        (CALCULATOR, "How much is 15% of 80?", {"expression": "15 / 100 * 80"}),
        (SQL, "Run SELECT id FROM users; please", {"query": "SELECT id FROM users"}),
        (SEARCH, "Search the web for old maps of Kyoto.", {"query": "old maps of Kyoto"}),
    ],
)  # fmt: skip
def test_arguments_are_taken_from_the_request(
    planner: Planner, offer: Any, text: str, arguments: dict[str, Any]
) -> None:
    plan = planner.plan(prompt((offer,), text, choice=ANY))
    assert [call.input for call in plan.calls] == [arguments]


def test_a_day_that_is_told_from_today_needs_a_today(planner: Planner) -> None:
    text = "Find flights from Porto to Oslo tomorrow"
    system = "You are a travel agent. Today is 2031-06-30."
    plan = planner.plan(prompt((FLIGHT,), text, choice=ANY, system=system))
    assert plan.calls[0].input["date"] == "2031-07-01"


def test_a_day_that_nobody_knows_is_asked_for(planner: Planner) -> None:
    plan = planner.plan(prompt((FLIGHT,), "Find flights from Porto to Oslo tomorrow", choice=ANY))
    assert not plan.calls
    assert "date" in plan.text


def test_what_may_be_left_out_is_left_out(planner: Planner) -> None:
    plan = planner.plan(prompt((ROOM,), "Heat the room Library", choice=ANY))
    assert [call.input for call in plan.calls] == [{"room": "Library"}]


def test_sql_is_not_invented(planner: Planner) -> None:
    plan = planner.plan(prompt((SQL,), "How many users signed up last month?", choice=ANY))
    assert not plan.calls
    assert "query" in plan.text
