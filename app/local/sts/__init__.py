"""STS: who the caller is, and credentials of sessions.

    sessions.py     a session, and the token that holds it
    identities.py   web identities: what a JWT says of its subject

There is no IAM: whoever has no session is one user, named stand-in, and any role may be assumed. A
session is nowhere but in its token, so it outlives the stand-in; its end is looked at here only,
for no other service of the stand-in checks credentials.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.local.sts.identities import identity_of
from app.local.sts.sessions import Session, credentials, role_session, session_of
from app.local.wire import JSON, Call, Service, ServiceError

USER_ID = "AIDASTANDIN0000000000"
HOUR = 3600
SESSION_SECONDS = 12 * HOUR  # of GetSessionToken
LONGEST_POLICY = 2048  # characters, which AWS packs first: PackedPolicySize is a share of its limit


def handlers(
    account: str = "000000000000", now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Service:
    """STS's operations."""
    operations = _Operations(account, now)
    return {
        "GetCallerIdentity": operations.get_caller_identity,
        "AssumeRole": operations.assume_role,
        "AssumeRoleWithWebIdentity": operations.assume_role_with_web_identity,
        "GetSessionToken": operations.get_session_token,
    }


class _Operations:
    def __init__(self, account: str, now: Callable[[], datetime]) -> None:
        self._user = Session(account, f"arn:aws:iam::{account}:user/stand-in", USER_ID)
        self._now = now

    def get_caller_identity(self, call: Call) -> JSON:
        caller = self._caller(call)
        return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}

    def assume_role(self, call: Call) -> JSON:
        caller, params = self._caller(call), call.params
        if caller.is_role and params.get("DurationSeconds", 0) > HOUR:
            raise _invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                "by role chaining"
            )
        source = caller.source_identity or params.get("SourceIdentity")
        if source != params.get("SourceIdentity", source):
            raise _invalid("SourceIdentity cannot be changed by role chaining")
        return self._assumed(params, source)

    def assume_role_with_web_identity(self, call: Call) -> JSON:
        identity = identity_of(call.params["WebIdentityToken"], self._now())
        return self._assumed(call.params, None) | {
            "SubjectFromWebIdentityToken": identity.subject,
            "Audience": identity.audience,
            "Provider": call.params.get("ProviderId", identity.issuer),
        }

    def get_session_token(self, call: Call) -> JSON:
        if self._session(call):
            raise ServiceError(
                "AccessDenied", "Cannot call GetSessionToken with session credentials"
            )
        end = self._end(call.params.get("DurationSeconds", SESSION_SECONDS))
        return {"Credentials": credentials(self._user, end)}

    def _assumed(self, params: Mapping[str, Any], source_identity: str | None) -> JSON:
        session = role_session(params["RoleArn"], params["RoleSessionName"], source_identity)
        end = self._end(params.get("DurationSeconds", HOUR))
        result: JSON = {
            "Credentials": credentials(session, end),
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
        }
        if source_identity:
            result["SourceIdentity"] = source_identity
        if "Policy" in params or "PolicyArns" in params:
            result["PackedPolicySize"] = _packed_size(params)
        return result

    def _caller(self, call: Call) -> Session:
        return self._session(call) or self._user

    def _session(self, call: Call) -> Session | None:
        """The session that a request was signed in, if the stand-in began it.

        Raises:
            ServiceError: ExpiredToken.
        """
        tokens = call.query.get("X-Amz-Security-Token", [""])
        session, end = session_of(call.headers.get("x-amz-security-token", tokens[0]))
        if session and end <= self._now():
            message = "The security token included in the request is expired"
            raise ServiceError("ExpiredToken", message)
        return session

    def _end(self, seconds: int) -> datetime:
        return self._now().replace(microsecond=0) + timedelta(seconds=seconds)


def _packed_size(params: Mapping[str, Any]) -> int:
    """The share of the limit, in percent, that the policies of a session take.

    Raises:
        ServiceError: the policy is no JSON object.
    """
    text = params.get("Policy", "")
    try:
        policy = json.loads(text) if text else {}
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        message = "Policy: This policy contains invalid Json"
        raise ServiceError("MalformedPolicyDocumentException", message)
    arns = sum(len(policy["arn"]) for policy in params.get("PolicyArns", []) if "arn" in policy)
    return min(100, -(-100 * (len(text) + arns) // LONGEST_POLICY))


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)
