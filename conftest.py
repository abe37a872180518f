"""Which files are collected, and in which order their tests run.

A module without a test or a doctest is not imported to look for one.

Pytest's `--doctest-modules` imports every module to read its docstrings. That would load the CDK,
and the Node behind it, for a run of one test of the command line.
"""

import gc
import importlib
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from xdist.remote import Producer

from tests.distribution import COLLECTION, Scheduling

ROOT = Path(__file__).parent
PACKAGES = ("app", "infra", "lambdas")

PROMPT = b">>> "

LONG = (
    "tests/infra/test_synth.py",
    "tests/cli/test_commands.py",
    "tests/deploy/test_laptop.py",
    "tests/outcrop_pytest/test_outcrop_pytest.py",
    "tests/cli/test_agent_terminal.py",
    "tests/cli/test_up_template.py",
    "tests/cli/test_chat.py",
    "tests/cli/test_up_model_server.py",
    "tests/cli/test_usage.py",
    "tests/cli/test_eval.py",
    "tests/flows/test_template.py",
    "tests/deploy/test_provision.py",
    "tests/flows/test_every_path.py",
    "tests/local/engine/store/test_store_faults.py",
    "tests/deploy/test_endpoint.py",
    "tests/cli/test_doctor_aws.py",
    "tests/local/dynamodb/test_dynamodb.py",
    "tests/local/test_repair.py",
    "tests/local/bedrock_agent/knowledge_bases/test_ingest_crash.py",
    "tests/test_collection.py",
)
"""The files that take more than ten seconds: what begins last should be short, so that no worker
sits idle while another one is at a long file. The first stands for all of tests/infra. It makes the
templates that tests/flows and tests/deploy take, which therefore come when they are made: a worker
that makes some itself starts the CDK, and a Node beside it, once more.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Write down what was listed; put the long files first, all others keep their order."""
    files = frozenset(item.nodeid.partition("::")[0] for item in items)
    config.stash[COLLECTION] = files, frozenset(sys.modules)
    rank = {path: place for place, path in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(rank)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Which worker gets which tests."""
    return Scheduling(config, log)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave a module out that has neither tests nor doctests; None lets others decide."""
    path = collection_path
    if path.suffix != ".py" or path.name.startswith("test_") or path.name == "conftest.py":
        return None
    return None if PROMPT in path.read_bytes() else True


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Import a module of the application by its name before pytest does; look for doctests only
    where there are some.

    Pytest's import mode `importlib` would load it beside its package, and a second time once the
    package is imported: then a class is not itself, and a function's name in a package is the
    module of that name.
    """
    relative = file_path.relative_to(ROOT)
    if relative.parts[0] in PACKAGES and file_path.suffix == ".py":
        importlib.import_module(".".join(relative.with_suffix("").parts).removesuffix(".__init__"))
    collectors = yield
    if PROMPT in file_path.read_bytes():
        return collectors
    return [each for each in collectors if type(each) is pytest.Module]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage: what is collected lives as long as the run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
