"""The AWS CLI, version 1, which has no command that streams."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checks import (
    ANSWER, CLAUDE, DIMENSIONS, NOVA, PROMPT, QUESTION, TITAN, WEATHER, check, expect,
    knowledge_base, run,
)  # fmt: skip

AWS = Path(sys.executable).with_name("aws")


def aws(service: str, command: str, *positional: str, **options: object) -> Any:
    given = [
        part
        for name, value in options.items()
        for part in (
            f"--{name.replace('_', '-')}",
            value if isinstance(value, str) else json.dumps(value),
        )
    ]
    line = [str(AWS), service, command, *positional, *given]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)
    return json.loads(done.stdout or "null")


def message(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": text}]}]


@check
def chat() -> None:
    reply = aws("bedrock-runtime", "converse", model_id=NOVA, messages=message(PROMPT))
    expect(ANSWER in reply["output"]["message"]["content"][0]["text"], reply)


@check
def tools() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    specification = {
        "name": "get_weather",
        "description": "The weather in a city.",
        "inputSchema": {"json": schema},
    }
    reply = aws(
        "bedrock-runtime",
        "converse",
        model_id=CLAUDE,
        messages=message(WEATHER),
        tool_config={"tools": [{"toolSpec": specification}]},
    )
    uses = [block["toolUse"] for block in reply["output"]["message"]["content"][-1:]]
    expect(reply["stopReason"] == "tool_use" and uses[0]["input"] == {"city": "Paris"}, reply)


@check
def embeddings() -> None:
    with TemporaryDirectory() as folder:
        out = Path(folder, "out.json")
        body = {"inputText": QUESTION}
        aws("bedrock-runtime", "invoke-model", str(out), model_id=TITAN, body=body)
        expect(len(json.loads(out.read_text())["embedding"]) == DIMENSIONS)


@check
def retrieve() -> None:
    found = aws(
        "bedrock-agent-runtime",
        "retrieve",
        knowledge_base_id=knowledge_base(),
        retrieval_query={"text": QUESTION},
    )
    expect(ANSWER in found["retrievalResults"][0]["content"]["text"], found)


@check
def control_planes() -> None:
    models = aws("bedrock", "list-foundation-models")["modelSummaries"]
    expect(NOVA in [model["modelId"] for model in models])
    bases = aws("bedrock-agent", "list-knowledge-bases")["knowledgeBaseSummaries"]
    expect(knowledge_base() in [base["knowledgeBaseId"] for base in bases], bases)
    expect(aws("s3api", "list-buckets")["Buckets"])
    # Of SQS this version knows a host that no variable leads away from.
    queues = aws("sqs", "list-queues", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    expect("QueueUrls" in queues, queues)
    expect("TableNames" in aws("dynamodb", "list-tables"))
    expect("Functions" in aws("lambda", "list-functions"))


run()
