"""Signature Version 4 for requests that another client than boto3 sends."""

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
        """The headers to add to the request. They are valid for five minutes, and for this body
        only.

        Credentials are read for every request, because those of a role are renewed from time to
        time.
        """
        type_header = {"Content-Type": content_type} if content_type else {}
        request = AWSRequest(method, url, headers=type_header, data=body)
        credentials = self._credentials.get_frozen_credentials()
        SigV4Auth(credentials, self._service, self._region).add_auth(request)
        return dict(request.headers.items())
