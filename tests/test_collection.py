"""To list the tests is quick: it does not import what only some of them need, and is slow to load.

The CDK starts a Node; cfn-lint brings a computer algebra system. A test that needs one of them
imports it when it runs.
"""

import subprocess
import sys
from pathlib import Path

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
    assert collection.stdout.count("::") > 4000, "all tests are listed"
