"""deploy, diff, outputs, destroy: around a CDK that is played, in an account on the loopback."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.aws import operator
from app.cli import cli
from app.deploy.stack import cdk, page
from app.deploy.stack.context import Choices, choices
from app.errors import Conflict, OperatorError
from app.local.faults import Faults
from app.local.stand_in import Options, StandIn
from app.local.wire import Application
from app.prices import monthly_floor
from tests.cli.test_doctor_aws import MODELS, OPEN, QUOTAS
from tests.deploy.aws_account import Account, Fault
from tests.deploy.cdk_player import CdkPlayer
from tests.wire_server import in_thread

DEPLOYED = """\

✨  Synthesis time: 3.1s

Outcrop: deploying... [1/1]
Outcrop: creating stack...
Outcrop |   0 | 6:17:40 AM | REVIEW_IN_PROGRESS   | AWS::CloudFormation::Stack | Outcrop User Initiated
Outcrop | 0/3 | 6:17:41 AM | CREATE_IN_PROGRESS   | AWS::S3::Bucket            | Outcrop/Documents/Bucket (Documents)
Outcrop | 1/3 | 6:17:52 AM | CREATE_COMPLETE      | AWS::S3::Bucket            | Outcrop/Documents/Bucket (Documents)
Outcrop | 1/3 | 6:17:52 AM | CREATE_IN_PROGRESS   | AWS::SQS::Queue            | Queue
1/3 Currently in progress: Queue
Outcrop | 2/3 | 6:17:58 AM | CREATE_COMPLETE      | AWS::SQS::Queue            | Queue
Outcrop | 3/3 | 6:18:02 AM | CREATE_COMPLETE      | AWS::CloudFormation::Stack | Outcrop

 ✅  Outcrop
""".splitlines()  # noqa: E501 - as the CDK says it
FAILED = """\
Outcrop | 0/2 | 6:17:41 AM | CREATE_IN_PROGRESS   | AWS::Bedrock::Agent | Outcrop/Agent
Outcrop | 0/2 | 6:17:41 AM | CREATE_FAILED        | AWS::SQS::Queue | Queue Resource creation cancelled
Outcrop | 0/2 | 6:17:44 AM | CREATE_FAILED        | AWS::Bedrock::Agent | Outcrop/Agent (Agent7F) Bedrock Agents is in Maintenance Mode.
Outcrop | 0/2 | 6:17:44 AM | ROLLBACK_IN_PROGRESS | AWS::CloudFormation::Stack | Outcrop The following resource(s) failed
❌  Outcrop failed: ToolkitError: The stack named Outcrop failed creation
""".splitlines()  # noqa: E501 - as the CDK says it
DIFF = """\
Stack Outcrop (aws://111122223333/eu-central-1)
Resources
[+] AWS::SNS::Topic Alarms/Topic AlarmsTopic5C
[~] AWS::Lambda::Function Api/Function ApiFunction4B
 └─ [~] Timeout
     ├─ [-] 60
     └─ [+] 90
[-] AWS::SQS::Queue Old OldQueue4A destroy
[-] AWS::IAM::Role Kept orphan
""".splitlines()
PREPARED = [
    "Outcrop: creating CloudFormation changeset...",
    "Changeset outcrop-1 created and waiting in review for manual execution (--no-execute)",
]
DELETED = [
    "Outcrop: destroying... [1/1]",
    "Outcrop |   1 | 6:17:43 AM | DELETE_COMPLETE      | AWS::SQS::Queue | Queue ",
    " ✅  Outcrop: destroyed",
]

OUTPUTS = {"ApiUrl": "https://abc.execute-api.eu-central-1.amazonaws.com/v1/", "Auth": "iam"}
STACK = {
    "StackName": "Outcrop",
    "StackStatus": "CREATE_COMPLETE",
    "CreationTime": "2026-11-20T10:00:00Z",
    "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()],
}
MISSING = Fault("ValidationError", "Stack with id Outcrop does not exist")


def change(action: str, kind: str, name: str, **more: str) -> dict[str, Any]:
    """A change, as DescribeChangeSet has it."""
    resource_change = {"Action": action, "ResourceType": kind, "LogicalResourceId": name, **more}
    return {"Type": "Resource", "ResourceChange": resource_change}


def change_set(*changes: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"Status": "CREATE_COMPLETE", "Changes": list(changes), **more}


HARMLESS = change_set(
    change("Add", "AWS::SNS::Topic", "AlarmsTopic5C"),
    change("Modify", "AWS::Lambda::Function", "ApiFunction4B", Replacement="False"),
    change("Modify", "AWS::S3::Bucket", "Documents", Replacement="False"),
    change("Modify", "AWS::Lambda::Permission", "May", Replacement="True"),
    change("Remove", "AWS::IAM::Role", "Old", PolicyAction="Delete"),
    change("Remove", "AWS::S3::Bucket", "AccessLogs", PolicyAction="Retain"),
)


def resource(logical_id: str, physical_id: str, kind: str) -> dict[str, str]:
    return {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": kind,
        "LastUpdatedTimestamp": "2026-11-20T10:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
    }


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Account]:
    """An account that is ready, with a stack in it."""
    with Account() as account:
        for name, value in account.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.setenv("OUTCROP_HOME", str(tmp_path / "home"))
        account.answer("GetCallerIdentity", {"UserId": "u", "Account": "1", "Arn": "arn:aws:x"})
        account.answer("GetParameter", {"Parameter": {"Value": "30"}})
        account.answer("ListFoundationModels", {"modelSummaries": MODELS})
        account.answer("ListInferenceProfiles", {"inferenceProfileSummaries": []})
        account.answer("GetFoundationModelAvailability", OPEN)
        account.answer("ListServiceQuotas", {"Quotas": QUOTAS})
        account.answer("ListAgents", {"agentSummaries": []})
        account.answer("CreateAgent", Fault("ValidationException", "agentName: no"))
        account.answer("DescribeStacks", {"Stacks": [STACK]})
        account.answer("DescribeChangeSet", HARMLESS)
        account.answer("DeleteChangeSet", {})
        account.answer("DeleteStack", {})
        yield account


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CdkPlayer:
    player = CdkPlayer(tmp_path)
    monkeypatch.setenv("OUTCROP_CDK", str(player.executable))
    monkeypatch.setenv("OUTCROP_MAKE", "true")  # the page is built
    return player


def outcrop(*words: str) -> Result:
    """A command without a terminal."""
    return CliRunner().invoke(cli, words, env={"COLUMNS": "100"})


def refusal(result: Result) -> str:
    assert isinstance(result.exception, OperatorError | Conflict), result.output
    return str(result.exception)


@pytest.mark.usefixtures("account")
def test_deploying_looks_asks_the_cdk_and_shows_resources_and_outputs(player: CdkPlayer) -> None:
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    result = outcrop("deploy", "--yes", "-c", "vector_store=s3-vectors", "-c", "auth=iam")
    assert result.exit_code == 0, result.output
    prepared, deployed = (" ".join(words) for words in player.asked)
    [name] = {words[words.index("--change-set-name") + 1] for words in player.asked}
    assert prepared == (
        "deploy Outcrop --no-color --no-notices "
        "-c vector_store=s3-vectors -c auth=iam -c stack=Outcrop "
        f"--method prepare-change-set --change-set-name {name} --require-approval never"
    )
    assert deployed == (
        "deploy Outcrop --no-color --no-notices -c stack=Outcrop "
        "--app cdk.out --require-approval never --progress events "
        f"--method execute-change-set --change-set-name {name}"
    )
    assert "$0.00 a month: storage and requests only" in result.stdout
    assert result.stderr.splitlines() == [
        "CREATE_COMPLETE      AWS::S3::Bucket  Outcrop/Documents/Bucket",
        "CREATE_COMPLETE      AWS::SQS::Queue  Queue",
        "CREATE_COMPLETE      AWS::CloudFormation::Stack  Outcrop",
    ]
    assert "Outcrop is deployed, 3 resources changed." in result.stdout
    assert OUTPUTS["ApiUrl"] in result.stdout
    assert "outcrop ingest docs --stack Outcrop" in result.stdout
    assert "\x1b" not in result.output


def test_a_deployment_ends_with_the_link(account: Account, player: CdkPlayer) -> None:
    link = {"OutputKey": "PageUrl", "OutputValue": "https://d1.cloudfront.net/"}
    account.answer("DescribeStacks", {"Stacks": [{**STACK, "Outputs": [link]}]})
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    shown = outcrop("deploy", "--yes").stdout
    assert shown.rstrip().endswith(f"for everyone who has an account: {link['OutputValue']}")


@pytest.mark.usefixtures("account")
def test_a_page_that_cannot_be_built_is_not_deployed(
    player: CdkPlayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tmp_path / "make"
    make.write_text("#!/bin/sh\necho src/page.tsx: no such word\nexit 2\n")
    make.chmod(0o755)
    monkeypatch.setenv("OUTCROP_MAKE", str(make))
    failed = outcrop("deploy", "--yes").exception
    assert isinstance(failed, OperatorError)
    assert "src/page.tsx: no such word" in failed.detail
    assert "-c page=none" in failed.detail
    monkeypatch.setenv("OUTCROP_MAKE", str(tmp_path / "nowhere"))
    with pytest.raises(OperatorError, match="does not run"):
        page.build({})
    assert player.asked == []


@pytest.mark.usefixtures("account")
def test_a_stack_without_a_page_builds_none(
    player: CdkPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCROP_MAKE", "false")
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    assert outcrop("deploy", "--yes", "-c", "page=none").exit_code == 0


@pytest.mark.usefixtures("account")
def test_the_cdk_finds_this_environments_python_and_node_first(player: CdkPlayer) -> None:
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    outcrop("deploy", "--yes")
    assert player.path.split(":")[0] == str(Path(sys.executable).parent)


@pytest.mark.usefixtures("account")
def test_another_name_makes_another_stack(player: CdkPlayer) -> None:
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    outcrop("deploy", "--yes", "--stack", "Second")
    assert [words[:2] for words in player.asked] == [["deploy", "Second"]] * 2
    assert all("stack=Second" in words for words in player.asked)


@pytest.mark.usefixtures("account")
def test_deploying_as_json_is_one_object(player: CdkPlayer) -> None:
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    result = outcrop("deploy", "--yes", "--json")
    report = json.loads(result.stdout)
    assert (report["stack"], report["changed"], report["outputs"]) == ("Outcrop", 3, OUTPUTS)
    assert {one["check"] for one in report["findings"]} >= {"Credentials", "CDK bootstrap"}
    assert result.stderr == ""


def test_an_account_that_is_not_ready_is_not_deployed_to(
    account: Account, player: CdkPlayer
) -> None:
    account.answer("GetParameter", Fault("ParameterNotFound", ""))
    account.answer("ListFoundationModels", {"modelSummaries": []})
    result = outcrop("deploy", "--yes")
    assert refusal(result) == (
        "Nothing was deployed. These checks failed: "
        "CDK bootstrap, The model that answers, The model that embeds."
    )
    assert "amazon.nova-lite-v1:0 is not offered in eu-central-1" in result.stdout
    assert "cdk bootstrap aws://1/eu-central-1" in result.stdout
    findings = json.loads(outcrop("deploy", "--yes", "--json").stdout)["findings"]
    assert "CDK bootstrap" in [one["check"] for one in findings if one["well"] is False]
    assert player.asked == []


def methods(player: CdkPlayer) -> list[str]:
    return [words[words.index("--method") + 1] for words in player.asked]


def test_without_a_terminal_somebody_has_to_have_said_yes(
    account: Account, player: CdkPlayer
) -> None:
    player.enqueue(PREPARED)
    assert "add --yes" in refusal(outcrop("deploy"))
    assert methods(player) == ["prepare-change-set"]
    assert "DeleteChangeSet" in account.operations
    assert "DeleteStack" not in account.operations


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (
            change("Modify", "AWS::Bedrock::KnowledgeBase", "Base1A", Replacement="True"),
            "AWS::Bedrock::KnowledgeBase Base1A would be replaced by an empty one",
        ),
        (
            change("Modify", "AWS::DynamoDB::Table", "Orders", Replacement="Conditional"),
            "AWS::DynamoDB::Table Orders may be replaced by an empty one",
        ),
        (
            change(
                *("Modify", "AWS::S3::Bucket", "Documents"),
                Replacement="True",
                PolicyAction="ReplaceAndRetain",
            ),
            "AWS::S3::Bucket Documents would be replaced by an empty one",
        ),
        (
            change("Remove", "AWS::SQS::Queue", "Old", PolicyAction="Delete"),
            "AWS::SQS::Queue Old would be deleted",
        ),
        (
            change("Dynamic", "AWS::RDS::DBCluster", "Aurora"),
            "AWS::RDS::DBCluster Aurora may be replaced by an empty one",
        ),
    ],
)
def test_what_holds_data_is_not_lost_unless_it_is_meant(
    account: Account, player: CdkPlayer, lost: dict[str, Any], said: str
) -> None:
    first = {**HARMLESS, "NextToken": "more"}
    account.answer("DescribeChangeSet", first, change_set(lost))
    player.enqueue(PREPARED)
    assert refusal(outcrop("deploy", "--yes")).startswith(
        f"Nothing was deployed: {said}, with all its data."
    )
    assert methods(player) == ["prepare-change-set"]
    [deleted] = [words for name, words in account.asked if name == "DeleteChangeSet"]
    assert deleted["ChangeSetName"] in player.asked[0]
    account.answer("DescribeChangeSet", first, change_set(lost))
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    assert outcrop("deploy", "--yes", "--replace").exit_code == 0
    assert methods(player)[1:] == ["prepare-change-set", "execute-change-set"]


def test_a_first_deployment_that_is_refused_leaves_no_empty_stack(
    account: Account, player: CdkPlayer
) -> None:
    account.answer("DescribeStacks", {"Stacks": [STACK | {"StackStatus": "REVIEW_IN_PROGRESS"}]})
    player.enqueue(PREPARED)
    assert "add --yes" in refusal(outcrop("deploy"))
    assert account.operations[-2:] == ["DeleteChangeSet", "DeleteStack"]


def test_where_nothing_would_change_nothing_is_executed(
    account: Account, player: CdkPlayer
) -> None:
    reason = "The submitted information didn't contain changes. Submit different information"
    account.answer("DescribeChangeSet", {"Status": "FAILED", "StatusReason": reason})
    player.enqueue(["Outcrop: no changes"])
    result = outcrop("deploy", "--yes")
    assert result.exit_code == 0, result.output
    assert "Outcrop is deployed, 0 resources changed." in result.stdout
    assert methods(player) == ["prepare-change-set"]
    assert "DeleteChangeSet" in account.operations


def test_a_change_set_that_cloudformation_cannot_make_says_why(
    account: Account, player: CdkPlayer
) -> None:
    reason = "Transform failed"
    account.answer("DescribeChangeSet", {"Status": "FAILED", "StatusReason": reason})
    player.enqueue(PREPARED)
    assert "no change set of Outcrop: FAILED. Transform failed" in refusal(outcrop("deploy", "-y"))


@pytest.mark.usefixtures("account")
def test_a_failure_names_the_resource_that_failed_first_of_itself(player: CdkPlayer) -> None:
    player.enqueue(PREPARED)
    player.enqueue(FAILED, code=1)
    result = outcrop("deploy", "--yes")
    message = refusal(result)
    assert "AWS::Bedrock::Agent Outcrop/Agent: Bedrock Agents is in Maintenance Mode." in message
    assert "cancelled" not in message
    [log] = [word for word in message.replace("(", " ").split() if word.endswith("cdk.log")]
    assert Path(log).read_text().splitlines() == FAILED
    assert "CREATE_FAILED        AWS::Bedrock::Agent  Outcrop/Agent" in result.stderr


@pytest.mark.usefixtures("account")
def test_a_failure_before_any_resource_is_told_by_the_last_words(player: CdkPlayer) -> None:
    player.enqueue(["The stack cannot be made so: vectorstore is no choice; there are ..."], code=1)
    assert "vectorstore is no choice" in refusal(outcrop("deploy", "--yes"))


@pytest.mark.usefixtures("account")
def test_a_missing_cdk_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OUTCROP_CDK", str(tmp_path / "none"))
    for command in ("deploy", "diff", "destroy"):
        assert "`make synth` installs it" in refusal(outcrop(command))


def test_a_stack_that_is_not_complete_after_all_is_no_success(
    account: Account, player: CdkPlayer
) -> None:
    player.enqueue(PREPARED)
    player.enqueue(DEPLOYED)
    account.answer("DescribeStacks", {"Stacks": [STACK | {"StackStatus": "ROLLBACK_COMPLETE"}]})
    assert "The stack Outcrop is ROLLBACK_COMPLETE" in refusal(outcrop("deploy", "--yes"))


@pytest.mark.usefixtures("account")
def test_outputs_are_shown_as_a_table_or_as_one_object() -> None:
    output = outcrop("outputs").stdout
    assert "Outcrop is CREATE_COMPLETE" in output
    assert OUTPUTS["ApiUrl"] in output
    assert json.loads(outcrop("outputs", "--json").stdout)["outputs"] == OUTPUTS


def test_outputs_of_no_stack_name_it_and_where_it_was_looked_for(account: Account) -> None:
    account.answer("DescribeStacks", MISSING)
    assert refusal(outcrop("outputs")).startswith(
        "There is no stack Outcrop in eu-central-1 of this account. `outcrop deploy --stack"
    )


@pytest.mark.usefixtures("account")
def test_a_difference_is_shown_and_as_json_taken_apart(player: CdkPlayer) -> None:
    player.enqueue(DIFF)
    player.enqueue(DIFF)
    assert "[~] AWS::Lambda::Function Api/Function" in outcrop("diff").stdout
    changes = json.loads(outcrop("diff", "--json").stdout)["changes"]
    assert [(one["action"], one["name"], one["impact"]) for one in changes] == [
        ("add", "Alarms/Topic", None),
        ("change", "Api/Function", None),
        ("remove", "Old", "destroy"),
        ("remove", "Kept", "orphan"),
    ]


@pytest.fixture
def s3(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """S3, behaving: the stand-in's. One client of it, for the test's own use."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")  # which would be for S3 as well
    for service in ("CLOUDFORMATION", "STS", "SSM", "BEDROCK", "BEDROCK_AGENT", "SERVICE_QUOTAS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", account.url)
    folder = tmp_path / "stand-in"
    with StandIn(Options(folder)) as stand_in:
        wire = Application(stand_in.services, folder / "spool", Faults())
        with in_thread(wire) as (url, _):
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
            yield operator(10).s3


@pytest.fixture
def doomed(account: Account, s3: Any) -> Account:
    """A stack with two buckets that go and one that stays."""
    kinds = {
        "Documents": "AWS::S3::Bucket",
        "Conversations": "AWS::S3::Bucket",
        "AccessLogs": "AWS::S3::Bucket",
        "Role": "AWS::IAM::Role",
    }
    for name in ("documents", "conversations", "accesslogs"):
        s3.create_bucket(Bucket=name)
        versioning = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    template: Any = {"Resources": {name: {"Type": kind} for name, kind in kinds.items()}}
    template["Resources"]["AccessLogs"]["DeletionPolicy"] = "Retain"
    account.answer("GetTemplate", {"TemplateBody": json.dumps(template)})
    there = [resource(name, name.lower(), kind) for name, kind in kinds.items()]
    gone = resource("Gone", "gone", "AWS::S3::Bucket") | {"ResourceStatus": "DELETE_COMPLETE"}
    account.answer("ListStackResources", {"StackResourceSummaries": [*there, gone]})
    return account


@pytest.mark.usefixtures("doomed")
def test_destroying_says_what_goes_and_what_stays(player: CdkPlayer) -> None:
    player.enqueue(DELETED)
    result = outcrop("destroy", "--yes")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "This goes:",
        "  AWS::S3::Bucket  documents",
        "  AWS::S3::Bucket  conversations",
        "  and what serves them: 1 of IAM",
        "This stays, and may cost:",
        "  AWS::S3::Bucket  accesslogs",
        "",
        "Outcrop is deleted.",
    ]
    assert player.asked == [
        ["destroy", "Outcrop", "--no-color", "--no-notices", "-c", "stack=Outcrop", "--force"]
    ]
    assert "DELETE_COMPLETE      AWS::SQS::Queue  Queue" in result.stderr


@pytest.mark.usefixtures("doomed")
def test_destroying_as_json_is_one_object(player: CdkPlayer) -> None:
    player.enqueue(DELETED)
    report = json.loads(outcrop("destroy", "--yes", "--json").stdout)
    assert report["deleted"] == ["documents", "conversations", "role"]
    assert report["stays"] == ["accesslogs"]


@pytest.mark.usefixtures("doomed")
def test_a_bucket_that_is_not_empty_is_named_and_nothing_is_deleted(
    s3: Any, player: CdkPlayer
) -> None:
    s3.put_object(Bucket="documents", Key="a.md", Body=b"one")
    s3.put_object(Bucket="documents", Key="a.md", Body=b"two")
    s3.put_object(Bucket="accesslogs", Key="log", Body=b"stays")
    result = outcrop("destroy", "--yes")
    assert refusal(result).startswith("Nothing was deleted: documents would go")
    assert "  AWS::S3::Bucket  documents, objects and versions: 2" in result.stdout
    assert player.asked == []
    assert s3.get_object(Bucket="documents", Key="a.md")["Body"].read() == b"two"


@pytest.mark.usefixtures("doomed")
def test_emptying_takes_every_version_and_no_bucket_that_stays(s3: Any, player: CdkPlayer) -> None:
    player.enqueue(DELETED)
    for body in (b"one", b"two"):
        s3.put_object(Bucket="documents", Key="a.md", Body=body)
    s3.delete_object(Bucket="documents", Key="a.md")
    s3.put_object(Bucket="accesslogs", Key="log", Body=b"stays")
    assert outcrop("destroy", "--yes", "--empty").exit_code == 0
    left = s3.list_object_versions(Bucket="documents")
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")
    assert s3.get_object(Bucket="accesslogs", Key="log")["Body"].read() == b"stays"
    assert player.asked[0][0] == "destroy"


@pytest.mark.usefixtures("doomed")
def test_nothing_is_emptied_or_deleted_unless_somebody_said_yes(s3: Any, player: CdkPlayer) -> None:
    s3.put_object(Bucket="documents", Key="a.md", Body=b"one")
    assert "add --yes" in refusal(outcrop("destroy", "--empty"))
    assert s3.get_object(Bucket="documents", Key="a.md")["Body"].read() == b"one"
    assert player.asked == []


def test_destroying_what_is_not_there_says_so(account: Account, player: CdkPlayer) -> None:
    account.answer("DescribeStacks", MISSING)
    assert "There is no stack Outcrop" in refusal(outcrop("destroy", "--yes"))
    assert player.asked == []


def test_a_protected_stack_is_not_touched(account: Account, player: CdkPlayer) -> None:
    account.answer("DescribeStacks", {"Stacks": [STACK | {"EnableTerminationProtection": True}]})
    assert "The stack Outcrop is protected" in refusal(outcrop("destroy", "--yes", "--empty"))
    assert player.asked == []
    assert set(account.operations) == {"DescribeStacks"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Outcrop | 12/99 | 10:00:00 PM | UPDATE_COMPLETE_CLEA | AWS::X::Y | Outcrop", (12, 99)),
        (
            "Outcrop |  7 | 22:00:00 | DELETE_FAILED (skipped) | AWS::X::Y | a/b (B1) in use",
            (7, None),
        ),
    ],
)
def test_activity_is_read_in_all_its_forms(line: str, told: tuple[int, int | None]) -> None:
    event = cdk.activity(line)
    assert event
    assert (event.done, event.total) == told
    assert event.name in ("Outcrop", "a/b")


@pytest.mark.parametrize(
    "line", ["", "Outputs:", "Outcrop.ApiUrl = https://x | y", "1/3 Currently in progress: Queue"]
)
def test_lines_that_tell_of_no_resource_are_no_activity(line: str) -> None:
    assert cdk.activity(line) is None


def test_the_command_lines_defaults_are_the_stacks() -> None:
    context = pytest.importorskip("infra.context", reason="the CDK is not installed")
    stack = context.Context()
    assert choices({}) == Choices(
        stack.model_id,
        stack.embedding_model_id,
        stack.rerank_model_id,
        stack.agent,
        monthly_floor(
            stack.vector_store,
            generation=stack.opensearch_generation,
            production=stack.production,
        ),
    )
    assert {"vector_store", "opensearch_generation", "production", "agent"} <= set(
        context.Context.model_fields
    )
