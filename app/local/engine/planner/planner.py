"""The planner: a prompt with tools in, calls or a text out."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.local.engine.encoder import TextEncoder
from app.local.engine.planner.ask import question
from app.local.engine.planner.attempts import Attempts
from app.local.engine.planner.choose import Known, better, features, known
from app.local.engine.planner.dialogue import recalled, reply_to
from app.local.engine.planner.extract import Extraction, Extractor, completed
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.plan import Call, Plan
from app.local.engine.planner.reading import Request, is_cited, read
from app.local.engine.planner.results import answer
from app.local.engine.planner.shapes import NOTHING, read_shape
from app.local.engine.planner.steps import Steps
from app.local.engine.planner.supplies import Supplies, signature
from app.local.engine.planner.vectors import Meanings

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import Prompt

_CLOSE = 0.5  # a tool that is no more behind the best may be forced in its place
_MOST = 8  # calls side by side
_MOST_DONE = 24  # calls for one request


class Planner:
    """Chooses tools, fills their arguments, and answers from their results. Thread-safe; the same
    prompt gets the same plan.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        self._meanings = Meanings(encoder)

    def plan(self, prompt: "Prompt") -> Plan:
        """What to do now, as the prompt's choice of tools allows it."""
        request = read(prompt)
        tools = known(prompt.tools)
        schema = getattr(prompt, "output_schema", None)
        choice = prompt.tool_choice
        plan = Plan()
        if choice.kind == "tool":
            tools = [one for one in tools if one.name == choice.name]
        if tools and choice.kind in ("any", "tool"):
            plan = self._forced(request, tools)
        elif tools and choice.kind == "auto":
            plan = self._free(request, tools)
        if schema is not None and not plan.calls:
            return self._structured(request, schema, plan)
        return plan

    def tell(self, prompt: "Prompt") -> str:
        """What the results of tools say that are not to be cited; empty where there are none."""
        request = read(prompt)
        done = tuple(each for each in request.done if each[1] and not is_cited(each[1]))
        tools = known(prompt.tools)
        if (
            tools
            and prompt.tool_choice.kind == "auto"
            and (words := self._steps(request, tools).told(cited=False))
        ):
            return words
        return self._answer(replace(request, done=done), tools) if done else ""

    def rank(self, text: str, prompt: "Prompt") -> list[str]:
        """The names of the prompt's tools, the one that fits a text best first."""
        tools = known(prompt.tools)
        order = np.argsort(-better(features(Utterance(text), tools, self._meanings)), kind="stable")
        return [tools[place].name for place in order]

    # The model may call a tool.

    def _free(self, request: Request, tools: Sequence[Known]) -> Plan:
        if words := reply_to(request):
            return Plan(text=words)
        steps = self._steps(request, tools)
        if steps.calls and len(request.done) < _MOST_DONE:
            return Plan(tuple(steps.calls[:_MOST]))
        return Plan(text=steps.told(cited=True) or self._answer(request, tools))

    def _steps(self, request: Request, tools: Sequence[Known]) -> Steps:
        attempts = Attempts(self._meanings, request, tools)
        return Steps(attempts.all(), Supplies(self._meanings, request, tools, attempts))

    def _answer(self, request: Request, tools: Sequence[Known] = ()) -> str:
        names = [one.name for one in tools]
        return answer(request.text, request.done, self._meanings, names)

    # It must call one.

    def _forced(self, request: Request, tools: Sequence[Known]) -> Plan:
        scores = better(features(Utterance(request.text or request.source), tools, self._meanings))
        order = [int(place) for place in np.argsort(-scores, kind="stable")]
        near = [place for place in order if scores[place] >= scores[order[0]] - _CLOSE]
        missing: tuple[Parameter, ...] = ()
        for place in near:
            tool = tools[place]
            whole = self._forced_input(tool, request)
            if not whole.missing:
                earlier_calls = {signature(use.name, _input(use)) for use, _ in request.done}
                if signature(tool.name, whole.values) in earlier_calls:
                    return Plan(text=self._answer(request))
                return Plan((Call(tool.name, whole.values),))
            missing = missing or whole.missing
        return Plan(text=question(tools[near[0]].name, missing))

    def _forced_input(self, tool: Known, request: Request) -> Extraction:
        about = tool.head if len(tool.shape.properties) else ""
        extractor = Extractor(request.source, self._meanings, about, request.today)
        whole = extractor.extract(tool.shape)
        if whole.missing:
            return self._recalled(tool, whole.values, request)
        return whole

    def _recalled(self, tool: Known, values: dict[str, Any], request: Request) -> Extraction:
        """The values, and what the conversation has for required ones that are missing."""
        for parameter in completed(tool.shape, values).missing:
            value = recalled(
                tool.name, parameter, request.text, request.before, request.done, self._meanings
            )
            if value is not NOTHING and parameter.name in tool.shape.properties:
                values = values | {parameter.name: value}
        return completed(tool.shape, values)

    def _structured(self, request: Request, schema: dict[str, Any], plan: Plan) -> Plan:
        """The JSON of an object that the prompt describes."""
        shape = read_shape(schema)
        results = [result.text for _, result in request.done if result and not result.failed]
        text = "\n".join([request.source, *results])
        whole = Extractor(text, self._meanings, "", request.today).extract(shape)
        if whole.missing:
            return (
                plan
                if plan.text and not request.done
                else Plan(text=question("answer", whole.missing))
            )
        return Plan(text=json.dumps(whole.values, ensure_ascii=False))


def _input(use: Any) -> dict[str, Any]:
    try:
        parameters: dict[str, Any] = use.parameters()
    except ValueError:
        return {}
    return parameters
