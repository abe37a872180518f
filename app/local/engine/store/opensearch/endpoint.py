"""The way to an OpenSearch: a client with its credentials, and what its errors mean."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import urllib3
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionTimeout,
    SSLError,
    TransportError,
)
from opensearchpy.exceptions import (
    ConnectionError as NoConnection,
)

from app.local import lazy_re as re
from app.local.engine.store.contract import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)

OLDEST = (2, 9)
"""The first version whose engine `lucene` applies a filter while it searches, as `faiss` does."""
SECONDS = 20  # for an answer
NEXT_START = (
    "The next start of Outcrop looks at what is there, and ingests again the documents that it "
    "lacks."
)
_CLOSED, _BLOCK = "index_closed_exception", "cluster_block_exception"
_FULL = ("read-only-allow-delete", "flood", "create-index blocked")
LOOPBACK = re.compile(r"127(\.\d{1,3}){3}|localhost|::1")


@dataclass(frozen=True, slots=True)
class Signing:
    """How requests are signed: for which service, and with whose credentials.

    Attributes:
        service: `es`, a domain of Amazon OpenSearch Service, or `aoss`, a collection of OpenSearch
            Serverless.
        keys: an access key, its secret and perhaps a session token; without them, the profile's.
        profile: of AWS's configuration files; by default its default.
        config_file, credentials_file: those files; by default the usual ones.
    """

    service: Literal["es", "aoss"]
    region: str | None = None
    keys: Sequence[str] = ()
    profile: str | None = None
    config_file: str | None = None
    credentials_file: str | None = None

    def signer(self, host: str) -> Urllib3AWSV4SignerAuth:
        """Signs each request to a host.

        Raises:
            StoreUnavailable: there are no credentials, or no Region.
        """
        session = Session(profile=self.profile)
        for name in ("config_file", "credentials_file"):
            if value := getattr(self, name):
                session.set_config_variable(name, value)
        try:
            credentials = Credentials(*self.keys) if self.keys else session.get_credentials()
            region = region_of(host) or self.region or session.get_config_variable("region")
        except BotoCoreError as error:
            raise StoreUnavailable(f"Requests to {host} cannot be signed: {error}.") from error
        if credentials is None or not region:
            raise StoreUnavailable(
                f"Requests to {host} are signed, and there are no AWS credentials or no Region to "
                "sign for. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
                "AWS_REGION."
            )
        return Urllib3AWSV4SignerAuth(credentials, region, self.service)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an OpenSearch is, and how to speak to it.

    Attributes:
        url: http or https, host and port, and perhaps the name and password of a user.
        signing: how requests are signed; None sends the user's name and password, if any.
        engine: of its k-NN: `lucene` or `faiss`; None leaves it to OpenSearch, as a NextGen
            collection wants it.
        ca: a file of certificates to trust in place of the usual ones.
        exact: whether every vector is compared, whatever their number.
        seconds: until a request without an answer fails.
    """

    url: str
    signing: Signing | None = None
    engine: str | None = "lucene"
    ca: str | None = None
    exact: bool = False
    seconds: float = SECONDS

    @classmethod
    def read(cls, file: Path) -> "Endpoint":
        """The endpoint that `app.deploy` has written down for the stand-in."""
        fields = json.loads(file.read_text())
        if signing := fields.pop("signing", None):
            fields["signing"] = Signing(**signing)
        return cls(**fields)

    @property
    def place(self) -> str:
        """The URL without credentials, for messages."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return bool(LOOPBACK.fullmatch(urlsplit(self.url).hostname or ""))

    @property
    def has_own_ids(self) -> bool:
        """Whether OpenSearch makes the ids of its documents: a collection takes no others."""
        return self.signing is not None and self.signing.service == "aoss"

    def client(self) -> OpenSearch:
        """A client; no request is sent yet."""
        parts = urlsplit(self.url)
        credentials: Any = None
        if self.signing:
            credentials = self.signing.signer(parts.hostname or "")
        elif parts.username:
            credentials = (unquote(parts.username), unquote(parts.password or ""))
        return OpenSearch(
            hosts=[self.place],
            http_auth=credentials,
            ca_certs=self.ca,
            timeout=self.seconds,
            max_retries=0,
            http_compress=not self.is_local,
        )

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise the client's errors as the store's own, each with what to do."""
        try:
            yield
        except TransportError as error:
            raise self._error(error) from error
        except urllib3.exceptions.HTTPError as error:
            raise StoreUnavailable(f"OpenSearch at {self.place} broke off: {error}.") from error

    def check(self, answer: Any) -> None:
        """See that every shard took part in an answer.

        Raises:
            StoreError: it is an error, or some shards failed: what it says is not all.
        """
        where = f"OpenSearch at {self.place}"
        if "error" in answer:
            raise failure(where, answer.get("status", "N/A"), answer)
        shards = answer.get("_shards", {})
        if shards.get("failed"):
            failures = shards.get("failures") or [{}]
            raise failure(where, failures[0].get("status", 503), failures[0].get("reason"))

    def _error(self, error: TransportError) -> StoreError:
        where = f"OpenSearch at {self.place}"
        match error:
            case SSLError():
                return StoreUnavailable(
                    f"{where} has a certificate that is not trusted: {_cause(error)}. If it is "
                    "your own, name its authority's file in OUTCROP_OPENSEARCH_CA."
                )
            case ConnectionTimeout():
                return StoreUnavailable(
                    f"{where} did not answer in {self.seconds:.0f} seconds: it is overloaded, or "
                    "something in between drops what is sent."
                )
            case NoConnection():
                return StoreUnavailable(
                    f"{where} does not answer: {_cause(error)}. Start it (`make opensearch` on "
                    "this machine), or set OUTCROP_OPENSEARCH_URL to where it is."
                )
            case AuthenticationException():
                return StoreUnavailable(
                    f"{where} does not know who asks (401). Put a user and a password into "
                    "OUTCROP_OPENSEARCH_URL, or set OUTCROP_OPENSEARCH_SERVICE to sign requests."
                )
            case AuthorizationException() if _BLOCK not in str(error.info):
                return StoreUnavailable(
                    f"{where} forbids it (403): {reason(error.info) or error.error}. The user, or "
                    "the role that signs, needs the rights to make, read and write the index."
                )
        return failure(where, error.status_code, error.info)


def failure(where: str, status: int | str, info: Any) -> StoreError:
    """The error for a status that OpenSearch answers with, for a request or for one document."""
    why = reason(info) or "it gives no reason"
    if is_blocked(info):
        return StoreFull(
            f"{where} takes no writes: {why}. A disk is above its flood stage; when it has room "
            "again, writing goes on by itself."
        )
    if _CLOSED in str(info):
        return StoreUnavailable(f"{where}: {why}. Somebody has closed the index; open it there.")
    if _BLOCK in str(info):
        return StoreUnavailable(
            f"{where}: {why}. Somebody has blocked this; remove the block there."
        )
    if status == 404:
        return StoreDamaged(f"The index in {where} is gone: {why}. {NEXT_START}")
    if status == 429:
        return StoreUnavailable(f"{where} has more work than it can take (429): {why}.")
    if not isinstance(status, int) or status >= 500:
        return StoreUnavailable(
            f"{where} cannot do it now ({status}): {why}. _cluster/health there says whether a "
            "shard has no copy left."
        )
    return StoreRefused(f"{where} refuses it ({status}): {why}.")


def is_blocked(info: Any) -> bool:
    """Whether the error is of a full disk, which makes indexes read-only, and forbids new ones."""
    return any(sign in str(info) for sign in _FULL)


def reason(info: Any) -> str:
    """The reason of an error, with the cause that says most."""
    error = info.get("error", info) if isinstance(info, dict) else info
    if not isinstance(error, dict):
        return str(error or "")
    parts = [str(error.get("reason") or error.get("type") or "")]
    causes: Sequence[Any] = [error.get("caused_by"), *(error.get("root_cause") or [])[:1]]
    parts += [reason(cause) for cause in causes if isinstance(cause, dict)]
    return ": ".join(dict.fromkeys(part for part in parts if part))


def _cause(error: TransportError) -> str:
    return str(error.info or error.error).strip().rstrip(".")


def region_of(host: str) -> str | None:
    """The Region in the name of a domain or a collection.

    >>> region_of("abc.eu-west-1.aoss.amazonaws.com"), region_of("127.0.0.1")
    ('eu-west-1', None)
    """
    match = re.search(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:es|aoss|on)\.", host)
    return match[1] if match else None
