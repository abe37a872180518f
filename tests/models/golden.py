"""One conversation in every family's bodies, written by hand from the documentation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.events import StopReason, Usage
from app.models import Block, Prompt, Reasoning, Text, assistant, user

JSON = dict[str, Any]
USAGE = Usage(21, 5)

METRICS = {
    "amazon-bedrock-invocationMetrics": {
        "inputTokenCount": 21,
        "outputTokenCount": 5,
        "invocationLatency": 300,
        "firstByteLatency": 100,
    }
}

PROMPT = Prompt(
    messages=(
        user("What is an outcrop?"),
        assistant("Rock at the surface."),
        user("And bedrock?"),
    ),
    system="Be brief.",
    max_tokens=100,
    temperature=0.5,
    stop=("END",),
)


@dataclass(frozen=True)
class Golden:
    """How a family is asked PROMPT (less what it does not take), and how it answers.

    `headers` are those of the whole reply: some families count tokens nowhere else.
    """

    model_id: str
    request: JSON
    reply: JSON
    chunks: tuple[JSON, ...]  # empty where the family does not stream
    prompt: Prompt = PROMPT
    streamed: JSON | None = None  # the request that is streamed, where it differs
    text: str = "The rock beneath."
    stop_reason: StopReason = "end"
    usage: Usage = USAGE
    headers: Mapping[str, str] = field(default_factory=dict)
    reasoning: tuple[Block, ...] = ()  # what comes before the text

    @property
    def content(self) -> tuple[Block, ...]:
        return (*self.reasoning, Text(self.text))


COUNTED = {"x-amzn-bedrock-input-token-count": "21", "x-amzn-bedrock-output-token-count": "5"}

ANTHROPIC = Golden(
    "eu.anthropic.claude-sonnet-4-6",
    {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "What is an outcrop?"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Rock at the surface."}]},
            {"role": "user", "content": [{"type": "text", "text": "And bedrock?"}]},
        ],
        "temperature": 0.5,
        "stop_sequences": ["END"],
    },
    {
        "id": "msg_bdrk_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [
            {"type": "thinking", "thinking": "Rock, then.", "signature": "c2ln"},
            {"type": "text", "text": "The rock beneath."},
        ],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 11,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 10,
            "output_tokens": 5,
        },
    },
    (
        {
            "type": "message_start",
            "message": {
                "id": "msg_bdrk_01",
                "type": "message",
                "role": "assistant",
                "content": [],
                "stop_reason": None,
                "usage": {"input_tokens": 11, "cache_read_input_tokens": 10, "output_tokens": 1},
            },
        },
        {"type": "ping"},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": ""},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "Rock, then."},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "signature_delta", "signature": "c2ln"},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "text_delta", "text": "The rock"},
        },
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "text_delta", "text": " beneath."},
        },
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 5},
        },
        {"type": "message_stop", **METRICS},
    ),
    reasoning=(Reasoning("Rock, then.", "c2ln"),),
)

NOVA = Golden(
    "amazon.nova-lite-v1:0",
    {
        "schemaVersion": "messages-v1",
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "What is an outcrop?"}]},
            {"role": "assistant", "content": [{"text": "Rock at the surface."}]},
            {"role": "user", "content": [{"text": "And bedrock?"}]},
        ],
        "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "stopSequences": ["END"]},
    },
    {
        "output": {"message": {"role": "assistant", "content": [{"text": "The rock beneath."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 21, "outputTokens": 5, "totalTokens": 26},
    },
    (
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "The rock"}, "contentBlockIndex": 0}},
        {"contentBlockDelta": {"delta": {"text": " beneath."}, "contentBlockIndex": 0}},
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {
            "metadata": {"usage": {"inputTokens": 21, "outputTokens": 5}, "metrics": {}},
            **METRICS,
        },
    ),
)

LLAMA3 = Golden(
    "us.meta.llama3-3-70b-instruct-v1:0",
    {
        "prompt": "<|begin_of_text|>"
        "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nWhat is an outcrop?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nRock at the surface.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nAnd bedrock?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "max_gen_len": 100,
        "temperature": 0.5,
    },
    {
        "generation": "\n\nThe rock beneath.",
        "prompt_token_count": 21,
        "generation_token_count": 5,
        "stop_reason": "stop",
    },
    (
        {
            "generation": "\n\n",
            "prompt_token_count": 21,
            "generation_token_count": 1,
            "stop_reason": None,
        },
        {
            "generation": "The rock",
            "prompt_token_count": None,
            "generation_token_count": 3,
            "stop_reason": None,
        },
        {
            "generation": " beneath.",
            "prompt_token_count": None,
            "generation_token_count": 5,
            "stop_reason": None,
        },
        {
            "generation": "",
            "prompt_token_count": None,
            "generation_token_count": 5,
            "stop_reason": "stop",
            **METRICS,
        },
    ),
    prompt=replace(PROMPT, stop=()),
)

LLAMA4 = replace(
    LLAMA3,
    model_id="us.meta.llama4-scout-17b-instruct-v1:0",
    request={
        "prompt": "<|begin_of_text|>"
        "<|header_start|>system<|header_end|>\n\nBe brief.<|eot|>"
        "<|header_start|>user<|header_end|>\n\nWhat is an outcrop?<|eot|>"
        "<|header_start|>assistant<|header_end|>\n\nRock at the surface.<|eot|>"
        "<|header_start|>user<|header_end|>\n\nAnd bedrock?<|eot|>"
        "<|header_start|>assistant<|header_end|>\n\n",
        "max_gen_len": 100,
        "temperature": 0.5,
    },
    chunks=(),
)

MISTRAL = Golden(
    "mistral.mistral-7b-instruct-v0:2",
    {
        "prompt": "<s>[INST] Be brief.\n\nWhat is an outcrop? [/INST] Rock at the surface.</s>"
        "[INST] And bedrock? [/INST]",
        "max_tokens": 100,
        "temperature": 0.5,
        "stop": ["END"],
    },
    {"outputs": [{"text": " The rock beneath.", "stop_reason": "stop"}]},
    (
        {"outputs": [{"text": " The", "stop_reason": None}]},
        {"outputs": [{"text": " rock beneath", "stop_reason": None}]},
        {"outputs": [{"text": ".", "stop_reason": "stop"}], **METRICS},
    ),
    headers=COUNTED,
)

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is an outcrop?"},
    {"role": "assistant", "content": "Rock at the surface."},
    {"role": "user", "content": "And bedrock?"},
]
CHAT_REQUEST = {"messages": MESSAGES, "max_tokens": 100, "temperature": 0.5, "stop": ["END"]}
CHAT_REPLY = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "The rock beneath."},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 21, "completion_tokens": 5, "total_tokens": 26},
}
CHAT_CHUNKS: tuple[JSON, ...] = (
    {"choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "The rock"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": " beneath."}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": None}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 5}, **METRICS},
)

MISTRAL_CHAT = Golden(
    "mistral.mistral-large-2407-v1:0",
    CHAT_REQUEST,
    {
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "The rock beneath."},
                "stop_reason": "stop",
            }
        ]
    },
    (
        {"choices": [{"index": 0, "delta": {"content": "The rock"}, "stop_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": " beneath."}, "stop_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": ""}, "stop_reason": "stop"}], **METRICS},
    ),
    headers=COUNTED,
)

COMMAND_R = Golden(
    "cohere.command-r-v1:0",
    {
        "message": "And bedrock?",
        "chat_history": [
            {"role": "USER", "message": "What is an outcrop?"},
            {"role": "CHATBOT", "message": "Rock at the surface."},
        ],
        "preamble": "Be brief.",
        "max_tokens": 100,
        "temperature": 0.5,
        "stop_sequences": ["END"],
    },
    {
        "response_id": "r",
        "generation_id": "g",
        "text": "The rock beneath.",
        "chat_history": [],
        "finish_reason": "COMPLETE",
    },
    (
        {"event_type": "stream-start", "is_finished": False, "generation_id": "g"},
        {"event_type": "text-generation", "is_finished": False, "text": "The rock"},
        {"event_type": "text-generation", "is_finished": False, "text": " beneath."},
        {
            "event_type": "stream-end",
            "is_finished": True,
            "finish_reason": "COMPLETE",
            "response": {
                "text": "The rock beneath.",
                "finish_reason": "COMPLETE",
                "meta": {"billed_units": {"input_tokens": 21, "output_tokens": 5}},
            },
            **METRICS,
        },
    ),
    headers=COUNTED,
)

COMMAND = Golden(
    "cohere.command-text-v14",
    {
        "prompt": "Be brief.\n\nUser: What is an outcrop?\nChatbot: Rock at the surface.\n"
        "User: And bedrock?\nChatbot:",
        "max_tokens": 100,
        "temperature": 0.5,
        "stop_sequences": ["END"],
    },
    {
        "id": "i",
        "prompt": "..",
        "generations": [{"id": "g", "text": " The rock beneath.", "finish_reason": "COMPLETE"}],
    },
    (
        {"text": " The rock", "is_finished": False},
        {"text": " beneath.", "is_finished": False},
        {"is_finished": True, "finish_reason": "COMPLETE", **METRICS},
    ),
    streamed={
        "prompt": "Be brief.\n\nUser: What is an outcrop?\nChatbot: Rock at the surface.\n"
        "User: And bedrock?\nChatbot:",
        "max_tokens": 100,
        "temperature": 0.5,
        "stop_sequences": ["END"],
        "stream": True,
    },
    headers=COUNTED,
)

JAMBA = Golden("ai21.jamba-1-5-mini-v1:0", CHAT_REQUEST, CHAT_REPLY, CHAT_CHUNKS)

JURASSIC = Golden(
    "ai21.j2-ultra-v1",
    {
        "prompt": "Be brief.\n\nUser: What is an outcrop?\nAssistant: Rock at the surface.\n"
        "User: And bedrock?\nAssistant:",
        "maxTokens": 100,
        "temperature": 0.5,
        "stopSequences": ["END"],
    },
    {
        "id": 1234,
        "prompt": {"text": "..", "tokens": [{}] * 21},
        "completions": [
            {
                "data": {"text": " The rock beneath.", "tokens": [{}] * 5},
                "finishReason": {"reason": "endoftext"},
            }
        ],
    },
    (),
)

TITAN = Golden(
    "amazon.titan-text-express-v1",
    {
        "inputText": "Be brief.\n\nUser: What is an outcrop?\nBot: Rock at the surface.\n"
        "User: And bedrock?\nBot:",
        "textGenerationConfig": {
            "maxTokenCount": 100,
            "temperature": 0.5,
            "stopSequences": ["END"],
        },
    },
    {
        "inputTextTokenCount": 21,
        "results": [
            {"tokenCount": 5, "outputText": "\nThe rock beneath.", "completionReason": "FINISH"}
        ],
    },
    (
        {
            "outputText": "\nThe rock",
            "index": 0,
            "inputTextTokenCount": 21,
            "totalOutputTextTokenCount": None,
            "completionReason": None,
        },
        {
            "outputText": " beneath.",
            "index": 0,
            "inputTextTokenCount": None,
            "totalOutputTextTokenCount": 5,
            "completionReason": "FINISH",
            **METRICS,
        },
    ),
)

OPENAI = Golden(
    "openai.gpt-oss-20b-1:0",
    {
        "messages": MESSAGES,
        "max_completion_tokens": 100,
        "temperature": 0.5,
        "stop": ["END"],
    },
    {
        **CHAT_REPLY,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "<reasoning>Rock, then.</reasoning>The rock beneath.",
                },
                "finish_reason": "stop",
            }
        ],
    },
    (
        CHAT_CHUNKS[0],
        {"choices": [{"index": 0, "delta": {"content": "<reasoning>Rock, "}}]},
        {"choices": [{"index": 0, "delta": {"content": "then.</reasoning>The"}}]},
        {"choices": [{"index": 0, "delta": {"content": " rock beneath."}}]},
        *CHAT_CHUNKS[3:],
    ),
    reasoning=(Reasoning("Rock, then."),),
)

QWEN = Golden("qwen.qwen3-32b-v1:0", CHAT_REQUEST, CHAT_REPLY, CHAT_CHUNKS)

ALL = (
    ANTHROPIC,
    NOVA,
    LLAMA3,
    LLAMA4,
    MISTRAL,
    MISTRAL_CHAT,
    COMMAND_R,
    COMMAND,
    JAMBA,
    JURASSIC,
    TITAN,
    OPENAI,
    QWEN,
)
