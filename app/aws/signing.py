"""Signature Version 4 for a request that is sent by another client than boto3's."""

from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError, NoRegionError


class Signer:
    """Signs requests to one service in one Region, as https://docs.aws.amazon.com/IAM/latest/
    UserGuide/reference_sigv-create-signed-request.html says; botocore does the arithmetic.
    """

    def __init__(self, service: str, region: str | None, credentials: Credentials | None) -> None:
        if region is None:
            raise NoRegionError
        if credentials is None:
            raise NoCredentialsError
        self._service, self._region, self._credentials = service, region, credentials

    def headers(
        self, method: str, url: str, body: bytes, content_type: str | None = None
    ) -> Mapping[str, str]:
        """What to add to the request. It is good for five minutes, and for this body only.

        The credentials are looked at for every request: those of a role are renewed on the way.
        """
        named = {"Content-Type": content_type} if content_type else {}
        request = AWSRequest(method, url, headers=named, data=body)
        frozen = self._credentials.get_frozen_credentials()
        SigV4Auth(frozen, self._service, self._region).add_auth(request)
        return dict(request.headers.items())
