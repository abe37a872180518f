"""A session: who acts in it, and until when. Its token holds all of that."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from secrets import token_hex, token_urlsafe

from app.local import lazy_re as re
from app.local.wire import JSON, ServiceError

_ROLE = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:iam::(?P<account>\d{12}):role/(?:[!-.0-~]++/)*+(?P<name>[\w+=,.@-]{1,64})",
    re.ASCII,
)
_PREFIX = "outcrop."  # of a token; credentials of others, or made up, begin no session here
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Session:
    """Who acts: a user, or whoever has assumed a role."""

    account: str
    arn: str
    user_id: str
    source_identity: str | None = None

    @property
    def is_role(self) -> bool:
        return ":assumed-role/" in self.arn


def role_session(role: str, name: str, source_identity: str | None) -> Session:
    """The session of an assumed role.

    >>> role_session("arn:aws:iam::000000000000:role/team/Deployer", "ada", None).arn
    'arn:aws:sts::000000000000:assumed-role/Deployer/ada'

    Raises:
        ServiceError: ValidationError, for what is no role's ARN.
    """
    match = _ROLE.fullmatch(role)
    if match is None:
        rule = "RoleArn has to be that of a role, as arn:aws:iam::000000000000:role/name"
        raise ServiceError("ValidationError", f"Request ARN is invalid: {rule}")
    account, partition = match["account"], role.split(":")[1]
    arn = f"arn:{partition}:sts::{account}:assumed-role/{match['name']}/{name}"
    return Session(account, arn, f"{_role_id(role)}:{name}", source_identity)


def credentials(session: Session, end: datetime) -> JSON:
    """Temporary credentials, as STS returns them."""
    content = json.dumps({**asdict(session), "end": end.timestamp(), "nonce": token_urlsafe(6)})
    return {
        "AccessKeyId": f"STANDIN{token_hex(6).upper()}T",
        "SecretAccessKey": token_hex(20),
        "SessionToken": _PREFIX + base64.urlsafe_b64encode(content.encode()).decode(),
        "Expiration": end,
    }


def session_of(token: str) -> tuple[Session | None, datetime]:
    """The session of a token, and its end; None for a token that is not the stand-in's."""
    if not token.startswith(_PREFIX):
        return None, _NEVER
    try:
        content = json.loads(base64.urlsafe_b64decode(token.removeprefix(_PREFIX)))
        end = datetime.fromtimestamp(content.pop("end"), UTC)
        content.pop("nonce")
        return Session(**content), end
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError) as error:
        message = "The security token included in the request is invalid"
        raise ServiceError("InvalidClientTokenId", message) from error


def _role_id(role: str) -> str:
    """A role's unique id, the same whenever it is assumed: there is no IAM that could keep one."""
    return "AROA" + base64.b32encode(hashlib.sha256(role.encode()).digest()).decode()[:17]
