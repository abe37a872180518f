"""The capability table: what each model that writes text accepts.

`GET /models` prints it, joined with Bedrock's ListFoundationModels. It is as of November 2026, from
AWS's pages on each model; what Bedrock itself says is newer.
"""

from functools import partial

from app.models.facts.model_facts import ForcedChoice, ModelFacts, Parameter

_ALL: frozenset[Parameter] = frozenset({"temperature", "top_p", "top_k", "stop"})
_NO_STOP: frozenset[Parameter] = frozenset({"temperature", "top_p"})
_ONLY_STOP: frozenset[Parameter] = frozenset({"stop"})
_UNFORCED: frozenset[ForcedChoice] = frozenset()
_ONLY_ANY: frozenset[ForcedChoice] = frozenset({"any"})

_OPUS, _SONNET, _HAIKU = (f"anthropic.claude-{name}-5-5" for name in ("opus", "sonnet", "haiku"))
_LLAMA = "meta.llama3-3-70b-instruct-v1:0"
_LARGE = "mistral.mistral-large-3-675b-instruct"
_SMALL = "mistral.ministral-3-8b-instruct"
_MARCH = "2027-03-30"

# Claude refuses temperature together with top_p from 4.1 on, and any of the three from 4.7 on.
_claude3 = partial(
    ModelFacts, family="anthropic", context=200_000, takes=_ALL, stops=8191, images=True
)
_legacy_sonnet = partial(_claude3, output=8192, profile=True, state="legacy", successor=_SONNET)
_claude4 = partial(
    _claude3, output=64_000, one_sampler=True, profile=True, geographies=("us", "eu", "global")
)
_claude5 = partial(
    _claude3,
    context=1_000_000,
    output=128_000,
    takes=_ONLY_STOP,
    profile=True,
    schemas=True,
    geographies=("us", "eu", "au", "jp", "global"),
)
_claude_fable = partial(
    _claude5, geographies=("us", "global"), forced_choices=_UNFORCED, schemas=False
)
_nova = partial(
    ModelFacts,
    family="nova",
    output=10_000,
    takes=_ALL,
    images=True,
    geographies=("us", "eu", "apac"),
)
_llama3 = partial(
    ModelFacts,
    family="llama3",
    context=128_000,
    output=4096,
    takes=_NO_STOP,
    forced_choices=_UNFORCED,
    tool_streams=False,
)
_newer_llama3 = partial(_llama3, profile=True, geographies=("us",))
_first_llama3 = partial(_llama3, context=8192, output=2048, tools=False, state="legacy", end=_MARCH)
_gone_llama3 = partial(_llama3, state="gone", end="2026-07-07", successor=_LLAMA)
_llama4 = partial(
    ModelFacts,
    family="llama4",
    output=8192,
    takes=_NO_STOP,
    images=True,
    forced_choices=_UNFORCED,
    tool_streams=False,
    streams=False,
    profile=True,
    geographies=("us",),
    note="AWS's pages disagree on whether it streams; it is invoked whole.",
)
_mistral = partial(
    ModelFacts,
    family="mistral",
    context=32_000,
    output=8192,
    takes=_ALL,
    stops=10,
    forced_choices=_ONLY_ANY,
    tool_streams=False,
)
_first_mistral = partial(
    _mistral, tools=False, system=False, state="legacy", end=_MARCH, successor=_SMALL
)
_mistral_chat = partial(
    ModelFacts, family="mistral-chat", context=128_000, output=8192, stops=10, schemas=True
)
_chat = partial(ModelFacts, family="chat completions", schemas=True)
_gpt_oss = partial(ModelFacts, family="openai", context=128_000, output=16_384, schemas=True)
_jamba = partial(
    ModelFacts, family="jamba", output=4096, forced_choices=_UNFORCED, tool_streams=False
)
_jurassic = partial(
    ModelFacts,
    family="jurassic-2",
    context=8191,
    output=8191,
    tools=False,
    system=False,
    streams=False,
    state="gone",
)
_command_r = partial(
    ModelFacts,
    family="command-r",
    context=128_000,
    output=4096,
    takes=_ALL,
    forced_choices=_UNFORCED,
)
_command = partial(
    ModelFacts,
    family="command",
    context=4096,
    output=4096,
    takes=_ALL,
    stops=4,
    tools=False,
    system=False,
)
_titan = partial(
    ModelFacts,
    family="titan",
    tools=False,
    system=False,
    state="gone",
    successor="amazon.nova-2-lite-v1:0",
)

MODELS: tuple[ModelFacts, ...] = (
    _claude5(_OPUS),
    _claude5(_SONNET, geographies=("us", "eu", "au", "global")),
    _claude5(_HAIKU),
    _claude5("anthropic.claude-opus-5", geographies=("us", "eu", "au", "in", "global")),
    _claude5("anthropic.claude-sonnet-5", geographies=("us", "eu", "au", "in", "global")),
    _claude_fable("anthropic.claude-fable-5-1"),
    _claude_fable("anthropic.claude-fable-5"),
    _claude5("anthropic.claude-opus-4-8"),
    _claude5("anthropic.claude-opus-4-7"),
    _claude4(
        "anthropic.claude-opus-4-6-v1",
        context=1_000_000,
        output=128_000,
        schemas=True,
        geographies=("us", "eu", "au", "global"),
    ),
    _claude4(
        "anthropic.claude-sonnet-4-6",
        context=1_000_000,
        output=128_000,
        schemas=True,
        geographies=("us", "eu", "au", "jp", "global"),
    ),
    _claude4("anthropic.claude-opus-4-5-20251101-v1:0", schemas=True),
    _claude4(
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        schemas=True,
        geographies=("us", "eu", "au", "jp", "in", "global"),
    ),
    _claude4(
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        schemas=True,
        geographies=("us", "us-gov", "eu", "au", "jp", "global"),
        state="legacy",
        end="2027-04-08",
        successor=_SONNET,
    ),
    _claude4(
        "anthropic.claude-opus-4-1-20250805-v1:0",
        output=32_000,
        geographies=("us",),
        state="legacy",
        end="2027-01-08",
        successor=_OPUS,
    ),
    _claude4(
        "anthropic.claude-sonnet-4-20250514-v1:0",
        state="gone",
        end="2026-10-14",
        successor=_SONNET,
        note="Whether it refuses temperature together with top_p is not documented.",
    ),
    _claude4("anthropic.claude-opus-4-20250514-v1:0", output=32_000, state="gone", successor=_OPUS),
    _legacy_sonnet(
        "anthropic.claude-3-7-sonnet-20250219-v1:0",
        output=64_000,
        geographies=("us", "us-gov", "eu", "apac"),
    ),
    _legacy_sonnet("anthropic.claude-3-5-sonnet-20241022-v2:0", geographies=("us", "apac")),
    _legacy_sonnet(
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        geographies=("us", "us-gov", "eu", "apac"),
    ),
    _claude3(
        "anthropic.claude-3-5-haiku-20241022-v1:0", images=False, state="gone", successor=_HAIKU
    ),
    _claude3("anthropic.claude-3-sonnet-20240229-v1:0", state="legacy", successor=_SONNET),
    _claude3("anthropic.claude-3-opus-20240229-v1:0", state="gone", successor=_OPUS),
    _claude3(
        "anthropic.claude-3-haiku-20240307-v1:0",
        output=4096,
        state="gone",
        end="2026-09-10",
        successor=_HAIKU,
    ),
    _nova(
        "amazon.nova-2-lite-v1:0",
        context=1_000_000,
        output=64_000,
        profile=True,
        geographies=("us", "eu", "jp", "global"),
    ),
    _nova("amazon.nova-pro-v1:0", context=300_000),
    _nova("amazon.nova-lite-v1:0", context=300_000, geographies=("us", "ca", "eu", "apac")),
    _nova("amazon.nova-micro-v1:0", context=128_000, images=False),
    _nova(
        "amazon.nova-premier-v1:0",
        context=1_000_000,
        output=25_000,
        profile=True,
        state="gone",
        end="2026-09-14",
        successor="amazon.nova-pro-v1:0",
    ),
    _titan("amazon.titan-text-premier-v1:0", context=32_000, output=3072),
    _titan("amazon.titan-text-express-v1", context=8192, output=8192),
    _titan("amazon.titan-text-lite-v1", context=4096, output=4096),
    _llama4(
        "meta.llama4-maverick-17b-instruct-v1:0", context=1_000_000, state="legacy", end=_MARCH
    ),
    _llama4("meta.llama4-scout-17b-instruct-v1:0", context=10_000_000, state="legacy", end=_MARCH),
    _newer_llama3(_LLAMA, state="legacy", end=_MARCH),
    _newer_llama3("meta.llama3-1-70b-instruct-v1:0", state="legacy", end=_MARCH),
    _newer_llama3("meta.llama3-1-8b-instruct-v1:0", state="legacy", end=_MARCH),
    _first_llama3("meta.llama3-70b-instruct-v1:0"),
    _first_llama3("meta.llama3-8b-instruct-v1:0"),
    _gone_llama3("meta.llama3-1-405b-instruct-v1:0"),
    _gone_llama3("meta.llama3-2-90b-instruct-v1:0", images=True),
    _gone_llama3("meta.llama3-2-11b-instruct-v1:0", images=True),
    _gone_llama3("meta.llama3-2-3b-instruct-v1:0", tools=False),
    _gone_llama3("meta.llama3-2-1b-instruct-v1:0", tools=False),
    _mistral_chat(_LARGE, context=256_000, output=32_768, images=True),
    _mistral_chat("mistral.ministral-3-14b-instruct", images=True),
    _mistral_chat(_SMALL, images=True),
    _mistral_chat("mistral.ministral-3-3b-instruct", images=True),
    _mistral_chat("mistral.magistral-small-2509", output=40_960, images=True),
    _mistral_chat(
        "mistral.devstral-2-123b",
        context=256_000,
        output=32_768,
        schemas=False,
        state="legacy",
        end=_MARCH,
    ),
    _mistral_chat(
        "mistral.pixtral-large-2502-v1:0",
        profile=True,
        images=True,
        forced_choices=_ONLY_ANY,
        schemas=False,
        geographies=("us", "eu"),
    ),
    _mistral_chat(
        "mistral.mistral-large-2407-v1:0",
        forced_choices=_ONLY_ANY,
        tool_streams=False,
        schemas=False,
        successor=_LARGE,
    ),
    _mistral("mistral.mistral-large-2402-v1:0", successor=_LARGE),
    _mistral("mistral.mistral-small-2402-v1:0", successor=_SMALL),
    _first_mistral("mistral.mistral-7b-instruct-v0:2"),
    _first_mistral("mistral.mixtral-8x7b-instruct-v0:1", output=4096),
    _command_r("cohere.command-r-plus-v1:0", state="gone", end="2026-08-19"),
    _command_r("cohere.command-r-v1:0", state="gone", end="2026-08-19"),
    _command("cohere.command-text-v14", state="gone"),
    _command("cohere.command-light-text-v14", state="gone"),
    _jamba("ai21.jamba-1-5-large-v1:0", context=256_000, state="legacy", end="2026-11-26"),
    _jamba("ai21.jamba-1-5-mini-v1:0", context=256_000, state="legacy", end="2026-11-26"),
    _jamba("ai21.jamba-instruct-v1:0", context=70_000, tools=False, state="gone"),
    _jurassic("ai21.j2-ultra-v1"),
    _jurassic("ai21.j2-mid-v1"),
    _gpt_oss("openai.gpt-oss-120b-1:0"),
    _gpt_oss("openai.gpt-oss-20b-1:0"),
    _gpt_oss("openai.gpt-oss-safeguard-120b"),
    _gpt_oss("openai.gpt-oss-safeguard-20b"),
    _chat("qwen.qwen3-235b-a22b-2507-v1:0", context=262_144, output=8192),
    _chat("qwen.qwen3-vl-235b-a22b", context=256_000, output=8192, images=True),
    _chat("qwen.qwen3-next-80b-a3b", context=256_000, output=8192),
    _chat("qwen.qwen3-32b-v1:0", context=32_768, output=8192),
    _chat("qwen.qwen3-coder-next", context=256_000, output=16_384),
    _chat("deepseek.v3.2", context=164_000, output=8192),
    _chat(
        "moonshotai.kimi-k3",
        context=1_000_000,
        output=131_072,
        profile=True,
        images=True,
        geographies=("us", "in", "global"),
    ),
    _chat("moonshotai.kimi-k2.5", context=256_000, output=16_384, images=True),
    _chat("minimax.minimax-m2.5", context=196_000, output=8192),
    _chat("zai.glm-5", context=200_000, output=128_000),
    _chat("nvidia.nemotron-super-3-120b", context=256_000, output=32_768),
    _chat("nvidia.nemotron-nano-3-30b", context=256_000, output=8192),
    *(
        _chat(model_id, context=context, output=output, state="legacy", end=_MARCH)
        for model_id, context, output in (
            ("qwen.qwen3-coder-480b-a35b-v1:0", 262_144, 16_384),
            ("qwen.qwen3-coder-30b-a3b-v1:0", 262_144, 16_384),
            ("deepseek.v3-v1:0", 128_000, 8192),
            ("moonshot.kimi-k2-thinking", 256_000, 16_384),
            ("minimax.minimax-m2.1", 196_000, 8192),
            ("zai.glm-4.7", 203_000, 128_000),
            ("zai.glm-4.7-flash", 203_000, 128_000),
        )
    ),
    *(
        _chat(model_id, context=128_000, output=8192, images=images, state="legacy", end=_MARCH)
        for model_id, images in (
            ("google.gemma-3-27b-it", True),
            ("google.gemma-3-12b-it", True),
            ("nvidia.nemotron-nano-12b-v2", True),
            ("nvidia.nemotron-nano-9b-v2", False),
        )
    ),
    _chat(
        "google.gemma-3-4b-it",
        context=128_000,
        output=8192,
        images=True,
        schemas=False,
        state="legacy",
        end=_MARCH,
    ),
)
