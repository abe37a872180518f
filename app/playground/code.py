"""A request as code that sends it: a program with boto3, and a command with curl.

What people and models wrote stands in it as a literal, so that nothing of it is run, and signs that
a reader cannot see (such as those that turn the direction of writing) are written by their numbers.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

AWS = (".amazonaws.com", ".amazonaws.com.cn")
INDENT = "    "


@dataclass(frozen=True, slots=True)
class RuntimeAddress:
    """Where Bedrock's runtime answers: AWS's own address for a Region, or another."""

    region: str
    endpoint: str

    @property
    def is_own(self) -> bool:
        """Whether it is AWS's own address, which boto3 knows by the Region."""
        return (urlsplit(self.endpoint).hostname or "").endswith(AWS)

    def url(self, model: str, *, streamed: bool) -> str:
        """The URL at which a model is invoked.

        >>> here = RuntimeAddress("us-east-1", "http://127.0.0.1:4000")
        >>> here.url("amazon.nova-lite-v1:0", streamed=False)
        'http://127.0.0.1:4000/model/amazon.nova-lite-v1%3A0/invoke'
        """
        path = "invoke-with-response-stream" if streamed else "invoke"
        return f"{self.endpoint.rstrip('/')}/model/{quote(model, safe='')}/{path}"


def as_boto3(
    address: RuntimeAddress, model: str, body: Mapping[str, Any], *, streamed: bool
) -> str:
    """A program that sends the request and prints what comes back."""
    elsewhere = "" if address.is_own else f", endpoint_url={_python(address.endpoint)}"
    operation = "invoke_model_with_response_stream" if streamed else "invoke_model"
    where = f"region_name={_python(address.region)}{elsewhere}"
    lines = [
        "import json",
        "",
        "import boto3",
        "",
        f'bedrock = boto3.client("bedrock-runtime", {where})',
        f"body = {_python(body)}",
        f"response = bedrock.{operation}(",
        f"    modelId={_python(model)},",
        '    contentType="application/json",',
        '    accept="application/json",',
        "    body=json.dumps(body),",
        ")",
    ]
    if streamed:
        lines += [
            'for event in response["body"]:',
            '    print(json.loads(event["chunk"]["bytes"]))',
        ]
    else:
        lines += ['print(json.loads(response["body"].read()))']
    return "\n".join(lines) + "\n"


def as_curl(address: RuntimeAddress, model: str, body: Mapping[str, Any]) -> str:
    """A command that signs the request with the keys in AWS's usual variables, and sends it."""
    lines = (
        "curl --silent --show-error --fail-with-body",
        f'--aws-sigv4 "aws:amz:{address.region}:bedrock"',
        '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
        '--header "x-amz-security-token: $AWS_SESSION_TOKEN"',
        "--header 'content-type: application/json'",
        "--header 'accept: application/json'",
        f"--data-binary {shlex.quote(json.dumps(body))}",
        shlex.quote(address.url(model, streamed=False)),
    )
    return " \\\n  ".join(lines) + "\n"


def _python(value: Any, indent: str = "") -> str:
    """A JSON value as Python writes it, a line for each member.

    >>> print(_python({"messages": [], "temperature": 0.5}))
    {
        "messages": [],
        "temperature": 0.5,
    }
    """
    inner = indent + INDENT
    if isinstance(value, Mapping) and value:
        members = (f"{inner}{_literal(k)}: {_python(v, inner)}," for k, v in value.items())
        return "\n".join(("{", *members, f"{indent}}}"))
    if isinstance(value, list) and value:
        return "\n".join(("[", *(f"{inner}{_python(v, inner)}," for v in value), f"{indent}]"))
    return _literal(value)


def _literal(value: Any) -> str:
    """A literal; a text in double quotes, where it has none."""
    written = repr(value)
    if isinstance(value, str) and written.startswith("'") and '"' not in written:
        return f'"{written[1:-1]}"'
    return written
