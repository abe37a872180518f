"""Short requests as users type them, each with a tool and whether it fits: what public sets lack.

A line is a request; behind the bar stands the tool that fits it, or "-" where none of the toolbox
does. The toolboxes are those of shops, assistants and calculators.
"""

from collections.abc import Iterator
from typing import Any

from app.local.engine.writer import Tool

_TOOLS = """
get_order | Look up an order by its id. | order_id
cancel_order | Cancel an order. | order_id, reason?
search_products | Search the product catalogue. | query
get_weather | Get the current weather for a location. | location
get_forecast | Weather forecast for a city on a day. | city, date
create_event | Create a calendar event. | title, start
list_events | List the calendar events of a day. | date
calculator | Evaluate an arithmetic expression. | expression
add | Add two numbers. | a number, b number
multiply | Multiply two numbers. | a number, b number
run_sql | Run a SQL query against the sales database. | query
web_search | Search the web for current information. | query
send_email | Send an email. | to, subject?, body
get_stock_price | Get the current price of a stock. | symbol
convert_currency | Convert money from one currency to another. | amount number, from, to
set_timer | Set a timer. | minutes number
play_music | Play a song or an artist. | title
turn_on_light | Turn on the light in a room. | room
translate | Translate a text into another language. | text, language
get_time | Get the current time in a time zone. | timezone
book_flight | Book a flight between two cities. | origin, destination, date?
get_user | Get a user's profile by name or id. | user
create_ticket | Create a support ticket. | summary, priority?
search_docs | Search the company's documentation. | query
"""


def _tool(line: str) -> Tool:
    name, description, members = line.split(" | ")
    properties: dict[str, Any] = {}
    required = []
    for member in members.split(", "):
        key, _, kind = member.rstrip("?").partition(" ")
        properties[key] = {"type": kind or "string"}
        if not member.endswith("?"):
            required.append(key)
    return Tool(
        name, description, {"type": "object", "properties": properties, "required": required}
    )


TOOLS = {tool.name: tool for tool in map(_tool, _TOOLS.strip().splitlines())}

_BOXES = """
get_order cancel_order search_products
What's the status of my order 7? | get_order
where is order 8831 | get_order
Has A-1042 been shipped yet? | get_order
cancel order A-17 | cancel_order
please cancel 9912, it takes too long | cancel_order
I don't want order 55 anymore, cancel it | cancel_order
Find me a red jacket under 50 euros | search_products
do you sell hiking boots? | search_products
show me laptops with 16 GB of RAM | search_products
What is the capital of France? | -
tell me a joke | -
How do I bake bread? | -
Who wrote Hamlet? | -
Summarize this text for me | -
What is 3 + 4? | -
How is the weather in Rome? | -

get_weather
How's the weather? | get_weather
weather in Berlin | get_weather
Is it raining in Oslo? | get_weather
Do I need an umbrella in London? | get_weather
how hot is it in Cairo right now | get_weather
what's the temperature in Madrid | get_weather
Who won the world cup in 2018? | -
What is the best pizza topping? | -
How far is Berlin from Munich? | -
What is the population of Oslo? | -
What time is it in Tokyo? | -
Recommend a hotel in Rome | -
Write a poem about the sea | -

get_forecast list_events create_event
Will it rain in Rome tomorrow? | get_forecast
Forecast for Oslo on Friday | get_forecast
What's on my calendar today? | list_events
Do I have any meetings on Monday? | list_events
Schedule a meeting with Ada tomorrow at 3pm | create_event
Book a dentist appointment on 3 May at 10:00 | create_event
put lunch with Bob on my calendar for Friday noon | create_event
How old is the universe? | -
Translate good morning to French | -
Play some jazz | -
What is the meaning of life? | -

calculator
What is 12 * (7 + 3)? | calculator
what's 15% of 80 | calculator
12 times 7 | calculator
Compute 2 to the power of 10 | calculator
How tall is Mount Everest? | -
Which year did the war end? | -
What is the distance between Paris and Rome? | -
Who are you? | -

add multiply
What is 3 + 4 | add
What is 3 times 12? | multiply
2 plus 2 | add
the product of 6 and 7 | multiply
sum 5 and 9 | add
What is the square root of 16? | -
How many people live in Norway? | -
Convert 3 miles to km | -

run_sql web_search
How many orders did we have last month? | run_sql
total revenue by region in 2024 | run_sql
Run SELECT count(*) FROM orders | run_sql
Search the web for the latest Mars rover news | web_search
google the weather in Paris | web_search
who is the prime minister of Norway right now? | web_search
Write a haiku | -
Thank you for your help with that | -

send_email create_ticket get_user
email bob@example.org | send_email
Send ada@example.org a note that I will be late | send_email
mail the team about the launch | send_email
Open a ticket: the printer is broken | create_ticket
file a bug, login page crashes | create_ticket
Who is user 77? | get_user
Show me Ada's profile | get_user
What does REST stand for? | -
Is it going to snow? | -

get_stock_price convert_currency
How is AAPL doing? | get_stock_price
what's the price of Tesla stock | get_stock_price
100 dollars in euros | convert_currency
Convert 50 GBP to JPY | convert_currency
How much is 20 EUR in USD? | convert_currency
What is a bond? | -
Who founded Apple? | -
How many ounces are in a pound? | -

set_timer play_music turn_on_light get_time
Set a timer for 5 minutes | set_timer
timer 10 min | set_timer
Play Bohemian Rhapsody | play_music
put on some Miles Davis | play_music
lights on in the kitchen | turn_on_light
Turn on the bedroom light | turn_on_light
What time is it in Tokyo? | get_time
How do plants grow? | -
What is the tallest building? | -
Order me a pizza | -

translate book_flight
How do you say good morning in French? | translate
Translate 'good night' into German | translate
Get me a flight from Oslo to Rome on Friday | book_flight
fly from Berlin to Lisbon | book_flight
Who painted the Mona Lisa? | -
What is the speed of light? | -

search_docs
How do I rotate an access key? | search_docs
what does our travel policy say about trains? | search_docs
find the onboarding guide | search_docs
What is 7 times 8? | -
Set an alarm for 7 | -
Good evening | -
"""


def examples() -> Iterator[tuple[str, tuple[Tool, ...], str]]:
    """Each request, the tools that are offered, and the name of the one that fits; or "-"."""
    tools: tuple[Tool, ...] = ()
    for box in _BOXES.strip().split("\n\n"):
        head, *lines = box.splitlines()
        tools = tuple(TOOLS[name] for name in head.split())
        for line in lines:
            request, _, name = line.rpartition(" | ")
            yield request, tools, name
