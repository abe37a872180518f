"""Our own rules for the template: what cfn-lint, the CDK's validation and cdk-nag let pass.

    template ── statements, references, policies in text ──► rule after rule ──► findings

A rule is a function of the template that yields what breaks it: the resource, and why. They are in
a file a subject. `tests/infra` plants a fault for each, and shows which other checker sees it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.policy import api, bedrock, data, functions, iam, opensearch
from infra.policy.template import Template

Rule = Callable[[Template], Iterator[tuple[str, str]]]

RULES: tuple[Rule, ...] = (
    *bedrock.RULES,
    *opensearch.RULES,
    *api.RULES,
    *data.RULES,
    *functions.RULES,
    *iam.RULES,
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that is broken.

    Attributes:
        rule: its name.
        resource: the logical id of what breaks it.
        says: why, and what to do.
    """

    rule: str
    resource: str
    says: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.says} ({self.rule})"


def findings(template: Mapping[str, Any]) -> list[Finding]:
    """Everything in a synthesized template that breaks a rule."""
    read = Template(template)
    return sorted(
        {Finding(rule.__name__, where, why) for rule in RULES for where, why in rule(read)}
    )
