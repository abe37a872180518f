"""Cognito's hosted sign-in on the loopback interface: who comes is the person, and signs in.

It checks what Cognito checks: that the client and its callback URL are registered, that a code is
used once, with the verifier whose SHA-256 was announced (RFC 7636), and that a refresh token was
given here. `fault` makes it answer as after a refusal.
"""

import base64
import hashlib
import json
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.http_server import Handler, HttpServer

CLIENT = "4abc5def6ghi7jkl"


class Cognito(HttpServer):
    """A server; see the module.

    Attributes:
        valid: the ID tokens that have been given and not revoked.
        visits: how often somebody signed in.
        fault: the error that the page sends the browser back with, if any.
        state: what the page sends back in place of the state that it was given, if anything.
    """

    def __init__(self, redirect: str) -> None:
        self.redirect = redirect
        self.valid: set[str] = set()
        self.visits = 0
        self.fault: str | None = None
        self.state: str | None = None
        self.lifetime = 3600
        self._codes: dict[str, str] = {}
        self._refresh_tokens: set[str] = set()
        cognito = self

        class Answering(Handler):
            def do_GET(self) -> None:
                query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                status, location = cognito._page(urlsplit(self.path).path, query)
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
                status, answer = cognito._tokens(form)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        super().__init__(Answering)
        query = urlencode({"client_id": CLIENT, "response_type": "code", "redirect_uri": redirect})
        self.sign_in_url = f"{self.url}/oauth2/authorize?{query}"

    def revoke(self) -> None:
        """Nobody is signed in any more; who comes again has to sign in again."""
        self.valid.clear()
        self._refresh_tokens.clear()

    def _page(self, path: str, query: dict[str, str]) -> tuple[int, str | None]:
        registered = (query.get("client_id"), query.get("redirect_uri")) == (CLIENT, self.redirect)
        required = {"response_type": "code", "code_challenge_method": "S256"}
        right = all(query.get(name) == value for name, value in required.items())
        if path != "/oauth2/authorize" or not registered or not right:
            return 400, None
        self.visits += 1
        back = {"state": self.state or query["state"]}
        if self.fault:
            back |= {"error": self.fault}
        else:
            back |= {"code": secrets.token_urlsafe(8)}
            self._codes[back["code"]] = query["code_challenge"]
        return 302, f"{self.redirect}?{urlencode(back)}"

    def _tokens(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        if form.get("client_id") != CLIENT:
            return 400, {"error": "invalid_client"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self._refresh_tokens:
                return 400, {"error": "invalid_grant"}
            return 200, self._given()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        announced = self._codes.pop(form["code"], None)
        if proved != announced or form["redirect_uri"] != self.redirect:
            return 400, {"error": "invalid_grant"}
        refresh_token = secrets.token_urlsafe(8)
        self._refresh_tokens.add(refresh_token)
        return 200, {**self._given(), "refresh_token": refresh_token}

    def _given(self) -> dict[str, object]:
        token = secrets.token_urlsafe(8)
        self.valid.add(token)
        return {"id_token": token, "access_token": "-", "expires_in": self.lifetime}
