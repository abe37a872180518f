"""The output of `outcrop up --template`: the progress of the replay, and its results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count, groupby
from pathlib import Path
from typing import Any

import typer

from app.cli import screen
from app.deploy.replay import Override, ReplayResult, Step, Template, deploy


def parameters(pairs: Sequence[str]) -> Mapping[str, str]:
    """The template's parameters, from `NAME=VALUE` on the command line.

    Raises:
        BadParameter: one of them has another form.
    """
    parts = [pair.partition("=") for pair in pairs]
    if wrong := [name for name, separator, _ in parts if not (name and separator)]:
        raise typer.BadParameter(f"{wrong[0]!r} is not of the form NAME=VALUE.")
    return {name: value for name, _, value in parts}


@dataclass(slots=True)
class TemplateDeployment:
    """Deploys a template under a progress bar. It is the `Deploy` that `laptop.serving` calls.

    Attributes:
        result: set once the template has been replayed.
    """

    template: Template
    home: Path
    parameters: Mapping[str, str]
    quiet: bool
    result: ReplayResult | None = field(default=None, init=False)

    def __call__(self) -> Mapping[str, str]:
        total, steps = len(self.template.resources), count(1)
        with screen.progress("replaying", total, quiet=self.quiet) as advance:
            self.result = deploy(
                self.template, self.home, self.parameters, lambda _: advance(next(steps))
            )
        return self.result.application_variables

    def as_json(self) -> dict[str, Any]:
        """The member `template` of what `up --json` prints."""
        return {"template": asdict(self.result)} if self.result else {}

    def show(self) -> None:
        """Print the resources, then those left out and the changed variables, with the reasons."""
        assert self.result
        resources = [step for step in self.result.steps if step.became != "left out"]
        screen.table(
            ("resource", "type", "became", ""),
            [(step.id, step.type, step.became, step.note) for step in resources],
        )
        screen.out.print()
        screen.table(("left out", "since"), _omissions(self.result.steps))
        screen.out.print()
        screen.table(
            ("changed for the laptop", "since"),
            [(_setting(override), override.reason) for override in self.result.overrides],
        )
        screen.out.print()


def _omissions(steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """The types of the omitted resources with their numbers, and the common reason."""
    pairs = sorted((step.note, step.type) for step in steps if step.became == "left out")
    for reason, group in groupby(pairs, key=lambda pair: pair[0]):
        types = [kind for _, kind in group]
        counts = [f"{kind} ({types.count(kind)})" for kind in dict.fromkeys(types)]
        yield ", ".join(counts), reason


def _setting(override: Override) -> str:
    return f"{override.name}={override.value}" if override.value else f"without {override.name}"
