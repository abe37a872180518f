"""Rules for buckets, queues, tables and logs."""

from collections.abc import Iterator

from infra.policy.grants import environments
from infra.policy.template import Template, referent, text

Broken = Iterator[tuple[str, str]]

BUCKET, QUEUE, TABLE = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::DynamoDB::Table"
TLS = "aws:SecureTransport"
SHORTEST_LOG = 30  # days


def buckets_speak_tls(template: Template) -> Broken:
    refusing = {
        resource.removeprefix("${").partition(".")[0]
        for statement in template.statements
        if statement.effect == "Deny" and TLS in statement.conditions
        for resource in statement.resources
    }
    for name, _ in template.of(BUCKET):
        if name not in refusing:
            yield name, "it answers without TLS; deny that in its policy"


def buckets_are_not_public(template: Template) -> Broken:
    for name, properties in template.of(BUCKET):
        configuration = properties.get("PublicAccessBlockConfiguration", {})
        if list(configuration.values()).count(True) < 4:
            yield name, "block all four ways of public access"


def documents_are_kept_with_our_key(template: Template) -> Broken:
    """All but access logs, which S3 cannot write with a customer's key, and the page's files, which
    everybody may read.
    """
    others = _log_buckets(template) | _page_files(template)
    for name, properties in template.of(BUCKET):
        if "aws:kms" not in text(properties.get("BucketEncryption", "")) and name not in others:
            yield name, "it is not encrypted with the stack's key"


def documents_can_be_brought_back(template: Template) -> Broken:
    """A bucket that sends events is one that people write to."""
    for name, properties in template.of(BUCKET):
        versioned = properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
        if "NotificationConfiguration" in properties and not versioned:
            yield name, "what is overwritten is lost; keep versions"


def old_versions_end(template: Template) -> Broken:
    for name, properties in template.of(BUCKET):
        rules = text(properties.get("LifecycleConfiguration", ""))
        if "VersioningConfiguration" in properties and "NoncurrentDays" not in rules:
            yield name, "old versions pile up; end them after a while"


def events_reach_their_queue(template: Template) -> Broken:
    """S3 tests the queue when notifications are set, so its policy has to exist before."""
    policies = {name for name, _ in template.of("AWS::SQS::QueuePolicy")}
    for name, properties in template.of(BUCKET):
        if "NotificationConfiguration" in properties and not policies & template.needs(name):
            yield name, "it has to wait (DependsOn) for the queue's policy"


def queues_take_events_of_ours_only(template: Template) -> Broken:
    for statement in template.statements:
        if statement.kind == "AWS::SQS::QueuePolicy" and statement.effect == "Allow":
            missing = {"aws:SourceArn", "aws:SourceAccount"} - statement.conditions
            if missing:
                yield statement.where, f"others may send to it: there is no {', '.join(missing)}"


def queues_give_up(template: Template) -> Broken:
    """A message that always fails would come again for days."""
    sources = {
        source
        for name, _ in template.of("AWS::Lambda::EventSourceMapping")
        for source in template.needs(name)
    }
    for name, properties in template.of(QUEUE):
        if name in sources and "RedrivePolicy" not in properties:
            dead = any(
                name in template.needs(other) for other, one in template.of(QUEUE) if other != name
            )
            if not dead:
                yield name, "it has no dead letters; messages would come again and again"


def given_up_is_noticed(template: Template) -> Broken:
    queues_with_alarm = {
        queue for name, _ in template.of("AWS::CloudWatch::Alarm") for queue in template.needs(name)
    }
    for _, properties in template.of(QUEUE):
        if target := properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"):
            dead = text(target).removeprefix("${").partition(".")[0]
            if dead not in queues_with_alarm:
                yield dead, "no alarm watches it; add one"


def logs_end(template: Template) -> Broken:
    for name, properties in template.of("AWS::Logs::LogGroup"):
        if "RetentionInDays" not in properties:
            yield name, "it is kept and billed for ever; set a retention"
        elif properties["RetentionInDays"] < SHORTEST_LOG:
            yield name, f"it ends before anybody looks; keep it {SHORTEST_LOG} days at least"


def people_keep_their_data(template: Template) -> Broken:
    """What people made does not end by itself; a part of a bucket may, by its prefix."""
    logs = _log_buckets(template)
    for name, properties in template.of(BUCKET):
        for rule in properties.get("LifecycleConfiguration", {}).get("Rules", ()):
            ends = {"ExpirationInDays", "ExpirationDate"} & set(rule)
            if ends and not rule.get("Prefix") and name not in logs:
                yield name, "all that is in it ends after a while; give the rule a prefix"
    for name, properties in template.of(TABLE):
        if properties.get("SSESpecification", {}).get("SSEEnabled") is not True:
            yield name, "it is not encrypted with the stack's key"


def documents_are_indexed_and_nothing_else(template: Template) -> Broken:
    """One bucket: the data source's, the one that tells of changes, and the application's."""
    telling = {
        name
        for name, properties in template.of(BUCKET)
        if "NotificationConfiguration" in properties
    }
    for name, properties in template.of("AWS::Bedrock::DataSource"):
        source = properties["DataSourceConfiguration"].get("S3Configuration", {})
        if source and referent(source["BucketArn"]) not in telling:
            yield name, f"it indexes {text(source['BucketArn'])}, which holds no documents"
    for name, variables in environments(template):
        used = variables.get("OUTCROP_DOCUMENTS_BUCKET")
        if used and referent(used) not in telling:
            yield name, f"its documents are in {text(used)}, whose changes nobody is told"
        conversations = variables.get("OUTCROP_CONVERSATIONS_BUCKET")
        if conversations and referent(conversations) in telling:
            yield name, "conversations would be indexed as documents"


def what_people_made_stays_together(template: Template) -> Broken:
    """A stack that keeps something when it is deleted keeps all that people made."""
    policies = {
        name: template.resources[name].get("DeletionPolicy", "Delete")
        for name, _ in template.of(BUCKET, TABLE, "AWS::Cognito::UserPool")
        if name not in _log_buckets(template) | _page_files(template)
    }
    if "Retain" in policies.values():
        for name, policy in policies.items():
            if policy != "Retain":
                yield name, "it would go with the stack, and others would stay; Retain"
        for name, properties in template.of(TABLE):
            if properties.get("DeletionProtectionEnabled") is not True:
                yield name, "it stays, and can be deleted by accident; DeletionProtectionEnabled"


def tables_can_be_brought_back(template: Template) -> Broken:
    for name, properties in template.of(TABLE):
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        if not recovery.get("PointInTimeRecoveryEnabled"):
            yield name, "what is deleted by mistake is lost; enable point-in-time recovery"


def _log_buckets(template: Template) -> set[str]:
    """The buckets of access logs: S3's, and CloudFront's."""
    return {
        referent(properties["LoggingConfiguration"]["DestinationBucketName"])
        for _, properties in template.of(BUCKET)
        if "LoggingConfiguration" in properties
    } | {
        referent(properties["DistributionConfig"].get("Logging"))
        for _, properties in template.of("AWS::CloudFront::Distribution")
    }


def _page_files(template: Template) -> set[str]:
    """The bucket of the page's files, which each deployment makes again."""
    return {referent(properties.get("Bucket")) for _, properties in template.of("Custom::Page")}


RULES = (
    buckets_speak_tls,
    buckets_are_not_public,
    documents_are_kept_with_our_key,
    documents_can_be_brought_back,
    old_versions_end,
    events_reach_their_queue,
    queues_take_events_of_ours_only,
    queues_give_up,
    given_up_is_noticed,
    logs_end,
    people_keep_their_data,
    documents_are_indexed_and_nothing_else,
    tables_can_be_brought_back,
    what_people_made_stays_together,
)
