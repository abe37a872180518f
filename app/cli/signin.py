"""Signing in to a stack on Cognito's hosted page in a browser; the tokens are stored for later.

    browser ── /oauth2/authorize ── the person signs in ── http://localhost:PORT/?code=...&state=...
    we ────── /oauth2/token (code, verifier) ── ID token, refresh token ── <home>/sign-in/, 0600

This is the authorization code flow with PKCE (RFC 7636) and a loopback redirect (RFC 8252). It
needs no client secret: a code is useless without the verifier, which leaves this process only over
TLS to Cognito. API Gateway checks the ID token.
"""

import base64
import hashlib
import json
import os
import secrets
import time
import webbrowser
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx

from app.cli import screen
from app.cli.loopback import Listener
from app.errors import OperatorError

SIGN_IN_SECONDS = 300  # for the person at the browser
MARGIN_SECONDS = 60  # a token that expires sooner is renewed
SCOPE = "openid"


class RefreshRefused(Exception):
    """Cognito refuses the refresh token: it has expired or was revoked."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A Cognito user pool, with the app client of the sign-in page.

    Attributes:
        url: of the hosted pages, without a path.
        client_id: of the app client.
        redirect: the address to which the browser returns; one of the app client's callback URLs.
    """

    url: str
    client_id: str
    redirect: str

    @classmethod
    def of(cls, sign_in_url: str, client_id: str) -> Self:
        """The pool that a stack's SignInUrl leads to.

        >>> Pool.of("https://a.example/login?redirect_uri=http%3A%2F%2Flocalhost%3A8400", "c")
        Pool(url='https://a.example', client_id='c', redirect='http://localhost:8400')
        """
        parts = urlsplit(sign_in_url)
        [redirect] = parse_qs(parts.query)["redirect_uri"]
        return cls(f"{parts.scheme}://{parts.netloc}", client_id, redirect)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one user; `expires` is in seconds since 1970."""

    id_token: str
    refresh_token: str
    expires: float


class TokenAuth(httpx.Auth):
    """Sends the ID token with every request. Without a valid one, it renews it or has the person
    sign in.
    """

    def __init__(self, stack: str, pool: Pool, folder: Path, token: str | None = None) -> None:
        """`folder` holds the tokens. With a `token` from the environment nobody has to sign in."""
        self._stack, self._pool, self._token = stack, pool, token
        self._file = folder / f"{pool.client_id}.json"
        self._renewing = Lock()  # requests of several threads renew it once

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.id_token()}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and not self._token:
            # The token was revoked, or the clock is wrong. A refused request may be sent again.
            with self._renewing:
                request.headers["Authorization"] = f"Bearer {self._renew().id_token}"
            yield request

    def id_token(self) -> str:
        """The ID token, a valid one.

        Raises:
            OperatorError: nobody is signed in, and there is no terminal to ask at.
        """
        return self._token or self._current_tokens().id_token

    def _current_tokens(self) -> Tokens:
        with self._renewing:
            tokens = load(self._file)
            if tokens and tokens.expires - time.time() > MARGIN_SECONDS:
                return tokens
            return self._renew()

    def _renew(self) -> Tokens:
        tokens = load(self._file)
        try:
            tokens = refresh(self._pool, tokens.refresh_token) if tokens else self._let_sign_in()
        except RefreshRefused:
            tokens = self._let_sign_in()
        save(self._file, tokens)
        return tokens

    def _let_sign_in(self) -> Tokens:
        if not screen.err.is_terminal:
            raise OperatorError(
                f"Nobody is signed in to the stack {self._stack}, and there is no terminal to ask "
                f"at. Run `outcrop docs ls --stack {self._stack}` at one, or set OUTCROP_TOKEN to "
                "an ID token."
            )
        return sign_in(self._pool)


def sign_in(pool: Pool, patience: float = SIGN_IN_SECONDS) -> Tokens:
    """Have the person sign in at the browser, within `patience` seconds.

    Raises:
        OperatorError: the person did not sign in, or Cognito refused.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    parameters = {
        "response_type": "code",
        "client_id": pool.client_id,
        "redirect_uri": pool.redirect,
        "scope": SCOPE,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    url = f"{pool.url}/oauth2/authorize?{urlencode(parameters)}"
    with Listener(pool.redirect, state) as listener:
        screen.err.print("Sign in at the browser that opens, or open this:", style="dim")
        screen.err.print(url, style="dim", soft_wrap=True)
        # In a thread: with a browser inside the terminal, `open` returns when it is closed.
        Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        code = listener.code(patience)
    return _request_tokens(
        pool,
        grant_type="authorization_code",
        code=code,
        redirect_uri=pool.redirect,
        code_verifier=verifier,
    )


def challenge(verifier: str) -> str:
    """RFC 7636, 4.2: BASE64URL(SHA256(ASCII(verifier))). Its appendix B has this example.

    >>> challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def refresh(pool: Pool, refresh_token: str) -> Tokens:
    """New tokens for a refresh token, which stays the same if Cognito sends no other.

    Raises:
        RefreshRefused: it has expired or was revoked.
        OperatorError: Cognito cannot be reached.
    """
    return _request_tokens(pool, grant_type="refresh_token", refresh_token=refresh_token)


def _request_tokens(pool: Pool, **grant: str) -> Tokens:
    """The tokens that the token endpoint returns for a grant (RFC 6749, section 5)."""
    form = {"client_id": pool.client_id, **grant}
    try:
        response = httpx.post(f"{pool.url}/oauth2/token", data=form, timeout=30)
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise OperatorError(f"No tokens from {pool.url}: {error}.") from error
    if response.is_error:
        if "refresh_token" in grant and answer.get("error") == "invalid_grant":
            raise RefreshRefused
        raise OperatorError(f"{pool.url} gave no tokens: {answer.get('error', response.text)}.")
    return Tokens(
        id_token=answer["id_token"],
        refresh_token=answer.get("refresh_token", grant.get("refresh_token", "")),
        expires=time.time() + answer["expires_in"],
    )


def load(file: Path) -> Tokens | None:
    """The tokens in a file; None if the file is missing or cannot be read."""
    try:
        return Tokens(**json.loads(file.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def save(file: Path, tokens: Tokens) -> None:
    """Write the tokens to a file that only this user can read: 0600 in a folder of 0700."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        json.dump(asdict(tokens), out)
    beside.replace(file)
