"""The changes of a deployment, read from the lines of `cdk diff`, for people. Whether a deployment
is allowed is decided by CloudFormation's own account of them: `changeset`.

[+] AWS::SNS::Topic Alarms/Topic AlarmsTopic5C
[~] AWS::S3::Bucket Documents/Bucket Documents replace
[-] AWS::SQS::Queue Old destroy
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Action = Literal["add", "change", "remove"]

_CHANGE = re.compile(
    r"^\[(?P<action>[+~-])\] (?P<type>\w+::\S+) (?P<name>\S+)(?: [\w-]+)??"
    r"(?: (?P<impact>replace|may be replaced|destroy|orphan|import))?$"
)
_ACTIONS: dict[str, Action] = {"+": "add", "~": "change", "-": "remove"}

# Types of resources that hold data, which no deployment can restore.
HOLDING = frozenset(
    {
        "AWS::Bedrock::KnowledgeBase",
        "AWS::Cognito::UserPool",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::OpenSearchServerless::Collection",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::S3::Bucket",
        "AWS::S3Vectors::Index",
        "AWS::SQS::Queue",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one resource.

    Attributes:
        name: the construct's path, or the logical id.
        impact: the consequence for the existing resource, if it is more than a change: replace, may
            be replaced, destroy, orphan (it stays, outside of the stack), import.
    """

    action: Action
    type: str
    name: str
    impact: str | None


def changes(lines: Iterable[str]) -> list[Change]:
    """The resources that would change.

    >>> changes(["Resources", "[-] AWS::SQS::Queue Documents/Queue DocumentsQueue4A destroy"])
    [Change(action='remove', type='AWS::SQS::Queue', name='Documents/Queue', impact='destroy')]
    """
    matches = filter(None, map(_CHANGE.match, lines))
    return [
        Change(_ACTIONS[match["action"]], match["type"], match["name"], match["impact"])
        for match in matches
    ]
