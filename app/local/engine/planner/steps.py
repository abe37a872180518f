"""What is to be done now for each thing that a request asks for, by what was done already.

    ReadyCalls    its calls, made or not
    Need     a call that finds out what it lacks comes first
    Wait     what stands before it in the request comes first
    Say      it ends with these words: a question, a failure, a condition that does not hold

All of this is worked out anew at each step, from the request and the results alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.local.engine.planner.acts import changes, harms
from app.local.engine.planner.ask import question, which
from app.local.engine.planner.attempts import Attempt
from app.local.engine.planner.choose import Known
from app.local.engine.planner.harvest import harvest, things
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.plan import Call
from app.local.engine.planner.reading import is_cited
from app.local.engine.planner.references import about, named_words, stands_for_something
from app.local.engine.planner.results import failure, rows_of
from app.local.engine.planner.selection import holds, selects
from app.local.engine.planner.supplies import Pick, Supplies, pick, signature
from app.local.engine.planner.words import stems

_MOST = 8  # calls of one tool side by side
_MOST_QUERIES = 3


@dataclass(frozen=True)
class ReadyCalls:
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Need:
    call: Call


@dataclass(frozen=True)
class Wait:
    pass


@dataclass(frozen=True)
class Say:
    text: str


Outcome = ReadyCalls | Need | Wait | Say


class Steps:
    """The steps of one request.

    Args:
        attempts: for each thing that is asked for, in order.
    """

    def __init__(self, attempts: Sequence[Attempt], supplies: Supplies) -> None:
        self._attempts, self._supplies = attempts, supplies
        self._outcomes: list[Outcome] = []
        self.calls: list[Call] = []
        for place, attempt in enumerate(attempts):
            if self._must_wait(place):
                break
            outcome = self._outcome(attempt)
            self._outcomes.append(outcome)
            if isinstance(outcome, ReadyCalls):
                self.calls += [one for one in outcome.calls if not supplies.made(one)]
            elif isinstance(outcome, Need) and not supplies.made(outcome.call):
                self.calls.append(outcome.call)
        self.calls = list({signature(one.name, one.input): one for one in self.calls}.values())

    def told(self, *, cited: bool) -> str:
        """What came of everything, in words.

        Args:
            cited: whether results that are to be cited count; else they are left to the writer.
        """
        parts = []
        for attempt, outcome in zip(self._attempts, self._outcomes, strict=False):
            match outcome:
                case Say(text):
                    parts.append(text)
                case ReadyCalls(calls):
                    results = [self._supplies.result(one) for one in calls]
                    some = [one for one in results if one and (cited or not is_cited(one[1]))]
                    parts.append(self._supplies.tell(attempt.text, some))
                case _:
                    pass
        parts = list(dict.fromkeys(filter(None, parts)))
        return ("\n\n" if any("\n" in one for one in parts) else "\n").join(parts)

    def _must_wait(self, place: int) -> bool:
        """Whether what is asked for at this place has to come after what stands before it."""
        attempt = self._attempts[place]
        changed = any(
            changes(one.tool.acts) and self._is_open(outcome)
            for one, outcome in zip(self._attempts, self._outcomes, strict=False)
        )
        if changed and not changes(attempt.tool.acts):
            return True
        if not attempt.clause.waits:
            return False
        return any(self._is_open(one) or self._went_wrong(one) for one in self._outcomes)

    def _is_open(self, outcome: Outcome) -> bool:
        if isinstance(outcome, ReadyCalls):
            return any(not self._supplies.made(one) for one in outcome.calls)
        return not isinstance(outcome, Say)

    def _went_wrong(self, outcome: Outcome) -> bool:
        if isinstance(outcome, ReadyCalls):
            results = [self._supplies.result(one) for one in outcome.calls]
            return any(one is None or one[1].failed for one in results)
        return isinstance(outcome, Say)

    def _outcome(self, attempt: Attempt) -> Outcome:
        if attempt.tool.open:
            return self._search(attempt)
        if not attempt.missing:
            calls = attempt.calls
        else:
            inputs = self._completed(attempt)
            if not isinstance(inputs, list):
                return inputs
            calls = [Call(attempt.tool.name, one) for one in inputs[:_MOST]]
        if attempt.clause.condition:
            return self._conditional(attempt, calls)
        return ReadyCalls(tuple(calls))

    def _completed(self, attempt: Attempt) -> list[dict[str, Any]] | Outcome:
        """The inputs with what the words do not give."""
        inputs = [dict(one) for one in attempt.inputs]
        for parameter in attempt.missing:
            values = self._values(attempt, parameter)
            if not isinstance(values, list):
                return values
            inputs = [one | {parameter.name: value} for one in inputs for value in values]
        order = list(attempt.tool.shape.properties)
        return [{name: one[name] for name in order if name in one} for one in inputs]

    def _values(self, attempt: Attempt, parameter: Parameter) -> list[Any] | Outcome:
        """The values of a parameter that the words do not give; what has to come first, else."""
        text, tool, supplies = attempt.text, attempt.tool, self._supplies
        if parameter.free and not parameter.identity:
            return self._free(attempt, parameter)
        if attempt.clause.condition:
            inputs, _ = supplies.attempts.filled(tool, attempt.clause.condition)
            if values := [one[parameter.name] for one in inputs if parameter.name in one]:
                return values
        signs = supplies.signs(text, tool)
        if signs:
            return self._of_signs(attempt, parameter, signs)
        words = named_words(text, tool)
        refers, picks = stands_for_something(text), selects(text)
        if (refers or not words) and not picks:
            for earlier in reversed(self._attempts[: len(self._outcomes)]):
                if values := [o[parameter.name] for o in earlier.inputs if parameter.name in o]:
                    return values
        if (refers or picks or not words) and any(map(self._is_open, self._outcomes)):
            return Wait()
        chosen = pick(attempt, supplies.found(parameter, tool), words)
        if chosen is None and (refers or words or not picks):
            recalled = None if words or picks else supplies.recalled(tool, parameter, text)
            if recalled is not None:
                chosen = Pick([recalled])
            else:
                chosen = pick(attempt, supplies.found_before(parameter), words)
        if chosen is None:
            return self._produced(attempt, parameter, words)
        return self._picked(attempt, parameter, chosen)

    def _picked(self, attempt: Attempt, parameter: Parameter, chosen: Pick) -> list[Any] | Outcome:
        if not chosen.values:
            return Say("None of them is.")
        if len(chosen.values) > 1 and harms(attempt.tool.acts) and not chosen.all:
            return Say(which(attempt.tool.name, parameter, chosen.values))
        return chosen.values

    def _free(self, attempt: Attempt, parameter: Parameter) -> list[Any] | Outcome:
        """A text that the results give: a mail with the answer in it."""
        others = [one for one in self._supplies.done if one[0].name != attempt.tool.name]
        if any(map(self._is_open, self._outcomes)):
            return Wait()
        if others and not any(result is None or result.failed for _, result in others):
            return [self._supplies.tell(self._supplies.request.text, others)]
        return Say(question(attempt.tool.name, (parameter,)))

    def _of_signs(
        self, attempt: Attempt, parameter: Parameter, signs: Sequence[tuple[Known, Call]]
    ) -> list[Any] | Outcome:
        """What other tools say of the ids that the words give, which are theirs."""
        values = []
        for _, call in signs:
            known = self._supplies.result(call)
            if known is None:
                return Need(call) if not self._supplies.made(call) else Say("")
            if known[1].failed:
                return Say(failure(*known, self._supplies.names))
            values += harvest(parameter, known[1].text, call.name)
        words = named_words(attempt.text, attempt.tool, [str(c.input) for _, c in signs])
        chosen = pick(attempt, values, words) or pick(attempt, values, ())
        if chosen is None:
            return Say(question(attempt.tool.name, (parameter,)))
        return self._picked(attempt, parameter, chosen)

    def _produced(
        self, attempt: Attempt, parameter: Parameter, words: Sequence[str]
    ) -> list[Any] | Outcome:
        """The values that another tool finds, by the words that name the thing or pick it out."""
        call = self._supplies.producer(attempt, parameter, words)
        if call is None:
            return Say(question(attempt.tool.name, attempt.missing))
        known = self._supplies.result(call)
        if known is None:
            return Need(call) if not self._supplies.made(call) else Say("")
        if known[1].failed:
            return Say(failure(*known, self._supplies.names))
        chosen = pick(attempt, harvest(parameter, known[1].text, call.name), words)
        if chosen is None:
            return Say(self._supplies.tell(attempt.text, [known]))
        return self._picked(attempt, parameter, chosen)

    def _conditional(self, attempt: Attempt, calls: Sequence[Call]) -> Outcome:
        """The calls, if their condition holds of what they are about."""
        clause = attempt.clause
        allowed = []
        for call in calls:
            if self._supplies.made(call):
                allowed.append(call)
                continue
            look = self._supplies.look_up(call)
            known = self._supplies.result(look) if look else None
            if look and known is None and not self._supplies.made(look):
                return Need(look)
            if known is None:
                return Say(f"I cannot tell whether {clause.condition}.")
            if known[1].failed:
                return Say(failure(*known, self._supplies.names))
            verdicts = [holds(clause.condition, row) for row in rows_of(known[1].text)]
            if None in verdicts or not verdicts:
                return Say(f"I cannot tell whether {clause.condition}.")
            if all(verdicts) == clause.negated:
                return Say(self._supplies.tell(clause.condition, [known]))
            allowed.append(call)
        return ReadyCalls(tuple(allowed))

    def _search(self, attempt: Attempt) -> Outcome:
        """A search of documents; about the things that the words refer to, if they do."""
        text, supplies = attempt.text, self._supplies
        rows: list[Any] = []
        signs = supplies.signs(text, attempt.tool)
        for _, call in signs:
            known = supplies.result(call)
            if known is None:
                return Need(call) if not supplies.made(call) else Say("")
            if known[1].failed:
                return Say(failure(*known, supplies.names))
            rows += rows_of(known[1].text)
        if not signs and stands_for_something(text):
            earlier = [one for one in self._outcomes if not isinstance(one, Say)]
            if any(map(self._is_open, earlier)):
                return Wait()
            if any(map(self._went_wrong, earlier)):
                return Say("")
            rows = supplies.rows_before(attempt.tool)
        ids = [str(value) for _, call in signs for value in call.input.values()]
        names = _those_meant(text, rows)
        if not names:
            return ReadyCalls(tuple(attempt.calls))
        (name,) = list(attempt.inputs[0])[:1] or [""]
        queries = [about(text, one, ids) for one in names[:_MOST_QUERIES]]
        return ReadyCalls(tuple(Call(attempt.tool.name, {name: one}) for one in queries))


def _those_meant(text: str, rows: Sequence[Any]) -> list[str]:
    """The names of the things in records; those alone that a text names, if it does."""
    names = list(dict.fromkeys(name for row in rows for name in things(row)))
    spoken = set(stems(f"{text} "))
    shares = [len(spoken & set(stems(f"{name} "))) for name in names]
    most = max(shares, default=0)
    return [name for name, share in zip(names, shares, strict=True) if share == most]
