"""A fault on the wire in every request: what is answered is right and whole, or it is an error.

The truth is kept beside the application: which turns were acknowledged, with which answer. What the
application says, with a fault and without, is held against it. The model counts its own calls.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import httpx2 as httpx
from rich.progress import track

from app.documents.names import document_id
from app.local.faults import Cut, Delay, Fail, Fault, Flip
from tests.hard import Count, Plan
from tests.hard.caller import improper_end, parts_of
from tests.hard.home import Home, Json, serving
from tests.hard.model_server import ModelServer, answer_to

NUMBER = 2_000
DOCUMENTS = {f"granite-{n}.md": f"Granite is an igneous rock. Quarry {n}." for n in range(3)}

Operation = tuple[str, str]
GENERATING = ("bedrock-runtime", "InvokeModelWithResponseStream")
STORE = [("s3", name) for name in ("PutObject", "GetObject", "ListObjectsV2", "DeleteObject")]
BASE = [
    ("bedrock-agent", name) for name in ("GetKnowledgeBaseDocuments", "ListKnowledgeBaseDocuments")
]
TURN = [
    *[GENERATING] * 6,
    *[("bedrock-agent-runtime", "Retrieve")] * 2,
    *STORE,
    ("s3", "HeadObject"),
]
READ = [*STORE, ("s3", "HeadObject"), ("s3", "DeleteObjects"), ("s3", "ListObjectsV2")]
CODES = (
    "ThrottlingException", "ServiceUnavailableException", "InternalServerException",
    "AccessDeniedException", "ModelTimeoutException", "ModelErrorException", "ValidationException",
)  # fmt: skip
STORE_CODES = (
    "InternalError",
    "SlowDown",
    "ServiceUnavailable",
    "AccessDenied",
    "OperationAborted",
)


@dataclass
class Wrong:
    """What should not have been, by kind."""

    kinds: dict[str, list[str]] = field(
        default_factory=lambda: {
            kind: []
            for kind in (
                "wrong text", "stored though failed", "acknowledged and not stored",
                "ghosts in the list", "not one terminal event", "more than one generating call",
                "unexpected errors, or no answer", "wrong content of a read",
            )
        }
    )  # fmt: skip

    def note(self, kind: str, what: object) -> None:
        self.kinds[kind].append(str(what)[:400])


def run(plan: Plan) -> Iterator[Count]:
    """So many requests, one after another, each with a fault or several of one kind."""
    number = plan.number or NUMBER
    with (
        TemporaryDirectory() as folder,
        ModelServer().serving() as model,
        serving(Path(folder), "--model-url", model.url) as home,
        home.http() as http,
    ):
        model.release()
        for name, text in DOCUMENTS.items():
            home.upload(http, name, text.encode())
        home.until_indexed(http, list(DOCUMENTS))
        world = World(home, http, model, Random(plan.seed))
        for turn in track(range(number), "requests with a fault", transient=True):
            world.step(turn)
        world.look_at_all()
        yield Count("requests with a fault", number)
        yield Count("turns", world.turns)
        yield Count("turns that were answered all the same", world.answered)
        for kind, found in world.wrong.kinds.items():
            yield Count(kind, len(found), 0, tuple(found[:5]))


class World:
    """The application under faults, and what is known to be true of it."""

    def __init__(self, home: Home, http: httpx.Client, model: ModelServer, random: Random) -> None:
        self._home, self._http, self._model, self._random = home, http, model, random
        self._known: dict[str, list[tuple[str, str]]] = {}
        self.wrong = Wrong()
        self.turns = self.answered = 0

    def step(self, number: int) -> None:
        """One request of some kind, with a fault."""
        chance = self._random.random()
        if chance < 0.6 or not self._known:
            self._turn(number)
        elif chance < 0.7:
            self._delete()
        else:
            self._read()

    def look_at_all(self) -> None:
        """The list, and every conversation in it, without a fault."""
        listed = self._listed()
        for conversation in listed - self._known.keys():
            self.wrong.note("ghosts in the list", conversation)
        for conversation in self._known.keys() - listed:
            self.wrong.note("acknowledged and not stored", f"{conversation} is not in the list")
        for conversation in self._known:
            self._compare(conversation, "at the end")

    def _turn(self, number: int) -> None:
        self.turns += 1
        conversation = f"c{number}"
        if self._known and self._random.random() < 0.3:
            conversation = self._random.choice(sorted(self._known))
        question = f"What is granite, number {number}?"
        part = {"type": "text", "text": question}
        body = {"id": conversation, "messages": [{"id": "m", "role": "user", "parts": [part]}]}
        faults = self._order(TURN)
        streamed = self._random.random() < 0.6
        response = self._send("POST", "/chat/stream" if streamed else "/chat", json=body)
        self._home.clear_faults()
        what = f"{faults}: {response.text[-200:] if response else None}"
        if response is None:
            return
        text, failed = self._said(response, streamed, what)
        right = "".join(answer_to(number))
        if not (right.startswith(text) if failed else text == right):
            self.wrong.note("wrong text", f"{what}: {text!r}")
        # A question of a conversation that goes on is first rewritten, by a call of its own.
        most = 2 if conversation in self._known else 1
        sent = len(self._model.calls(number))
        again = not failed and _forbids_success(faults[0])
        if sent > most or again:
            self.wrong.note("more than one generating call", f"{sent} calls, {what}")
        if failed:
            stored = self._questions(conversation)
            if question in stored:
                self.wrong.note("stored though failed", what)
        else:
            self.answered += 1
            self._known.setdefault(conversation, []).append((question, right))
            self._compare(conversation, what)

    def _said(self, response: httpx.Response, streamed: bool, what: str) -> tuple[str, bool]:
        """The text that was answered, and whether the turn failed."""
        if response.is_error:
            self._check_problem(response, what)
            return "", True
        if not streamed:
            return str(response.json()["answer"]), False
        if end := improper_end(response.content):
            self.wrong.note("not one terminal event", f"{end}, {what}")
        parts = parts_of(response.content)
        text = "".join(part["delta"] for part in parts if part["type"] == "text-delta")
        for part in parts:
            if part["type"] == "data-error" and part["data"]["code"] == "internal":
                self.wrong.note("unexpected errors, or no answer", what)
        return text, any(part["type"] == "error" for part in parts)

    def _delete(self) -> None:
        conversation = self._random.choice(sorted(self._known))
        faults = self._order(READ)
        response = self._send("DELETE", f"/conversations/{conversation}")
        self._home.clear_faults()
        if response is not None and response.is_error:
            self._check_problem(response, faults)
            again = self._http.delete(f"/conversations/{conversation}")
            if again.status_code not in (204, 404):
                self.wrong.note("unexpected errors, or no answer", f"again: {again.text}")
        del self._known[conversation]
        if self._questions(conversation):
            self.wrong.note(
                "wrong content of a read", f"{conversation} is there after its deletion, {faults}"
            )

    def _read(self) -> None:
        conversation = self._random.choice(sorted(self._known))
        name = self._random.choice(sorted(DOCUMENTS))
        path, operations = self._random.choice(
            (
                (f"/conversations/{conversation}", READ), ("/conversations?limit=100", READ),
                ("/documents", [*READ, *BASE]), (f"/documents/{document_id(name)}", [*READ, *BASE]),
                ("/readyz", [("bedrock-agent", "GetKnowledgeBase"), ("s3", "HeadBucket")]),
                ("/models", [("bedrock", "ListFoundationModels")]),
            )
        )  # fmt: skip
        faults = self._order(operations)
        response = self._send("GET", path)
        self._home.clear_faults()
        if response is None:
            return
        if response.is_error:
            self._check_problem(response, f"{path}, {faults}")
            return
        right = self._http.get(path).json()
        if response.json() != right:
            self.wrong.note("wrong content of a read", f"{path}, {faults}: {response.text}")

    def _order(self, operations: list[Operation]) -> list[Fault]:
        service, operation = self._random.choice(operations)
        fault = _fault(self._random, service, operation)
        faults = [fault] * self._random.choice((1, 1, 2, 3, 5))
        self._home.order(*faults)
        return faults[:1]

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            self.wrong.note("unexpected errors, or no answer", f"{method} {path}: {error!r}")
            return None

    def _check_problem(self, response: httpx.Response, what: object) -> None:
        type_ = response.headers.get("content-type")
        if type_ != "application/problem+json" or response.json()["code"] == "internal":
            self.wrong.note("unexpected errors, or no answer", f"{what}: {response.text}")

    def _compare(self, conversation: str, what: object) -> None:
        response = self._http.get(f"/conversations/{conversation}")
        turns: list[Json] = response.json().get("turns", [])
        if [(turn["question"], turn["answer"]) for turn in turns] != self._known[conversation]:
            self.wrong.note(
                "acknowledged and not stored", f"{conversation}, {what}: {response.text}"
            )

    def _questions(self, conversation: str) -> list[str]:
        turns = self._http.get(f"/conversations/{conversation}").json().get("turns", [])
        return [turn["question"] for turn in turns]

    def _listed(self) -> set[str]:
        listed: set[str] = set()
        cursor: str | None = ""
        while cursor is not None:
            params = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            page = self._http.get("/conversations", params=params).raise_for_status().json()
            listed |= {item["id"] for item in page["items"]}
            cursor = page["nextCursor"]
        return listed


def _forbids_success(fault: Fault) -> bool:
    """Whether a turn that meets this fault can only be answered by a second call of the model."""
    generating = (fault.service, fault.operation) == GENERATING
    return generating and isinstance(fault, Fail | Cut) and fault.after is None


def _fault(random: Random, service: str, operation: str) -> Fault:
    streams = (service, operation) == GENERATING
    after = random.choice((None, 0, 1, 2, 3)) if streams else None
    code = random.choice(STORE_CODES if service == "s3" else CODES)
    match random.randrange(4):
        case 0:
            seconds = random.choice((0.01, 0.2))
            return Delay(service=service, operation=operation, seconds=seconds, after=after)
        case 1:
            return Cut(
                service=service,
                operation=operation,
                after=after,
                mid_frame=streams and random.random() < 0.5,
                abrupt=random.random() < 0.5,
            )
        case 2 if streams:
            return Flip(service=service, operation=operation, after=random.choice((0, 1, 2)))
    return Fail(service=service, operation=operation, code=code, after=after)
