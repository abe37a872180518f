"""How the tests of a run are listed and given to workers; `conftest.py` at the root hooks it in."""

import pytest
from xdist.scheduler import LoadFileScheduling

INFRA = "tests/infra/"

COLLECTION = pytest.StashKey[tuple[frozenset[str], frozenset[str]]]()
"""The files that have tests in this run, and the modules that were loaded to list them."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist says no types
    """Gives each file to a worker, and all files of tests/infra to the same one: the CDK with its
    Node, cfn-lint and the templates are then loaded once.
    """

    def _split_scope(self, nodeid: str) -> str:
        """The file of a test, or the folder of those of tests/infra."""
        return INFRA if nodeid.startswith(INFRA) else nodeid.partition("::")[0]
