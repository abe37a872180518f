"""On every path, each text is judged: the guardrail is removed in each place, and a check fails.

A row is a route, and for each kind of text on it a check that holds only while the guardrail judges
it. Every check passes with the guardrail; with one hook of one place replaced by Unguarded's, the
check of that hook fails. What is not in the tables fails too: a new route or command, a new place
where a guard is taken, a new call of one of its hooks.

The guardrail is the stand-in's own, behind the real wire: words that may not go in, words that may
not come out, and numbers of orders that are masked.
"""

import ast
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

import app
from app.agent.calls import BLOCKED, WITHHELD
from app.aws import clients
from app.cli import cli
from app.cli.client import Client
from app.cli.commands import ask, chat, search
from app.events import Passage
from app.guardrail import Guard, Unguarded, Verdict
from app.mcp import server as mcp
from app.models import invocation
from app.settings import Settings
from app.tools import Output, Tool
from app.web import application
from app.web.routes import dependencies
from app.web.routes import playground as playground_routes
from app.web.routes import search as search_routes
from tests.flows.home import Home, Json, laptop, provisioned
from tests.mcp.clients import talk

SOURCE = Path(app.__file__).parent

NO_INPUT, NO_OUTPUT = "Not that question.", "Not that answer."
PLAIN = "Who built the castle of Rheinfels?"
FORBIDDEN = "Who built the castle of Rheinfels, and who Blackrock?"
POISONED = "Who looks after the mill of Oberwesel?"
SECRET = "Who keeps the toll of Kaub?"
MASKED = "What is the order of the boat of Bacharach?"
RENEWAL = "Please renew the fishing permit of Anna."
REWRITTEN = "rheinfels pulled down"
FOLLOW_UP = "And when was it pulled down?"
DOCUMENTS = {
    "castle.md": "The castle of Rheinfels was built by Count Diether V in the year 1245.",
    "mill.md": "The miller Grimbald looks after the mill of Oberwesel every day.",
    "toll.md": "The toll of Kaub is kept by the collector Wendelin at the river.",
    "boat.md": "The order of the boat of Bacharach is ORD-123456 for the season.",
}


def word(text: str, way: str) -> Json:
    """A word that blocks in one direction, input or output."""
    other = "output" if way == "input" else "input"
    return {"text": text, f"{way}Action": "BLOCK", f"{other}Enabled": False}


WORDS = (
    word("Blackrock", "input"),
    word("Grimbald", "input"),
    word(REWRITTEN, "input"),
    word("Wendelin", "output"),
)
NUMBERS = {
    "name": "order",
    "pattern": r"ORD-\d{6}",
    "action": "ANONYMIZE",
    "outputAction": "ANONYMIZE",
    "inputEnabled": False,
}


def permit_tool(name: str, description: str, *, confirms: bool = False) -> Tool:
    """A tool whose result on Otto has a word that may not come out, and on all others one that may
    not go in.
    """

    def call(arguments: Mapping[str, Any], _session: Mapping[str, str]) -> Output:
        signed = "Wendelin" if arguments["person"] == "Otto" else "Grimbald"
        return Output(json.dumps({"permit": f"valid, signed by {signed}"}))

    properties = {"person": {"type": "string", "description": "The first name of the person."}}
    schema = {"type": "object", "properties": properties, "required": ["person"]}
    return Tool(name, description, schema, call, confirms)


PERMITS = (
    permit_tool("fishing_permit", "Look up the fishing permit of a person."),
    permit_tool("renew_fishing_permit", "Renew the fishing permit of a person.", confirms=True),
)
MODES = ("window", "buffer", "verdict")


def look_up(arguments: Mapping[str, Any], _session: Mapping[str, str]) -> Output:
    notes = {name.removesuffix(".md"): text for name, text in DOCUMENTS.items()}
    name = arguments["name"]
    return Output(json.dumps({"looked up": name, "note": notes.get(name, "none")}))


LOOK_UP = Tool(
    "look_up",
    "Look something up.",
    {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    look_up,
)
"""A tool over MCP, which says what it was called with."""


@dataclass
class Removable:
    """A guard, of which a hook can be removed.

    Attributes:
        removed: the hook that judges no more. `rewritten` is `question`, of a text that the model
            wrote.
        calls: the hooks that were called.
    """

    guard: Guard
    removed: str | None = None
    calls: list[str] = field(default_factory=list)

    def _of(self, hook: str) -> Guard:
        self.calls.append(hook)
        return Unguarded() if self.removed == hook else self.guard

    def question(self, text: str) -> Verdict:
        is_rewritten = REWRITTEN in text.casefold()
        return self._of("rewritten" if is_rewritten else "question").question(text)

    def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        return self._of("passages").passages(passages)

    def tool_input(self, arguments: Mapping[str, Any]) -> Verdict:
        return self._of("tool_input").tool_input(arguments)

    def tool_result(self, text: str) -> Verdict:
        return self._of("tool_result").tool_result(text)

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:
        return self._of("answer").answer(text, question, passages)


Guards = dict[str, Removable]
"""The guards of an application, by the place that takes them."""


@contextmanager
def guarded_application(home: Home, settings: Settings) -> Iterator[tuple[TestClient, Guards]]:
    """An application over this home, with an MCP server in its state, and their guards."""
    guards: Guards = {}

    take = vars(search_routes)["guard"]

    def taker(place: str) -> Callable[..., Guard]:
        def take_removable(*services: Any) -> Guard:
            guards[place] = Removable(take(*services))
            return guards[place]

        return take_removable

    with ExitStack() as stack:
        with (
            patch.object(dependencies, "guard", taker("turns")),
            patch.object(dependencies, "lambda_tools_of", lambda *_: PERMITS),
            patch.object(search_routes, "guard", taker("search")),
            patch.object(playground_routes, "guard", taker("playground")),
            patch.object(mcp, "guard", taker("mcp")),
        ):
            app = application(home.aws, settings)
            app.state.mcp = mcp.mcp_server(home.aws, settings, [LOOK_UP], lambda: "local")
        http = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
        yield stack.enter_context(http), guards


def guardrail_of(home_aws: Any) -> str:
    made = home_aws.bedrock.create_guardrail(
        name="every-path",
        blockedInputMessaging=NO_INPUT,
        blockedOutputsMessaging=NO_OUTPUT,
        wordPolicyConfig={"wordsConfig": [*WORDS]},
        sensitiveInformationPolicyConfig={"regexesConfig": [NUMBERS]},
    )
    return str(made["guardrailId"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with the documents, and with a guardrail that its settings name."""

    def deploy() -> Settings:
        guardrail = guardrail_of(clients(20))
        return provisioned().model_copy(update={"guardrail_id": guardrail})

    with laptop(tmp_path_factory.mktemp("every-path"), deploy) as home:
        for name, text in DOCUMENTS.items():
            home.put(name, text)
        yield home


Applications = Mapping[str, tuple[TestClient, Guards]]


@pytest.fixture(scope="module")
def applications(home: Home) -> Iterator[Applications]:
    """An application in each mode, and its guards."""
    with ExitStack() as stack:
        yield {
            mode: stack.enter_context(
                guarded_application(home, home.settings.model_copy(update={"guardrail_mode": mode}))
            )
            for mode in MODES
        }


@pytest.fixture
def guarded(applications: Applications) -> tuple[TestClient, Guards]:
    """The application in the default mode."""
    return applications["window"]


# What a caller of each route is told, as one text: all of its response, or the answer in it.


def whole(http: TestClient, *questions: str) -> str:
    body: Json = {}
    for question in questions:
        conversation = {"conversationId": body["conversationId"]} if body else {}
        body = http.post("/chat", json={"message": question, **conversation}).json()
    return json.dumps(body)


def streamed(http: TestClient, *questions: str) -> str:
    text, conversation = "", None
    for question in questions:
        body: Json = {"message": question}
        if conversation:
            body["conversationId"] = conversation
        text = http.post("/chat/stream", json=body).text
        conversation = json.loads(text.split("\n")[0].removeprefix("data: "))["messageMetadata"][
            "conversationId"
        ]
    return text


def completed(http: TestClient, *questions: str, stream: bool = False) -> str:
    """Of the OpenAI API: the client keeps the conversation."""
    messages: list[Json] = []
    text = ""
    for question in questions:
        messages.append({"role": "user", "content": question})
        request = {"model": "amazon.nova-lite-v1:0", "messages": messages, "stream": stream}
        text = http.post("/v1/chat/completions", json=request).text
        answer = "It was built by Count Diether."
        messages.append({"role": "assistant", "content": answer})
    return text


def completed_in_a_stream(http: TestClient, *questions: str) -> str:
    return completed(http, *questions, stream=True)


def tried(http: TestClient, *questions: str, path: str = "/playground") -> str:
    """Of a model by itself, which is given some of the documents."""
    texts = [text for text in DOCUMENTS.values() if "Grimbald" not in text]
    passages = "".join(f'<passage n="{n}">{text}</passage>\n' for n, text in enumerate(texts, 1))
    text = f"<passages>\n{passages}</passages>\n\n<question>{questions[-1]}</question>"
    body = {"messages": [{"role": "user", "content": [{"text": text}]}]}
    return http.post(path, json=body).text


def tried_in_a_stream(http: TestClient, *questions: str) -> str:
    return tried(http, *questions, path="/playground/stream")


def searched(http: TestClient, *questions: str) -> str:
    return http.post("/search", json={"query": questions[-1], "explain": True}).text


def acted(http: TestClient, *questions: str) -> str:
    """Of an agent."""
    return http.post("/chat", json={"message": questions[-1], "mode": "agent"}).text


def acted_in_a_stream(http: TestClient, *questions: str) -> str:
    return http.post("/chat/stream", json={"message": questions[-1], "mode": "agent"}).text


def waiting(http: TestClient, request: str) -> str:
    """The id of the call that waits, after this request."""
    steps = http.post("/chat", json={"message": request, "mode": "agent"}).json()["steps"]
    [confirmation] = [step["confirmation"] for step in steps if step["kind"] == "confirm"]
    return str(confirmation)


def confirmed(http: TestClient, *questions: str, path: str = "") -> str:
    """Of the turn in which a call is made that waited."""
    url = f"/confirmations/{waiting(http, questions[-1])}{path}"
    return http.post(url, json={"decision": "confirm"}).text


def confirmed_in_a_stream(http: TestClient, *questions: str) -> str:
    return confirmed(http, *questions, path="/stream")


def shown_by(call: Callable[[Client], object], http: TestClient) -> str:
    """What a command prints that calls this application."""
    client = Client("http://127.0.0.1")
    client._http = http
    printed: list[str] = []

    def keep(text: object = "", **_: object) -> None:
        printed.append(str(text))

    with (
        patch("app.cli.screen.out.print", keep),
        patch("app.cli.screen.out.indented", lambda text, _columns, **_: keep(text)),
    ):
        call(client)
    return "\n".join(printed)


def asked_on_the_command_line(http: TestClient, *questions: str) -> str:
    text, conversation = "", None
    for question in questions:
        body: Json = {"message": question}
        if conversation:
            body["conversationId"] = conversation
        ids: list[str | None] = []

        def show(client: Client, body: Json = body, ids: list[str | None] = ids) -> None:
            ids.append(ask.show(client, body))

        text = shown_by(show, http)
        conversation = ids[0]
    return text


def acted_on_the_command_line(http: TestClient, *questions: str) -> str:
    body = {"message": questions[-1], "mode": "agent"}
    return shown_by(lambda client: ask.show(client, body), http)


def confirmed_on_the_command_line(http: TestClient, *questions: str) -> str:
    path, body = f"/confirmations/{waiting(http, questions[-1])}", {"decision": "confirm"}
    return shown_by(lambda client: ask.show(client, body, path=path), http)


def searched_on_the_command_line(http: TestClient, *questions: str) -> str:
    @contextmanager
    def at(client: Client) -> Iterator[Client]:
        yield client

    def run(client: Client) -> None:
        with patch.object(search, "application", lambda _stack: at(client)):
            search.search(questions[-1], limit=5, semantic=False, explain=True)

    return shown_by(run, http)


def searched_over_mcp(http: TestClient, *questions: str) -> str:
    """All of the result of MCP's tool."""

    async def say(client: Any) -> str:
        result = await client.call_tool("search_documents", {"query": questions[-1]})
        text: str = result.model_dump_json()
        return text

    return talk(http.app.state.mcp, say)  # type: ignore[attr-defined]  # the application's state


def called_over_mcp(http: TestClient, *questions: str) -> str:
    async def say(client: Any) -> str:
        result = await client.call_tool("look_up", {"name": questions[-1]})
        text: str = result.model_dump_json()
        return text

    return talk(http.app.state.mcp, say)  # type: ignore[attr-defined]  # the application's state


def read_over_mcp(http: TestClient, *_questions: str) -> str:
    """All documents, as resources."""

    async def say(client: Any) -> str:
        resources = (await client.list_resources()).resources
        texts = [(await client.read_resource(one.uri)).model_dump_json() for one in resources]
        return "\n".join(texts)

    return talk(http.app.state.mcp, say)  # type: ignore[attr-defined]  # the application's state


Ask = Callable[..., str]


def question_is_judged(ask: Ask, http: TestClient) -> None:
    """A question with a word that may not go in gets the guardrail's message, and no document."""
    text = ask(http, FORBIDDEN)
    assert NO_INPUT in text
    assert ".md" not in text


def rewritten_question_is_judged(ask: Ask, http: TestClient) -> None:
    """So does one that has the phrase only when it stands alone."""
    text = ask(http, PLAIN, FOLLOW_UP)
    assert NO_INPUT in text
    assert ".md" not in text


def passages_are_judged(ask: Ask, http: TestClient) -> None:
    """A passage with a word that may not go in is shown to nobody."""
    text = ask(http, POISONED)
    assert text
    assert "Grimbald" not in text


def answer_is_judged(ask: Ask, http: TestClient) -> None:
    """An answer with a word that may not come out is not the answer, and a number is masked."""
    assert NO_OUTPUT in ask(http, SECRET)
    assert "{order}" in ask(http, MASKED)


def arguments_are_judged(ask: Ask, http: TestClient) -> None:
    """Arguments with a word that may not come out reach no tool."""
    assert BLOCKED in ask(http, "What is the fishing permit of Wendelin?")


def results_are_judged(ask: Ask, http: TestClient) -> None:
    """A result with a word that may not go in is shown to nobody."""
    text = ask(http, "What is the fishing permit of Anna?")
    assert WITHHELD in text
    assert "Grimbald" not in text


def result_of_a_confirmed_call_is_judged(ask: Ask, http: TestClient) -> None:
    text = ask(http, RENEWAL)
    assert WITHHELD in text
    assert "Grimbald" not in text


def answer_after_a_confirmed_call_is_judged(ask: Ask, http: TestClient) -> None:
    assert NO_OUTPUT in ask(http, "Please renew the fishing permit of Otto.")


def arguments_over_mcp_are_judged(ask: Ask, http: TestClient) -> None:
    """With a word that may not come out of a model, no tool is called, and a number is masked."""
    text = ask(http, "Wendelin")
    assert NO_OUTPUT in text
    assert "looked up" not in text
    assert "{order}" in ask(http, "ORD-123456")


def result_over_mcp_is_judged(ask: Ask, http: TestClient) -> None:
    """A result with a word that may not go into a model is shown to nobody."""
    text = ask(http, "mill")
    assert NO_INPUT in text
    assert "Grimbald" not in text


@dataclass(frozen=True, slots=True)
class Row:
    """A route, or a command that calls one.

    Attributes:
        ask: asks questions on it, and returns what the caller is told in the end.
        place: whose guard judges on it.
        checks: one a hook.
    """

    ask: Ask
    place: str
    checks: Mapping[str, Callable[[Ask, TestClient], None]]


TURN = {
    "question": question_is_judged,
    "rewritten": rewritten_question_is_judged,
    "passages": passages_are_judged,
    "answer": answer_is_judged,
}


def passages_are_judged_and_that_is_said(ask: Ask, http: TestClient) -> None:
    text = ask(http, POISONED)
    assert "guardrail: passage blocked, WORD blocked" in text
    passages_are_judged(ask, http)


AGENT = {name: check for name, check in TURN.items() if name != "rewritten"} | {
    "tool_input": arguments_are_judged,
    "tool_result": results_are_judged,
}
CONFIRMED = {
    "tool_result": result_of_a_confirmed_call_is_judged,
    "answer": answer_after_a_confirmed_call_is_judged,
}
SEARCH = {"passages": passages_are_judged}
TRIAL = {"question": question_is_judged, "answer": answer_is_judged}

ROWS = {
    "POST /chat": Row(whole, "turns", TURN),
    "POST /chat/stream": Row(streamed, "turns", TURN),
    "POST /v1/chat/completions": Row(completed, "turns", TURN),
    "POST /v1/chat/completions, streamed": Row(completed_in_a_stream, "turns", TURN),
    "POST /chat, agent": Row(acted, "turns", AGENT),
    "POST /chat/stream, agent": Row(acted_in_a_stream, "turns", AGENT),
    "POST /confirmations/{id}": Row(confirmed, "turns", CONFIRMED),
    "POST /confirmations/{id}/stream": Row(confirmed_in_a_stream, "turns", CONFIRMED),
    "POST /search": Row(searched, "search", SEARCH),
    "POST /playground": Row(tried, "playground", TRIAL),
    "POST /playground/stream": Row(tried_in_a_stream, "playground", TRIAL),
    "MCP search_documents": Row(
        searched_over_mcp,
        "mcp",
        {"question": question_is_judged, "passages": passages_are_judged},
    ),
    "MCP resources/read": Row(read_over_mcp, "mcp", {"passages": passages_are_judged}),
    "MCP tools/call": Row(
        called_over_mcp,
        "mcp",
        {"tool_input": arguments_over_mcp_are_judged, "tool_result": result_over_mcp_is_judged},
    ),
    "outcrop ask": Row(asked_on_the_command_line, "turns", TURN),
    "outcrop agent": Row(acted_on_the_command_line, "turns", AGENT),
    "outcrop agent --confirm": Row(confirmed_on_the_command_line, "turns", CONFIRMED),
    "outcrop search": Row(
        searched_on_the_command_line,
        "search",
        {"passages": passages_are_judged_and_that_is_said},
    ),
}
STREAMED = (
    "POST /chat/stream",
    "POST /v1/chat/completions, streamed",
    "POST /playground/stream",
)
"""Rows on which the mode tells when an answer is judged."""
UNJUDGED = {
    "GET /healthz": "no text of anybody",
    "GET /readyz": "no text of anybody",
    "GET /models": "names of models",
    "GET /suggestions": "headings of passages that were judged",
    "GET /v1/models": "names of models",
    "GET /usage": "counts",
    "GET /playground/templates": "our own texts",
    "POST /playground/templates/{name}": "the caller's own text: no model reads it",
    "POST /v1/embeddings": "vectors of the caller's own text: no model reads or writes words",
    "POST /documents": "a document is judged when it is found, as a passage",
    "GET /documents": "names and states",
    "GET /documents/{id}": "names and states",
    "GET /documents/{id}/content": "an address, at which the bucket has the document as it is",
    "DELETE /documents/{id}": "no text of anybody",
    "GET /conversations": "questions that were judged before they were stored",
    "GET /conversations/{id}": "turns as the guardrail left them",
    "PATCH /conversations/{id}": "no text of anybody",
    "POST /conversations/{id}/turns/{turn}/feedback": "no text of anybody",
    "GET /chat/stream/{id}/stream": "no text of anybody",
    "DELETE /conversations/{id}": "no text of anybody",
    "GET /conversations/{id}/messages": "turns as the guardrail left them",
    "GET /conversations/{id}/turns/{turn}/passages/{number}": "a judged passage",
}
COMMANDS = {
    "ask": "a row",
    "agent": "rows",
    "search": "a row",
    "chat": "shows each answer as ask does",
    "eval": "POST /chat",
    "demo": "POST /chat/stream, as ask shows it",
    "mcp": "rows of MCP",
    "feedback": "answers of stored turns, which were judged when they were written",
    "prompts": "an operator tries one on values of the operator's own, as docs/prompts.md says",
}
"""Commands that show a model's words or a document's; the others show neither."""
OTHER_COMMANDS = frozenset(
    (
        *("up", "ingest", "docs", "env", "doctor", "deploy", "destroy", "diff", "outputs", "local"),
        *("models", "usage", "reindex", "opensearch", "guardrail", "explain"),
    )
)


@pytest.mark.parametrize(
    ("mode", "name", "hook"),
    [
        *(("window", name, hook) for name, row in ROWS.items() for hook in row.checks),
        *((mode, name, "answer") for mode in MODES[1:] for name in STREAMED),
    ],
)
def test_a_check_passes_with_the_guardrail_and_fails_without_it(
    mode: str, name: str, hook: str, applications: Applications
) -> None:
    http, guards = applications[mode]
    row = ROWS[name]
    check = row.checks[hook]
    check(row.ask, http)
    guards[row.place].removed = hook
    try:
        with pytest.raises(AssertionError):
            check(row.ask, http)
    finally:
        guards[row.place].removed = None


@pytest.mark.parametrize("name", ["POST /chat", *STREAMED[:2]])
def test_a_check_fails_where_the_models_call_does_not_carry_the_guardrail(
    name: str, home: Home
) -> None:
    """With OUTCROP_GUARDRAIL_API=invoke the answer is judged by the call itself."""
    settings = home.settings.model_copy(update={"guardrail_api": "invoke"})
    stream = invocation.stream

    def without_guardrail(*args: Any, **options: Any) -> Any:
        return stream(*args, **{**options, "guardrail": None})

    ask, check = ROWS[name].ask, answer_is_judged
    with guarded_application(home, settings) as (http, guards):
        check(ask, http)
        assert all("answer" not in each.calls for each in guards.values())
        with patch.object(invocation, "stream", without_guardrail), pytest.raises(AssertionError):
            check(ask, http)


def test_the_guards_of_other_places_do_not_stand_in(guarded: tuple[TestClient, Guards]) -> None:
    """A row names the one place whose guard judges on it."""
    http, guards = guarded
    assert guards.keys() == {row.place for row in ROWS.values()}
    for row, (place, each) in product(ROWS.values(), guards.items()):
        each.calls.clear()
        row.ask(http, PLAIN if row.checks is not CONFIRMED else RENEWAL)
        assert bool(each.calls) == (place == row.place)


def test_every_route_has_a_row_or_a_reason(guarded: tuple[TestClient, Guards]) -> None:
    http, _ = guarded
    paths = http.get("/openapi.json").json()["paths"]
    names = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    tables = {name.partition(",")[0] for name in ROWS if not name.startswith(("outcrop", "MCP"))}
    assert names == tables | UNJUDGED.keys()


def test_every_command_that_shows_an_answer_or_a_passage_is_known() -> None:
    names = {command.name or command.callback.__name__ for command in cli.registered_commands}  # type: ignore[union-attr]
    names |= {str(group.name or group.typer_instance.info.name) for group in cli.registered_groups}  # type: ignore[union-attr]
    assert names == COMMANDS.keys() | OTHER_COMMANDS
    assert vars(chat)["show_turns"] is ask.show_turns


HOOKS = ("question", "passages", "tool_input", "tool_result", "answer")
SITES = {
    ("turn/admit.py", "question"): 2,  # the question; each text of a dialogue
    ("answer/__init__.py", "question"): 1,  # the rewritten question
    ("answer/__init__.py", "answer"): 1,
    ("agent/calls.py", "tool_input"): 1,
    ("agent/calls.py", "tool_result"): 1,
    ("agent/calls.py", "answer"): 1,
    ("mcp/resources.py", "passages"): 1,
    ("mcp/search.py", "question"): 1,
    ("mcp/tool_calls.py", "tool_input"): 1,
    ("mcp/tool_calls.py", "tool_result"): 1,
    ("playground/screening.py", "question"): 1,
    ("playground/trial.py", "answer"): 2,  # the reply; the reasoning before it
    ("retrieval/screening.py", "passages"): 1,
}
PLACES = {
    "mcp/server.py": 1,
    "web/routes/dependencies.py": 1,
    "web/routes/playground.py": 1,
    "web/routes/search.py": 1,
    "web/routes/suggestions.py": 1,
}
"""Where guards are taken. Chat, confirmations and the OpenAI API share that of `TurnStarter`."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the application, with its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(("local/", "guardrail/")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield name, node


def is_guard(node: ast.expr) -> bool:
    return "guard" in ast.unparse(node).rpartition(".")[2].casefold()


def test_every_call_of_a_hook_is_on_a_path_of_the_table() -> None:
    """Who adds a call adds a row, and a check that fails without it."""
    sites: dict[tuple[str, str], int] = {}
    for name, call in calls():
        match call.func:
            case ast.Attribute(value=value, attr=hook) if hook in HOOKS and is_guard(value):
                sites[name, hook] = sites.get((name, hook), 0) + 1
    assert sites == SITES


def test_guards_are_taken_in_the_places_of_the_table() -> None:
    places: dict[str, int] = {}
    for name, call in calls():
        if isinstance(call.func, ast.Name) and call.func.id in (
            "guard",
            "BedrockGuard",
            "Unguarded",
        ):
            places[name] = places.get(name, 0) + 1
    assert places == PLACES
