"""What becomes of a template: made, found, changed, left out, refused by name."""

import json
from typing import Any

import pytest

from app.deploy.replay import ReplayResult, TemplateError
from tests.deploy.replay.conftest import Laptop

ROLE = "arn:aws:iam::000000000000:role/of-the-test"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
BASE: Any = {
    "Type": "AWS::Bedrock::KnowledgeBase",
    "Properties": {
        "Name": "docs",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "KnowledgeBaseConfiguration": {
            "Type": "VECTOR",
            "VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": MODEL},
        },
        "StorageConfiguration": {
            "Type": "S3_VECTORS",
            "S3VectorsConfiguration": {"IndexArn": {"Fn::GetAtt": ["Index", "IndexArn"]}},
        },
    },
}
AROUND: Any = {
    "Role": {"Type": "AWS::IAM::Role"},
    "Vectors": {"Type": "AWS::S3Vectors::VectorBucket"},
    "Index": {
        "Type": "AWS::S3Vectors::Index",
        "Properties": {
            "IndexName": "docs",
            "Dimension": 1024,
            "VectorBucketArn": {"Fn::GetAtt": ["Vectors", "VectorBucketArn"]},
        },
    },
}
GUARDRAIL: Any = {
    "Type": "AWS::Bedrock::Guardrail",
    "Properties": {
        "Name": "guard",
        "BlockedInputMessaging": "No.",
        "BlockedOutputsMessaging": "No.",
        "WordPolicyConfig": {"ManagedWordListsConfig": [{"Type": "PROFANITY"}]},
    },
}


def became(replayed: ReplayResult) -> dict[str, str]:
    return {step.id: step.became for step in replayed.steps}


def of(kind: str, **properties: Any) -> Any:
    return {"Type": kind, "Properties": properties}


def named(resource: Any, name: str, **properties: Any) -> Any:
    return {**resource, "Properties": {**resource["Properties"], "Name": name, **properties}}


def test_names_are_those_that_cloudformation_would_make(laptop: Laptop) -> None:
    resources = {
        "Orders": of("AWS::SQS::Queue"),
        "Files": of("AWS::S3::Bucket"),
        "Given": of("AWS::SQS::Queue", QueueName="given"),
        "A" * 90: of("AWS::SQS::Queue"),
    }
    refs = {step.id: step.ref for step in laptop.replay("Names", resources).steps}
    assert refs["Orders"].endswith("/Names-Orders-GY5DEE7KXAFW")
    assert refs["Files"].startswith("names-files-")
    assert refs["Given"].endswith("/given")
    assert len(refs["A" * 90].rpartition("/")[2]) == 80


def test_a_bucket_has_all_that_its_properties_say(laptop: Laptop) -> None:
    properties = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "CorsConfiguration": {
            "CorsRules": [
                {
                    "AllowedMethods": ["POST"],
                    "AllowedOrigins": ["https://docs.example.com"],
                    "ExposedHeaders": ["etag"],
                    "MaxAge": 60,
                }
            ]
        },
        "LifecycleConfiguration": {
            "Rules": [
                {"Id": "old", "Status": "Enabled", "ExpirationInDays": 365, "Prefix": "logs/"}
            ]
        },
        "NotificationConfiguration": {
            "QueueConfigurations": [
                {
                    "Event": "s3:ObjectCreated:*",
                    "Queue": {"Fn::GetAtt": ["Events", "Arn"]},
                    "Filter": {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".md"}]}},
                }
            ]
        },
        "Tags": [{"Key": "team", "Value": "red"}],
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": {"Fn::Sub": "${Files.Arn}/*"},
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
    resources = {
        "Events": of("AWS::SQS::Queue"),
        "Files": of("AWS::S3::Bucket", **properties),
        "Policy": of("AWS::S3::BucketPolicy", Bucket={"Ref": "Files"}, PolicyDocument=policy),
    }
    refs = {step.id: step.ref for step in laptop.replay("Buckets", resources).steps}
    s3, bucket = laptop.aws.s3, refs["Files"]
    [encryption] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    [cors] = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert (cors["ExposeHeaders"], cors["MaxAgeSeconds"]) == (["etag"], 60)
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert (rule["Expiration"], rule["Filter"]) == ({"Days": 365}, {"Prefix": "logs/"})
    notifications = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    assert [one["Events"] for one in notifications] == [["s3:ObjectCreated:*"]]
    assert notifications[0]["Filter"]["Key"]["FilterRules"][0]["Value"] == ".md"
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == properties["Tags"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    stored_policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert stored_policy["Statement"][0]["Resource"] == f"arn:aws:s3:::{bucket}/*"


def test_the_cdks_own_notifications_are_put_as_they_are(laptop: Laptop) -> None:
    configuration = {
        "QueueConfigurations": [
            {"Events": ["s3:ObjectRemoved:*"], "QueueArn": {"Fn::GetAtt": ["Events", "Arn"]}}
        ]
    }
    resources = {
        "Events": of("AWS::SQS::Queue"),
        "Files": of("AWS::S3::Bucket"),
        "Connected": of(
            "Custom::S3BucketNotifications",
            ServiceToken="arn:of-a-function",
            BucketName={"Ref": "Files"},
            NotificationConfiguration=configuration,
            Managed=True,
            SkipDestinationValidation=False,
        ),
    }
    refs = {step.id: step.ref for step in laptop.replay("Custom", resources).steps}
    notifications = laptop.aws.s3.get_bucket_notification_configuration(Bucket=refs["Files"])
    assert notifications["QueueConfigurations"][0]["Events"] == ["s3:ObjectRemoved:*"]


def test_a_table_is_active_with_what_is_set_afterwards(laptop: Laptop) -> None:
    table = of(
        "AWS::DynamoDB::Table",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        TimeToLiveSpecification={"AttributeName": "until", "Enabled": True},
    )
    first = laptop.replay("Tables", {"Table": table})
    [name] = [step.ref for step in first.steps if step.id == "Table"]
    time_to_live = laptop.deployer.dynamodb.describe_time_to_live(TableName=name)
    assert time_to_live["TimeToLiveDescription"]["AttributeName"] == "until"
    assert became(laptop.replay("Tables", {"Table": table}))["Table"] == "unchanged"
    table["Properties"]["KeySchema"][0]["AttributeName"] = "number"
    table["Properties"]["AttributeDefinitions"][0]["AttributeName"] = "number"
    with pytest.raises(
        TemplateError, match=r"Table .*KeySchema changed .*Start from an empty home"
    ):
        laptop.replay("Tables", {"Table": table})


def test_a_queue_invokes_its_function(laptop: Laptop) -> None:
    dead: Any = {"Fn::GetAtt": ["Dead", "Arn"]}
    resources = {
        "Dead": of("AWS::SQS::Queue"),
        "Queue": of(
            "AWS::SQS::Queue", RedrivePolicy={"deadLetterTargetArn": dead, "maxReceiveCount": 3}
        ),
        "Mapping": of(
            "AWS::Lambda::EventSourceMapping",
            EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
            FunctionName={"Ref": "Api"},
            BatchSize="5",
            Tags=[{"Key": "team", "Value": "red"}],
        ),
        "May": of(
            "AWS::Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName={"Fn::GetAtt": ["Api", "Arn"]},
            Principal="sqs.amazonaws.com",
        ),
    }
    laptop.replay("Queues", resources)
    resources["Mapping"]["Properties"]["BatchSize"] = 7
    resources["May"]["Properties"]["Principal"] = "events.amazonaws.com"
    again = laptop.replay("Queues", resources)
    assert {id_ for id_, what in became(again).items() if what == "updated"} == {"Mapping", "May"}
    refs = {step.id: step.ref for step in again.steps}
    functions = laptop.deployer.lambda_
    assert functions.get_event_source_mapping(UUID=refs["Mapping"])["BatchSize"] == 7
    policy = json.loads(functions.get_policy(FunctionName=refs["Api"])["Policy"])
    assert [one["Principal"] for one in policy["Statement"]] == [
        {"Service": "events.amazonaws.com"}
    ]


def test_a_function_runs_what_the_template_holds_and_then_what_it_holds_next(
    laptop: Laptop,
) -> None:
    function = of(
        "AWS::Lambda::Function",
        Handler="index.handler",
        Runtime="python3.14",
        Role=ROLE,
        Code={"ZipFile": "def handler(event, _): return 'first'"},
        Tags=[{"Key": "team", "Value": "red"}],
    )
    for word in ("first", "second"):
        function["Properties"]["Code"]["ZipFile"] = f"def handler(event, _): return {word!r}"
        replayed = laptop.replay("Functions", {"Function": function})
        [name] = [step.ref for step in replayed.steps if step.id == "Function"]
        answer = laptop.deployer.lambda_.invoke(FunctionName=name, Payload="{}")
        assert json.loads(answer["Payload"].read()) == word


def test_a_function_that_is_not_in_python_is_left_out(laptop: Laptop) -> None:
    function = of("AWS::Lambda::Function", Handler="index.handler", Runtime="nodejs22.x", Role=ROLE)
    for _ in range(2):
        replayed = laptop.replay("Node", {"Function": function})
        [step] = [step for step in replayed.steps if step.id == "Function"]
        assert (step.became, "nodejs22.x" in step.note) == ("left out", True)


def test_a_replay_that_lost_its_record_makes_nothing_twice(laptop: Laptop) -> None:
    """As after a crash between a call and the record of it."""
    resources = {
        **AROUND,
        "Base": named(BASE, "crash"),
        "Guard": named(GUARDRAIL, "crash"),
        "Version": of(
            "AWS::Bedrock::GuardrailVersion",
            GuardrailIdentifier={"Fn::GetAtt": ["Guard", "GuardrailId"]},
        ),
        "Agent": of(
            "AWS::Bedrock::Agent",
            AgentName="crash",
            AgentResourceRoleArn=ROLE,
            FoundationModel="amazon.nova-lite-v1:0",
            Instruction="Answer what you are asked, briefly and to the point, always.",
            AutoPrepare=True,
            ActionGroups=[_group("orders")],
        ),
        "Alias": of("AWS::Bedrock::AgentAlias", AgentId={"Ref": "Agent"}, AgentAliasName="live"),
        "Prompt": of("AWS::Bedrock::Prompt", Name="crash"),
        "PromptVersion": of(
            "AWS::Bedrock::PromptVersion", PromptArn={"Fn::GetAtt": ["Prompt", "Arn"]}
        ),
        "Table": of(
            "AWS::DynamoDB::Table",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        ),
        "Queue": of("AWS::SQS::Queue", VisibilityTimeout=90),
        "Mapping": of(
            "AWS::Lambda::EventSourceMapping",
            EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
            FunctionName={"Ref": "Api"},
        ),
        "May": of(
            "AWS::Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName={"Ref": "Api"},
            Principal="bedrock.amazonaws.com",
        ),
        "Files": of("AWS::S3::Bucket", VersioningConfiguration={"Status": "Enabled"}),
    }
    first = laptop.replay("Crash", resources)
    laptop.record("Crash").unlink()
    second = laptop.replay("Crash", resources)
    assert [step.ref for step in first.steps] == [step.ref for step in second.steps]


def test_what_no_call_changes_is_refused_with_a_way_out(laptop: Laptop) -> None:
    base = named(BASE, "fixed")
    laptop.replay("Fixed", {**AROUND, "Base": base})
    vectors = {"IndexArn": {"Fn::Sub": "${Vectors.VectorBucketArn}/index/another"}}
    store = {"Type": "S3_VECTORS", "S3VectorsConfiguration": vectors}
    base["Properties"]["StorageConfiguration"] = store
    with pytest.raises(TemplateError, match=r"Base .*: StorageConfiguration changed .* empty home"):
        laptop.replay("Fixed", {**AROUND, "Base": base})


def test_what_was_removed_behind_its_back_is_made_again(laptop: Laptop) -> None:
    resources = {
        "Files": of("AWS::S3::Bucket"),
        "Policy": of(
            "AWS::S3::BucketPolicy",
            Bucket={"Ref": "Files"},
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:DeleteObject",
                        "Resource": {"Fn::Sub": "${Files.Arn}/*"},
                    }
                ],
            },
        ),
        "Untouched": of("AWS::SQS::Queue"),
    }
    replayed = laptop.replay("Removed", resources)
    [bucket] = [step.ref for step in replayed.steps if step.id == "Files"]
    laptop.aws.s3.delete_bucket(Bucket=bucket)
    again = became(laptop.replay("Removed", resources))
    assert again == {
        "Api": "unchanged",
        "Files": "created",
        "Policy": "updated",
        "Untouched": "unchanged",
    }
    assert laptop.aws.s3.get_bucket_policy(Bucket=bucket)["Policy"]


def test_what_the_template_has_no_more_is_said_to_be_left_over(laptop: Laptop) -> None:
    laptop.replay("Less", {"One": of("AWS::SQS::Queue"), "Two": of("AWS::SQS::Queue")})
    assert became(laptop.replay("Less", {"One": of("AWS::SQS::Queue")})) == {
        "Api": "unchanged",
        "One": "unchanged",
        "Two": "left over",
    }


def test_a_version_of_a_guardrail_is_made_once_a_description(laptop: Laptop) -> None:
    version: Any = of(
        "AWS::Bedrock::GuardrailVersion",
        GuardrailIdentifier={"Fn::GetAtt": ["Guard", "GuardrailId"]},
        Description="one",
    )
    resources = {"Guard": named(GUARDRAIL, "versions"), "Version": version}
    for description, number in (("one", "1"), ("one", "1"), ("two", "2")):
        version["Properties"]["Description"] = description
        replayed = laptop.replay("Versions", resources)
        [step] = [step for step in replayed.steps if step.id == "Version"]
        assert step.ref.endswith(f"|{number}")


def test_a_prompt_follows_its_template_and_has_a_version_for_each_description(
    laptop: Laptop,
) -> None:
    text: Any = {"Text": "Say {{what}}.", "InputVariables": [{"Name": "what"}]}
    prompt = of(
        "AWS::Bedrock::Prompt",
        Name="speech",
        DefaultVariant="a",
        Variants=[
            {
                "Name": "a",
                "TemplateType": "TEXT",
                "ModelId": "amazon.nova-lite-v1:0",
                "TemplateConfiguration": {"Text": text},
                "InferenceConfiguration": {"Text": {"MaxTokens": 9, "Temperature": 0.5}},
            }
        ],
        Tags={"team": "speech"},
    )
    version: Any = of(
        "AWS::Bedrock::PromptVersion",
        PromptArn={"Fn::GetAtt": ["Speech", "Arn"]},
        Description="one",
    )
    resources = {"Speech": prompt, "Version": version}
    agent = laptop.aws.bedrock_agent
    for words, description, number in (
        ("Say {{what}}.", "one", "1"),
        ("Say {{what}}.", "one", "1"),
        ("Shout {{what}}!", "two", "2"),
    ):
        text["Text"], version["Properties"]["Description"] = words, description
        replayed = laptop.replay("Speech", resources)
        refs = {step.id: step.ref for step in replayed.steps}
        assert refs["Version"] == f"{refs['Speech']}:{number}"
        for identifier in refs["Speech"], refs["Version"]:
            stored: Any = agent.get_prompt(promptIdentifier=identifier)
            [variant] = stored["variants"]
            assert variant["templateConfiguration"]["text"] == {
                "text": words,
                "inputVariables": [{"name": "what"}],
            }
            assert variant["inferenceConfiguration"] == {
                "text": {"maxTokens": 9, "temperature": 0.5}
            }
    assert agent.list_tags_for_resource(resourceArn=refs["Speech"])["tags"] == {"team": "speech"}
    agent.delete_prompt(promptIdentifier=refs["Speech"])
    assert became(laptop.replay("Speech", resources)) == {
        "Api": "unchanged",
        "Speech": "created",
        "Version": "created",
    }


def test_an_agent_follows_its_template(laptop: Laptop) -> None:
    agent: Any = of(
        "AWS::Bedrock::Agent",
        AgentName="helper",
        AgentResourceRoleArn=ROLE,
        FoundationModel="amazon.nova-lite-v1:0",
        Instruction="Answer what you are asked, briefly and to the point, always.",
        AutoPrepare=True,
        ActionGroups=[_group("orders"), _group("prices")],
        KnowledgeBases=[
            {"KnowledgeBaseId": {"Ref": "Base"}, "Description": "All of the documents."}
        ],
    )
    alias = of(
        "AWS::Bedrock::AgentAlias", AgentId={"Ref": "Agent"}, AgentAliasName="live", Description="1"
    )
    resources = {**AROUND, "Base": named(BASE, "agents"), "Agent": agent, "Alias": alias}
    laptop.replay("Agents", resources)
    agent["Properties"]["ActionGroups"] = [_group("prices"), _group("places")]
    agent["Properties"]["KnowledgeBases"] = []
    alias["Properties"]["Description"] = "2"
    refs = {step.id: step.ref for step in laptop.replay("Agents", resources).steps}
    agents = laptop.aws.bedrock_agent
    agent_id, alias_id = refs["Alias"].split("|")
    assert agent_id == refs["Agent"]
    assert agents.get_agent(agentId=agent_id)["agent"]["agentStatus"] == "PREPARED"
    alias_description = agents.get_agent_alias(agentId=agent_id, agentAliasId=alias_id)[
        "agentAlias"
    ]
    version = alias_description["routingConfiguration"][0]["agentVersion"]
    assert version == "2"
    groups = agents.list_agent_action_groups(agentId=agent_id, agentVersion=version)
    assert {one["actionGroupName"] for one in groups["actionGroupSummaries"]} == {
        "prices",
        "places",
    }
    bases = agents.list_agent_knowledge_bases(agentId=agent_id, agentVersion=version)
    assert bases["agentKnowledgeBaseSummaries"] == []


def _group(name: str) -> Any:
    function = {"Name": "look_up", "Description": "Looks something up."}
    return {
        "ActionGroupName": name,
        "ActionGroupExecutor": {"Lambda": {"Fn::GetAtt": ["Api", "Arn"]}},
        "FunctionSchema": {"Functions": [function]},
    }


@pytest.mark.parametrize(
    ("resource", "says"),
    [
        (
            of("AWS::Kinesis::Stream"),
            "Planted (AWS::Kinesis::Stream): the laptop has no counterpart of this type",
        ),
        (
            of("Custom::Magic", ServiceToken="arn"),
            "Planted (Custom::Magic): the laptop has no counterpart",
        ),
        (of("AWS::SQS::Queue", Colour="red"), "there is no property Colour; there may be Content"),
        (
            of("AWS::SQS::Queue", VisibilityTimeout=43_201),
            "(AWS::SQS::Queue): VisibilityTimeout: CreateQueue refused it: InvalidAttributeValue: ",
        ),
        (of("AWS::S3::Bucket", Colour="red"), "there is no property Colour on the laptop"),
        (
            of("AWS::S3::Bucket", VersioningConfiguration={"Status": "On"}),
            "Planted (AWS::S3::Bucket): VersioningConfiguration: PutBucketVersioning refused it",
        ),
        (
            of("AWS::Lambda::Function", Runtime="python3.14", Role=ROLE, Code={"S3Key": "no.zip"}),
            "there is no asset no.zip beside the template",
        ),
        (
            named(GUARDRAIL, "planted", Tags=[{"Key": "a b?", "Value": "c"}]),
            "Planted (AWS::Bedrock::Guardrail): Tags[0].Key: CreateGuardrail refused it",
        ),
        (
            named(
                GUARDRAIL,
                "planted",
                ContentPolicyConfig={
                    "FiltersConfig": [
                        {"Type": "RUDE", "InputStrength": "LOW", "OutputStrength": "LOW"}
                    ]
                },
            ),
            "ContentPolicyConfig.FiltersConfig[0].Type: CreateGuardrail refused it: Validation",
        ),
        (
            named(GUARDRAIL, "planted", KmsKeyArn="a key"),
            "Planted (AWS::Bedrock::Guardrail): KmsKeyArn: CreateGuardrail refused it",
        ),
        (
            named(BASE, "planted", StorageConfiguration={"Type": "FLOPPY"}),
            "Planted (AWS::Bedrock::KnowledgeBase): StorageConfiguration.Type: CreateKnowledgeBase",
        ),
        (named(BASE, "planted", Nmae="x"), "Planted (AWS::Bedrock::KnowledgeBase): there is no"),
        (
            {
                "Type": "AWS::Bedrock::Agent",
                "Properties": {
                    "AgentName": "planted",
                    "AgentResourceRoleArn": ROLE,
                    "FoundationModel": "amazon.nova-lite-v1:0",
                    "Instruction": "Answer what you are asked, briefly and to the point, always.",
                    "ActionGroups": [_group("good"), _group("not good!")],
                },
            },
            "Planted (AWS::Bedrock::Agent): ActionGroups[1]: CreateAgentActionGroup refused it",
        ),
        (
            of("AWS::S3::BucketPolicy", Bucket={"Fn::GetAtt": ["Role", "Colour"]}),
            "Role (AWS::IAM::Role) has no attribute Colour on the laptop; it has Arn",
        ),
    ],
)
def test_a_resource_that_the_laptop_cannot_make_is_refused_by_name(
    laptop: Laptop, resource: Any, says: str
) -> None:
    with pytest.raises(TemplateError) as refused:
        laptop.replay("Planted", {**AROUND, "Planted": resource})
    assert says in refused.value.detail
    assert refused.value.detail.startswith("Planted (")


def test_another_type_under_the_same_name_is_refused(laptop: Laptop) -> None:
    laptop.replay("Types", {"One": of("AWS::SQS::Queue")})
    with pytest.raises(TemplateError, match=r"One \(AWS::S3::Bucket\): in this home it is a AWS::"):
        laptop.replay("Types", {"One": of("AWS::S3::Bucket")})


def test_a_template_that_names_no_api_function_is_refused(laptop: Laptop) -> None:
    with pytest.raises(TemplateError, match="output ApiFunction names no function"):
        laptop.replay("NoApi", {}, Outputs={})


def test_what_was_made_before_a_refusal_is_found_by_the_next_replay(laptop: Laptop) -> None:
    planted = {"One": of("AWS::SQS::Queue"), "Two": {**of("No::Such::Type"), "DependsOn": "One"}}
    with pytest.raises(TemplateError):
        laptop.replay("Halfway", planted)
    del planted["Two"]
    assert became(laptop.replay("Halfway", planted))["One"] == "unchanged"
