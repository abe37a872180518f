"""A group of tools is one folder: the docs' own, in a copy of the checkout, called in every way."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.local.bedrock_agent.agents import openapi
from app.local.wire.models import model
from app.local.wire.validation import violations
from app.settings import environment

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tools.md"
FILE = re.compile(r"`(lambdas/tools/huts/[\w.]+)`[^\n]*:\n\n```\w+\n(.*?)```", re.DOTALL)
COPIED = ("app", "infra", "lambdas", "outcrop_pytest", "pyproject.toml")
RIDGE, BASALT = {"hut": "Ridge", "day": "2026-12-23"}, {"hut": "Basalt", "day": "2026-12-24"}
FIRST = {"hut": "Ridge", "day": "2026-12-05"}
SYNTHESIS = """
import json, sys
from pathlib import Path
from infra.acknowledged import accepted_rules
from infra.context import Context
from infra.policy import findings
from tests.synthesized import synthesize

template = json.loads(synthesize(Path(sys.argv[1]), agent="bedrock-agent").read_text())
broken = findings(template, accepted_rules(Context(agent="bedrock-agent")))
print(json.dumps([list(map(str, broken)), template]))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, with the folder that the docs have, and nothing else changed."""
    copy = tmp_path_factory.mktemp("checkout")
    for source in (*(ROOT / name for name in COPIED), *ROOT.glob("requirements*.txt")):
        name = source.name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        else:
            shutil.copy(source, copy / name)
    (copy / "lambdas" / "tools" / "huts").mkdir()
    files = dict(FILE.findall(PAGE.read_text()))
    assert {name.rpartition("/")[2] for name in files} == {
        "__init__.py",
        "handler.py",
        "tool.toml",
        "seed.json",
    }
    for name, content in files.items():
        (copy / name).write_text(content)
    run(copy, sys.executable, "-m", "lambdas.tools")
    return copy


def run(checkout: Path, *words: str) -> str:
    """What a command prints that finds the copy first, and the tests in this checkout."""
    ran = subprocess.run(
        words,
        cwd=checkout,
        env=environment({"PYTHONPATH": f"{checkout}:{ROOT}"}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    return ran.stdout


@pytest.fixture(scope="module")
def results(checkout: Path) -> Any:
    return json.loads(run(checkout, sys.executable, "-m", "tests.programs.new_group"))


def test_the_laptop_has_it_with_its_first_items_and_each_call_acts_once(results: Any) -> None:
    assert "huts=outcrop-tools-huts" in results["functions"]
    assert results["lambda"] == [FIRST]
    assert results["confirms"] is True
    booking = {"booking": "turn:1", "nights": [BASALT, RIDGE], "board": "half board"}
    assert results["again"] == [booking, booking]
    assert results["lambda since"] == [RIDGE, BASALT]
    assert results["check"] == (
        "nights[0].hut: it has to be one of Ridge, Basalt; nights[0].day: it has to be a date, as "
        "in 2026-11-30."
    )


def test_both_kinds_of_an_agent_s_events_and_calls_in_process_reach_it(results: Any) -> None:
    status, booking = results["api"]
    assert (status, booking["nights"], booking["board"]) == (200, [BASALT, RIDGE], "half board")
    assert results["function"] == [BASALT]
    assert results["in process"] == [RIDGE, BASALT]


def test_models_and_agents_are_told_of_it(results: Any, checkout: Path) -> None:
    folder = checkout / "lambdas" / "tools" / "huts"
    assert json.loads((folder / "tool_specs.json").read_text()) == results["specs"]
    specs = [each["toolSpec"] for each in results["specs"]["tools"]]
    shape: Any = model("bedrock-runtime").operation_model("Converse").input_shape
    tools = {"tools": [{"toolSpec": each} for each in specs]}
    assert not list(violations(shape, {"modelId": "m", "toolConfig": tools}))
    assert specs[1]["inputSchema"]["json"]["properties"]["nights"]["items"]["properties"]["hut"][
        "enum"
    ] == ["Ridge", "Basalt"]
    openapi.check(json.dumps(results["openapi"]))
    described = json.loads((folder / "action_group.json").read_text())
    shape = model("bedrock-agent").operation_model("CreateAgentActionGroup").input_shape
    request = {"agentId": "AGENT00001", "agentVersion": "DRAFT", **described}
    assert not list(violations(shape, request))
    assert json.loads(described["apiSchema"]["payload"]) == results["openapi"]


def test_it_is_in_the_bundles_of_the_functions_that_need_it(results: Any) -> None:
    files = ["__init__.py", "action_group.json", "handler.py", "seed.json", "tool.toml"]
    assert results["bundles"] == {
        "api": ["tool_specs.json"],
        "ingest": [],
        "tools": [*files, "tool_specs.json"],
    }


def test_the_stack_makes_it_and_allows_what_it_declares(checkout: Path) -> None:
    said = run(checkout, sys.executable, "-c", SYNTHESIS, str(checkout / "out"))
    findings, template = json.loads(said)
    assert findings == []
    resources = template["Resources"]
    of = {name.removeprefix("ToolsHuts")[:-8]: one for name, one in resources.items()}
    [table] = [one for name, one in resources.items() if name.startswith("ToolsHutsTable")]
    assert [key["AttributeName"] for key in table["Properties"]["KeySchema"]] == [
        "guest",
        "booking",
    ]
    function = of["Function"]["Properties"]
    assert function["Handler"] == "lambdas.tools.huts.handler.handler"
    assert list(function["Environment"]["Variables"]) == ["OUTCROP_HUTS_TABLE"]
    statements = of["FunctionRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    allowed = [one["Action"] for one in statements if "dynamodb" in str(one["Action"])]
    assert list(map(sorted, allowed)) == [["dynamodb:PutItem", "dynamodb:Query"]]
    [agent] = [one for one in resources.values() if one["Type"] == "AWS::Bedrock::Agent"]
    groups = [one["ActionGroupName"] for one in agent["Properties"]["ActionGroups"]]
    assert groups == ["huts", "orders", "products"]
    assert "HutsTable" in template["Outputs"]


def test_the_rules_of_the_code_hold_for_it(checkout: Path) -> None:
    tools = Path(sys.executable).parent
    run(checkout, str(tools / "lint-imports"), "--no-cache")
    run(checkout, str(tools / "ruff"), "check", "--no-cache", "lambdas/tools/huts")
    run(checkout, str(tools / "ruff"), "format", "--no-cache", "--check", "lambdas/tools/huts")
