"""CloudFormation's event -> the page's files in its bucket.

    Create, Update   put the files of the build, and config.json
    Delete           empty the bucket, which CloudFormation can delete then

Files of earlier builds stay: who has the page open may still load parts of it. A build has about a
megabyte.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3

from app.page_config import in_aws
from lambdas.cloudformation import Resource, answer
from lambdas.page.files import page_files

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def handler(event: Mapping[str, Any], context: object) -> None:
    """The Lambda's entry point. The resource's properties are BuildBucket and BuildKey, which name
    the ZIP archive of the build; Bucket; Callees, which are origins; and Application, Authority,
    Issuer and ClientId, of which config.json is made.
    """
    answer(event, context, _work)


def _work(event: Mapping[str, Any], resource: Resource, _seconds: float) -> None:
    change(event["RequestType"], event["ResourceProperties"], boto3.client("s3"), resource)


def change(request: str, properties: Mapping[str, Any], s3: "S3Client", resource: Resource) -> None:
    """Put the files, or empty the bucket. Another bucket is another resource."""
    bucket = properties["Bucket"]
    if request == "Delete":
        _empty(s3, bucket)
        return
    build = s3.get_object(Bucket=properties["BuildBucket"], Key=properties["BuildKey"])
    config = in_aws(
        properties["Application"],
        authority=properties["Authority"],
        issuer=properties["Issuer"],
        client_id=properties["ClientId"],
    )
    for file in page_files(build["Body"].read(), config, properties["Callees"]):
        s3.put_object(
            Bucket=bucket,
            Key=file.key,
            Body=file.content,
            ContentType=file.content_type,
            CacheControl=file.cache_control,
        )
    resource.physical_id = bucket


def _empty(s3: "S3Client", bucket: str) -> None:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        keys: Any = [{"Key": one["Key"]} for one in page.get("Contents", [])]
        if keys:
            answered = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
            for error in answered.get("Errors", []):
                raise RuntimeError(f"{error['Key']} stays: {error['Message']}")
