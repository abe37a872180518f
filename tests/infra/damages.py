"""Damages: one thing wrong in a whole template, written before any rule looked for it.

`faults.py` has a fault for every rule, so that each rule is known to work. This list comes from the
other side: what breaks a deployment, a change or a turn in an account, or lets somebody in who must
not be. It says nothing of rules; `test_damages.py` counts what they find of it.
"""

import json
from dataclasses import dataclass

from tests.infra.conftest import Json
from tests.infra.planting import Change, alone, drop, goes_with_the_stack, in_policy, put

NOVA, TITAN, COHERE = (
    "amazon.nova-lite-v1:0",
    "amazon.titan-embed-text-v2:0",
    "cohere.embed-english-v3",
)

# Resources: by type, or by logical id without its hash.
BASE, SOURCE = "AWS::Bedrock::KnowledgeBase", "AWS::Bedrock::DataSource"
BASE_ROLE, ACCESS = "KnowledgeBaseRole", "KnowledgeBaseStoreAccess"
DATA_POLICY = "AWS::OpenSearchServerless::AccessPolicy"
NETWORK_POLICY = "KnowledgeBaseStoreNetworkPolicy"
INDEX, TABLE = "Custom::VectorIndex", "Custom::VectorTable"
DOMAIN, CLUSTER = "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster"
VECTORS = "AWS::S3Vectors::Index"
API_FUNCTION, API_ROLE = "ApplicationFunction", "ApplicationFunctionRole"
METHOD, OPTIONS = "ApiRestchatPOST", "ApiRestchatOPTIONS"
STAGE, FIREWALL = "AWS::ApiGateway::Stage", "AWS::WAFv2::WebACL"
POOL, CLIENT = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient"
GUARDRAIL = "AWS::Bedrock::Guardrail"
AGENT, ALIAS, AGENT_ROLE = "AWS::Bedrock::Agent", "AWS::Bedrock::AgentAlias", "AgentRole"
KEY = "AWS::KMS::Key"
DEAD_LETTERS, SERVER_ERRORS = "ObservabilityDeadLetters", "ObservabilityServerErrors"

STORAGE = "StorageConfiguration.OpensearchServerlessConfiguration"
RDS = "StorageConfiguration.RdsConfiguration"
VARIABLES = "Environment.Variables"


@dataclass(frozen=True)
class Damage:
    """One thing wrong in a template.

    Attributes:
        says: what is wrong.
        of: the resource: its type, or its logical id without the hash.
        change: what is done to it; None removes it.
        variant: the template.
    """

    says: str
    of: str
    change: Change | None
    variant: str = "everything"


def reworded(old: str, new: str) -> Change:
    """Write `new` for `old`, wherever it stands in the properties.

    Raises:
        LookupError: it stands nowhere.
    """

    def change(resource: Json) -> None:
        before = json.dumps(resource["Properties"])
        if old not in before:
            raise LookupError(f"{old} is not in {before}")
        resource["Properties"] = json.loads(before.replace(old, new))

    return change


def without(action: str) -> Change:
    """Take an action out of every statement of the resource's policies."""

    def change(resource: Json) -> None:
        for statement in _statements(resource["Properties"]):
            actions = statement["Action"]
            left = [one for one in actions if one != action] if isinstance(actions, list) else []
            if action in (actions if isinstance(actions, list) else [actions]):
                statement["Action"] = left or "s3:ListAllMyBuckets"

    return change


def allowing(action: str, **members: object) -> Change:
    """Change the statement that allows an action."""

    def change(resource: Json) -> None:
        for statement in _statements(resource["Properties"]):
            actions = statement["Action"]
            if statement["Effect"] == "Allow" and action in (
                actions if isinstance(actions, list) else [actions]
            ):
                statement.update(members)

    return change


def closed_to(principal: str) -> Change:
    """Drop the statements for a principal."""

    def change(resource: Json) -> None:
        for document in _documents(resource["Properties"]):
            document["Statement"] = [
                one
                for one in document["Statement"]
                if principal not in json.dumps(one.get("Principal", ""))
            ]

    return change


def _documents(properties: Json) -> list[Json]:
    single = [properties[key] for key in ("PolicyDocument", "KeyPolicy", "AccessPolicies")
              if key in properties]  # fmt: skip
    return single + [policy["PolicyDocument"] for policy in properties.get("Policies", ())]


def _statements(properties: Json) -> list[Json]:
    return [one for document in _documents(properties) for one in document["Statement"]]


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(resource: Json) -> None:
        for one in changes:
            one(resource)

    return change


def _arn(service: str, resource: str, region: str = "us-west-2") -> str:
    return f"arn:aws:{service}:{region}::{resource}"


DAMAGES = (
    # models, dimensions, fields
    Damage("the index has another dimension than the model", INDEX, put("Dimension", 512)),
    Damage("the S3 index has another dimension than the model", VECTORS, put("Dimension", 1536),
           "s3-vectors"),
    Damage("the table has another dimension than the model", TABLE,
           reworded("vector(1024)", "vector(256)"), "aurora"),
    Damage("the base embeds with a model that its role may not call", BASE,
           reworded(TITAN, COHERE)),
    Damage("the base's role may call its model in another Region", BASE_ROLE,
           allowing("bedrock:InvokeModel", Resource=_arn("bedrock", f"foundation-model/{TITAN}"))),
    Damage("the base looks for vectors in a field that the index lacks", BASE,
           put(f"{STORAGE}.FieldMapping.VectorField", "embedding")),
    Damage("the base looks for text in the metadata's field", BASE,
           put(f"{STORAGE}.FieldMapping.TextField", "metadata")),
    Damage("the base names another index", BASE, put(f"{STORAGE}.VectorIndexName", "outcrop2")),
    Damage("the base maps a column that the table lacks", BASE,
           put(f"{RDS}.FieldMapping.CustomMetadataField", "attributes"), "aurora"),
    Damage("the base names another table", BASE, put(f"{RDS}.TableName", "chunks"), "aurora"),
    Damage("the base reads another database than the table's", BASE,
           put(f"{RDS}.DatabaseName", "postgres"), "aurora"),
    Damage("Bedrock's own metadata is indexed for filters", VECTORS,
           drop("MetadataConfiguration"), "s3-vectors"),
    Damage("the application answers with a model that it may not call", API_FUNCTION,
           put(f"{VARIABLES}.OUTCROP_MODEL_ID", "anthropic.claude-sonnet-4-5-20250929-v1:0")),
    Damage("the profile's model may be called in one Region only", API_ROLE,
           reworded(":bedrock:*::foundation-model/", ":bedrock:us-east-1::foundation-model/")),
    Damage("the agent answers with a model that its role may not call", AGENT,
           put("FoundationModel", "us.amazon.nova-pro-v1:0")),
    Damage("the reranking model may not be called", BASE_ROLE,
           reworded("cohere.rerank-v3-5:0", "amazon.rerank-v1:0")),
    # who may use the store
    Damage("the base may not write into the index", DATA_POLICY,
           reworded("aoss:WriteDocument", "aoss:ReadDocument")),
    Damage("the index function may not make the index", DATA_POLICY,
           reworded("aoss:CreateIndex", "aoss:UpdateIndex")),
    Damage("the data policy lets in somebody else than the base", DATA_POLICY,
           in_policy(0, "Principal", value=["arn:aws:iam::111122223333:role/other"])),
    Damage("the data policy is for another index", DATA_POLICY, reworded("/outcrop", "/other")),
    Damage("the network policy does not let Bedrock in", NETWORK_POLICY,
           in_policy(0, "SourceServices", value=[])),
    Damage("the network policy names no endpoint", NETWORK_POLICY,
           in_policy(0, "SourceVPCEs", value=[])),
    Damage("the base may not call the collection's API", ACCESS, without("aoss:APIAccessAll")),
    Damage("the domain does not let the base write", DOMAIN, without("es:ESHttpPut"), "iam"),
    Damage("the base may not search the S3 index", ACCESS, without("s3vectors:QueryVectors"),
           "s3-vectors"),
    Damage("the base may not send SQL", ACCESS, without("rds-data:ExecuteStatement"), "aurora"),
    Damage("the base may not read the database's password", ACCESS,
           without("secretsmanager:GetSecretValue"), "aurora"),
    Damage("the database has no Data API", CLUSTER, put("EnableHttpEndpoint", value=False),
           "aurora"),
    # messages and events
    Damage("CloudWatch may not publish alarms", "AWS::SNS::TopicPolicy",
           closed_to("cloudwatch.amazonaws.com")),
    Damage("CloudWatch may not use the topic's key", KEY, closed_to("cloudwatch.amazonaws.com")),
    Damage("the queue's policy fits no bucket of the stack", "DocumentsQueuePolicy",
           reworded("second-documents-*", "second-docs-*")),
    Damage("the queue's policy is for the dead letters", "DocumentsQueuePolicy",
           reworded("DocumentsQueue2308F2E1", "DocumentsDeadLettersE40BAE9A")),
    Damage("the nightly sync may not start", "IngestNightlyRole",
           without("bedrock:StartIngestionJob")),
    Damage("the schedule may not give up into its queue", "IngestNightlyRole",
           without("sqs:SendMessage")),
    Damage("the ingest function may read another queue only", "IngestFunctionRole",
           reworded("DocumentsQueue2308F2E1", "DocumentsDeadLettersE40BAE9A")),
    # the API and its function
    Damage("the function lacks the adapter's layer", API_FUNCTION, drop("Layers")),
    Damage("the adapter is for another processor", API_FUNCTION,
           reworded("LambdaAdapterLayerArm64", "LambdaAdapterLayerX86")),
    Damage("the adapter does not stream", API_FUNCTION,
           put(f"{VARIABLES}.AWS_LWA_INVOKE_MODE", "buffered")),
    Damage("the adapter is not started", API_FUNCTION,
           drop(f"{VARIABLES}.AWS_LAMBDA_EXEC_WRAPPER")),
    Damage("the gateway may not call the function", "ApiRestApiPermissionApiScoped"
           "SecondApplicationFunction37A72EA5SecondApiRestC8EFA587", None),
    Damage("the gateway may call another function only", "ApiRestApiPermissionApiScoped"
           "SecondApplicationFunction37A72EA5SecondApiRestC8EFA587",
           reworded("ApplicationFunctionBC7A2CC5", "IngestFunctionB02ED0EB")),
    Damage("the application may search another base only", API_ROLE,
           allowing("bedrock:Retrieve", Resource="arn:aws:bedrock:us-east-1:1:knowledge-base/X")),
    Damage("the application may apply another guardrail only", API_ROLE,
           allowing("bedrock:ApplyGuardrail", Resource="arn:aws:bedrock:us-east-1:1:guardrail/x")),
    Damage("the application may not decrypt", API_ROLE, without("kms:Decrypt")),
    Damage("a page may not send its token", OPTIONS,
           reworded("'authorization,", "'")),
    Damage("a page's preflight allows another origin", OPTIONS,
           reworded("https://docs.example.com", "https://other.example.com")),
    Damage("a page cannot read a refusal", "AWS::ApiGateway::GatewayResponse",
           drop("ResponseParameters")),
    Damage("one route is not throttled", STAGE, put("MethodSettings.1", {
        "HttpMethod": "POST", "ResourcePath": "/~1chat", "ThrottlingRateLimit": -1})),
    # who comes in
    Damage("anybody may sign up", POOL,
           put("AdminCreateUserConfig.AllowAdminCreateUserOnly", value=False)),
    Damage("a password is enough", POOL, put("MfaConfiguration", "OFF")),
    Damage("tokens are handed out in the address", CLIENT, put("AllowedOAuthFlows", ["implicit"])),
    Damage("an ID token is good for a day", CLIENT, put("IdTokenValidity", 1440)),
    Damage("a refresh token is good for ten years", CLIENT, put("RefreshTokenValidity", 5256000)),
    Damage("the client has a secret, which a page cannot keep", CLIENT,
           put("GenerateSecret", value=True)),
    Damage("a token may be sent over plain HTTP", CLIENT,
           put("CallbackURLs.0", "http://docs.example.com/")),
    Damage("who has an account can be found out", CLIENT, put("PreventUserExistenceErrors",
                                                              "LEGACY")),
    Damage("the authorizer takes another pool's tokens", "AWS::ApiGateway::Authorizer",
           put("ProviderARNs", ["arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_x"])),
    # the firewall and the guardrail
    Damage("too many requests are only counted", FIREWALL, put("Rules.0.Action", {"Count": {}})),
    Damage("known attacks are only counted", FIREWALL,
           put("Rules.2.OverrideAction", {"Count": {}})),
    Damage("a body may be larger than what is looked at", FIREWALL,
           put("Rules.1.Statement.SizeConstraintStatement.Size", 131072)),
    Damage("a body that is too large to look at passes", FIREWALL, put(
        "Rules.1.Statement.SizeConstraintStatement.FieldToMatch.Body.OversizeHandling",
        "NO_MATCH")),
    Damage("card numbers are not masked", GUARDRAIL,
           put("SensitiveInformationPolicyConfig.PiiEntitiesConfig.3.Action", "NONE")),
    Damage("secrets are not looked for in answers", GUARDRAIL,
           put("SensitiveInformationPolicyConfig.PiiEntitiesConfig.0.OutputEnabled", value=False)),
    Damage("hate passes", GUARDRAIL, both(
        put("ContentPolicyConfig.FiltersConfig.2.InputStrength", "NONE"),
        put("ContentPolicyConfig.FiltersConfig.2.OutputStrength", "NONE"))),
    Damage("the version is another guardrail's", "AWS::Bedrock::GuardrailVersion",
           put("GuardrailIdentifier", "abcdefgh")),
    # keys, logs, alarms
    Damage("the account may not use its key", KEY, closed_to(":root")),
    Damage("the key is never renewed", KEY, put("EnableKeyRotation", value=False)),
    Damage("a log ends after a day", "ApplicationFunctionLog", put("RetentionInDays", 1)),
    Damage("the function's log is another function's", API_FUNCTION,
           put("LoggingConfig.LogGroup", {"Ref": "IngestFunctionLog28586B39"})),
    Damage("no data is an alarm", DEAD_LETTERS, put("TreatMissingData", "breaching")),
    Damage("what no data means is not said", SERVER_ERRORS, drop("TreatMissingData")),
    Damage("dead letters are watched by what is never counted for them", DEAD_LETTERS,
           reworded("ApproximateNumberOfMessagesVisible", "NumberOfMessagesSent")),
    Damage("an alarm has a dimension that no metric has", "ObservabilityFunctionThrottled",
           reworded('"FunctionName"', '"Function"')),
    Damage("an alarm watches a function that is not the stack's", "ObservabilityIngestErrors",
           put("Metrics.0.MetricStat.Metric.Dimensions.0.Value", "Outcrop-Ingest")),
    Damage("an alarm watches an API that is not the stack's", SERVER_ERRORS,
           reworded('"Second"', '"Outcrop"')),
    Damage("an alarm watches a model that does not answer", "ObservabilitySlowAnswers",
           reworded("us.amazon.nova-lite-v1:0", NOVA)),
    Damage("a rate of errors is a sum", SERVER_ERRORS, reworded('"Average"', '"Sum"')),
    Damage("an alarm tells nobody", DEAD_LETTERS, drop("AlarmActions")),
    # data
    Damage("conversations are indexed as documents", SOURCE,
           reworded('"Documents"', '"Conversations"')),
    Damage("the base may read conversations and no documents", "DocumentsDocumentsBucketPolicy",
           closed_to("KnowledgeBaseRole")),
    Damage("documents end after a month", "Documents", put("LifecycleConfiguration.Rules.2", {
        "ExpirationInDays": 30, "Id": "Expiry", "Status": "Enabled"})),
    Damage("events go to the dead letters", "Documents",
           reworded("DocumentsQueue2308F2E1", "DocumentsDeadLettersE40BAE9A")),
    Damage("a page may not upload", "Documents",
           reworded('"AllowedMethods": ["GET", "POST"]', '"AllowedMethods": ["GET"]')),
    Damage("removed documents stay searchable", "Documents",
           reworded("s3:ObjectRemoved:*", "s3:ObjectTagging:*")),
    # names and networks
    Damage("the base's name does not change with its definition", BASE, put("Name", "second-docs")),
    Damage("the collection's tags replace it", "AWS::OpenSearchServerless::Collection",
           put("Tags", [{"Key": "team", "Value": "red"}])),
    Damage("anybody may reach the endpoint", "AWS::EC2::SecurityGroup", put("SecurityGroupIngress",
           [{"CidrIp": "0.0.0.0/0", "FromPort": 443, "IpProtocol": "tcp", "ToPort": 443}])),
    Damage("the index function is in no network", "KnowledgeBaseStoreIndexFunction",
           drop("VpcConfig")),
    Damage("the index function has less time than its work", "KnowledgeBaseStoreIndexFunction",
           put("Timeout", 30)),
    # the agent and its tools
    Damage("the alias stays when the guardrail changes", ALIAS, put("Description", "Definition 1")),
    Damage("the agent does not search the base", AGENT,
           put("KnowledgeBases.0.KnowledgeBaseState", "DISABLED")),
    Damage("the agent calls one tool's function for another", AGENT,
           reworded("ToolsProductsFunctionC07E9483", "ToolsOrdersFunction3A825CDD")),
    Damage("the agent may not call a tool", "ToolsOrdersFunctionAgent", None),
    Damage("the agent may not apply its guardrail", AGENT_ROLE, without("bedrock:ApplyGuardrail")),
    Damage("the application may not read the drafts that it asks", API_ROLE,
           without("bedrock:GetPrompt")),
    Damage("a prompt's name does not end with its definition", "AWS::Bedrock::Prompt",
           put("Name", "answer")),
    Damage("a tool reads another tool's table", "ToolsOrdersFunction",
           put(f"{VARIABLES}.OUTCROP_ORDERS_TABLE", {"Ref": "ToolsProductsTableDBDCE0E8"})),
    Damage("the application may call no tool", API_ROLE, without("lambda:InvokeFunction")),
    Damage("the application may call any function", API_ROLE, allowing(
        "lambda:InvokeFunction", Resource=["arn:aws:lambda:us-east-1:111122223333:function:x"])),
    Damage("the application may call the ingest function too", API_ROLE,
           reworded('["ToolsProductsFunctionC07E9483", "Arn"]}',
                    '["ToolsProductsFunctionC07E9483", "Arn"]}, '
                    '{"Fn::GetAtt": ["IngestFunctionB02ED0EB", "Arn"]}')),
    Damage("the application knows no tool", API_FUNCTION,
           drop(f"{VARIABLES}.OUTCROP_TOOL_FUNCTIONS")),
    Damage("the application calls one tool's function for another", API_FUNCTION,
           reworded("ToolsProductsFunctionC07E9483", "ToolsOrdersFunction3A825CDD")),
    Damage("the application calls a function that is no tool", API_FUNCTION,
           reworded("ToolsProductsFunctionC07E9483", "IngestFunctionB02ED0EB")),
    Damage("a tool may not write what it changes", "ToolsOrdersFunctionRole",
           without("dynamodb:UpdateItem")),
    Damage("a tool may delete what it only reads", "ToolsProductsFunctionRole",
           reworded('"dynamodb:Scan"', '"dynamodb:Scan", "dynamodb:DeleteItem"')),
)  # fmt: skip
"""In the order of the subjects."""

LATER_DAMAGES = (
    Damage("events of documents are not taken from the queue", "IngestEvents",
           put("Enabled", value=False)),
    Damage("the ingest function may never run", "IngestFunction",
           put("ReservedConcurrentExecutions", 0)),
    Damage("dead letters end after a minute", "DocumentsDeadLetters",
           put("MessageRetentionPeriod", 60)),
    Damage("the nightly sync is switched off", "IngestNightly", put("State", "DISABLED")),
    Damage("the nightly sync is of another base", "IngestNightly",
           reworded('{"Fn::GetAtt": ["KnowledgeBase4895AB26", "KnowledgeBaseId"]}', '"A1B2C3"')),
    Damage("one person gets another's answer from a cache", STAGE,
           put("MethodSettings.0.CachingEnabled", value=True)),
    Damage("a streamed answer goes to the address of whole ones", METHOD,
           reworded("2021-11-15/functions/", "2015-03-31/functions/")),
    Damage("a method passes no request on", METHOD, put("Integration.Type", "MOCK")),
    Damage("an ID token is refused, because a scope is asked for", METHOD,
           put("AuthorizationScopes", ["openid"])),
    Damage("the firewall is in front of nothing of the stack", "ApiFirewallStage",
           put("ResourceArn", "arn:aws:apigateway:us-east-1::/restapis/abcdefghij/stages/v1")),
    Damage("who signs in gets no ID token", CLIENT, put("AllowedOAuthScopes", ["email"])),
    Damage("the application lists another bucket's documents", API_FUNCTION,
           put(f"{VARIABLES}.OUTCROP_DOCUMENTS_BUCKET", {"Ref": "Conversations"})),
    Damage("the application counts in the table of orders", API_FUNCTION,
           put(f"{VARIABLES}.OUTCROP_BUDGET_TABLE", {"Ref": "ToolsOrdersTable00B5D3A3"})),
    Damage("the application may not count", API_ROLE, without("dynamodb:UpdateItem")),
    Damage("the table of budgets has another key", "Budgets",
           reworded('"AttributeName": "month"', '"AttributeName": "period"')),
    Damage("what was spent is kept for ever", "Budgets", drop("TimeToLiveSpecification")),
    Damage("another service than Bedrock gets the base's role", BASE_ROLE,
           reworded("bedrock.amazonaws.com", "lambda.amazonaws.com")),
    Damage("both zones of the database are one",
           "KnowledgeBaseStoreNetworkVpcIsolatedSubnet2Subnet",
           reworded('"Fn::Select": [1', '"Fn::Select": [0'), "aurora"),
    Damage("an alarm is switched off", DEAD_LETTERS, put("ActionsEnabled", value=False)),
    Damage("the endpoint's network lets no call in",
           "KnowledgeBaseStoreNetworkInsidefromSecondKnowledgeBaseStoreNetworkInside68ADD9B5443"
           "1641936C", put("FromPort", 9200)),
    Damage("a deployment is made before its methods", "AWS::ApiGateway::Deployment", alone),
    Damage("the sign-in page is another pool's", "AWS::Cognito::UserPoolDomain",
           put("UserPoolId", "us-east-1_x")),
    Damage("the page's looks are another client's", "AWS::Cognito::ManagedLoginBranding",
           put("ClientId", "1a2b3c4d")),
    Damage("the firewall lets nobody in", FIREWALL, put("DefaultAction", {"Block": {}})),
    Damage("the firewall is one for CloudFront", FIREWALL, put("Scope", "CLOUDFRONT")),
    Damage("budgets are written once a second at most", "Budgets",
           put("BillingMode", "PROVISIONED")),
    Damage("the adapter waits for a path that there is not", API_FUNCTION,
           put(f"{VARIABLES}.AWS_LWA_READINESS_CHECK_PATH", "/health")),
    Damage("conversations are without the stack's key", "Conversations", drop("BucketEncryption")),
    Damage("an alarm's threshold is never reached", SERVER_ERRORS, put("Threshold", 1_000_000)),
    Damage("documents go with a stack whose tables stay", "Documents", goes_with_the_stack),
    Damage("what stays can be deleted by accident", "Budgets",
           put("DeletionProtectionEnabled", value=False)),
    Damage("the function has no room for the application", API_FUNCTION, put("MemorySize", 128)),
    Damage("the index function's code is not in its bundle", "KnowledgeBaseStoreIndexFunction",
           put("Handler", "index.handler")),
)  # fmt: skip
"""Written after the rules for the others, and before any rule looked for them: of these 33, seven
were found then.
"""

ALL_DAMAGES = (*DAMAGES, *LATER_DAMAGES)
