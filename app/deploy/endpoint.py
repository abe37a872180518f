"""What leads an AWS client to the stand-in, and nowhere else.

AWS_ENDPOINT_URL does, for all of AWS: a service that the stand-in lacks answers with an error that
says so. But much outranks it, for boto3 or for another SDK, and each of these would send traffic to
AWS or to a proxy:

    AWS_ENDPOINT_URL_<SERVICE>                one service's own endpoint
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS       no endpoint that was set holds; as in a config file
    AWS_USE_FIPS_ENDPOINT, ..._DUALSTACK_...  other hosts; as in a config file
    AWS_PROFILE, a token                      other credentials, and a profile's own endpoints
    HTTP_PROXY without NO_PROXY               requests to this machine go to the proxy

So all of it is set here, or taken away. litellm and Anthropic's SDK do not read AWS_ENDPOINT_URL,
and have a variable of their own.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

REGION, ACCOUNT = "us-east-1", "000000000000"
"""Where a stand-in says that it is, and whose."""

KEY_PREFIX = "STANDIN"
"""How the access key ids of stand-ins begin: AWS's own begin with AKIA and ASIA."""

REPLACED = "_OUTCROP_REPLACED"
"""Keeps, as JSON, what a shell had before: a value by name, or null where there was none."""

# What would send a request elsewhere, or sign it otherwise, although the endpoint is set.
MISLEADING = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
)
SERVICE_ENDPOINT = "AWS_ENDPOINT_URL_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

DIRECT: Mapping[str, None] = dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]"))
"""httpx's `mounts` for requests to this machine: no proxy, whatever the environment says."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Where a stand-in answers, and the key that it knows: what is presigned with it may be used
    from a page in a browser. Any other key is as good for all the rest.
    """

    url: str
    access_key_id: str = "stand-in"
    secret_access_key: str = "stand-in"  # noqa: S105 - a stand-in checks no program's signature


def endpoint_variables(
    stand_in: StandIn | str, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What to set. The environment that it is set in may say for what there is no proxy."""
    if isinstance(stand_in, str):
        stand_in = StandIn(stand_in)
    return isolating_variables(environment or {}) | {
        "AWS_ENDPOINT_URL": stand_in.url,
        "AWS_BEDROCK_RUNTIME_ENDPOINT": stand_in.url,  # litellm
        "ANTHROPIC_BEDROCK_BASE_URL": stand_in.url,  # Anthropic's SDK
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": stand_in.access_key_id,
        "AWS_SECRET_ACCESS_KEY": stand_in.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def isolating_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of it that holds before there is a stand-in: no file and no proxy is asked."""
    no_proxy = _no_proxy(environment)
    return {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_USE_FIPS_ENDPOINT": "false",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def misleading(environment: Mapping[str, str]) -> list[str]:
    """What to take away: the names that are misleading in every case, and those found here."""
    return [*MISLEADING, *sorted(name for name in environment if name.startswith(SERVICE_ENDPOINT))]


def leads_to_stand_in(environment: Mapping[str, str]) -> str | None:
    """The variable, and its value, by which this environment leads to a stand-in; else None."""
    if not environment.get("AWS_ACCESS_KEY_ID", "").startswith(KEY_PREFIX):
        return None
    return local_endpoint(environment)


def local_endpoint(environment: Mapping[str, str]) -> str | None:
    """The variable, and its value, by which this environment leads to this machine; else None."""
    for name in ("AWS_ENDPOINT_URL", *misleading(environment)):
        value = environment.get(name, "")
        if name.startswith("AWS_ENDPOINT_URL") and _is_local(urlsplit(value).hostname):
            return f"{name}={value}"
    return None


def replaced(changes: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """What a shell has before these changes, for `restored`; asked twice, the first answer."""
    names = [*changes, *misleading(environment)]
    before = {name: environment.get(name) for name in names} | _before(environment)
    return json.dumps(before)


def restored(environment: Mapping[str, str]) -> dict[str, str | None]:
    """What gives a shell back what it had before `outcrop env`; None: the variable goes.

    A shell that was pointed at a stand-in by hand had nothing else that is known; one that was
    not pointed at any keeps what it has.
    """
    if REPLACED in environment:
        return _before(environment) | {REPLACED: None}
    if not local_endpoint(environment):
        return {}
    ours = {name: None for name in endpoint_variables("") if name.upper() != "NO_PROXY"}
    return {name: None for name in ours if name in environment}


def _before(environment: Mapping[str, str]) -> dict[str, str | None]:
    before: dict[str, str | None] = json.loads(environment.get(REPLACED, "{}"))
    return before


def _no_proxy(environment: Mapping[str, str]) -> str:
    """Python reads the lower-case name first, curl too, Go the upper-case one.

    >>> _no_proxy({"NO_PROXY": "intranet.example"})
    'intranet.example,127.0.0.1,localhost,::1'
    """
    known = environment.get("no_proxy") or environment.get("NO_PROXY", "")
    listed = [host.strip() for host in known.split(",") if host.strip()]
    return ",".join([*listed, *(host for host in LOOPBACK if host not in listed)])


def _is_local(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
