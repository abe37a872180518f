"""The project's own rules for the template, for faults that cfn-lint, the CDK and cdk-nag let pass.

  template ── statements, references, policies in text ──► rule after rule ──► findings

A rule is a function of the template that yields each resource which breaks it, with the reason.
Each subject has a file. `tests/infra` plants a fault for each rule, and shows which other checker
sees it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.policy import (
    alarms,
    api,
    bedrock,
    calls,
    data,
    distributions,
    firewall,
    functions,
    iam,
    needs,
    networks,
    opensearch,
    pages,
    publishers,
    sign_in,
    stores,
    switches,
    tables,
    tools,
    trusts,
)
from infra.policy.template import Template

Rule = Callable[[Template], Iterator[tuple[str, str]]]

RULES: tuple[Rule, ...] = (
    *bedrock.RULES,
    *stores.RULES,
    *opensearch.RULES,
    *api.RULES,
    *pages.RULES,
    *firewall.RULES,
    *distributions.RULES,
    *sign_in.RULES,
    *data.RULES,
    *publishers.RULES,
    *alarms.RULES,
    *functions.RULES,
    *calls.RULES,
    *networks.RULES,
    *needs.RULES,
    *tables.RULES,
    *tools.RULES,
    *switches.RULES,
    *trusts.RULES,
    *iam.RULES,
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A broken rule.

    Attributes:
        rule: its name.
        resource: the logical id of the resource that breaks it.
        says: the reason, and the remedy.
    """

    rule: str
    resource: str
    says: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.says} ({self.rule})"


def findings(template: Mapping[str, Any], accepted: Collection[str] = ()) -> list[Finding]:
    """All resources of a synthesized template that break a rule.

    Args:
        accepted: the names of rules that this stack breaks on purpose.
    """
    parsed_template = Template(template)
    return sorted(
        {
            Finding(rule.__name__, where, why)
            for rule in RULES
            if rule.__name__ not in accepted
            for where, why in rule(parsed_template)
        }
    )
