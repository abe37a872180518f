"""How many of the damages the project's own rules find."""

from copy import deepcopy

import pytest

from infra.policy import Finding, findings
from tests.infra.conftest import Json, Templates
from tests.infra.damages import DAMAGES, Damage
from tests.infra.planting import find

LEAST_FOUND = 0
"""Of all damages; the rules that find them come after the list."""


def damaged(template: Json, damage: Damage) -> Json:
    """A copy of a template with one damage."""
    copy = deepcopy(template)
    name = find(copy, damage.of)
    if damage.change:
        damage.change(copy["Resources"][name])
    else:
        del copy["Resources"][name]
    return copy


def discovered(template: Json, damage: Damage) -> set[Finding]:
    """What the rules say of a damaged template and not of the sound one."""
    return set(findings(damaged(template, damage))) - set(findings(template))


def test_a_known_number_of_damages_is_found(templates: Templates) -> None:
    missed = [
        damage.says for damage in DAMAGES if not discovered(templates(damage.variant), damage)
    ]
    assert len(DAMAGES) - len(missed) >= LEAST_FOUND, missed


def test_each_damage_is_another() -> None:
    assert len({damage.says for damage in DAMAGES}) == len(DAMAGES) >= 40


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.says)
def test_a_damage_changes_its_template(templates: Templates, damage: Damage) -> None:
    template = templates(damage.variant)
    already = damage.says in ALREADY_THERE
    assert (damaged(template, damage) == template) == already


ALREADY_THERE = {"CloudWatch may not publish alarms"}
"""Damages that the stack has today."""
