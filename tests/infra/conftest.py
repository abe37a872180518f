"""The templates that the tests of infra look at: each is made once, for all tests.

No test needs credentials, and none bundles but the one that is about bundles.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.synthesized import Synthesized, use_our_node

# jsii starts Node when the first module here imports aws_cdk.
use_our_node()

Json = dict[str, Any]
Templates = Callable[[str], Json]

ACM, WAF = (f"arn:aws:{service}:us-east-1:111122223333" for service in ("acm", "wafv2"))

VARIANTS: Mapping[str, Mapping[str, str]] = {
    "opensearch-serverless": {"vector_store": "opensearch-serverless", "agent": "converse"},
    "opensearch-managed": {"vector_store": "opensearch-managed", "agent": "bedrock-agent"},
    "s3-vectors": {"vector_store": "s3-vectors", "agent": "converse"},
    "aurora": {"vector_store": "aurora", "agent": "bedrock-agent"},
    "managed": {"vector_store": "managed", "agent": "converse"},
    "production": {"production": "true"},
    "alarm_email": {"alarm_email": "on-call@example.com", "account_dollars_month": "500"},
    "origin": {"origin": "https://docs.example.com", "gateway_log_role": "account"},
    "nextgen": {"opensearch_generation": "nextgen", "zones": "us-east-1b,us-east-1c"},
    "profile": {
        "vector_store": "s3-vectors",
        "model_id": "us.amazon.nova-lite-v1:0",
        "models": "amazon.nova-micro-v1:0,global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "agent": "bedrock-agent",
        "guardrail": "ab12cd34ef56:3",
        "guardrail_profile": "us.guardrail.v1:0",
    },
    "chunking": {
        "chunking": "fixed",
        "embedding_model_id": "cohere.embed-english-v3",
        "agent": "bedrock-agent",
        "guardrail": "tests/guardrail_definition/every_policy.toml",
        "guardrail_mode": "buffer",
        "guardrail_passages": "false",
        "guardrail_when_down": "open",
        "prompts": "none",
    },
    "zones": {
        "vector_store": "aurora",
        "zones": "us-east-1b,us-east-1c",
        "agent": "bedrock-agent",
        "guardrail": "none",
    },
    "page-function": {"vector_store": "s3-vectors", "page": "function"},
    "iam": {"vector_store": "opensearch-managed", "auth": "iam", "chunking": "hierarchical"},
    "everything": {
        "stack": "Second",
        "opensearch_generation": "nextgen",
        "production": "true",
        "agent": "bedrock-agent",
        "model_id": "us.amazon.nova-lite-v1:0",
        "rerank_model_id": "cohere.rerank-v3-5:0",
        "chunking": "semantic",
        "prompts": "draft",
        "origin": "https://docs.example.com",
        "page_domain": "chat.example.com",
        "page_certificate": f"{ACM}:certificate/1a2b3c4d-0000-4000-8000-000000000000",
        "page_firewall": f"{WAF}:global/webacl/ours/1a2b3c4d-0000-4000-8000-000000000000",
        "alarm_email": "on-call@example.com",
        "principal_tokens_day": "100000",
        "principal_tokens_month": "1000000",
        "principal_dollars_day": "2.5",
        "principal_dollars_month": "50",
        "principal_turns": "3",
    },
}
"""Every vector store, both agents, both ways to be known, and all that can be chosen at once."""


@pytest.fixture(scope="session")
def templates(synthesized: Synthesized) -> Templates:
    """`templates("aurora")`: the template of a variant, a copy."""
    return lambda name: json.loads(synthesized(**VARIANTS[name]).read_text())
