"""The planner: a prompt with tools in, calls or a text out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.local.engine.encoder import TextEncoder
from app.local.engine.planner.acts import changes, is_question, request_acts
from app.local.engine.planner.ask import question
from app.local.engine.planner.choose import Known, better, features, fitting, is_small_talk, known
from app.local.engine.planner.clauses import clauses
from app.local.engine.planner.dialogue import follow_up, mentioned, pending, recalled
from app.local.engine.planner.extract import Extraction, Extractor, completed
from app.local.engine.planner.fill import Filler
from app.local.engine.planner.groups import groups
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.plan import Call, Plan
from app.local.engine.planner.reading import Request, read
from app.local.engine.planner.results import answer
from app.local.engine.planner.shapes import NOTHING, read_shape
from app.local.engine.planner.vectors import Meanings

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import Prompt

_SURE = 0.3  # log-odds that a tool has to have of which no required argument is there
_CLOSE = 0.5  # a tool that is no more behind the best may be forced in its place
_ARTICLES = frozenset({"the", "my", "der", "die", "das"})
_MOST = 8  # calls side by side


@dataclass(frozen=True)
class _Attempt:
    """A tool for a part of the request, with what its arguments would be."""

    tool: Known
    fit: float
    inputs: tuple[dict[str, Any], ...]
    missing: tuple[Parameter, ...]

    @property
    def calls(self) -> list[Call]:
        return [Call(self.tool.name, one) for one in self.inputs]


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
        from app.local.engine.writer.quotes import is_found

        request = read(prompt)
        done = tuple(each for each in request.done if each[1] and not is_found(each[1]))
        names = [one.name for one in prompt.tools]
        return answer(request.text, done, self._meanings, names) if done else ""

    def rank(self, text: str, prompt: "Prompt") -> list[str]:
        """The names of the prompt's tools, the one that fits a text best first."""
        tools = known(prompt.tools)
        order = np.argsort(-better(features(Utterance(text), tools, self._meanings)), kind="stable")
        return [tools[place].name for place in order]

    # The model may call a tool.

    def _free(self, request: Request, tools: Sequence[Known]) -> Plan:
        attempts = self._attempts(request, tools)
        earlier_calls = {_signature(use.name, _input(use)) for use, _ in request.done}
        whole = [one for one in attempts if not one.missing]
        calls = [call for one in whole for call in one.calls]
        new = [
            call
            for call in _distinct(calls)
            if _signature(call.name, call.input) not in earlier_calls
        ]
        lacking = [one for one in attempts if one.missing]
        if request.done:
            tried = {use.name for use, _ in request.done}
            new = [call for call in new if call.name not in tried or len(calls) > 1]
            new += self._with_answer(
                request, [one for one in lacking if one.tool.name not in tried]
            )
            names = [one.name for one in tools]
            return Plan(tuple(new[:_MOST])) if new else Plan(text=self._answer(request, names))
        if new:
            return Plan(tuple(new[:_MOST]))
        if lacking:
            return Plan(text=question(lacking[0].tool.name, lacking[0].missing))
        return Plan()

    def _with_answer(self, request: Request, attempts: Sequence[_Attempt]) -> list[Call]:
        """Calls that lack only a text which the results give: a mail with the answer in it."""
        calls = []
        for one in attempts:
            free = all(parameter.free for parameter in one.missing)
            if (
                free
                and len(one.missing) == 1
                and not any(r is None or r.failed for _, r in request.done)
            ):
                text = {one.missing[0].name: self._answer(request)}
                calls.append(Call(one.tool.name, one.inputs[0] | text))
        return calls

    def _answer(self, request: Request, tools: Sequence[str] = ()) -> str:
        return answer(request.text, request.done, self._meanings, tools)

    def _attempts(self, request: Request, tools: Sequence[Known]) -> list[_Attempt]:
        text = request.text
        if not text or is_small_talk(text):
            return []
        if earlier := pending(request.before):
            attempt = self._resumed(earlier, request, tools)
            if attempt is not None:
                return [attempt]
        shapes = {one.name: one.shape for one in tools}
        if again := follow_up(text, request.before, shapes, self._meanings):
            name, values = again
            tool = next(one for one in tools if one.name == name)
            return [_Attempt(tool, 1.0, (values,), completed(tool.shape, values).missing)]
        whole = self._attempt(text, request, tools)
        for openers in (frozenset[str](), _ARTICLES):
            parts = clauses(text, openers)
            if len(parts) < 2:
                continue
            attempts = [self._attempt(part, request, tools) for part in parts]
            fitting_parts = [one for one in attempts if one is not None]
            if _are_several(fitting_parts):
                return fitting_parts
        whole = whole or self._looked_up(text, request, tools)
        return [whole] if whole else []

    def _looked_up(self, text: str, request: Request, tools: Sequence[Known]) -> _Attempt | None:
        """A search of documents for a question that no tool fits: they may say it, and nobody else
        does.
        """
        searches = [one for one in tools if one.open]
        asks = is_question(text) or text.rstrip().endswith("?")
        if not searches or not asks or changes(request_acts(text)):
            return None
        table = features(Utterance(text), searches, self._meanings)
        place = int(better(table).argmax())
        inputs, missing = self._filled(searches[place], text, request)
        return None if missing else _Attempt(searches[place], 0.0, inputs, missing)

    def _attempt(
        self, text: str, request: Request, tools: Sequence[Known], least: float = 0.0
    ) -> _Attempt | None:
        """The best tool for a text, if its log-odds of fitting are at least so high."""
        about = text + mentioned(text, request.before)
        table = features(Utterance(about), tools, self._meanings)
        scores = better(table)
        if is_question(text):
            scores[[changes(one.acts) for one in tools]] = -np.inf
        place = int(scores.argmax())
        if not np.isfinite(scores[place]):
            return None
        fit = float(fitting(table)[place])
        if fit < least:
            return None
        inputs, missing = self._filled(tools[place], text, request)
        required = len(tools[place].shape.required)
        if missing and len(missing) == required and fit < least + _SURE:
            return None
        return _Attempt(tools[place], fit, inputs, missing)

    def _filled(
        self, tool: Known, text: str, request: Request
    ) -> tuple[tuple[dict[str, Any], ...], tuple[Parameter, ...]]:
        """The inputs of a tool for a text, more than one where it lists several things."""
        utterance = Utterance(text, request.today)
        filler = Filler(utterance, self._meanings, tool.head)
        values = filler.fill(tool.shape)
        whole = self._recalled(tool, values, text, request)
        several = _alternatives(tool, filler, utterance)
        if several is None:
            return (whole.values,), whole.missing
        name, alternatives = several
        return tuple(whole.values | {name: one} for one in alternatives), whole.missing

    def _recalled(
        self, tool: Known, values: dict[str, Any], text: str, request: Request
    ) -> Extraction:
        """The values, and what the conversation has for required ones that are missing."""
        whole = completed(tool.shape, values)
        if not whole.missing or not (request.before or request.done):
            return whole
        for parameter in whole.missing:
            value = recalled(
                tool.name, parameter, text, request.before, request.done, self._meanings
            )
            if value is not NOTHING and parameter.name in tool.shape.properties:
                values = values | {parameter.name: value}
        return completed(tool.shape, values)

    def _resumed(self, earlier: str, request: Request, tools: Sequence[Known]) -> _Attempt | None:
        """The earlier request, completed by the answer to the question that it was met with."""
        then = Request(earlier, earlier, today=request.today)
        first = self._attempt(earlier, then, tools, least=-_SURE)
        alone = self._attempt(request.text, request, tools)
        if first is None or not first.missing:
            return None
        if (
            alone is not None
            and not alone.missing
            and alone.tool.name != first.tool.name
            and alone.fit > 0
        ):
            return None
        lacking = {one.name: one.shape for one in first.missing}
        shape = type(first.tool.shape)("object", properties=lacking, required=frozenset(lacking))
        reply = Utterance(request.text, request.today)
        more = Filler(reply, self._meanings).fill(shape)
        values = first.inputs[0] | more
        if len(lacking) == 1 and not more:
            ((name, one),) = lacking.items()
            if one.kind in ("string", "any") and not one.choices and not one.format:
                values[name] = request.text.strip().rstrip(".!")
        whole = completed(first.tool.shape, values)
        return _Attempt(first.tool, first.fit, (whole.values,), whole.missing)

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
                earlier_calls = {_signature(use.name, _input(use)) for use, _ in request.done}
                if _signature(tool.name, whole.values) in earlier_calls:
                    return Plan(text=self._answer(request))
                return Plan((Call(tool.name, whole.values),))
            missing = missing or whole.missing
        return Plan(text=question(tools[near[0]].name, missing))

    def _forced_input(self, tool: Known, request: Request) -> Extraction:
        about = tool.head if len(tool.shape.properties) else ""
        extractor = Extractor(request.source, self._meanings, about, request.today)
        whole = extractor.extract(tool.shape)
        if whole.missing:
            return self._recalled(tool, whole.values, request.text, request)
        return whole

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


def _alternatives(
    tool: Known, filler: Filler, utterance: Utterance
) -> tuple[str, list[Any]] | None:
    """A parameter whose value stands in a row with others that no parameter has, and all of them:
    the tool is to be called for each.
    """
    used = {span for spans in filler.used.values() for span in spans}
    for path, spans in filler.used.items():
        one = tool.shape.properties.get(path[0]) if len(path) == 1 else None
        if one is None or one.kind == "array" or path[0] not in tool.shape.required:
            continue
        kind = next((m.kind for m in utterance.mentions if (m.start, m.end) == spans[0]), None)
        if kind not in ("name", "id", "number", "quoted", "email"):
            continue
        for group in groups(utterance.text, utterance.of(kind)):
            places = [(m.start, m.end) for m in group]
            if len(group) > 1 and spans[0] in places and len(used.intersection(places)) == 1:
                numeric = one.kind in ("integer", "number")
                return path[0], [m.value if numeric else m.text for m in group]
    return None


def _are_several(attempts: Sequence[_Attempt]) -> bool:
    """Whether the parts of a request ask for several calls: of several tools, or of one with whole
    and different arguments.
    """
    if len(attempts) < 2:
        return False
    if len({one.tool.name for one in attempts}) > 1:
        return all(one.fit > 0 for one in attempts)
    inputs = [json.dumps(one.inputs, sort_keys=True, default=str) for one in attempts]
    whole = not any(one.missing for one in attempts) and all(one.inputs[0] for one in attempts)
    return whole and len(set(inputs)) == len(inputs)


def _distinct(calls: Sequence[Call]) -> list[Call]:
    return list({_signature(one.name, one.input): one for one in calls}.values())


def _signature(name: str, parameters: dict[str, Any]) -> str:
    return f"{name} {json.dumps(parameters, sort_keys=True, default=str)}"


def _input(use: Any) -> dict[str, Any]:
    try:
        parameters: dict[str, Any] = use.parameters()
    except ValueError:
        return {}
    return parameters
