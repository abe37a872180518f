"""The questions of user_questions, and the scorer that stands beside them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.quality import CORPORA

FOLDER = CORPORA / "user_questions"


class Score:
    """The scorer."""

    def __init__(self) -> None:
        self.documents = FOLDER / "docs"
        self._score = _module(FOLDER / "score.py")

    def questions(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._score.read(FOLDER / name)
        return rows

    def satisfies(self, row: dict[str, Any], text: str) -> bool:
        """Whether a text holds what the answer to a question has to hold, and nothing that it must
        not.
        """
        said, found = self._score.norm(text), self._score.found
        if any(found(one, said) for one in row["must_not"]):
            return False
        return all(any(found(one, said) for one in group) for group in row["must"])

    def judge(self, row: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """What is thought of an answer: `outcome` is right, wrong or abstained."""
        verdict: dict[str, Any] = self._score.judge(row, answer)
        return verdict


def _module(path: Path) -> ModuleType:
    spec = spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
