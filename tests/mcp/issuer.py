"""An issuer of tokens, as OpenID Connect has it, with keys of its own."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "outcrop-clients"


class Issuer:
    """Issues tokens.

    Attributes:
        url: where it publishes its keys.
        requests: the paths that were asked for.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[str] = []
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, subject: str | None = "ada", *, key: Any = None, **claims: Any) -> str:
        """A token for this person; a claim that is None is left out."""
        now = int(time.time())
        body = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + 600,
            **claims,
        }
        present = {name: value for name, value in body.items() if value is not None}
        headers = {"kid": "first"}
        return jwt.encode(present, key or self._key, algorithm="RS256", headers=headers)

    @property
    def public_key(self) -> dict[str, Any]:
        key: dict[str, Any] = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {**key, "kid": "first", "use": "sig", "alg": "RS256"}

    def answer(self, path: str) -> Any:
        self.requests.append(path)
        return {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/k"},
            "/k": {"keys": [self.public_key]},
        }.get(path)


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer that answers, while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(issuer.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
