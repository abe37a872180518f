"""To list the tests is quick: it does not import what only some of them need, and is slow to load.

The CDK starts a Node; cfn-lint brings a computer algebra system. A test that needs one of them
imports it when it runs.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.distribution import COLLECTION, Scheduling

EXAMPLE = re.compile(r"^ *>>> ", re.MULTILINE)

ROOT = Path(__file__).parents[1]
SLOW = {"aws_cdk", "cdk_nag", "cfnlint", "jsii", "moto", "policy_sentry", "sympy"}
PROGRAM = f"""
import sys, pytest
code = pytest.main(["--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider", *sys.argv[1:]])
print("code", int(code), "slow", *sorted({SLOW} & sys.modules.keys()))
"""


def test_no_test_imports_what_is_slow_before_it_runs(request: pytest.FixtureRequest) -> None:
    """This run has listed its own tests already; those that it leaves out are listed by another."""
    files, modules = request.config.stash[COLLECTION]
    assert not SLOW & modules
    expected = set(with_tests())
    assert files <= expected
    assert listed(sorted(expected - files)) == expected - files


def test_one_worker_gets_all_of_tests_infra_and_others_share_the_rest_by_file() -> None:
    scope_of = object.__new__(Scheduling)._split_scope
    names = ("infra/test_synth.py::a", "infra/test_policy.py::b[c::d]", "cli/test_chat.py::e")
    assert [scope_of(f"tests/{name}") for name in names] == [
        "tests/infra/",
        "tests/infra/",
        "tests/cli/test_chat.py",
    ]


def listed(paths: Sequence[str]) -> set[str]:
    """The files of these whose tests another process lists, without importing what is slow."""
    if not paths:
        return set()
    collection = subprocess.run(
        [sys.executable, "-c", PROGRAM, *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    *_, last = collection.stdout.splitlines()
    assert last == "code 0 slow", collection.stdout[-2000:]
    return {line.partition("::")[0] for line in collection.stdout.splitlines() if "::" in line}


def with_tests() -> Iterator[str]:
    """The files with tests, and those with examples in their docstrings."""
    for folder in ("app", "infra", "lambdas", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name.startswith("test_") or EXAMPLE.search(path.read_text()):
                yield str(path.relative_to(ROOT))
