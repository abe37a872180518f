"""The docs are run: what they show works, and what the code has is in them.

```sh         run, beside a laptop's home
```yaml       steps of a workflow: lines after `- run:` are run in the same way
```console    lines after `$` need an AWS account: they are held against what there is of
              commands, options, choices, make targets and AWS's own operations
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import botocore.session
import pytest
import typer
from botocore import xform_name

from app import __version__
from app.cli import cli
from app.cli.options import context
from app.deploy import laptop
from app.settings import LaptopSettings, environment
from infra.context import Context
from tests.docs import DOCS, ROOT, pages

BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
STEP = "- run: "
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
WRITTEN = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, block[2])
        for page in WRITTEN
        for block in BLOCK.finditer(page.read_text())
        if block[1] == language
    ]


def commands() -> list[str]:
    """Every line of shell in the docs, without its comment; those of workflows at the end."""
    lines = [line for _, block in blocks("sh") for line in block.splitlines()]
    steps = [line for _, block in blocks("yaml") for line in block.splitlines()]
    lines += [line.removeprefix(STEP) for line in steps if line.startswith(STEP)]
    return list(dict.fromkeys(line.split(" #")[0].strip() for line in lines if line.strip()))


@pytest.fixture(scope="module")
def demonstrated(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """A home in which the demo has run, and what it said."""
    home = tmp_path_factory.mktemp("docs")
    ran = subprocess.run(
        [Path(sys.executable).with_name("outcrop"), "demo"],
        env=environment({"OUTCROP_HOME": str(home)}),
        capture_output=True,
        text=True,
        check=False,
    )
    return home, ran


@pytest.fixture(scope="module")
def served(
    demonstrated: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> Iterator[dict[str, str]]:
    """The environment of a shell beside a running `outcrop up`, after the demo: what the pages show
    is said after it.
    """
    home, _ = demonstrated
    with laptop.serving(LaptopSettings(home=home)):
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        yield environment({"OUTCROP_HOME": str(home), "PATH": path})


def test_the_demo_ingests_the_docs_and_ends_with_a_cited_answer(
    demonstrated: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    _, ran = demonstrated
    assert ran.returncode == 0, ran.stderr
    assert "The whole difference between the homes is a set of endpoint variables" in ran.stdout
    assert "[1] docs/architecture.md, " in ran.stdout
    assert "[2] docs/stand-in.md, " in ran.stdout
    assert "Try next" in ran.stdout


def test_the_generated_parts_are_current() -> None:
    stale = [page.name for page, text in pages() if not page.exists() or page.read_text() != text]
    assert not stale, "run `make docs`"


def test_every_command_that_the_docs_show_works(served: dict[str, str]) -> None:
    assert commands()
    for command in commands():
        ran = subprocess.run(
            command, shell=True, env=served, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{command}: {ran.stderr}"
        assert ran.stdout or ran.stderr, f"{command} says nothing"


def shown() -> list[str]:
    """Every command of the docs that needs an account, a line each."""
    text = "\n".join(block.replace("\\\n", " ") for _, block in blocks("console"))
    return [line[2:].split(" #")[0].strip() for line in text.splitlines() if line[:2] == "$ "]


def test_every_command_that_needs_an_account_is_one_that_there_is() -> None:
    assert len(shown()) > 10
    for line in shown():
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

TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


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
        for link in LINK.findall(page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_the_version_is_the_same_everywhere() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
