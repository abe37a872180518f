"""A loop over the planner with tools of another trade: tickets, machines, and a handbook."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.local.engine.planner import Call, Planner
from app.local.engine.writer import Document, Tool, ToolResult, ToolUse, Turn
from tests.local.engine.planner.conversations import prompt, tool

TICKET = "The ticket's id, as in T-31."
TOOLS = (
    tool("get_ticket", "Look up a ticket: its state, its machine and its age.", "ticket_id",
         ticket_id=TICKET),
    tool("list_tickets", "List the tickets of the person who asks, the latest first."),
    tool("close_ticket", "Close a ticket.", "ticket_id", ticket_id=TICKET),
    tool("find_machine", "Search the machines by words of their name.", "query",
         query="What is looked for, in a few words."),
    tool("machine_power", "Tell how many watts a machine draws, of as many as there are.",
         "machine_id", machine_id="The machine's id, as in M-1.",
         count={"type": "integer", "description": "How many machines."}),
    tool("search_documents", "Search the handbooks of the machines.", "query",
         query="The question."),
    tool("send_note", "Send a note to a colleague.", "to text", to="Whom", text="What to say"),
)  # fmt: skip
TICKETS: list[dict[str, Any]] = [
    {"ticket_id": "T-33", "status": "open", "opened": "2031-05-03", "cost": "20.00",
     "machines": [{"machine_id": "M-2", "name": "Belt grinder"}]},
    {"ticket_id": "T-32", "status": "completed", "opened": "2031-04-03", "cost": "700.00",
     "machines": [{"machine_id": "M-1", "name": "Drill press"},
                  {"machine_id": "M-3", "name": "Band saw"}]},
]  # fmt: skip
MACHINES = [{"machine_id": "M-1", "name": "Drill press"}, {"machine_id": "M-3", "name": "Band saw"}]


@dataclass
class Loop:
    """A conversation in which every call is made; `calls` has them in order.

    Attributes:
        extra: results in place of the usual ones, by the tool's name.
    """

    planner: Planner
    extra: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[Tool, ...] = TOOLS
    turns: list[Turn] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def say(self, text: str) -> str:
        """The answer. A request takes eight steps at most."""
        self.turns.append(Turn("user", text))
        for _ in range(8):
            plan = self.planner.plan(prompt(self.tools, *self.turns))
            if not plan.calls:
                self.turns.append(Turn("assistant", plan.text or "-"))
                return plan.text
            self._make(plan.calls)
        raise AssertionError(f"it does not end: {self.calls}")

    def _make(self, calls: tuple[Call, ...]) -> None:
        uses, results = [], []
        for call in calls:
            values = " ".join(map(str, call.input.values()))
            self.calls.append(f"{call.name} {values}".strip())
            uses.append(ToolUse(f"c{len(self.calls)}", call.name, json.dumps(call.input)))
            results.append(self._result(uses[-1], call))
        self.turns += [Turn("assistant", "", tuple(uses)), Turn("user", "", (), tuple(results))]

    def _result(self, use: ToolUse, call: Call) -> ToolResult:
        if call.name in self.extra:
            return ToolResult(use.id, self.extra[call.name])
        value = call.input
        ticket = next((o for o in TICKETS if o["ticket_id"] == value.get("ticket_id")), None)
        match call.name:
            case "list_tickets":
                return ToolResult(use.id, json.dumps({"tickets": TICKETS}))
            case "find_machine":
                words = str(value["query"]).lower().split()
                hits = [o for o in MACHINES if any(w in o["name"].lower() for w in words)]
                return ToolResult(use.id, json.dumps(hits))
            case "machine_power":
                count = value.get("count", 1)
                machine = value["machine_id"]
                return ToolResult(use.id, json.dumps({"machine_id": machine, "watts": 500 * count}))
            case "search_documents":
                found = Document("1", f"About: {value['query']}", "handbook.md", cited=True)
                return ToolResult(use.id, "", documents=(found,))
            case "send_note":
                return ToolResult(use.id, '{"sent": true}')
            case _ if ticket is None:
                return ToolResult(use.id, f"There is no ticket {value['ticket_id']}.", failed=True)
            case "close_ticket" if ticket["status"] == "completed":
                text = f"Ticket {ticket['ticket_id']} is completed, and cannot be closed any more."
                return ToolResult(use.id, text, failed=True)
            case "close_ticket":
                return ToolResult(use.id, json.dumps(ticket | {"status": "closed"}))
        return ToolResult(use.id, json.dumps(ticket))
