"""The services behind the wire, put together: what each is given, and what runs when.

engine       --> bedrock_runtime, bedrock_agent, bedrock_agent_runtime
sqs queues   --> s3          an object's event is a message
s3 buckets   --> bedrock_agent    documents are objects
sqs queues   --> lambda_     a message invokes a function
bedrock      --> bedrock_runtime, bedrock_agent_runtime, agents of bedrock_agent
                 which models and guardrails there are; a guardrail's judgement
bedrock_agent --> bedrock_agent_runtime    Retrieve searches Knowledge Bases; agents are invoked
bedrock_agent --> bedrock_runtime          prompts are run by their ARN
lambda_      --> bedrock_agent_runtime    the operations of agents are functions
bedrock_runtime --> bedrock_agent_runtime  RetrieveAndGenerate has a model answer

No service imports another: each has protocols of its own for the others that it uses.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from app.local import (
    bedrock,
    bedrock_agent,
    bedrock_agent_runtime,
    bedrock_runtime,
    dynamodb,
    engine,
    inside,
    lambda_,
    s3,
    sqs,
    sts,
)
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.guardrails.judge import GuardrailJudge
from app.local.bedrock.inference_profiles import InferenceProfiles, InvocableModels
from app.local.bedrock_agent.agents import Agents, Dependencies
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.bedrock_agent.prompts import Prompts
from app.local.bedrock_runtime import chat_completions
from app.local.bedrock_runtime.attachments import Attachments
from app.local.lambda_.runtime import Functions
from app.local.reserve import Reserve
from app.local.s3.storage import Buckets, FolderScanner
from app.local.sqs.broker import Queues
from app.local.wire import WaitingService

REGION = "us-east-1"
REPOSITORY = Path(__file__).parents[2]  # where a function finds the application


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a stand-in.

    Attributes:
        home: the folder of all its files.
        precision: of the encoder's arithmetic.
        model_url: an OpenAI-compatible server that writes the answers; without one, the extractive
            writer does.
        model: one of that server's models; its first by default.
        keys: access key id -> secret access key. A page in a browser may use URLs that are
            presigned with one of them; programs may use any key.
        opensearch: the file that says which OpenSearch has the Knowledge Bases' chunks; without
            one, they are in the home.
    """

    home: Path
    precision: Literal["int8", "fp32"] = "int8"
    model_url: str | None = None
    model: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    opensearch: Path | None = None


class StandIn:
    """The services of one home. Nothing runs in the background before `start`."""

    def __init__(self, options: Options) -> None:
        with ExitStack() as opened:
            self._functions_environment = _credentials(options.keys)
            stores = options.home / "knowledge" / "stores"
            trades = engine.load(
                stores, options.precision, options.model_url, options.model, options.opensearch
            )
            opened.callback(trades.close)
            queues = Queues(options.home)
            opened.callback(queues.close)
            buckets = Buckets(options.home, queues)
            opened.callback(buckets.close)
            knowledge = Knowledge(options.home, trades, buckets)
            opened.callback(knowledge.close)
            guardrails = Guardrails(options.home)
            opened.callback(guardrails.close)
            judge = GuardrailJudge(guardrails, trades.guard)
            profiles = InferenceProfiles(options.home)
            opened.callback(profiles.close)
            models = InvocableModels(profiles)
            attachments = Attachments(trades.new_parser, buckets)
            opened.callback(attachments.close)
            dependencies = Dependencies(models, guardrails, knowledge, buckets)
            agents = Agents(options.home, dependencies)
            opened.callback(agents.close)
            prompts = Prompts(options.home)
            opened.callback(prompts.close)
            agent_sessions = bedrock_agent_runtime.AgentSessions(options.home)
            opened.callback(agent_sessions.close)
            sessions = bedrock_agent_runtime.Sessions(options.home)
            opened.callback(sessions.close)
            functions = Functions(
                options.home, queues, self._functions_environment, python_path=[REPOSITORY]
            )
            opened.callback(functions.close)
            tables = dynamodb.Tables(options.home)
            opened.callback(tables.close)
            scanner = FolderScanner(buckets)
            opened.callback(scanner.close)
            self._running = (knowledge, functions, scanner)
            self._opened = opened.pop_all()
        agent = bedrock_agent.handlers(knowledge, agents, prompts)
        functions_service = lambda_.handlers(functions, queues, buckets)
        turns = bedrock_agent_runtime.AgentServices(
            agents, agent_sessions, functions_service["Invoke"]
        )
        runtime = bedrock_runtime.handlers(
            trades, models, attachments=attachments, judge=judge, prompts=prompts
        )
        services: Mapping[str, WaitingService] = {
            "bedrock": bedrock.handlers(guardrails, profiles),
            "bedrock-runtime": runtime,
            "bedrock-agent": agent,
            "bedrock-agent-runtime": bedrock_agent_runtime.handlers(
                trades, knowledge, models, agent, runtime, sessions, buckets, judge, turns
            ),
            "dynamodb": dynamodb.handlers(tables),
            "lambda": functions_service,
            "s3": s3.handlers(buckets, queues.send_to_arn, keys=options.keys),
            "sqs": sqs.handlers(queues),
            "sts": sts.handlers(),
        }
        self.services = Reserve(options.home).wrap(services)
        self.endpoints = {
            **chat_completions.endpoints(trades, models, judge=judge),
            **inside.endpoints(trades),
        }

    def start(self, url: str) -> None:
        """Start the work in the background, with what the last stop left. Functions call this
        URL.
        """
        self._functions_environment |= {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": REGION}
        for part in self._running:
            part.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def _credentials(keys: Mapping[str, str]) -> dict[str, str]:
    """The variables with which functions sign, so that a page may use what they presign."""
    for key_id, secret in keys.items():
        return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
    return {}
