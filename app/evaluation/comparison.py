"""Two runs side by side: which questions changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.evaluation.judging import Result


@dataclass(frozen=True, slots=True)
class Difference:
    """A question whose answer is right in one of two runs only."""

    before: Result
    after: Result

    @property
    def is_gain(self) -> bool:
        return self.after.is_right


def differences(before: Sequence[Result], after: Sequence[Result]) -> Iterator[Difference]:
    """The questions of both runs that changed from right to not right, or back."""
    earlier = {result.expectation.id: result for result in before}
    for result in after:
        former = earlier.get(result.expectation.id)
        if former is not None and former.is_right != result.is_right:
            yield Difference(former, result)
