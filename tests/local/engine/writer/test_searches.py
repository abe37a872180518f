"""Searches that tools made for a question: which passages answer what, and what is quoted."""

import json

from app.local.engine.writer import Document, Prompt, Tool, ToolResult, ToolUse, Turn
from app.local.engine.writer.searches import searches

QUERY = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
TOOL = Tool("search_documents", "Search the documents.", QUERY)
PUMP = "The Hellinger pump moves 412 litres per minute."
CRANE = "The Osterby crane lifts 31 tonnes."
BOTH = "How much does the Hellinger pump move, and how much does the Osterby crane lift?"


def search(number: int, query: str) -> ToolUse:
    return ToolUse(f"s{number}", TOOL.name, json.dumps({"query": query}))


def found(number: int, text: str) -> ToolResult:
    document = Document(str(number), text, f"{number}.md", "search_result", (text,), cited=True)
    return ToolResult(f"s{number}", "", documents=(document,))


def asked(*turns: Turn) -> Prompt:
    return Prompt(turns, tools=(TOOL,))


PUMP_SEARCH, CRANE_SEARCH = (
    search(1, "How much does the Hellinger pump move?"),
    search(2, "How much does the Osterby crane lift?"),
)
STEP_BY_STEP = asked(
    Turn("user", BOTH),
    Turn("assistant", "", (PUMP_SEARCH,)),
    Turn("user", "", (), (found(1, PUMP),)),
    Turn("assistant", "", (CRANE_SEARCH,)),
    Turn("user", "", (), (found(2, CRANE),)),
)


def test_one_search_that_is_all_that_was_called_answers_the_question_itself() -> None:
    question = "How much does the Hellinger pump move?"
    uses, results = (search(1, "Hellinger pump moves"),), (found(1, PUMP),)
    prompt = asked(
        Turn("user", question), Turn("assistant", "", uses), Turn("user", "", (), results)
    )
    (one,) = searches(prompt)
    assert one.prompt.turns[-1].text == "Hellinger pump moves"
    uses = (search(1, question),)
    prompt = asked(
        Turn("user", question), Turn("assistant", "", uses), Turn("user", "", (), results)
    )
    (one,) = searches(prompt)
    assert one.prompt.turns[-1].text == question
    assert [document.text for document in one.prompt.turns[-1].documents] == [PUMP]


def test_each_of_several_searches_answers_its_query_from_what_it_found() -> None:
    first, second = searches(STEP_BY_STEP)
    assert [one.prompt.turns[-1].text for one in (first, second)] == [
        "How much does the Hellinger pump move?",
        "How much does the Osterby crane lift?",
    ]
    assert [document.text for document in second.prompt.turns[-1].documents] == [CRANE]
    assert (first.earlier, second.earlier) == ((0, 0), (0, 1))


def test_results_are_no_searches_where_the_user_has_spoken_since() -> None:
    assert searches(asked(*STEP_BY_STEP.turns, Turn("assistant", "412."), Turn("user", "Hi"))) == []
    assert searches(asked(Turn("user", BOTH))) == []
