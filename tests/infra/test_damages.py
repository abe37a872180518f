"""How many of the damages the project's own rules find."""

from copy import deepcopy

import pytest

from infra.policy import RULES, Finding, findings
from tests.infra.conftest import Json, Templates
from tests.infra.damages import ALL_DAMAGES, Damage
from tests.infra.faults import FAULTS
from tests.infra.planting import find
from tests.infra.test_policy import WHOLE

MISSED: frozenset[str] = frozenset()
"""The damages that no rule finds; docs/security.md has those that no template can show."""


def damaged(template: Json, damage: Damage) -> Json:
    """A copy of a template with one damage."""
    copy = deepcopy(template)
    name = find(copy, damage.of)
    if damage.change:
        damage.change(copy["Resources"][name])
    else:
        del copy["Resources"][name]
    return copy


@pytest.fixture(scope="module")
def sound(templates: Templates) -> dict[str, Json]:
    return {damage.variant: templates(damage.variant) for damage in ALL_DAMAGES}


@pytest.fixture(scope="module")
def said(sound: dict[str, Json]) -> dict[str, set[Finding]]:
    """What the rules say of each damaged template, and not of the sound one, by damage."""
    before = {variant: set(findings(template)) for variant, template in sound.items()}
    return {
        damage.says: set(findings(damaged(sound[damage.variant], damage))) - before[damage.variant]
        for damage in ALL_DAMAGES
    }


def test_each_damage_is_another() -> None:
    assert len({damage.says for damage in ALL_DAMAGES}) == len(ALL_DAMAGES) >= 40


def test_every_damage_changes_its_template(sound: dict[str, Json]) -> None:
    for damage in ALL_DAMAGES:
        template = sound[damage.variant]
        assert damaged(template, damage) != template, damage.says


def test_the_rules_find_the_damages(said: dict[str, set[Finding]]) -> None:
    assert {damage for damage, found_here in said.items() if not found_here} == MISSED


def test_every_rule_has_a_fault_or_a_damage(said: dict[str, set[Finding]]) -> None:
    """Each rule is known to find something; `test_policy.py` has the rest of the templates."""
    found_rules = {finding.rule for ones in said.values() for finding in ones}
    planted = {fault.rule for fault in FAULTS} | WHOLE
    assert {rule.__name__ for rule in RULES} - planted - found_rules == set()
