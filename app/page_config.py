"""`/config.json`: what the page has to know of its home.

    {"application": "", "signIn": null, "inside": true}

The laptop's application gives it, and the stack's function where that serves the page; else it is a
file that the deployment writes beside the page.
"""

from collections.abc import Sequence
from typing import TypedDict

SCOPES = ("openid", "email")


class SignIn(TypedDict):
    """How people sign in.

    Attributes:
        authority: the address of Cognito's pages, without a path.
        issuer: the user pool, as its ID tokens name it.
        clientId: of the pool's client.
        scopes: what is asked for.
    """

    authority: str
    issuer: str
    clientId: str
    scopes: Sequence[str]


class Config(TypedDict):
    """The whole.

    Attributes:
        application: the path before the application's routes, as in `/v1`.
        signIn: None if nobody has to sign in.
        inside: whether the home has a model that can be looked into.
    """

    application: str
    signIn: SignIn | None
    inside: bool


LAPTOP: Config = {"application": "", "signIn": None, "inside": True}
"""The laptop's: its one user need not sign in, and its model is there to be looked into."""


def in_aws(application: str, *, authority: str, issuer: str, client_id: str) -> Config:
    """A stack's; `application` as of `Config`, the others as of `SignIn`."""
    return {
        "application": application,
        "signIn": {
            "authority": authority,
            "issuer": issuer,
            "clientId": client_id,
            "scopes": SCOPES,
        },
        "inside": False,
    }
