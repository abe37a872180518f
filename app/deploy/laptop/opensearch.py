"""Which OpenSearch has the chunks of a home, written down for the stand-in.

It goes into a file that this user alone can read, and not onto the command line: a URL may have a
password, and AWS's credentials are not among the stand-in's own variables.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from app.deploy.endpoint import LOOPBACK
from app.deploy.laptop.home import private
from app.errors import OperatorError
from app.settings import LaptopSettings

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def opensearch_file(
    settings: LaptopSettings, environment: Mapping[str, str], name: str = "opensearch.json"
) -> Path | None:
    """Write the file; None, and no file, where the chunks are in the home.

    Args:
        environment: of the shell, with its AWS credentials.
        name: of the file in the home.

    Raises:
        OperatorError: the URL is none, or leads to another machine without leave.
    """
    file = settings.home / name
    file.unlink(missing_ok=True)
    if settings.opensearch_url is None:
        return None
    url = settings.opensearch_url.get_secret_value()
    _check(url, is_remote_allowed=settings.opensearch_remote)
    engine = settings.opensearch_engine
    fields: dict[str, object] = {
        "url": url,
        "engine": None if engine == "default" else engine,
        "ca": str(settings.opensearch_ca.absolute()) if settings.opensearch_ca else None,
    }
    if settings.opensearch_service:
        fields["signing"] = _signing(settings.opensearch_service, environment)
    with private(file, os.O_EXCL) as output:
        json.dump(fields, output)
    return file


def _check(url: str, *, is_remote_allowed: bool) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise OperatorError(f"OUTCROP_OPENSEARCH_URL is no URL: {error}.") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise OperatorError(
            "OUTCROP_OPENSEARCH_URL has to be http or https, a host and perhaps a port, as in "
            "http://127.0.0.1:9200."
        )
    if host not in LOOPBACK and not is_remote_allowed:
        raise OperatorError(
            f"OUTCROP_OPENSEARCH_URL leads to {host}, another machine: texts of documents and "
            "questions would leave this one. OUTCROP_OPENSEARCH_REMOTE=true allows it."
        )


def _signing(service: str, environment: Mapping[str, str]) -> dict[str, object]:
    keys = [environment[name] for name in KEYS if environment.get(name)]
    profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
    return {
        "service": service,
        "region": environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
        "keys": [] if profile else keys,
        "profile": profile,
        "config_file": environment.get("AWS_CONFIG_FILE", str(Path.home() / ".aws/config")),
        "credentials_file": environment.get(
            "AWS_SHARED_CREDENTIALS_FILE", str(Path.home() / ".aws/credentials")
        ),
    }
