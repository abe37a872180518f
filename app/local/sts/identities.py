"""Web identities. A token is read, and not verified: its issuer's keys are on a network."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from app.local.wire import ServiceError


@dataclass(frozen=True)
class WebIdentity:
    """What a token says: https://www.rfc-editor.org/rfc/rfc7519#section-4.1"""

    issuer: str
    subject: str
    audience: str


def identity_of(token: str, now: datetime) -> WebIdentity:
    """The identity in an unencrypted JWT.

    Raises:
        ServiceError: it is none, lacks a claim, or has expired.
    """
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        expires = float(claims.get("exp", "inf"))
    except (ValueError, TypeError, AttributeError) as error:
        raise _invalid("The ID Token provided is not a valid JWT") from error
    audiences = claims.get("aud")
    audience = audiences[0] if isinstance(audiences, list) and audiences else audiences
    values = {"iss": claims.get("iss"), "sub": claims.get("sub"), "aud": audience}
    for name, value in values.items():
        if not isinstance(value, str):
            raise _invalid(f"WebIdentityToken: its claim {name} has to be a text")
    if not 6 <= len(str(values["sub"])) <= 255:
        raise _invalid("WebIdentityToken: its claim sub has to have 6 to 255 characters")
    if expires <= now.timestamp():
        message = (
            f"Token expired: current date/time {int(now.timestamp())} must be before the "
            f"expiration date/time {int(expires)}"
        )
        raise ServiceError("ExpiredTokenException", message)
    return WebIdentity(*map(str, values.values()))


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidIdentityTokenException", message)
