"""To list the tests is quick: it does not import what only some of them need, and is slow to load.

The CDK starts a Node; cfn-lint brings a computer algebra system. A test that needs one of them
imports it when it runs.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

EXAMPLE = re.compile(r"^ *>>> ", re.MULTILINE)

ROOT = Path(__file__).parents[1]
SLOW = {"aws_cdk", "cdk_nag", "cfnlint", "jsii", "moto", "policy_sentry", "sympy"}
PROGRAM = f"""
import sys, pytest
code = pytest.main(["--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider"])
print("code", int(code), "slow", *sorted({SLOW} & sys.modules.keys()))
"""


def test_no_test_imports_what_is_slow_before_it_runs() -> None:
    collection = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *_, last = collection.stdout.splitlines()
    assert last == "code 0 slow", collection.stdout[-2000:]
    files = {line.partition("::")[0] for line in collection.stdout.splitlines() if "::" in line}
    assert files == {str(path.relative_to(ROOT)) for path in with_tests()}
    assert collection.stdout.count("::") > 5000


def with_tests() -> Iterator[Path]:
    """The files with tests, and those with examples in their docstrings."""
    for folder in ("app", "infra", "lambdas", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name.startswith("test_") or EXAMPLE.search(path.read_text()):
                yield path
