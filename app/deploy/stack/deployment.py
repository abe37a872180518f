"""A deployment, step by step. Each step refuses what the next one must not do.

findings of the account ──► a change set ──► its execution, resource by resource
"""

from collections.abc import Iterable, Iterator, Mapping

from app.deploy.findings import Finding
from app.deploy.stack import cdk
from app.deploy.stack.changeset import ChangeSet, PlannedChange
from app.errors import Conflict, OperatorError

UNATTENDED = ("--require-approval", "never")
"""The CDK does not ask: Outcrop has asked its user already."""


def require_ready(findings: Iterable[Finding]) -> None:
    """Refuse an account that is not ready for the stack.

    Raises:
        OperatorError: naming the checks that failed.
    """
    if failures := [finding.check for finding in findings if finding.well is False]:
        raise OperatorError(f"Nothing was deployed. These checks failed: {', '.join(failures)}.")


def prepare(
    change_set: ChangeSet, stack: str, context: Mapping[str, str], *, replace: bool
) -> list[PlannedChange]:
    """Let CloudFormation work out the changes. The stack itself does not change.

    Args:
        context: the choices of the stack, as for `-c`.
        replace: allow changes that delete a resource which holds data.

    Raises:
        Conflict: such a change is planned and not allowed.
        OperatorError: the CDK or CloudFormation refuses the template.
    """
    method = ("--method", "prepare-change-set", "--change-set-name", change_set.name)
    for _ in cdk.run("deploy", stack, context, *method, *UNATTENDED):
        pass
    changes = change_set.changes()
    if (data_losses := [change for change in changes if change.loses_data]) and not replace:
        raise Conflict(
            f"Nothing was deployed: {'; '.join(map(str, data_losses))}, with all its data. "
            "Compare the -c options with those of the last deployment. To allow the loss, add "
            "--replace."
        )
    return changes


def execute(change_set: ChangeSet, stack: str) -> Iterator[str]:
    """Execute the change set; yields the CDK's lines as they come."""
    method = ("--method", "execute-change-set", "--change-set-name", change_set.name)
    words = ("--app", cdk.ASSEMBLY, *UNATTENDED, "--progress", "events")
    return cdk.run("deploy", stack, {}, *words, *method)
