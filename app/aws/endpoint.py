"""Checks a client's endpoint when it is made, so that nothing reaches AWS by mistake.

AWS_ENDPOINT_URL sends the calls of all services to one place. Other variables and configuration
files outrank it, and a proxy takes even requests to this machine. A client that one of them leads
elsewhere is refused.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from botocore.utils import get_environ_proxies

from app.errors import OperatorError
from app.settings import inherited

ALL = "AWS_ENDPOINT_URL"
BACK = 'Unset it, or point this shell at the stand-in with `eval "$(outcrop env)"`.'


def check_endpoint(url: str, service: str) -> None:
    """Refuse a client whose endpoint is not AWS_ENDPOINT_URL.

    Raises:
        OperatorError: naming the setting that leads it elsewhere.
    """
    endpoint = inherited(ALL)
    if endpoint and url.rstrip("/") != endpoint.rstrip("/"):
        raise OperatorError(
            f"{ALL} is {endpoint}, and yet the client of {service} would call {url}: "
            f"{_cause(service)}"
        )
    if _is_local(urlsplit(url).hostname) and (proxies := get_environ_proxies(url)):
        raise OperatorError(
            f"The client of {service} would call {url} through the proxy "
            f"{next(iter(proxies.values()))}: set NO_PROXY=127.0.0.1,localhost,::1 beside "
            "HTTP_PROXY."
        )


def _cause(service: str) -> str:
    own = f"{ALL}_{service.upper().replace('-', '_')}"
    if inherited(own):
        return f"{own} is set. {BACK}"
    ignored = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    if inherited(ignored):
        return f"{ignored} is set. {BACK}"
    return (
        "a configuration file says so (ignore_configured_endpoint_urls). "
        "Set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false."
    )


def _is_local(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
