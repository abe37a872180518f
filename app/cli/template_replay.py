"""`outcrop up --template`: a template replayed while one waits, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.cli import screen

if TYPE_CHECKING:
    from app.deploy.replay import ReplayResult, Step, Template

DEADLINE_SECONDS = 30


@dataclass(slots=True)
class Replaying:
    """Called by `laptop.serving` to make the resources, once the stand-in serves.

    Attributes:
        replayed: what came of it.
    """

    template: "Template"
    home: Path
    parameters: Mapping[str, str]
    quiet: bool
    replayed: "ReplayResult | None" = field(default=None, init=False)

    @classmethod
    def of(
        cls, template: Path, home: Path, parameters: Sequence[str], *, quiet: bool
    ) -> "Replaying":
        """The template at a path; parameters as on the command line, `NAME=VALUE`.

        Raises:
            BadParameter: one of them is not.
            TemplateError: there is no template.
        """
        from app.deploy.replay import read

        pairs = [parameter.partition("=") for parameter in parameters]
        if wrong := [name for name, separator, _ in pairs if not (name and separator)]:
            raise typer.BadParameter(f"{wrong[0]!r} is not of the form NAME=VALUE.")
        return cls(read(template), home, {name: value for name, _, value in pairs}, quiet)

    def __call__(self) -> Mapping[str, str]:
        """Make the resources; gives what the application is started with."""
        from app.aws import clients, deployer
        from app.deploy.replay import replay
        from app.deploy.replay.application import override
        from app.deploy.replay.seeds import seed

        total = len(self.template.resources)
        with screen.progress("replaying", total, quiet=self.quiet) as advance:
            dealt_with = count(1)
            self.replayed = replay(
                self.template,
                clients(DEADLINE_SECONDS),
                deployer(DEADLINE_SECONDS),
                self.home,
                self.parameters,
                lambda _: advance(next(dealt_with)),
            )
        seed(self.replayed.outputs)
        return override(self.replayed.variables)

    def told(self) -> dict[str, Any]:
        """What became of the template, for programs."""
        return {"template": asdict(self.replayed)} if self.replayed else {}

    def show(self) -> None:
        """For people: what is there, resource by resource; what is not, by its reason."""
        from app.deploy.replay.application import OVERRIDES

        assert self.replayed
        there = [step for step in self.replayed.steps if step.became != "left out"]
        screen.table(
            ("resource", "type", "became", ""),
            [(step.id, step.type, step.became, step.note) for step in there],
        )
        screen.out.print()
        screen.table(("left out", "since"), _left_out(self.replayed.steps))
        changed = self.replayed.variables.keys() & OVERRIDES.keys()
        screen.out.print()
        screen.table(
            ("changed for the laptop", "since"),
            [(_change(name), OVERRIDES[name][1]) for name in OVERRIDES if name in changed],
        )
        screen.out.print()


def _left_out(steps: Sequence["Step"]) -> Iterator[tuple[str, str]]:
    """The types of what was left out, with how many there are, under their reason."""
    omissions = sorted((step.note, step.type) for step in steps if step.became == "left out")
    for reason, group in groupby(omissions, key=lambda pair: pair[0]):
        types = [kind for _, kind in group]
        counts = [f"{kind} ({types.count(kind)})" for kind in dict.fromkeys(types)]
        yield ", ".join(counts), reason


def _change(name: str) -> str:
    from app.deploy.replay.application import OVERRIDES

    value = OVERRIDES[name][0]
    return f"{name}={value}" if value else f"without {name}"
