"""What S3 takes as a set of tags, of a bucket or of an object.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from app.local.s3.errors import invalid
from app.local.wire import JSON, ServiceError

MOST_OF_OBJECT, MOST_OF_BUCKET = 10, 50
LONGEST_KEY, LONGEST_VALUE = 128, 256  # characters
_ALLOWED = re.compile(r"[\w\s+\-=.:/@]*")
_RESERVED = "aws:"


def of_header(text: str) -> dict[str, str]:
    """The tags of an object that comes with the header `x-amz-tagging: team=billing&draft=`."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        message = (
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
            "parameters without tag name duplicates."
        )
        raise invalid("x-amz-tagging", text, message) from error
    return check_tags([{"Key": key, "Value": value} for key, value in pairs], MOST_OF_OBJECT)


def listed(tags: Mapping[str, str]) -> list[JSON]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def check_tags(tags: Sequence[JSON], most: int) -> dict[str, str]:
    """The tags by their keys.

    Raises:
        ServiceError: BadRequest, there are too many; or InvalidTag.
    """
    if len(tags) > most:
        what = "Object" if most == MOST_OF_OBJECT else "Bucket"
        raise ServiceError("BadRequest", f"{what} tags cannot be greater than {most}")
    for tag in tags:
        if not 0 < len(tag["Key"]) <= LONGEST_KEY or not _ALLOWED.fullmatch(tag["Key"]):
            raise _invalid("The TagKey you have provided is invalid", tag)
        if len(tag["Value"]) > LONGEST_VALUE or not _ALLOWED.fullmatch(tag["Value"]):
            raise _invalid("The TagValue you have provided is invalid", tag)
        if tag["Key"].startswith(_RESERVED):
            raise _invalid("System tags cannot be added/updated by requester", tag)
    by_key = {tag["Key"]: tag["Value"] for tag in tags}
    if len(by_key) < len(tags):
        raise ServiceError("InvalidTag", "Cannot provide multiple Tags with the same key")
    return by_key


def _invalid(message: str, tag: JSON) -> ServiceError:
    return ServiceError("InvalidTag", message, TagKey=tag["Key"], TagValue=tag["Value"])
