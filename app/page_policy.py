"""What a browser is told of the page, in both homes: whom its script may call, and what it may run.

The laptop's application and the stack's function send `security_headers`. CloudFront sends them,
by a policy that `infra` makes of them. https://www.w3.org/TR/CSP3/
"""

from collections.abc import Mapping

NEVER_KEPT = "no-cache"
"""The Cache-Control of index.html and config.json: a browser asks each time for changes."""

FOR_GOOD = "public, max-age=31536000, immutable"
"""That of files whose names change with their content."""

A_DAY = "max-age=86400"
"""That of the icon."""

HSTS_SECONDS = 31_536_000
"""For a year, a browser that has been here by https comes by nothing else."""


def directives(*callees: str) -> dict[str, str]:
    """The Content-Security-Policy, directive by directive.

    Args:
        callees: the origins that the page's script may call beside its own: first that of the
            documents bucket, whose PDFs it may frame as well, then of the page on which people
            sign in.

    >>> directives("http://127.0.0.1:4000")["connect-src"]
    "'self' http://127.0.0.1:4000"
    """
    return {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": " ".join(("'self'", *callees)),
        "img-src": "'self'",
        "frame-src": callees[0] if callees else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }


def written(policy: Mapping[str, str]) -> str:
    """A policy as its header has it.

    >>> written({"default-src": "'none'", "img-src": "'self'"})
    "default-src 'none'; img-src 'self'"
    """
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def security_headers(*callees: str) -> dict[str, str]:
    """The headers of the page; `callees` as of `directives`."""
    return {
        "content-security-policy": written(directives(*callees)),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
