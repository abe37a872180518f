"""The tokens that clients of MCP over HTTP send, and the principal in them.

A token is a JWT of one issuer (OpenID Connect), signed with a key that the issuer publishes, for
one audience, and not expired. The principal is its `sub`, which is the same person as for the API,
whose authorizer takes it from there too.

    issuer ── /.well-known/openid-configuration ── jwks_uri ── keys, kept for five minutes
"""

import logging
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
import httpx2 as httpx
import jwt
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken

from app.errors import OperatorError, Unauthenticated, Unavailable
from app.settings import McpSettings

log = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a public key. A token cannot choose another, such as none, or HS256 with the
public key as its secret."""
CLAIMS = ("exp", "iss", "sub")
NOT_ACCEPTED = (jwt.PyJWTError, Unauthenticated, Unavailable, ValueError)
SECONDS = 10
LONGEST = 16_384  # characters of a token


class TokenVerifier:
    """Verifies tokens, for the SDK's middleware.

    Args:
        issuer: its URL, as in the tokens' `iss`.
        audience: in the tokens' `aud`, or, in Cognito's access tokens, `client_id`.
    """

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer, self.audience = issuer, audience

    @classmethod
    def of(cls, settings: McpSettings) -> "TokenVerifier | None":
        """Those of the settings; None if they ask for none.

        Raises:
            OperatorError: one of two settings is missing.
        """
        if settings.mcp_issuer is None and settings.mcp_audience is None:
            return None
        if settings.mcp_issuer is None or settings.mcp_audience is None:
            raise OperatorError("OUTCROP_MCP_ISSUER and OUTCROP_MCP_AUDIENCE go together.")
        return cls(settings.mcp_issuer, settings.mcp_audience)

    async def verify_token(self, token: str) -> AccessToken | None:
        """What a token says; None if it is not accepted. The log says why, without the token."""
        try:
            claims = await anyio.to_thread.run_sync(self._claims, token)
        except NOT_ACCEPTED as error:
            log.warning("a token is not accepted: %s: %s", type(error).__name__, error)
            return None
        return AccessToken(
            token=token,
            client_id=self.audience,
            scopes=str(claims.get("scope", "")).split(),
            expires_at=int(claims["exp"]),
            subject=claims["sub"],
            claims={"iss": self.issuer},
        )

    def subject(self, token: str) -> str:
        """The principal in a token.

        Raises:
            OperatorError: the token is not accepted.
        """
        try:
            return str(self._claims(token)["sub"])
        except NOT_ACCEPTED as error:
            raise OperatorError(f"The token in OUTCROP_TOKEN is not accepted: {error}.") from error

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise Unauthenticated(f"it has more than {LONGEST} characters")
        key = self._keys.get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            issuer=self.issuer,
            options={"require": list(CLAIMS), "verify_aud": False},
        )
        audience = claims.get("aud", claims.get("client_id"))
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise Unauthenticated("it is for another audience")
        if not isinstance(claims["sub"], str) or not claims["sub"].strip():
            raise Unauthenticated("its sub is empty")
        return claims

    @cached_property
    def _keys(self) -> jwt.PyJWKClient:
        """The issuer's keys.

        Raises:
            Unavailable: the issuer does not answer, or names no keys.
        """
        url = f"{self.issuer}/.well-known/openid-configuration"
        try:
            response = httpx.get(url, timeout=SECONDS).raise_for_status()
            keys = response.json()["jwks_uri"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"{url} does not say where the issuer's keys are.") from error
        if urlsplit(keys).scheme != urlsplit(self.issuer).scheme:
            raise Unavailable(f"The keys of {self.issuer} are at {keys}, which is not as safe.")
        return jwt.PyJWKClient(keys, timeout=SECONDS)


def principal_in_token() -> str:
    """The principal in the token of the request that is being answered.

    Raises:
        Unauthenticated: it has none.
    """
    token = get_access_token()
    if token is None or not token.subject:
        raise Unauthenticated("Send a token.")
    return token.subject
