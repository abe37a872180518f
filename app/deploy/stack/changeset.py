"""The changes of a deployment by CloudFormation's own account: a change set.

    cdk deploy --method=prepare-change-set ── DescribeChangeSet ── allowed? ── execute-change-set
                                                    └── no: DeleteChangeSet, and nothing has changed

The change set that is examined is the one that is executed, so that nothing can change in between.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.aws import Operator, calling
from app.deploy.stack.changes import HOLDING
from app.errors import OperatorError, OutcropError
from app.resources import PAGE_FILES

READY, EMPTY = "CREATE_COMPLETE", ("didn't contain changes", "No updates are to be performed")
NEW = "REVIEW_IN_PROGRESS"  # a stack with a change set and no resources yet
STAYING = {"Retain", "ReplaceAndRetain"}  # policies by which a removed resource stays
_VERBS = {"Add": "add", "Modify": "change", "Remove": "remove", "Import": "import"}


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """The planned change of one resource, in the words of DescribeChangeSet's ResourceChange.

    Attributes:
        action: Add, Modify, Remove, Import or Dynamic: known only during the execution.
        replacement: of a modified resource: True, False, or Conditional: known only then.
        policy: for a removed resource: Delete, Retain, Snapshot, ReplaceAndDelete, ...
    """

    action: str
    type: str
    name: str
    replacement: str | None
    policy: str | None

    @property
    def loses_data(self) -> bool:
        """Whether a resource that holds data would or might be deleted, or replaced by an empty
        one.
        """
        if self.type not in HOLDING or self.name == PAGE_FILES:
            return False
        if self.action == "Remove":
            return self.policy not in STAYING
        return self.action == "Dynamic" or self.replacement in ("True", "Conditional")

    def __str__(self) -> str:
        if self.action == "Remove":
            fate = "would be deleted"
        elif self.replacement == "True":
            fate = "would be replaced by an empty one"
        else:
            fate = "may be replaced by an empty one"
        return f"{self.type} {self.name} {fate}"


class ChangeSet:
    """A change set of a stack, with a unique name."""

    def __init__(self, aws: Operator, stack: str) -> None:
        self._aws, self._stack = aws, stack
        self.name = f"outcrop-{secrets.token_hex(6)}"

    def changes(self) -> list[PlannedChange]:
        """All of its changes; none if there is nothing to change.

        Raises:
            OperatorError: CloudFormation could not make it, with the reason.
        """
        pages = self._aws.cloudformation.get_paginator("describe_change_set").paginate(
            StackName=self._stack, ChangeSetName=self.name
        )
        with calling("DescribeChangeSet"):
            changes: list[PlannedChange] = []
            for page in pages:
                reason = page.get("StatusReason", "")
                if page["Status"] != READY:
                    if any(words in reason for words in EMPTY):
                        return []
                    raise OperatorError(
                        f"CloudFormation made no change set of {self._stack}: {page['Status']}. "
                        f"{reason}".rstrip()
                    )
                changes += map(_read_change, page.get("Changes", []))
        return changes

    def delete(self) -> None:
        """Delete it, and the empty stack that CloudFormation has made for it, if it has."""
        cloudformation = self._aws.cloudformation
        with calling("DeleteChangeSet"):
            try:
                [stack] = cloudformation.describe_stacks(StackName=self._stack)["Stacks"]
            except ClientError:
                return  # there is no stack
            cloudformation.delete_change_set(StackName=self._stack, ChangeSetName=self.name)
            if stack["StackStatus"] == NEW:
                cloudformation.delete_stack(StackName=self._stack)

    @contextmanager
    def deleted_on_failure(self) -> Iterator[None]:
        """Delete it if the block fails or is interrupted."""
        try:
            yield
        except BaseException:
            with suppress(
                OutcropError
            ):  # a change set that is left changes nothing; the first error counts
                self.delete()
            raise


def count_changes(changes: Iterable[PlannedChange]) -> str:
    """The number of changes of each kind.

    >>> count_changes([PlannedChange("Add", "AWS::SQS::Queue", "Queue", None, None)])
    '1 to add'
    """
    counts = Counter(_VERBS.get(change.action, "change") for change in changes)
    return ", ".join(f"{count} to {verb}" for verb, count in sorted(counts.items()))


def _read_change(change: Any) -> PlannedChange:
    resource = change["ResourceChange"]
    return PlannedChange(
        resource["Action"],
        resource["ResourceType"],
        resource["LogicalResourceId"],
        resource.get("Replacement"),
        resource.get("PolicyAction"),
    )
