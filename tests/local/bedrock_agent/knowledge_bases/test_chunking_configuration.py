"""A ChunkingConfiguration: what it becomes, and the rules between its members."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from app.local.bedrock_agent.knowledge_bases.chunking_configuration import read_chunking
from app.local.engine.chunk import DEFAULT, Chunking, FixedSize, Hierarchical, Semantic, Whole

JSON = dict[str, Any]
MODEL = botocore.session.get_session().get_service_model("bedrock-agent")


def fixed(most: int, overlap: int = 1) -> JSON:
    return {
        "chunkingStrategy": "FIXED_SIZE",
        "fixedSizeChunkingConfiguration": {"maxTokens": most, "overlapPercentage": overlap},
    }


def hierarchical(parent: int, child: int, overlap: int) -> JSON:
    return {
        "chunkingStrategy": "HIERARCHICAL",
        "hierarchicalChunkingConfiguration": {
            "levelConfigurations": [{"maxTokens": parent}, {"maxTokens": child}],
            "overlapTokens": overlap,
        },
    }


def semantic(most: int = 100, buffer: int = 0, percentile: int = 90) -> JSON:
    return {
        "chunkingStrategy": "SEMANTIC",
        "semanticChunkingConfiguration": {
            "maxTokens": most,
            "bufferSize": buffer,
            "breakpointPercentileThreshold": percentile,
        },
    }


NONE = {"chunkingStrategy": "NONE"}


@pytest.mark.parametrize(
    ("configuration", "chunking"),
    [
        (None, DEFAULT),
        (fixed(200, 10), FixedSize(200, 20)),
        (hierarchical(1500, 300, 60), Hierarchical(1500, 300, 60)),
        (semantic(300, 1, 95), Semantic(300, 1, 95)),
        (NONE, Whole()),
    ],
)
def test_a_chunking_configuration_becomes_a_strategy(
    configuration: JSON | None, chunking: Chunking
) -> None:
    assert read_chunking(configuration) == chunking


@pytest.mark.parametrize(
    "configuration",
    [
        fixed(1, 99),
        fixed(8192, 1),
        hierarchical(3, 2, 1),
        semantic(1, 0, 50),
        semantic(9, 1, 99),
        NONE,
    ],
)
def test_a_chunking_configuration_within_the_rules_is_taken(configuration: JSON) -> None:
    shape = MODEL.shape_for("ChunkingConfiguration")
    assert not ParamValidator().validate(configuration, shape).has_errors()
    read_chunking(configuration)


@pytest.mark.parametrize(
    ("configuration", "rule"),
    [
        ({"chunkingStrategy": "FIXED_SIZE"}, "fixedSizeChunkingConfiguration is required"),
        ({"chunkingStrategy": "SEMANTIC"}, "semanticChunkingConfiguration is required"),
        (
            {**fixed(300), "chunkingStrategy": "NONE"},
            "fixedSizeChunkingConfiguration is for chunkingStrategy FIXED_SIZE",
        ),
        ({**hierarchical(9, 3, 1), **fixed(300)}, "hierarchicalChunkingConfiguration is for"),
        (hierarchical(3, 3, 1), "levelConfigurations.1..maxTokens, .* must be less than .* 3"),
        (hierarchical(9, 3, 3), "overlapTokens must be less than the children's maxTokens, 3"),
    ],
)
def test_a_chunking_configuration_that_breaks_a_rule_is_refused(
    configuration: JSON, rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        read_chunking(configuration)


@pytest.mark.parametrize("levels", [[], [{"maxTokens": 9}], [{"maxTokens": 9}] * 3])
def test_hierarchical_chunking_has_exactly_two_levels(levels: list[JSON]) -> None:
    configuration = hierarchical(9, 3, 1)
    configuration["hierarchicalChunkingConfiguration"]["levelConfigurations"] = levels
    with pytest.raises(ValueError, match="exactly 2 members"):
        read_chunking(configuration)
