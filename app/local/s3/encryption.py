"""How objects are said to be encrypted. None is: the words are kept and told as S3 would tell them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
"""

from app.local.s3.errors import invalid, malformed_xml
from app.local.s3.storage import Buckets
from app.local.wire import JSON, ServiceError

NAME = "encryption"
ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_AES256 = {"SSEAlgorithm": "AES256"}
_RULE = {"ApplyServerSideEncryptionByDefault": _AES256, "BucketKeyEnabled": False}
DEFAULT: JSON = {"ServerSideEncryptionConfiguration": {"Rules": [_RULE]}}
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def check_default(configuration: JSON) -> None:
    """Refuse what S3 would not take as a ServerSideEncryptionConfiguration."""
    if len(configuration["Rules"]) != 1:
        raise malformed_xml("there is one rule of encryption.")
    wanted = configuration["Rules"][0].get("ApplyServerSideEncryptionByDefault")
    if wanted:
        _check(wanted["SSEAlgorithm"], wanted.get("KMSMasterKeyID"), "KMSMasterKeyID")


def of_write(buckets: Buckets, bucket: str, params: JSON) -> JSON:
    """What is said of an object that is written so: by the request, or by its bucket's default.

    Raises:
        ServiceError: the request names a key, and an algorithm that takes none.
        NoSuchBucket: it is not there.
    """
    kept = buckets.kept(bucket, NAME) or DEFAULT
    rule = kept["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule.get("ApplyServerSideEncryptionByDefault", _AES256)
    algorithm, key = params.get("ServerSideEncryption"), params.get("SSEKMSKeyId")
    if algorithm or key:
        _check(algorithm or default["SSEAlgorithm"], key, _KEY_HEADER)
    if not algorithm:
        algorithm, key = default["SSEAlgorithm"], key or default.get("KMSMasterKeyID")
    said: JSON = {"ServerSideEncryption": algorithm}
    if key:
        said["SSEKMSKeyId"] = key
    if algorithm == "aws:kms" and params.get("BucketKeyEnabled", rule.get("BucketKeyEnabled")):
        said["BucketKeyEnabled"] = True
    return said


def _check(algorithm: str, key: str | None, name: str) -> None:
    if algorithm not in ALGORITHMS:
        message = "The encryption method specified is not supported"
        raise ServiceError("InvalidEncryptionAlgorithmError", message)
    if key and algorithm == "AES256":
        message = f"a {name} is not applicable if the sse algorithm is not aws:kms or aws:kms:dsse"
        raise invalid(name, key, message)
