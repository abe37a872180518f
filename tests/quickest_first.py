"""Of tests that are run against a mutant, those come first that were the quickest before.

One that fails is enough, and most mutants fail in many tests. Pytest loads this as a plugin when
`tests/mutants.py` says so; mutmut wrote down how long each test took.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest

DURATIONS = Path("mutmut-stats.json")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not DURATIONS.exists():
        return
    seconds: dict[str, float] = json.loads(DURATIONS.read_text())["duration_by_test"]
    by_file = defaultdict[Path, float](float)
    for item in items:
        by_file[item.path] += seconds.get(item.nodeid, 0)
    items.sort(key=lambda item: (by_file[item.path], seconds.get(item.nodeid, 0)))
