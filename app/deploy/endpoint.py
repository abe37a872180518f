"""The environment variables that lead an AWS client to the stand-in, and nowhere else.

AWS_ENDPOINT_URL leads the clients of all services there; for a service that the stand-in lacks, it
answers with an error that says so. But for boto3 or for another SDK, other settings outrank it, and
each of these would send traffic to AWS or to a proxy:

    AWS_ENDPOINT_URL_<SERVICE>                one service's own endpoint
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS       ignores all endpoints; also in a config file
    AWS_USE_FIPS_ENDPOINT, ..._DUALSTACK_...  other hosts; also in a config file
    AWS_PROFILE, a token                      other credentials, and a profile's own endpoints
    HTTP_PROXY without NO_PROXY               requests to this machine go to the proxy

So all of them are set or removed here. litellm and Anthropic's SDK do not read AWS_ENDPOINT_URL;
each has a variable of its own.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

REGION, ACCOUNT = "us-east-1", "000000000000"
"""The Region and the account of a stand-in."""

KEY_PREFIX = "STANDIN"
"""The prefix of a stand-in's access key ids: AWS's own have AKIA and ASIA."""

REPLACED = "_OUTCROP_REPLACED"
"""The variable with a shell's former values, as JSON: by name, null where it had none."""

# Variables that send a request elsewhere, or sign it differently, although the endpoint is set.
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
    """A stand-in's address, and the access key that it knows. A page in a browser may use URLs that
    are presigned with this key. For everything else, any key will do.
    """

    url: str
    access_key_id: str = "stand-in"
    secret_access_key: str = "stand-in"  # noqa: S105 - a stand-in checks no program's signature


def endpoint_variables(
    stand_in: StandIn | str, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables to set. They keep the hosts that the environment's NO_PROXY has already."""
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
    """Those of the variables that need no stand-in: no configuration file and no proxy."""
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


def misleading_names(environment: Mapping[str, str]) -> list[str]:
    """The variables to remove: those that always mislead, and those of single services in here."""
    return [*MISLEADING, *sorted(name for name in environment if name.startswith(SERVICE_ENDPOINT))]


def leads_to_stand_in(environment: Mapping[str, str]) -> str | None:
    """The variable, with its value, that leads to a stand-in; None if none does."""
    if not environment.get("AWS_ACCESS_KEY_ID", "").startswith(KEY_PREFIX):
        return None
    return local_endpoint(environment)


def local_endpoint(environment: Mapping[str, str]) -> str | None:
    """The variable, with its value, that leads to this machine; None if none does."""
    for name in ("AWS_ENDPOINT_URL", *misleading_names(environment)):
        value = environment.get(name, "")
        if name.startswith("AWS_ENDPOINT_URL") and _is_local(urlsplit(value).hostname):
            return f"{name}={value}"
    return None


def former_values(changes: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """The values that a shell had before these changes, as JSON for `restoring_changes`.

    If they were changed before, the values before the first change.
    """
    names = [*changes, *misleading_names(environment)]
    before = {name: environment.get(name) for name in names} | _before(environment)
    return json.dumps(before)


def restoring_changes(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The variables that a shell had before `outcrop env`; None for one to remove.

    For a shell that was pointed at a stand-in by hand, the variables that point there are removed.
    For any other shell, nothing changes.
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
    """The value of NO_PROXY with this machine added to it. Python and curl read the lower-case name
    first, Go the upper-case one.

    >>> _no_proxy({"NO_PROXY": "intranet.example"})
    'intranet.example,127.0.0.1,localhost,::1'
    """
    value = environment.get("no_proxy") or environment.get("NO_PROXY", "")
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    return ",".join([*hosts, *(host for host in LOOPBACK if host not in hosts)])


def _is_local(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
