"""The guard of a deployment that has no guardrail."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.events import Passage
from app.guardrail.verdict import Verdict


class Unguarded:
    """Lets every text pass. Its name tells that no text is judged."""

    def question(self, text: str) -> Verdict:
        return Verdict("none", text)

    def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        return [Verdict("none", passage.text) for passage in passages]

    def tool_input(self, arguments: Mapping[str, Any]) -> Verdict:
        return Verdict("none", json.dumps(arguments, ensure_ascii=False))

    def tool_result(self, text: str) -> Verdict:
        return Verdict("none", text)

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:  # noqa: ARG002  # the port's
        return Verdict("none", text)
