"""The floors that have to hold. Those of larger corpora stand beside what `make quality` prints."""

import pytest

from tests.quality.answers import XQUAD, XQUAD_FLOORS, average, xquad


@pytest.mark.skipif(not XQUAD.exists(), reason="../shared/eval/xquad_en is not here")
def test_answers_cite_and_contain_what_is_asked_for() -> None:
    found, _ = xquad()
    for name, floor in XQUAD_FLOORS.items():
        assert average(found, floor.measure) >= floor.least, name
