"""What goes on inside the laptop's models, asked of the stand-in: AWS's protocol has no such thing.

It is the one thing that the application asks for by other means than boto3, and only where
OUTCROP_INSIDE_URL is set: on the laptop.
"""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.error import HTTPError

from app.errors import InvalidRequest, Unavailable

SECONDS = 30
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""No proxy, whatever the environment says: the stand-in is on this machine."""


def look_inside(url: str, what: str, body: dict[str, Any]) -> bytes:
    """What the stand-in tells, as JSON.

    Args:
        url: of the stand-in.
        what: `inside` or `candidates`.

    Raises:
        InvalidRequest: it refuses the body, naming the field.
        Unavailable: it does not answer.
    """
    request = urllib.request.Request(  # noqa: S310 - the setting allows http on this machine only
        f"{url}/_outcrop/{what}",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    try:
        with DIRECT.open(request, timeout=SECONDS) as response:
            answer: bytes = response.read()
            return answer
    except HTTPError as error:
        if error.code >= 500:
            raise Unavailable(f"The stand-in answered {error.code}; its log says why.") from error
        message = json.loads(error.read())["error"]["message"]
        raise InvalidRequest(message, field=message.partition(":")[0]) from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"The stand-in did not answer: {error}.") from error
