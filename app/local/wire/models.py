"""botocore's own models of the services, which drive everything in this package.

Nothing is generated and nothing is copied. Where a model is incomplete or wrong, it is corrected in
memory when it is loaded; the few corrections are below.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

SERVICES = (
    "bedrock",
    "bedrock-runtime",
    "bedrock-agent",
    "bedrock-agent-runtime",
    "dynamodb",
    "lambda",
    "s3",
    "sqs",
    "sts",
)


@cache
def model(service: str) -> ServiceModel:
    description = Loader().load_service_model(service, "service-2")
    if service == "s3":
        _add_browser_upload(description)
        _add_preflights(description)
    if service == "bedrock-agent":
        _correct_taggable_arns(description)
    if service == "dynamodb":
        _correct_dynamodb(description)
    return ServiceModel(description, service)


def operations(service: str) -> Iterator[OperationModel]:
    for name in model(service).operation_names:
        yield model(service).operation_model(name)


def streaming_payload(operation: OperationModel) -> str | None:
    """The name of the parameter that is a streaming body, which may be too large for memory."""
    shape = operation.input_shape
    payload = shape.serialization.get("payload") if shape else None
    if shape and payload and shape.members[payload].serialization.get("streaming"):
        return str(payload)
    return None


def _add_browser_upload(s3: dict[str, Any]) -> None:
    """Add the form that a browser posts to S3, which no SDK sends and the model leaves out:
    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
    """
    text = {"shape": "ObjectKey"}
    s3["operations"]["PostObject"] = {
        "name": "PostObject",
        "http": {"method": "POST", "requestUri": "/{Bucket}"},
        "input": {"shape": "PostObjectRequest"},
        "output": {"shape": "PostObjectOutput"},
    }
    s3["shapes"] |= {
        "PostObjectRequest": {
            "type": "structure",
            "required": ["Bucket", "fields"],
            "members": {
                "Bucket": {"shape": "BucketName", "location": "uri", "locationName": "Bucket"},
                "fields": {"shape": "Metadata"},
                "filename": text,
                "Body": {"shape": "Body", "streaming": True},
            },
            "payload": "Body",
        },
        "PostObjectOutput": {
            "type": "structure",
            "members": {
                "StatusCode": {"shape": "Integer", "location": "statusCode"},
                "Location": {**text, "location": "header", "locationName": "Location"},
                "ETag": {**text, "location": "header", "locationName": "ETag"},
                "PostResponse": {"shape": "PostResponse"},
            },
            "payload": "PostResponse",
        },
        "PostResponse": {
            "type": "structure",
            "members": {"Location": text, "Bucket": text, "Key": text, "ETag": text},
        },
        "Integer": {"type": "integer"},
    }


def _add_preflights(s3: dict[str, Any]) -> None:
    """Add the preflights by which a browser asks S3 whether a page may use a bucket:
    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
    """
    for name, model_operation in (("OptionsBucket", "HeadBucket"), ("OptionsObject", "HeadObject")):
        uri = s3["operations"][model_operation]["http"]["requestUri"]
        members = s3["shapes"][s3["operations"][model_operation]["input"]["shape"]]["members"]
        labels = [label for label in ("Bucket", "Key") if label in members]
        s3["operations"][name] = {
            "name": name,
            "http": {"method": "OPTIONS", "requestUri": uri},
            "input": {"shape": f"{name}Request"},
        }
        s3["shapes"][f"{name}Request"] = {
            "type": "structure",
            "required": labels,
            "members": {label: members[label] for label in labels},
        }


def _correct_taggable_arns(bedrock_agent: dict[str, Any]) -> None:
    r"""Replace `/d` in the pattern by `\d`: as it is, no ARN of a Knowledge Base matches."""
    shape = bedrock_agent["shapes"]["TaggableResourcesArn"]
    shape["pattern"] = shape["pattern"].replace("/d", r"\d")


def _correct_dynamodb(dynamodb: dict[str, Any]) -> None:
    """Write the range of all characters beyond U+FFFF as Python does, not as Java does; and remove
    minima from members of answers, where only requests have them.
    """
    shapes = dynamodb["shapes"]
    role, pairs = shapes["AutoScalingRoleArn"], r"\uD800\uDC00-\uDBFF\uDFFF"
    role["pattern"] = role["pattern"].replace(pairs, r"\U00010000-\U0010FFFF")
    for structure, member in (
        ("BatchGetItemOutput", "UnprocessedKeys"),
        ("BatchWriteItemOutput", "UnprocessedItems"),
        ("ProvisionedThroughputDescription", "NumberOfDecreasesToday"),
    ):
        reference = shapes[structure]["members"][member]
        shapes[member] = shapes[reference["shape"]] | {"min": 0}
        reference["shape"] = member
