"""Findings of cdk-nag, and of the project's own rules, that the stack accepts, with the reasons.

An acknowledgement holds for the whole stack. For wildcards, the project's own rules are stricter:
`policy/iam.py` lists each one that is allowed.
"""

from aws_cdk import Acknowledgment, Stack, Validations

from infra.context import Context
from infra.models import profiles

ALWAYS = {
    "AwsSolutions-IAM5[Resource::*]": "Traces, the list of models, network interfaces and API "
    "Gateway's log role: these actions know no narrower resource.",
    "Serverless-LambdaStarPermissions": "The same statements, found by the other pack.",
    "Serverless-LambdaDLQ": "No function is invoked for want of an answer: the API and the agent "
    "wait for it, the queue has dead letters of its own, and a custom resource that fails fails "
    "the deployment.",
    "Serverless-LambdaEventSourceMappingDestination": "A mapping of SQS takes none; the queue's "
    "redrive policy does that.",
    "Serverless-SQSRedrivePolicy": "It is found on the dead letters, which go no further.",
}
"""Accepted in every stack."""

TRIAL = {
    "AwsSolutions-S1": "Access logs are written in production. S3 delivers them hours later, into "
    "a bucket that could then not be deleted with the stack.",
}
"""Accepted in stacks that are not for production."""

BY_IAM = {
    "AwsSolutions-COG4": "With auth=iam, IAM authorizes every method in Cognito's place.",
}
"""Accepted in stacks without sign-in."""

FROM_CLOUDFRONT = {
    "AwsSolutions-SMG4": "The secret shows the firewall that CloudFront sent a request, so that it "
    "counts callers by the address that CloudFront tells. It opens nothing, and both ends have to "
    "change at once: a deployment does that.",
    "AwsSolutions-CFR1": "Who may sign in is decided by account and not by country.",
}
"""Accepted in stacks with a page from CloudFront."""

WITHOUT_FIREWALL = {
    "AwsSolutions-CFR2": "The files are public and cannot be changed; the API behind the page has "
    "its own firewall, in its Region. page_firewall puts another before both.",
}
"""Accepted in stacks whose page has no web ACL of its own, which would be in us-east-1."""

NO_NAME = {
    "AwsSolutions-CFR4": "CloudFront lets nobody choose a policy for its own certificate; "
    "page_domain has one of TLS 1.2. Every browser that runs the page speaks 1.2 or 1.3.",
}
"""Accepted in stacks whose page has CloudFront's name."""

UNLOGGED = {
    "AwsSolutions-CFR3": "CloudFront's access logs are written in production, as the buckets' are.",
}
"""Accepted in stacks that are not for production."""

BY_EMAIL = {
    "Serverless-SNSRedrivePolicy": "An alarm that no mail can be sent of is seen on the dashboard.",
}
"""Accepted in stacks that send their alarms by mail."""

STORES = {
    "aurora": {
        "AwsSolutions-RDS10": "Deletion protection is for production; a trial can be destroyed.",
    },
    "opensearch-managed": {
        "AwsSolutions-OS1": "Bedrock reaches domains on public endpoints only.",
        "AwsSolutions-OS3": "Bedrock's addresses are not known; requests are signed, by two roles.",
        "AwsSolutions-OS4": "Two nodes hold one index; dedicated masters are for many.",
    },
}
"""Accepted in stacks with this vector store."""

OWN_DEFINITION = dict.fromkeys(
    (
        "guardrail_acts",
        "guardrail_grounds_answers",
        "guardrail_looks_for_attacks",
        "guardrail_masks_what_it_must",
    ),
    "A team's own definition says what is judged and what is only reported; the rule is for "
    "Outcrop's own.",
)
"""Our rules that a stack with another definition may break."""

EXISTING = {
    "guardrail_is_there": "A guardrail that exists judges, by its id and version in the settings.",
}
"""Our rules that a stack with a guardrail of another's making breaks."""

UNGUARDED = dict.fromkeys(
    ("guardrail_is_there", "answers_are_guarded", "agent_is_guarded"),
    "guardrail=none: the stack's output, its dashboard and `outcrop doctor` say that nothing is "
    "judged.",
)
"""Our rules that a stack without a guardrail breaks."""


def accepted_rules(context: Context) -> dict[str, str]:
    """Our own rules that a stack with these choices breaks on purpose, each with the reason."""
    choice = context.guardrail_choice
    if choice.existing:
        return EXISTING
    if choice.definition is None:
        return UNGUARDED
    return {} if choice.is_default else OWN_DEFINITION


def acknowledge(stack: Stack, context: Context) -> None:
    """Acknowledge the findings in cdk-nag."""
    validations = Validations.of(stack)
    for rule, reason in accepted_findings(context).items():
        validations.acknowledge(Acknowledgment(id=rule, reason=reason))


def accepted_findings(context: Context) -> dict[str, str]:
    """The accepted findings of a stack with these choices, each with the reason."""
    return {
        **ALWAYS,
        **({} if context.production else TRIAL),
        **(BY_IAM if context.auth == "iam" else {}),
        **(BY_EMAIL if context.alarm_email else {}),
        **_page(context),
        **STORES.get(context.vector_store, {}),
        **_profiles(context),
        **_guardrail_profile(context),
    }


FROM_FUNCTION = dict.fromkeys(
    ("AwsSolutions-APIG4", "AwsSolutions-COG4", "Serverless-APIGWDefaultAuth"),
    "The page's own files are for people who have not signed in yet. Our own rule names these four "
    "paths, and lets no other be without an authorizer.",
)
"""Accepted in stacks whose function serves the page."""


def _page(context: Context) -> dict[str, str]:
    if context.page_home == "function":
        return FROM_FUNCTION
    if context.page_home != "cloudfront":
        return {}
    return {
        **FROM_CLOUDFRONT,
        **({} if context.page_firewall else WITHOUT_FIREWALL),
        **({} if context.page_domain else NO_NAME),
        **({} if context.production else UNLOGGED),
    }


def _profiles(context: Context) -> dict[str, str]:
    return {
        f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/{model}]": (
            "An inference profile chooses the Region; the statement holds through that profile "
            "only."
        )
        for model in profiles(context).values()
    }


def _guardrail_profile(context: Context) -> dict[str, str]:
    choice = context.guardrail_choice
    profile = context.guardrail_profile
    if choice.definition:
        profile = choice.definition.cross_region_profile
    if profile is None:
        return {}
    name = profile.rpartition("/")[2]
    arn = f"arn:<AWS::Partition>:bedrock:*:<AWS::AccountId>:guardrail-profile/{name}"
    return {
        f"AwsSolutions-IAM5[Resource::{arn}]": "A cross-Region profile chooses the Region that "
        "judges, and applying the guardrail needs the profile in that Region."
    }
