"""Everything behind the wire, put together: what is made of what, and what runs when.

queues    <-- buckets      an object's event is a message
buckets   <-- knowledge    documents are objects
queues    <-- functions    a message invokes a function
encoder   <-- knowledge, writer
buckets, knowledge, guardrails   <-- agents    a definition names what has to be there
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from app.local import (
    bedrock,
    bedrock_agent_runtime,
    bedrock_runtime,
    dynamodb,
    lambda_,
    s3,
    sqs,
)
from app.local.bedrock import guardrail_handlers as bedrock_guardrails
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock_agent import agent_handlers as bedrock_agent_agents
from app.local.bedrock_agent import handlers as bedrock_agent
from app.local.bedrock_agent.agents import Agents, Surroundings
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.bedrock_agent.knowledge_bases.parse import Parser
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Model, Writer
from app.local.engine.writer.server import Server
from app.local.lambda_.runtime import Functions
from app.local.reserve import Reserve
from app.local.s3.storage import Buckets, Scanner
from app.local.sqs.broker import Queues
from app.local.wire import WaitingService

REGION = "us-east-1"
REPOSITORY = Path(__file__).parents[2]  # where a function finds the application


@dataclass(frozen=True, slots=True)
class Options:
    """What a stand-in is asked for.

    Attributes:
        home: where it keeps everything.
        precision: how the encoder computes.
        model_url: an OpenAI-compatible server that writes the answers; the extractive stand-in
            model does where there is none.
        model: which of that server's models; its first by default.
        keys: access key id -> secret access key. What is presigned with one of them may be used
            from a page in a browser; programs may have any.
    """

    home: Path
    precision: Literal["int8", "fp32"] = "int8"
    model_url: str | None = None
    model: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


class StandIn:
    """The services of one home. Nothing runs by itself before `start`."""

    def __init__(self, options: Options) -> None:
        with ExitStack() as made:
            self._functions_environment = _credentials(options.keys)
            encoder = Encoder(options.precision)
            queues = Queues(options.home)
            made.callback(queues.close)
            buckets = Buckets(options.home, queues)
            made.callback(buckets.close)
            knowledge = Knowledge(options.home, encoder, Parser, buckets)
            made.callback(knowledge.close)
            guardrails = Guardrails(options.home)
            made.callback(guardrails.close)
            agents = Agents(options.home, _around(buckets, knowledge, guardrails))
            made.callback(agents.close)
            functions = Functions(
                options.home, queues, self._functions_environment, python_path=[REPOSITORY]
            )
            made.callback(functions.close)
            scanner = Scanner(buckets)
            made.callback(scanner.close)
            self._running = (knowledge, functions, scanner)
            self._made = made.pop_all()
        agent = bedrock_agent.joined(
            bedrock_agent.handlers(knowledge), bedrock_agent_agents.handlers(agents)
        )
        services: Mapping[str, WaitingService] = {
            "bedrock": {**bedrock.handlers(), **bedrock_guardrails.handlers(guardrails)},
            "bedrock-runtime": bedrock_runtime.handlers(encoder, _writer(options, encoder)),
            "bedrock-agent": agent,
            "bedrock-agent-runtime": bedrock_agent_runtime.handlers(knowledge, agent),
            "dynamodb": dynamodb.handlers(),
            "lambda": lambda_.handlers(functions, queues, buckets),
            "s3": s3.handlers(buckets, queues.send_to_arn, keys=options.keys),
            "sqs": sqs.handlers(queues),
        }
        self.services = Reserve(options.home).over(services)

    def start(self, url: str) -> None:
        """Take up what was left, and whatever comes. Functions reach the stand-in by this URL."""
        self._functions_environment |= {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": REGION}
        for part in self._running:
            part.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._made.close()


def _around(buckets: Buckets, knowledge: Knowledge, guardrails: Guardrails) -> Surroundings:
    """What agents may name."""
    return Surroundings(
        has_model=bedrock_agent_agents.has_model,
        has_guardrail=guardrails.has,
        has_knowledge_base=knowledge.has,
        read=lambda bucket, key: buckets.path(bucket, key).read_bytes(),
    )


def _credentials(keys: Mapping[str, str]) -> dict[str, str]:
    """What functions sign with, so that a page may use what they presign."""
    for key_id, secret in keys.items():
        return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
    return {}


def _writer(options: Options, encoder: Encoder) -> Model:
    """What writes the answers."""
    if options.model_url:
        return Server(options.model_url, encoder, options.model)
    return Writer(encoder)
