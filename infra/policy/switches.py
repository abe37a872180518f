"""Rules for parts of the stack that are there and do nothing: switched off, filtered away, or gone
before anybody looks.
"""

from collections.abc import Iterator

from infra.policy.template import Template, referent

Broken = Iterator[tuple[str, str]]

QUEUE, MAPPING = "AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"
LEAST_AT_ONCE = 2  # calls of a function
DEFAULT_RETENTION = 4 * 86_400  # seconds, of a queue that says nothing
DEFAULT_VISIBILITY = 30


def nothing_is_switched_off(template: Template) -> Broken:
    for name, properties in template.of(MAPPING):
        if properties.get("Enabled") is False:
            yield name, "it takes no message; leave Enabled out"
    for name, properties in template.of("AWS::Scheduler::Schedule"):
        if properties.get("State", "ENABLED") != "ENABLED" or "EndDate" in properties:
            yield name, "it does not start anything, or will not one day; no State, no EndDate"
    for name, properties in template.of("AWS::Lambda::Function"):
        if properties.get("ReservedConcurrentExecutions", LEAST_AT_ONCE) < LEAST_AT_ONCE:
            yield name, f"fewer than {LEAST_AT_ONCE} calls at once; raise the reservation"
    for name, properties in template.of("AWS::S3::Bucket"):
        for rule in properties.get("LifecycleConfiguration", {}).get("Rules", ()):
            if rule.get("Status") != "Enabled":
                yield name, "a rule of its lifecycle is switched off"


def events_are_passed_whole(template: Template) -> Broken:
    """The index follows every change of every document, or it is wrong."""
    for name, properties in template.of(MAPPING):
        if "FilterCriteria" in properties:
            yield name, "a filter throws messages away; leave FilterCriteria out"
    for name, properties in template.of("AWS::S3::Bucket"):
        sent = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", ())
        if any("Filter" in one for one in sent):
            yield name, "a filter keeps changes of some documents from being told"


def messages_outlive_their_tries(template: Template) -> Broken:
    """A message that goes to the dead letters keeps the age that it had."""
    queues = dict(template.of(QUEUE))
    for name, properties in queues.items():
        redrive = properties.get("RedrivePolicy", {})
        retention = properties.get("MessageRetentionPeriod", DEFAULT_RETENTION)
        visibility = properties.get("VisibilityTimeout", DEFAULT_VISIBILITY)
        if visibility * redrive.get("maxReceiveCount", 0) > retention:
            yield name, "a message ends before its last try; keep messages longer"
        dead = referent(redrive.get("deadLetterTargetArn", ""))
        if dead in queues:
            longest = queues[dead].get("MessageRetentionPeriod", DEFAULT_RETENTION)
            if longest < retention + DEFAULT_RETENTION:
                yield dead, "dead letters end before anybody looks; keep them fourteen days"


RULES = (nothing_is_switched_off, events_are_passed_whole, messages_outlive_their_tries)
