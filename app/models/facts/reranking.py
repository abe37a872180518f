"""The models that rerank what a Knowledge Base has found, and where Bedrock offers them.

https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html, as of November 2026.
"""

from collections.abc import Mapping

_SHARED = frozenset({"ap-northeast-1", "ca-central-1", "eu-central-1", "us-west-2"})

RERANKING_MODELS: Mapping[str, frozenset[str]] = {
    "cohere.rerank-v3-5:0": _SHARED | {"us-east-1"},
    "amazon.rerank-v1:0": _SHARED,
}
"""By id, the Regions that offer the model."""
