"""The documents bucket, whose events go to a queue.

  bucket ── created, removed ──► queue ── after hours of failures ──► dead letters

Conversations have a bucket of their own. Both are encrypted with the stack's key, keep versions,
answer over TLS only, and grant access to their objects by their own policies: `admit`.
"""

from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from app import resources
from infra.context import Context
from infra.permissions import on_behalf_of
from infra.retention import removal


class Documents(Construct):
    """The buckets and the queue.

    Attributes:
        logs: the bucket of access logs, in production.
        origin: of the documents bucket, as a presigned form names it.
        ANY_ORIGIN: that of any bucket of the Region.
    """

    ANY_ORIGIN = f"https://*.s3.{Aws.REGION}.{Aws.URL_SUFFIX}"

    def __init__(self, scope: Construct, name: str, context: Context, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self.logs = logs = _access_logs(self) if context.production else None
        self.dead_letters = _queue(
            self, "DeadLetters", retention_period=Duration.seconds(resources.DEAD_LETTER_SECONDS)
        )
        self.queue = _queue(
            self,
            "Queue",
            visibility_timeout=Duration.seconds(resources.VISIBILITY_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=resources.RECEIVES
            ),
        )
        self.bucket = _bucket(self, "Documents", context, key, logs, versioned=True)
        unused = resources.UNUSED_ATTRIBUTES
        self.bucket.add_lifecycle_rule(prefix=unused.prefix, expiration=Duration.days(unused.days))
        # No versions: a turn is never changed, and what its owner deletes must be gone.
        self.conversations = _bucket(self, "Conversations", context, key, logs, versioned=False)
        self.origin = f"https://{self.bucket.bucket_regional_domain_name}"
        if context.origin:
            self.let_upload(context.origin)
        self._notify()

    def let_upload(self, origin: str) -> None:
        """Let the page of an origin post forms to the bucket."""
        self.bucket.add_cors_rule(
            allowed_methods=[s3.HttpMethods[name] for name in resources.CORS_METHODS],
            allowed_origins=[origin],
            allowed_headers=list(resources.CORS_HEADERS),
            max_age=resources.CORS_SECONDS,
        )

    def _notify(self) -> None:
        """Connect the bucket's events to the queue, as a property of the bucket.

        The queue's policy has to exist before the bucket, so it cannot refer to the bucket; it has
        the name that CloudFormation will give it.
        """
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sqs:SendMessage"],
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                resources=[self.queue.queue_arn],
                conditions=on_behalf_of(
                    f"arn:{Aws.PARTITION}:s3:::{Stack.of(self).stack_name.lower()}-documents-*"
                ),
            )
        )
        bucket = _resource(self.bucket)
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(event=event, queue=self.queue.queue_arn)
                for event in resources.EVENTS
            ]
        )
        self.bucket.node.add_dependency(self.queue.node.find_child("Policy"))


def admit(bucket: s3.Bucket, role: iam.Role, *actions: str) -> None:
    """Grant a role actions on the bucket's objects, as in `admit(bucket, role, "s3:GetObject")`.

    The grant is in the bucket's policy, so that one place lists everybody with access.
    """
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ArnPrincipal(role.role_arn)],
            actions=list(actions),
            resources=[bucket.arn_for_objects("*")],
        )
    )


def _bucket(
    scope: Construct,
    name: str,
    context: Context,
    key: kms.IKey,
    logs: s3.IBucket | None,
    *,
    versioned: bool,
) -> s3.Bucket:
    older = s3.LifecycleRule(
        expired_object_delete_marker=True, noncurrent_version_expiration=Duration.days(30)
    )
    bucket = s3.Bucket(
        scope,
        f"{name}Bucket",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        bucket_key_enabled=True,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=versioned,
        server_access_logs_bucket=logs,
        server_access_logs_prefix=f"{name.lower()}/" if logs else None,
        lifecycle_rules=[
            s3.LifecycleRule(
                abort_incomplete_multipart_upload_after=Duration.days(
                    resources.UNFINISHED_UPLOADS.days
                )
            ),
            *([older] if versioned else []),
        ],
        removal_policy=removal(context),
    )
    # CloudFormation derives the bucket's name from this. Direct ingestion takes 128 characters of
    # bucket and key together, so the shorter it is, the longer documents' names may be.
    _resource(bucket).override_logical_id(name)
    return bucket


def _access_logs(scope: Construct) -> s3.Bucket:
    """The bucket of access logs. S3 writes there hours later, so it stays when the stack is
    deleted.
    """
    return s3.Bucket(
        scope,
        "AccessLogs",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,  # the only one with which S3 can write logs
        enforce_ssl=True,
        minimum_tls_version=1.2,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(365))],
        removal_policy=RemovalPolicy.RETAIN,
    )


def _queue(scope: Construct, name: str, **arguments: Any) -> sqs.Queue:
    """A queue of object keys, which SQS encrypts with a key of its own."""
    return sqs.Queue(
        scope, name, encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True, **arguments
    )


def _resource(bucket: s3.Bucket) -> s3.CfnBucket:
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    return resource
