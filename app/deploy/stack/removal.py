"""The resources that deleting a stack would delete: all but those that its template retains.

CloudFormation cannot delete a bucket that is not empty; it then leaves the stack half deleted. So
`plan` looks into the buckets before anything is deleted: into all but that of the page, whose files
the stack itself deletes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.aws import Operator, calling
from app.deploy.stack.changes import HOLDING
from app.deploy.stack.description import describe
from app.errors import Conflict, OperatorError
from app.resources import PAGE_FILES

RETAINING_POLICIES = {"Retain", "RetainExceptOnCreate"}
DELETED_STATUSES = {"DELETE_COMPLETE", "DELETE_SKIPPED"}
BUCKET = "AWS::S3::Bucket"
PAGE = 1000  # objects, the most that one call deletes


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a stack, by AWS's name for it."""

    logical_id: str
    physical_id: str
    type: str

    @property
    def holds_data(self) -> bool:
        return self.type in HOLDING and self.logical_id != PAGE_FILES


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a deletion.

    Attributes:
        full: the buckets to delete that are not empty, each with a description of its contents.
    """

    goes: Sequence[Resource]
    stays: Sequence[Resource]
    full: Mapping[str, str]

    def require_empty_buckets(self, *, unless: bool) -> None:
        """Refuse a plan that deletes documents, unless `unless` is set.

        Raises:
            Conflict: naming the buckets that are not empty.
        """
        if self.full and not unless:
            raise Conflict(
                f"Nothing was deleted: {', '.join(self.full)} would go, and what is in there with "
                "it. Save what you want to keep; `outcrop destroy --empty` deletes the rest."
            )


def plan(aws: Operator, name: str) -> Plan:
    """Plan the deletion of a stack. Nothing is changed.

    Raises:
        OperatorError: there is no such stack.
        Conflict: it is protected.
    """
    if describe(aws, name).protected:
        raise Conflict(
            f"The stack {name} is protected, as one in production is. `aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {name}`"
            " takes that away; what it holds stays even then."
        )
    with calling("GetTemplate"):
        template: Mapping[str, Any] = aws.cloudformation.get_template(StackName=name)[
            "TemplateBody"
        ]
    survivors = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") in RETAINING_POLICIES
    }
    resources = _resources(aws, name)
    goes = [one for one in resources if one.logical_id not in survivors]
    buckets = [one for one in goes if one.type == BUCKET and one.logical_id != PAGE_FILES]
    contents = {one.physical_id: _contents(aws, one) for one in buckets}
    return Plan(
        goes,
        [one for one in resources if one.logical_id in survivors],
        {bucket: description for bucket, description in contents.items() if description},
    )


def empty(aws: Operator, bucket: str) -> None:
    """Delete every version of every object of a bucket.

    Raises:
        OperatorError: an object in it may not be deleted.
    """
    pages = aws.s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    with calling("DeleteObjects"):
        for page in pages:
            versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if not versions:
                continue
            objects: Any = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions]
            answer = aws.s3.delete_objects(
                Bucket=bucket, Delete={"Objects": objects, "Quiet": True}
            )
            for error in answer.get("Errors", []):
                raise OperatorError(f"{bucket}: {error['Key']} stays: {error['Message']}")


def _resources(aws: Operator, name: str) -> list[Resource]:
    pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    with calling("ListStackResources"):
        return [
            Resource(
                one["LogicalResourceId"],
                one.get("PhysicalResourceId", one["LogicalResourceId"]),
                one["ResourceType"],
            )
            for page in pages
            for one in page["StackResourceSummaries"]
            if one["ResourceStatus"] not in DELETED_STATUSES
        ]


def _contents(aws: Operator, bucket: Resource) -> str:
    """The contents of a bucket, in words; empty for an empty one."""
    with calling("ListObjectVersions"):
        page = aws.s3.list_object_versions(Bucket=bucket.physical_id, MaxKeys=PAGE)
    count = len(page.get("Versions", [])) + len(page.get("DeleteMarkers", []))
    more = " or more" if page["IsTruncated"] else ""
    return f"objects and versions: {count}{more}" if count else ""
