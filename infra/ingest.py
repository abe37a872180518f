"""Brings the Knowledge Base in line with the bucket: after each event, and completely every night.

queue ──► ingest function ──► Knowledge Base ◄── StartIngestionJob ◄── schedule
"""

from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from app import resources
from infra.bundle import Bundle
from infra.context import Context
from infra.documents import Documents, admit
from infra.function import Function
from infra.knowledge_base import KnowledgeBase
from infra.permissions import allow, arn, service_role

BUNDLE = Bundle("ingest", "requirements-ingest.txt", limit=60)
NIGHTLY = "cron(0 2 * * ? *)"  # UTC, within the hour after
RECEIVING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
POSTPONING = ("sqs:ChangeMessageVisibility", "sqs:GetQueueUrl")
OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
TAGS = ("s3:GetObjectTagging", "s3:PutObjectTagging")
INGESTION_ACTIONS = (
    "bedrock:IngestKnowledgeBaseDocuments",
    "bedrock:DeleteKnowledgeBaseDocuments",
    "bedrock:GetKnowledgeBaseDocuments",
)


class Ingest(Construct):
    """The ingest function on its queue, and the nightly sync."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        documents: Documents,
        base: KnowledgeBase,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        bucket, queue = documents.bucket, documents.queue
        self.function = Function(
            self,
            "Function",
            context,
            description="Tells the Knowledge Base what changed in the documents bucket.",
            bundle=BUNDLE,
            handler="lambdas.ingest.handler.handler",
            timeout=Duration.seconds(resources.INGEST_SECONDS),
            memory=256,
            environment={
                "OUTCROP_KNOWLEDGE_BASE_ID": base.id,
                "OUTCROP_KNOWLEDGE_BASE_TYPE": base.kind,
                "OUTCROP_DATA_SOURCE_ID": base.data_source_id,
                "OUTCROP_DOCUMENTS_BUCKET": bucket.bucket_name,
            },
            allowed=[
                allow([*RECEIVING, *POSTPONING], queue.queue_arn),
                # Without this permission, S3 answers 403 for a missing object instead of 404.
                allow(["s3:ListBucket"], bucket.bucket_arn),
                allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
                allow([*INGESTION_ACTIONS, "bedrock:StartIngestionJob"], base.arn),
            ],
        )
        # It writes the sidecars of uploads, and tags a document with the version it has requested.
        admit(bucket, self.function.own_role, *OBJECTS, *TAGS)
        lambda_.EventSourceMapping(
            self,
            "Events",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=resources.INGEST_BATCH,
            max_batching_window=Duration.seconds(5),
            max_concurrency=2,  # the least there is: a Knowledge Base takes one request at a time
            report_batch_item_failures=True,
        )
        if base.kind == "VECTOR":  # a managed base has no bucket to sync
            self._nightly(base, documents)

    def _nightly(self, base: KnowledgeBase, documents: Documents) -> None:
        """A full sync, for changes without events."""
        role = service_role(
            self,
            "NightlyRole",
            "scheduler.amazonaws.com",
            allow(["bedrock:StartIngestionJob"], base.arn),
            allow(["sqs:SendMessage"], documents.dead_letters.queue_arn),
            source=arn("scheduler", "schedule-group/default"),
        )
        scheduler.CfnSchedule(
            self,
            "Nightly",
            description="A full sync of the documents bucket.",
            schedule_expression=NIGHTLY,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="FLEXIBLE", maximum_window_in_minutes=60
            ),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=arn(
                    "scheduler", "aws-sdk:bedrockagent:startIngestionJob", region="", account=""
                ),
                role_arn=role.role_arn,
                input=Stack.of(self).to_json_string(
                    {"KnowledgeBaseId": base.id, "DataSourceId": base.data_source_id}
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=6 * 3600, maximum_retry_attempts=10
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=documents.dead_letters.queue_arn
                ),
            ),
        )
