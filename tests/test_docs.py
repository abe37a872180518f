"""The docs say what is so: the commands and links that they show, and what of the code is in them.

`tests/programs/test_docs.py` runs the commands.
"""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import botocore.session
import pytest
import typer
from botocore import xform_name

from app import __version__
from app.cli import cli
from app.cli.files import select
from app.cli.names import supported_types
from app.cli.options import context
from infra.context import Context
from tests.docs import DOCS, ROOT, pages
from tests.docs_code import WRITTEN, blocks, commands, shown

LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")
CODE = re.compile(r"(?ms)^```.*?^```$|`[^`\n]*`")
HEADING = re.compile(r"(?m)^#+ (.+)$")


def test_no_question_is_answered_from_a_decision_or_an_experiment() -> None:
    names = [Path(one.name) for one in select([DOCS], supported_types()).files]
    assert {"decisions", "experiments"} <= {page.parent.name for page in DOCS.rglob("*.md")}
    assert {name.parent.name for name in names} == {"docs"}


def test_the_generated_parts_are_current() -> None:
    stale = [page.name for page, text in pages() if not page.exists() or page.read_text() != text]
    assert not stale, "run `make docs`"


@pytest.mark.parametrize("lines", [commands, shown])
def test_every_command_of_the_docs_is_one_that_there_is(lines: Callable[[], list[str]]) -> None:
    assert len(lines()) > 10
    for line in lines():
        program, *words = shlex.split(line)
        assert program in PROGRAMS, f"{line}: who is {program}?"
        PROGRAMS[program](words)


def _outcrop(words: Sequence[str]) -> None:
    """Parses, and is not run: names, options, values of options, choices of a stack."""
    command, rest = typer.main.get_command(cli), list(words)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    values = command.make_context(command.name, rest).params
    Context(**context(values.get("pairs")))


def _make(words: Sequence[str]) -> None:
    targets = [word for word in words if "=" not in word]
    for target in targets:
        assert re.search(rf"(?m)^{re.escape(target)}:", (ROOT / "Makefile").read_text()), target


def _aws(words: Sequence[str]) -> None:
    """An operation and its parameters, as the AWS CLI spells them after botocore's models."""
    service, operation, *rest = words
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[operation]).input_shape
    options = {f"--{xform_name(name, '-')}" for name in shape.members} if shape else set()
    options |= {f"--no-{name[2:]}" for name in options} | {"--query", "--output"}
    for word in rest:
        assert not word.startswith("--") or word in options, f"aws {service} {operation} {word}"


def _cdk(words: Sequence[str]) -> None:
    assert words[0] == "bootstrap"
    assert re.fullmatch(r"aws://\d{12}/[\w-]+", words[1])


def _python(words: Sequence[str]) -> None:
    assert words[0] == "-m"
    module = ROOT / words[1].replace(".", "/")
    assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), words[1]


PROGRAMS: dict[str, Callable[[Sequence[str]], None]] = {
    "aws": _aws,
    "export": lambda _words: None,
    "git": lambda words: None if words == ["pull"] else pytest.fail("only to upgrade"),
    "make": _make,
    "node_modules/.bin/cdk": _cdk,
    "outcrop": _outcrop,
    "python": _python,
}

FILE = re.compile(r"`((?:app|infra|lambdas|tests)/[\w/.-]+)`")
READERS_OWN = "lambdas/tools/huts/"
"""What a reader adds who follows a page."""
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_file_that_the_docs_name_is_there() -> None:
    named = {(page.name, file) for page in WRITTEN for file in FILE.findall(page.read_text())}
    assert len(named) > 50
    missing = [pair for pair in named if not (ROOT / pair[1]).exists()]
    assert [pair for pair in missing if not pair[1].startswith(READERS_OWN)] == []


def test_every_test_that_the_docs_name_is_there() -> None:
    for page in WRITTEN:
        for file, name in TEST.findall(page.read_text()):
            assert (ROOT / file).exists(), f"{page.name}: {file}"
            assert not name or f"def {name}(" in (ROOT / file).read_text(), f"{page.name}: {name}"


def test_every_rule_that_the_docs_name_is_there() -> None:
    named = re.findall(r"rules? ((?:`\w+`(?:, )?)+)", (DOCS / "security.md").read_text())
    rules = {rule for group in named for rule in re.findall(r"\w+", group)}
    policy = "".join(path.read_text() for path in (ROOT / "infra" / "policy").glob("*.py"))
    assert len(rules) > 20
    assert [rule for rule in sorted(rules) if f"def {rule}(" not in policy] == []


def test_every_alarm_is_told_of() -> None:
    alarms = re.findall(r'Watch\(\s*"(\w+)"', (ROOT / "infra" / "observability.py").read_text())
    operate = (DOCS / "operate.md").read_text()
    assert alarms
    assert [name for name in alarms if f"`{name}`" not in operate] == []


def test_every_json_that_the_docs_show_is_json() -> None:
    for _, block in blocks("json"):
        json.loads(block)


def test_every_link_in_the_docs_leads_somewhere() -> None:
    for page in WRITTEN:
        for path, place in LINK.findall(CODE.sub("", page.read_text())):
            target = page.parent / path if path else page
            assert target.exists(), f"{page.name} links to {path}"
            if place:
                assert place in places(target), f"{page.name} links to {path}#{place}"


def places(page: Path) -> set[str]:
    """What a link can lead to within a page: its headings, as GitHub writes them."""
    text = re.sub(r"(?ms)^```.*?^```$", "", page.read_text())
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {word.replace(" ", "-") for word in words}


def test_the_version_is_the_same_everywhere() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
