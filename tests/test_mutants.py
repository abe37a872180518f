"""Which mutants the next call runs, and which verdicts stand."""

import json
from pathlib import Path

import pytest

from tests.mutants import SKIPPED, choose, verdicts

KILLED, SURVIVED, TIMEOUT = 1, 0, 36


@pytest.fixture
def meta(tmp_path: Path) -> Path:
    """What mutmut has written down about one file of a package."""
    path = tmp_path / "mutants" / "app" / "a.py.meta"
    path.parent.mkdir(parents=True)
    codes = {
        "a.f__mutmut_1": KILLED,
        "a.f__mutmut_2": SURVIVED,
        "a.f__mutmut_3": TIMEOUT,
        "a.f__mutmut_13": None,
        "a.f__mutmut_14": None,
    }
    path.write_text(json.dumps({"exit_code_by_key": codes, "hash": "h"}))
    (tmp_path / "mutants" / "mutmut-stats.json").write_text("{}")
    return path


def codes_in(meta: Path) -> dict[str, int | None]:
    codes: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
    return codes


def test_a_second_call_runs_what_is_left_of_its_digits_and_what_survived(
    tmp_path: Path, meta: Path
) -> None:
    assert choose(tmp_path, "3") == ["a.f__mutmut_2", "a.f__mutmut_3"]
    left = {"a.f__mutmut_2": None, "a.f__mutmut_3": None, "a.f__mutmut_13": None}
    assert codes_in(meta) == {"a.f__mutmut_1": KILLED, **left, "a.f__mutmut_14": SKIPPED}
    assert json.loads(meta.read_text())["hash"] == "h"
    assert not (tmp_path / "mutants" / "mutmut-stats.json").exists()
    assert verdicts(tmp_path) == ({"a.f__mutmut_1": "killed"}, 5)


def test_a_call_without_digits_runs_those_too_that_another_call_skipped(
    tmp_path: Path, meta: Path
) -> None:
    choose(tmp_path, "3")
    assert choose(tmp_path, "") == []
    assert codes_in(meta) == dict.fromkeys(codes_in(meta), None) | {"a.f__mutmut_1": KILLED}
