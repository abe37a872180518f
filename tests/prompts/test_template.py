"""Templates: variables by type, examples, and values that stay values."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.citations.disguise import Disguise
from app.errors import InvalidRequest, NotFound
from app.events import Passage
from app.models import Text, assistant, user
from app.prompts import Example, Template, WrongTemplate
from app.prompts.catalogue import TEMPLATES, find
from app.prompts.variables import (
    ConversationVariable,
    DateVariable,
    OwnBracketsVariable,
    PassagesVariable,
    TextVariable,
    Variable,
)

TOPIC, NOTES = TextVariable("topic", "The topic"), TextVariable("notes", "What was noted")
PASSAGE = Passage(1, "Quartz [1] is hard.", "s3://docs/minerals.pdf", 0.9, page=3)
EXAMPLES = (Example("<notes>a</notes>", "A"), Example("<notes>b</notes>", "B"))


def template(**changes: Any) -> Template:
    members = {
        "name": "summary",
        "about": "A summary",
        "system": "You know {{topic}}.",
        "message": "<notes>{{notes}}</notes>",
        "variables": (TOPIC, NOTES),
        "examples": EXAMPLES,
    }
    return Template(**(members | changes))


def texts(prompt: Any) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in prompt.messages]


VALUES = {"topic": "rocks", "notes": "Talc is soft."}


def test_a_template_has_no_examples_unless_it_is_told() -> None:
    prompt = template().render(VALUES)
    assert prompt.system == "You know rocks."
    assert texts(prompt) == [("user", "<notes>Talc is soft.</notes>")]


@pytest.mark.parametrize(("shots", "count"), [(0, 0), (1, 1), (2, 2), (9, 2)])
def test_zero_one_or_a_few_examples_stand_before_the_message(shots: int, count: int) -> None:
    shown = [pair for one in EXAMPLES for pair in (("user", one.input), ("assistant", one.reply))]
    expected = [*shown[: 2 * count], ("user", "<notes>Talc is soft.</notes>")]
    assert texts(template().render(VALUES, shots=shots)) == expected
    assert texts(template(shots=shots).render(VALUES)) == expected


def test_a_conversation_stands_between_the_examples_and_the_message() -> None:
    history = [user("And [3]?"), assistant("No </notes>.")]
    prompt = template().render(VALUES, shots=1, history=history)
    assert texts(prompt)[2:4] == [("user", "And ⟦3⟧?"), ("assistant", "No ⟨/notes>.")]


def test_sampling_is_the_templates_own() -> None:
    prompt = template(max_tokens=5, temperature=0.5, top_p=0.25, stop=(".",)).render(VALUES)
    assert (prompt.max_tokens, prompt.temperature, prompt.top_p, prompt.stop) == (
        (5, 0.5, 0.25, (".",))
    )


def test_each_type_of_variable_writes_its_value() -> None:
    variables: tuple[Variable, ...] = (
        PassagesVariable("passages", "Passages"),
        ConversationVariable("talk", "What was said"),
        DateVariable("today", "Today"),
        TextVariable("more", "More", before="(", after=")", is_required=False),
        OwnBracketsVariable("brackets", "Brackets", "{number} and {tag} are theirs."),
    )
    message = "".join(f"{{{{{variable.name}}}}}\n" for variable in variables)
    prompt = template(system="", message=message, variables=variables, examples=())
    values: dict[str, Any] = {
        "passages": [PASSAGE],
        "talk": [user("Hi [1]"), assistant("Hello </question>")],
        "today": date(2026, 11, 30),
    }
    assert prompt.render(values).messages[-1].text == (
        '<passage n="1" document="minerals.pdf" page="3">\nQuartz ⟦1⟧ is hard.\n</passage>\n\n'
        "User: Hi [1]\nAssistant: Hello ⟨/question>\n"
        "2026-11-30\n"
        "\n"
        "⟦1⟧ and ⟨passage> are theirs.\n"
    )
    assert (
        "(a)\n\n"
        in prompt.render(values | {"more": "a", "passages": [], "talk": []}).messages[-1].text
    ), "nothing has brackets, so no rule speaks of them"


def test_a_message_for_a_guardrail_says_what_each_part_is() -> None:
    prompt = template(
        system="",
        message="<question>{{question}}</question>{{query}}",
        variables=(
            TextVariable("question", "The question", "guard_content"),
            TextVariable("query", "The query", "query", "<query>", "</query>"),
        ),
        examples=(),
    ).render({"question": "How?", "query": "How hard?"}, is_qualified=True)
    assert prompt.messages[-1].content == (
        Text("<question>"),
        Text("How?", "guard_content"),
        Text("</question>"),
        Text("<query>"),
        Text("How hard?", "query"),
        Text("</query>"),
    )


@pytest.mark.parametrize(
    ("values", "field", "wrong"),
    [
        ({"topic": "x"}, "notes", "The variable notes of the prompt summary has no value"),
        ({"topic": "x", "notes": None}, "notes", "has no value: What was noted."),
        (VALUES | {"mood": "x"}, "mood", "mood is no variable of the prompt summary"),
    ],
)
def test_an_error_names_the_variable(values: Any, field: str, wrong: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        template().render(values)
    assert caught.value.field == field
    assert wrong in caught.value.detail


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"system": "You."}, "the variable topic is missing"),
        ({"message": "{{notes}} {{mood}}"}, "{{mood}} is no variable of this prompt"),
        ({"message": '<notes of="{{notes}}">'}, "a variable stands inside a tag"),
        ({"examples": (Example("{{notes}}", "A"),)}, "{{notes}} stands in an example"),
        ({"examples": (Example("a", "{{b}}"),)}, "{{b}} stands in an example"),
    ],
)
def test_a_template_whose_parts_do_not_fit_is_wrong(changes: Any, wrong: str) -> None:
    with pytest.raises(WrongTemplate, match=re.escape(wrong)):
        template(**changes)


PIECES = (*"</>{}[]1 n=\"'\n", "notes", "topic", "passage", "question", "⟨", "</", "{{topic}}")
hostile = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(hostile, hostile)
def test_no_value_opens_or_closes_a_tag_or_is_filled_in_again(topic: str, notes: str) -> None:
    """Whatever is in a value: the tags of the prompt are the template's own."""
    prompt = template().render({"topic": topic, "notes": notes})
    text = prompt.messages[-1].text
    assert len(re.findall(r"<\s*/?\s*notes\b", f"{prompt.system}{text}", re.IGNORECASE)) == 2
    assert text.startswith("<notes>")
    assert text.endswith("</notes>")
    back = Disguise(topic, notes).restore
    assert back(text.removeprefix("<notes>").removesuffix("</notes>")) == back(notes)


@given(st.sampled_from(sorted(TEMPLATES)), hostile)
def test_no_value_closes_a_tag_of_the_applications_own(name: str, text: str) -> None:
    own = find(name)
    typed = (OwnBracketsVariable, DateVariable)
    days = {each.name: ["2026-11-30"] for each in own.variables if isinstance(each, DateVariable)}
    words = {
        each.name: [f"x{text}"] for each in own.variables if not isinstance(each, typed)
    } | days
    plain = own.render(own.parse({each: ["a"] for each in words} | days))
    prompt = own.render(own.parse(words))
    tags = re.compile(r"<\s*/?\s*(?:passages?|question|query|conversation)\b", re.IGNORECASE)
    assert tags.findall(prompt.messages[-1].text) == tags.findall(plain.messages[-1].text)


def test_values_are_read_from_a_command_line() -> None:
    own = find("answer")
    values = own.parse({"passages": ["Quartz.", "Talc."], "question": ["How hard?"]})
    assert [passage.number for passage in values["passages"]] == [1, 2]
    assert "How hard?" in own.render(values).messages[-1].text
    talk = find("rewrite").parse({"conversation": ["Hi", "Hello"], "question": ["And?"]})
    assert [message.role for message in talk["conversation"]] == ["user", "assistant"]
    for words, field in (
        ({"question": ["a", "b"]}, "question"),
        ({"own_brackets": ["perhaps"]}, "own_brackets"),
        ({"mood": ["a"]}, "mood"),
    ):
        with pytest.raises(InvalidRequest) as caught:
            own.parse(words)
        assert caught.value.field == field
    with pytest.raises(InvalidRequest, match="is a day"):
        DateVariable("today", "Today").parse(["tomorrow"])
    assert DateVariable("today", "Today").parse(["2026-11-30"]) == date(2026, 11, 30)
    assert OwnBracketsVariable("b", "", "").parse(["yes"]) is True


def test_a_prompt_that_there_is_not_is_said_with_those_that_there_are() -> None:
    with pytest.raises(NotFound, match="answer, rewrite"):
        find("poem")
