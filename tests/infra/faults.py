"""A fault for every rule of ours, and beside it which rules of others find it too.

Those of cfn-lint, the CDK's own validation and cdk-nag, as far as the stack does not acknowledge
them anyway.
"""

from tests.infra.planting import (
    Fault,
    alone,
    drop,
    elsewhere_only,
    empty,
    found,
    in_policy,
    lent,
    put,
    statement,
    without_versions_end,
)

# What is copied: by type, or by logical id without its hash.
GUARDRAIL = "AWS::Bedrock::Guardrail"
AGENT = "AWS::Bedrock::Agent"
BASE = "AWS::Bedrock::KnowledgeBase"
COLLECTION = "AWS::OpenSearchServerless::Collection"
ACCESS = "AWS::OpenSearchServerless::AccessPolicy"
NETWORK = "KnowledgeBaseStoreNetworkPolicy"
INDEX = "Custom::VectorIndex"
BUCKET = "Documents"
METHOD = "ApiRestchatPOST"
STAGE = "AWS::ApiGateway::Stage"
API_FUNCTION = "ApplicationFunction"
MAPPING = "AWS::Lambda::EventSourceMapping"
ROLE = "IngestFunctionRole"

# Where in it.
FILTERS = "ContentPolicyConfig.FiltersConfig"
GROUNDING = "ContextualGroundingPolicyConfig.FiltersConfig"
ALL = "MethodSettings.0"
ENVIRONMENT = "Environment.Variables"

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

DISTRIBUTION = "AWS::CloudFront::Distribution"
PAGE_HEADERS = "AWS::CloudFront::ResponseHeadersPolicy"
POOL_CLIENT = "AWS::Cognito::UserPoolClient"
FIRST, FILES, TO_API = (
    f"DistributionConfig.{one}"
    for one in ("DefaultCacheBehavior", "CacheBehaviors.0", "CacheBehaviors.1")
)
API_ORIGIN = "DistributionConfig.Origins.1"
SECURITY = "ResponseHeadersPolicyConfig.SecurityHeadersConfig"
POLICY = f"{SECURITY}.ContentSecurityPolicy.ContentSecurityPolicy"
KEEPS = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # CachingOptimized
WIDE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for "
    "'script'"
)

PAGE_FAULTS = (
    Fault("pages_speak_tls", DISTRIBUTION, put(f"{FIRST}.ViewerProtocolPolicy", "allow-all")),
    Fault(
        "pages_speak_tls",
        DISTRIBUTION,
        put(f"{API_ORIGIN}.CustomOriginConfig.OriginProtocolPolicy", "match-viewer"),
        found("AwsSolutions-CFR5"),
    ),
    Fault(
        "pages_speak_tls",
        DISTRIBUTION,
        put("DistributionConfig.ViewerCertificate.MinimumProtocolVersion", "TLSv1"),
        found("AwsSolutions-CFR4"),
    ),
    Fault(
        "page_files_are_private",
        DISTRIBUTION,
        drop("DistributionConfig.Origins.0.OriginAccessControlId"),
        found("AwsSolutions-CFR7"),
    ),
    Fault("pages_have_their_headers", DISTRIBUTION, drop(f"{FILES}.ResponseHeadersPolicyId")),
    Fault("pages_have_their_headers", PAGE_HEADERS, put(POLICY, WIDE)),
    Fault("pages_have_their_headers", PAGE_HEADERS, put(POLICY, "default-src 'self'")),
    Fault("pages_have_their_headers", PAGE_HEADERS, drop(f"{SECURITY}.StrictTransportSecurity")),
    Fault("pages_have_their_headers", PAGE_HEADERS, drop(f"{SECURITY}.ContentTypeOptions")),
    Fault("answers_pass_through_the_page", DISTRIBUTION, put(f"{TO_API}.CachePolicyId", KEEPS)),
    Fault("answers_pass_through_the_page", DISTRIBUTION, drop(f"{TO_API}.OriginRequestPolicyId")),
    Fault("answers_pass_through_the_page", DISTRIBUTION, drop(f"{TO_API}.AllowedMethods")),
    Fault(
        "answers_pass_through_the_page",
        DISTRIBUTION,
        put(f"{API_ORIGIN}.CustomOriginConfig.OriginReadTimeout", 10),
    ),
    Fault("new_pages_are_seen", DISTRIBUTION, put(f"{FIRST}.CachePolicyId", KEEPS)),
    Fault("new_pages_are_seen", DISTRIBUTION, drop("DistributionConfig.DefaultRootObject")),
    Fault("page_callers_are_counted", DISTRIBUTION, drop(f"{TO_API}.FunctionAssociations")),
    Fault(
        "page_callers_are_counted",
        DISTRIBUTION,
        put(f"{API_ORIGIN}.OriginCustomHeaders.0.HeaderValue", "open sesame"),
    ),
    Fault("page_callers_are_counted", "AWS::WAFv2::WebACL", drop("Rules.5")),
    Fault(
        "page_callers_are_counted",
        "AWS::WAFv2::WebACL",
        drop("Rules.5.Statement.RateBasedStatement.ScopeDownStatement"),
    ),
    Fault(
        "people_come_back_to_the_page",
        POOL_CLIENT,
        put("CallbackURLs", ["http://localhost:8484/"]),
    ),
    Fault("page_files_are_the_stacks", "Custom::Page", put("Callees", ["https://*.example.com"])),
    Fault("page_files_are_the_stacks", "Custom::Page", put("ClientId", "1a2b3c4d")),
)
"""Faults of the page from CloudFront."""

FAULTS = (
    *PAGE_FAULTS,
    Fault("guardrail_is_not_empty", GUARDRAIL, empty),
    Fault("guardrail_grounds_answers", GUARDRAIL, drop("ContextualGroundingPolicyConfig")),
    Fault("guardrail_grounds_answers", GUARDRAIL, drop(f"{GROUNDING}.0")),
    Fault("guardrail_threshold_can_be_reached", GUARDRAIL, put(f"{GROUNDING}.0.Threshold", 1)),
    Fault("guardrail_threshold_can_be_reached", GUARDRAIL, put(f"{GROUNDING}.1.Threshold", 1.5)),
    Fault("guardrail_looks_for_attacks", GUARDRAIL, drop(f"{FILTERS}.5")),
    Fault("guardrail_looks_for_attacks", GUARDRAIL, put(f"{FILTERS}.5.InputStrength", "NONE")),
    Fault("attacks_are_of_questions_only", GUARDRAIL, put(f"{FILTERS}.5.OutputStrength", "HIGH")),
    Fault(
        "guardrail_masks_what_it_must",
        GUARDRAIL,
        put(
            "SensitiveInformationPolicyConfig.PiiEntitiesConfig",
            [{"Action": "BLOCK", "Type": "PIN"}],
        ),
    ),
    Fault("agent_is_guarded", AGENT, drop("GuardrailConfiguration")),
    Fault("agent_is_guarded", AGENT, put("GuardrailConfiguration.GuardrailVersion", "DRAFT")),
    Fault("agent_has_our_key", AGENT, drop("CustomerEncryptionKeyArn")),
    Fault("model_is_named_right", AGENT, put("FoundationModel", "the best one")),
    Fault("storage_is_what_it_says", BASE, put("StorageConfiguration.Type", "S3_VECTORS")),
    Fault("knowledge_base_waits_for_its_store", BASE, alone),
    Fault(
        "data_source_can_be_destroyed",
        "AWS::Bedrock::DataSource",
        put("DataDeletionPolicy", "DELETE"),
    ),
    Fault("roles_are_not_lent", "KnowledgeBaseRole", lent),
    Fault("roles_are_not_lent", "IngestNightlyRole", lent),
    Fault("functions_are_not_lent", "ToolsOrdersFunctionAgent", drop("SourceArn")),
    Fault("functions_are_not_lent", "ToolsOrdersFunctionAgent", drop("SourceAccount")),
    Fault("collection_is_not_public", NETWORK, in_policy(0, "AllowFromPublic", value=True)),
    Fault("collection_is_for_named_roles", ACCESS, in_policy(0, "Principal", value=["*"])),
    Fault(
        "collection_actions_are_named",
        ACCESS,
        in_policy(0, "Rules", 0, "Permission", value=["aoss:*"]),
    ),
    Fault(
        "collection_resources_are_named",
        ACCESS,
        in_policy(0, "Rules", 0, "Resource", value=["index/*/*"]),
    ),
    Fault("collection_waits_for_its_policies", COLLECTION, alone),
    Fault("index_waits_for_access", INDEX, alone),
    Fault("custom_resources_can_answer", INDEX, alone),
    Fault("index_fits_the_engine", INDEX, put("Engine", "faiss")),
    Fault(
        "generations_are_reached_their_own_way",
        "KnowledgeBaseStoreNetworkInterface",
        drop("PrivateDnsEnabled"),
    ),
    Fault(
        "generations_are_reached_their_own_way",
        "AWS::OpenSearchServerless::CollectionGroup",
        put("StandbyReplicas", "DISABLED"),
    ),
    Fault(
        "api_is_regional", "AWS::ApiGateway::RestApi", put("EndpointConfiguration.Types", ["EDGE"])
    ),
    Fault("integration_times_are_possible", METHOD, put("Integration.TimeoutInMillis", 1_000_000)),
    Fault(
        "integration_times_are_possible",
        METHOD,
        put("Integration.ResponseTransferMode", "BUFFERED"),
    ),
    Fault("streams_are_streamed", METHOD, drop("Integration.ResponseTransferMode")),
    Fault(
        "functions_end_before_their_callers", METHOD, put("Integration.TimeoutInMillis", 100_000)
    ),
    Fault(
        "callers_are_known",
        METHOD,
        put("AuthorizationType", "NONE"),
        found("AwsSolutions-APIG4", "AwsSolutions-COG4"),
    ),
    Fault("bodies_are_checked", METHOD, drop("RequestModels")),
    Fault("bodies_are_checked", METHOD, drop("RequestValidatorId")),
    Fault(
        "requests_are_throttled",
        STAGE,
        drop(f"{ALL}.ThrottlingRateLimit"),
        found("Serverless-APIGWDefaultThrottling"),
    ),
    Fault("questions_are_not_logged", STAGE, put(f"{ALL}.DataTraceEnabled", value=True)),
    Fault(
        "questions_are_not_logged", STAGE, put("AccessLogSetting.Format", '{"q": "$input.body"}')
    ),
    Fault(
        "headers_are_not_sampled",
        "AWS::WAFv2::WebACL",
        put("Rules.0.VisibilityConfig.SampledRequestsEnabled", value=True),
    ),
    Fault(
        "requests_are_few",
        "AWS::WAFv2::WebACL",
        put("Rules.0.Statement.RateBasedStatement.Limit", 100_000),
    ),
    Fault(
        "alarms_can_be_reached",
        "AWS::CloudWatch::Alarm",
        put("ComparisonOperator", "LessThanThreshold"),
    ),
    Fault("stages_are_behind_a_rate_rule", STAGE, None, found("AwsSolutions-APIG3")),
    Fault("origins_are_named", BUCKET, put("CorsConfiguration.CorsRules.0.AllowedOrigins", ["*"])),
    Fault("buckets_speak_tls", BUCKET, None, found("AwsSolutions-S10")),
    Fault("buckets_are_not_public", BUCKET, drop("PublicAccessBlockConfiguration")),
    Fault("documents_are_kept_with_our_key", BUCKET, drop("BucketEncryption")),
    Fault("documents_can_be_brought_back", BUCKET, drop("VersioningConfiguration")),
    Fault("old_versions_end", BUCKET, without_versions_end),
    Fault("events_reach_their_queue", BUCKET, alone),
    Fault("queues_take_events_of_ours_only", "DocumentsQueuePolicy", statement(Condition=None)),
    Fault("principals_are_named", "DocumentsQueuePolicy", statement(Principal="*")),
    Fault(
        "logs_end",
        "AWS::Logs::LogGroup",
        drop("RetentionInDays"),
        found("Serverless-CloudWatchLogGroupRetentionPeriod"),
    ),
    Fault(
        "tables_can_be_brought_back",
        "AWS::DynamoDB::Table",
        drop("PointInTimeRecoverySpecification"),
        found("AwsSolutions-DDB3"),
    ),
    Fault("functions_are_of_one_kind", API_FUNCTION, put("Architectures", ["x86_64"])),
    Fault(
        "functions_are_of_one_kind",
        API_FUNCTION,
        put("Runtime", "python3.13"),
        found("AwsSolutions-L1", "Serverless-LambdaLatestVersion"),
    ),
    Fault("functions_have_a_log_of_their_own", API_FUNCTION, drop("LoggingConfig")),
    Fault(
        "functions_are_traced",
        API_FUNCTION,
        drop("TracingConfig"),
        found("Serverless-LambdaTracing"),
    ),
    Fault("callers_are_verified", API_FUNCTION, put(f"{ENVIRONMENT}.OUTCROP_AUTH", "local")),
    Fault("answers_are_guarded", API_FUNCTION, drop(f"{ENVIRONMENT}.OUTCROP_GUARDRAIL_ID")),
    Fault(
        "answers_are_guarded",
        API_FUNCTION,
        put(f"{ENVIRONMENT}.OUTCROP_GUARDRAIL_VERSION", "DRAFT"),
    ),
    Fault("turns_end_in_time", API_FUNCTION, put("Timeout", 100)),
    Fault("failures_come_back_alone", MAPPING, drop("FunctionResponseTypes")),
    Fault(
        "events_are_passed_whole", MAPPING, put("FilterCriteria", {"Filters": [{"Pattern": "{}"}]})
    ),
    Fault("trusts_are_of_this_account", "KnowledgeBaseRole", elsewhere_only),
    Fault(
        "actions_are_named",
        ROLE,
        statement(Action="bedrock:*"),
        found("AwsSolutions-IAM5[Action::bedrock:*]"),
    ),
    Fault("resources_are_named", ROLE, statement(Resource="*")),
    Fault(
        "roles_hold_no_managed_policies",
        ROLE,
        put("ManagedPolicyArns", [ADMINISTRATOR]),
        found(f"AwsSolutions-IAM4[Policy::{ADMINISTRATOR}]"),
    ),
)
