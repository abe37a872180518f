"""The floors that have to hold. Those of larger corpora stand beside what `make quality` prints."""

import pytest

from app.local.engine.planner import Planner
from app.local.engine.transformer import Encoder
from tests.quality._tools import BFCL, METATOOL
from tests.quality.answers import XQUAD, XQUAD_FLOORS, average, xquad
from tests.quality.planning import LEAST, MOST, choice


@pytest.mark.skipif(not XQUAD.exists(), reason="../shared/eval/xquad_en is not here")
def test_answers_cite_and_contain_what_is_asked_for() -> None:
    found, _ = xquad()
    for name, floor in XQUAD_FLOORS.items():
        assert average(found, floor.measure) >= floor.least, name


@pytest.mark.skipif(
    not (BFCL.exists() and METATOOL.exists()), reason="../shared/eval/{bfcl,metatool} are not here"
)
def test_the_planner_chooses_tools_and_abstains() -> None:
    figures = choice(Planner(Encoder()))
    for name, least in LEAST.items():
        assert figures[name] >= least, name
    for name, most in MOST.items():
        assert figures[name] <= most, name
