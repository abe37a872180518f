"""Changes of documents whose events are lost, at the start of a home.

The queue is new while documents are there, as after a repair of the home; or it has given events up
as dead letters, as while the disk was full for hours. A sync of the whole bucket finds them, which
a stack has every night.
"""

from typing import TYPE_CHECKING

from app.settings import DocumentSettings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


def has_documents(s3: "S3Client", bucket: str) -> bool:
    return s3.list_objects_v2(Bucket=bucket, MaxKeys=1)["KeyCount"] > 0


def has_messages(sqs: "SQSClient", queue: str) -> bool:
    """Whether a queue has messages that can be received."""
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    reply = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return reply["Attributes"]["ApproximateNumberOfMessages"] != "0"


def catch_up(
    agent: "AgentsforBedrockClient", sqs: "SQSClient", settings: DocumentSettings, dead_letters: str
) -> None:
    """Start a sync, and then remove the dead letters. While another sync runs, which may have
    looked at the bucket before, nothing is done: they are there at the next start.
    """
    try:
        agent.start_ingestion_job(
            knowledgeBaseId=settings.knowledge_base_id, dataSourceId=settings.data_source_id
        )
    except agent.exceptions.ConflictException:
        return
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=dead_letters)["QueueUrl"])
