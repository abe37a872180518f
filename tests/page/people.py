"""Cognito's pages and endpoints on the loopback interface, as a browser meets them, and the
authorizer that takes their tokens.

    /oauth2/authorize   who has a session goes back at once; others have to press a button first
    /oauth2/token       a code with its verifier (RFC 7636), or a refresh token; pages may read it
    /oauth2/revoke      takes a refresh token back, and the tokens that came of it
    /logout             ends the session

There is no JWKS: a page has its tokens from Cognito itself, and API Gateway checks them.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.page import is_of_page
from tests.http_server import Handler, HttpServer

CLIENT, ISSUER = "4abc5def6ghi7jkl", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf"
STAGE = "/v1"
BUTTON = '<!doctype html><html lang="en"><title>Cognito</title><a href="{}">Sign in as {}</a>'


@dataclass
class Code:
    """What a code was given for."""

    challenge: str
    nonce: str
    person: str


class People(HttpServer):
    """A server; see the module.

    Attributes:
        page: the address that browsers come back to, of pages and of nobody else.
        person: who signs in.
        has_session: whether that person has signed in here before.
        state, nonce: what is sent back in place of what was given, if anything.
        fault: the error that the browser is sent back with.
        lifetime: of an ID token, in seconds.
        valid: the ID tokens that the authorizer takes: token -> person.
        asked: the paths that were called.
    """

    def __init__(self) -> None:
        self.page = ""
        self.person, self.has_session = "ada", False
        self.state = self.nonce = self.fault = ""
        self.lifetime = 3600
        self.valid: dict[str, str] = {}
        self.asked: list[str] = []
        self._codes: dict[str, Code] = {}
        self._refresh_tokens: dict[str, str] = {}
        people = self

        class Answering(Handler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: value[0] for name, value in parse_qs(parts.query).items()}
                if parts.path != "/favicon.ico":
                    people.asked.append(parts.path)
                status, location, body = people._page(parts.path, query, self.path)
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self._end("text/html; charset=utf-8", body)

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: value[0] for name, value in parse_qs(content).items()}
                path = urlsplit(self.path).path
                people.asked.append(path)
                status, answer = people._answer(path, form)
                self.send_response(status)
                self.send_header("Access-Control-Allow-Origin", "*")
                self._end("application/json", json.dumps(answer) if answer is not None else "")

            def _end(self, kind: str, body: str) -> None:
                content = body.encode()
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        super().__init__(Answering)

    def expire(self) -> None:
        """End all tokens and the session, as an administrator does."""
        self.valid.clear()
        self._refresh_tokens.clear()
        self.has_session = False

    def _page(self, path: str, query: dict[str, str], whole: str) -> tuple[int, str, str]:
        if path == "/favicon.ico":
            return 204, "", ""
        if path == "/logout":
            known = query == {"client_id": CLIENT, "logout_uri": self.page}
            self.has_session = False
            return (302, self.page, "") if known else (400, "", "logout_uri")
        right = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": self.page,
            "scope": "openid email",
            "code_challenge_method": "S256",
        }
        if path != "/oauth2/authorize" or any(query.get(one) != right[one] for one in right):
            return 400, "", "invalid_request"
        if not self.has_session and "pressed" not in query:
            return 200, "", BUTTON.format(f"{whole}&pressed=yes".replace("&", "&amp;"), self.person)
        self.has_session = True
        back = {"state": self.state or query["state"]}
        if self.fault:
            return 302, f"{self.page}?{urlencode({**back, 'error': self.fault})}", ""
        code = secrets.token_urlsafe(8)
        nonce = self.nonce or query["nonce"]
        self._codes[code] = Code(query["code_challenge"], nonce, self.person)
        return 302, f"{self.page}?{urlencode({**back, 'code': code})}", ""

    def _answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        if form.get("client_id") != CLIENT:
            return 400, {"error": "invalid_client"}
        if path == "/oauth2/revoke":
            person = self._refresh_tokens.pop(form["token"], "")
            self.valid = {one: whose for one, whose in self.valid.items() if whose != person}
            return 200, None
        if form["grant_type"] == "refresh_token":
            known = self._refresh_tokens.get(form["refresh_token"])
            return (200, self._tokens(known)) if known else (400, {"error": "invalid_grant"})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        code = self._codes.pop(form["code"], None)
        is_proved = code is not None and code.challenge == _encoded(digest)
        if code is None or not is_proved or form["redirect_uri"] != self.page:
            return 400, {"error": "invalid_grant"}
        refresh_token = secrets.token_urlsafe(8)
        self._refresh_tokens[refresh_token] = code.person
        return 200, {**self._tokens(code.person, nonce=code.nonce), "refresh_token": refresh_token}

    def _tokens(self, person: str, **more: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": person,
            "email": f"{person}@example.com",
            "iat": now,
            "exp": now + self.lifetime,
            "jti": secrets.token_urlsafe(8),
            **more,
        }
        head = _encoded(json.dumps({"alg": "RS256", "kid": "1"}).encode())
        token = f"{head}.{_encoded(json.dumps(claims).encode())}.{_encoded(b'signed')}"
        self.valid[token] = person
        return {
            "id_token": token,
            "access_token": "-",
            "token_type": "Bearer",
            "expires_in": self.lifetime,
        }


class Authorized:
    """API Gateway before the application: a stage, an authorizer, and the caller in a header.

    Attributes:
        calls: method and path of what came with a token, and whose it was.
    """

    def __init__(self, app: ASGIApp, people: People) -> None:
        self._app, self._people = app, people
        self.calls: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(STAGE)
        headers = dict(scope["headers"])
        headers.pop(b"x-amzn-request-context", None)
        kind, _, token = headers.get(b"authorization", b"").decode().partition(" ")
        person = self._people.valid.get(token) if kind == "Bearer" else None
        if person:
            self.calls.append((f"{scope['method']} {path}", person))
            context = {"authorizer": {"claims": {"sub": person}}}
            headers[b"x-amzn-request-context"] = json.dumps(context).encode()
        elif not scope["path"].startswith(f"{STAGE}/") or not is_of_page(path):
            await JSONResponse({"message": "Unauthorized"}, 401)(scope, receive, send)
            return
        handed = {**scope, "path": path, "raw_path": path.encode(), "headers": [*headers.items()]}
        await self._app(handed, receive, send)

    def of(self, call: str) -> list[str]:
        """Who made a call, such as `POST /chat/stream`."""
        return [person for made, person in self.calls if made == call]


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
