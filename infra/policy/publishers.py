"""Rules for topics and queues: policy and key let in whoever publishes, and somebody reads it."""

from collections.abc import Iterator

from infra.policy.grants import admitted, covers, fits
from infra.policy.template import Statement, Template, references, referent, text

Broken = Iterator[tuple[str, str]]

TOPIC, TOPIC_POLICY = "AWS::SNS::Topic", "AWS::SNS::TopicPolicy"
QUEUE_POLICY = "AWS::SQS::QueuePolicy"
BUCKET, MAPPING = "AWS::S3::Bucket", "AWS::Lambda::EventSourceMapping"
KEY = "AWS::KMS::Key"
KEY_USE = {"kms:Decrypt", "kms:GenerateDataKey"}

PUBLISHERS = {
    "AWS::CloudWatch::Alarm": "cloudwatch.amazonaws.com",
    "AWS::CloudWatch::CompositeAlarm": "cloudwatch.amazonaws.com",
    "AWS::Budgets::Budget": "budgets.amazonaws.com",
}
"""Types that publish to a topic which they refer to, and the service that does it for them."""

CHANGES = {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}


def topics_take_what_is_published(template: Template) -> Broken:
    """A topic's own policy takes the place of the default one, which lets the account publish."""
    for topic, service in _publishers(template):
        allowing = admitted(template, TOPIC_POLICY, service, "sns:Publish")
        if not any(covers(one, f"${{{topic}}}") for one in allowing):
            yield topic, f"{service} may not publish; allow it in the topic's policy"


def topics_keys_can_be_used(template: Template) -> Broken:
    for topic, service in _publishers(template):
        properties = template.resources[topic]["Properties"]
        key = referent(properties.get("KmsMasterKeyId", ""))
        if template.kind(key) == KEY:
            actions = {
                action
                for one in template.statements
                if one.where == key and one.effect == "Allow" and service in one.principals
                for action in one.actions
            }
            if missing := KEY_USE - actions:
                yield key, f"{service} is not allowed {', '.join(sorted(missing))} for {topic}"


def queues_take_their_buckets_events(template: Template) -> Broken:
    """By a pattern that fits the name that CloudFormation gives the bucket."""
    for name, properties in template.of(BUCKET):
        sent = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", ())
        for queue in {text(one["Queue"]) for one in sent}:
            allowing = admitted(template, QUEUE_POLICY, "s3.amazonaws.com", "sqs:SendMessage")
            if not any(covers(one, queue) and _is_from(template, one, name) for one in allowing):
                yield name, f"{queue} does not take its events; its policy has to allow it"


def changes_are_told_and_read(template: Template) -> Broken:
    """Both kinds of change, to a queue that a function reads."""
    read = {text(one["EventSourceArn"]) for _, one in template.of(MAPPING)}
    for name, properties in template.of(BUCKET):
        sent = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", ())
        if sent and (missing := CHANGES - {one["Event"] for one in sent}):
            yield name, f"{', '.join(sorted(missing))} are not told; the index would not follow"
        for queue in {text(one["Queue"]) for one in sent} - read:
            yield name, f"its events go to {queue}, which no function reads"


def account_keeps_its_key(template: Template) -> Broken:
    """Without the account in its policy, nobody can use or change a key any more."""
    for name, properties in template.of(KEY):
        actions = {
            action
            for one in template.statements
            if one.where == name and one.effect == "Allow"
            if any(principal.endswith(":root") for principal in one.principals)
            for action in one.actions
        }
        needed = {"kms:PutKeyPolicy", "kms:Decrypt", "kms:CreateGrant", "kms:GenerateDataKey"}
        if missing := needed - actions:
            yield name, f"the account itself is not allowed {', '.join(sorted(missing))}"
        if properties.get("EnableKeyRotation") is not True:
            yield name, "it is never renewed; set EnableKeyRotation"
        if properties.get("Enabled") is False:
            yield name, "it is not enabled; nothing can be decrypted"


def _publishers(template: Template) -> Iterator[tuple[str, str]]:
    pairs = {
        (topic, PUBLISHERS[kind])
        for kind in PUBLISHERS
        for _, properties in template.of(kind)
        for topic in references(properties)
        if template.kind(topic) == TOPIC
    }
    yield from sorted(pairs)


def _is_from(template: Template, statement: Statement, bucket: str) -> bool:
    """Whether a statement's source fits a bucket: by reference, or by its name to be."""
    properties = template.resources[bucket]["Properties"]
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", ())}
    stack = tags.get("outcrop:stack", "").lower()
    own = text(properties["BucketName"]) if "BucketName" in properties else ""
    name = own or f"{stack}-{bucket.lower()}-0a1b2c3d4e5f"
    arns = (f"arn:${{AWS::Partition}}:s3:::{name}", f"${{{bucket}.Arn}}")
    sources = [value for key, value in statement.values if key == "aws:SourceArn"]
    accounts = [value for key, value in statement.values if key == "aws:SourceAccount"]
    return any(fits(source, arn) for source in sources for arn in arns) and accounts == [
        "${AWS::AccountId}"
    ]


RULES = (
    topics_take_what_is_published,
    topics_keys_can_be_used,
    queues_take_their_buckets_events,
    changes_are_told_and_read,
    account_keeps_its_key,
)
