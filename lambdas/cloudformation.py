"""The answer to a custom resource's event: whatever happens, CloudFormation has to be told.

It waits for the answer, for up to an hour, and shows its reason to whoever deploys.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

NOTHING = "nothing"  # the id of a resource that has never come to be
MARGIN_SECONDS = 30  # what is left for the answer when the work has to end
LONGEST_REASON = 500  # characters, of 6 bytes at most; the whole answer may have 4096
REQUEST_SECONDS = 5
_PUT = urllib3.Retry(total=3, backoff_factor=1, status_forcelist=(500, 503), allowed_methods=None)

log = logging.getLogger(__name__)


@dataclass
class Resource:
    """CloudFormation's view of the resource; the work fills it in."""

    physical_id: str
    data: dict[str, str] = field(default_factory=dict)


Work = Callable[[Mapping[str, Any], Resource, float], None]


def answer(event: Mapping[str, Any], context: Any, work: Work) -> None:
    """Do the work, and tell CloudFormation what came of it.

    Args:
        work: is given the event, the resource, and the seconds that it may take.
    """
    resource = Resource(event.get("PhysicalResourceId", NOTHING))
    status, reason = "SUCCESS", ""
    try:
        work(event, resource, context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS)
    except Exception as error:
        log.exception("%s failed", event["RequestType"])
        status, reason = "FAILED", f"{type(error).__name__}: {error}"[:LONGEST_REASON]
    echoed = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": resource.physical_id,
        "Data": resource.data,
        **echoed,
    }
    # The URL is signed for a request without a content type.
    response = urllib3.request(
        "PUT",
        event["ResponseURL"],
        body=json.dumps(body).encode(),
        headers={"content-type": ""},
        retries=_PUT,
        timeout=REQUEST_SECONDS,
    )
    if response.status >= 400:
        raise RuntimeError(
            f"CloudFormation's answer was refused: {response.status} {response.data!r}"
        )
