"""Which of the damages other checkers find: cfn-lint, cdk-nag and the CDK's own validation.

    python -m tests.infra.others

It prints the table of docs/deploy.md. A finding counts for a damage where it is of the damaged
resource, and not said of the sound template. Damages of different resources are looked at together,
because a checker takes seconds for a template.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.policy import findings
from tests.infra.checkers import Found, cdk, cfn_lint
from tests.infra.conftest import VARIANTS, Json
from tests.infra.damages import ALL_DAMAGES, Damage
from tests.infra.planting import find
from tests.infra.test_damages import damaged
from tests.synthesized import synthesize

CHECKERS = {"cfn-lint": cfn_lint, "cdk-nag, CDK": cdk}


def batches(template: Json, damages: Sequence[Damage]) -> Iterator[dict[str, Damage]]:
    """The damages of a template, in groups of different resources: each by its resource."""
    left = list(damages)
    while left:
        batch: dict[str, Damage] = {}
        for damage in list(left):
            name = find(template, damage.of)
            if name not in batch:
                batch[name] = damage
                left.remove(damage)
        yield batch


def with_all(template: Json, batch: dict[str, Damage]) -> Json:
    """A copy of a template with every damage of a batch."""
    whole = deepcopy(template)
    for damage in batch.values():
        whole = damaged(whole, damage)
    return whole


def found_by_others(template: Json, damages: Sequence[Damage]) -> dict[str, dict[str, set[str]]]:
    """Checker -> damage -> the checker's rules that it breaks."""
    by_checker: dict[str, dict[str, set[str]]] = {}
    for checker, check in CHECKERS.items():
        sound: Found = check(template)
        by_checker[checker] = {}
        for batch in batches(template, damages):
            more = check(with_all(template, batch)) - sound
            for name, damage in batch.items():
                rules = {rule for where, rule in more if where == name}
                if rules:
                    by_checker[checker][damage.says] = rules
    return by_checker


def main() -> None:
    total: dict[str, dict[str, set[str]]] = {checker: {} for checker in CHECKERS}
    ours = 0
    for variant in dict.fromkeys(damage.variant for damage in ALL_DAMAGES):
        damages = [damage for damage in ALL_DAMAGES if damage.variant == variant]
        with TemporaryDirectory() as folder:
            location = synthesize(Path(folder), **VARIANTS[variant])
            template = json.loads(location.read_text())
        before = set(findings(template))
        ours += sum(bool(set(findings(damaged(template, one))) - before) for one in damages)
        for checker, each in found_by_others(template, damages).items():
            total[checker] |= each
    print("| checker | finds | of them |\n| --- | --- | --- |")
    print(f"| the project's own rules | {ours} of {len(ALL_DAMAGES)} | |")
    for checker, each in total.items():
        names = "; ".join(f"{says} (`{'`, `'.join(sorted(each[says]))}`)" for says in sorted(each))
        print(f"| {checker} | {len(each)} of {len(ALL_DAMAGES)} | {names} |")


if __name__ == "__main__":
    main()
