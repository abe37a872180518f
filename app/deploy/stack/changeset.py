"""What a deployment would do, as CloudFormation itself says: a change set.

    cdk deploy --method=prepare-change-set ── DescribeChangeSet ── may it be? ── execute-change-set
                                                    └── no: DeleteChangeSet, nothing was changed

What is looked at is what is then executed, with nothing in between that could make it another.
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

READY, EMPTY = "CREATE_COMPLETE", ("didn't contain changes", "No updates are to be performed")
NEW = "REVIEW_IN_PROGRESS"  # a stack that has a change set, and no resource yet
STAYING = {"Retain", "ReplaceAndRetain"}  # what becomes of the resource that goes
_VERBS = {"Add": "add", "Modify": "change", "Remove": "remove", "Import": "import"}


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one resource, in the words of DescribeChangeSet's ResourceChange.

    Attributes:
        action: Add, Modify, Remove, Import or Dynamic: then it is not known before.
        replacement: of what is modified: True, False, or Conditional: as it turns out.
        policy: what becomes of the one that goes: Delete, Retain, Snapshot, ReplaceAndDelete, ...
    """

    action: str
    type: str
    name: str
    replacement: str | None
    policy: str | None

    @property
    def loses_data(self) -> bool:
        """Whether something that holds data would or might go, or be replaced by an empty one."""
        if self.type not in HOLDING:
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
    """A change set of a stack, by a name that nobody else uses."""

    def __init__(self, aws: Operator, stack: str) -> None:
        self._aws, self._stack = aws, stack
        self.name = f"outcrop-{secrets.token_hex(6)}"

    def planned(self) -> list[Planned]:
        """All of its changes; none where there is nothing to change.

        Raises:
            OperatorError: CloudFormation could not make it. Says why.
        """
        pages = self._aws.cloudformation.get_paginator("describe_change_set").paginate(
            StackName=self._stack, ChangeSetName=self.name
        )
        with calling("DescribeChangeSet"):
            planned: list[Planned] = []
            for page in pages:
                reason = page.get("StatusReason", "")
                if page["Status"] != READY:
                    if any(words in reason for words in EMPTY):
                        return []
                    raise OperatorError(
                        f"CloudFormation made no change set of {self._stack}: {page['Status']}. "
                        f"{reason}".rstrip()
                    )
                planned += map(_planned, page.get("Changes", []))
        return planned

    def delete(self) -> None:
        """Take it back, and the empty stack that CloudFormation made to hold it, if it did."""
        cloudformation = self._aws.cloudformation
        with calling("DeleteChangeSet"):
            try:
                [stack] = cloudformation.describe_stacks(StackName=self._stack)["Stacks"]
            except ClientError:
                return  # it came to no stack
            cloudformation.delete_change_set(StackName=self._stack, ChangeSetName=self.name)
            if stack["StackStatus"] == NEW:
                cloudformation.delete_stack(StackName=self._stack)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Delete it, if what is done in here does not end well: it refuses, or is interrupted."""
        try:
            yield
        except BaseException:
            with suppress(OutcropError):  # one that is left changes nothing; the reason counts
                self.delete()
            raise


def counted(planned: Iterable[Planned]) -> str:
    """How many of each.

    >>> counted([Planned("Add", "AWS::SQS::Queue", "Queue", None, None)])
    '1 to add'
    """
    counts = Counter(_VERBS.get(change.action, "change") for change in planned)
    return ", ".join(f"{count} to {verb}" for verb, count in sorted(counts.items()))


def _planned(change: Any) -> Planned:
    resource = change["ResourceChange"]
    return Planned(
        resource["Action"],
        resource["ResourceType"],
        resource["LogicalResourceId"],
        resource.get("Replacement"),
        resource.get("PolicyAction"),
    )
