"""Bedrock's ChunkingConfiguration: checked beyond botocore's model, and translated to the
engine's.
"""

from app.local.engine.chunk import DEFAULT, Chunking, FixedSize, Hierarchical, Semantic, Whole
from app.local.wire import JSON

# Strategy -> the member for its parameters.
PARAMETERS = {
    "FIXED_SIZE": "fixedSizeChunkingConfiguration",
    "HIERARCHICAL": "hierarchicalChunkingConfiguration",
    "SEMANTIC": "semanticChunkingConfiguration",
}


def read_chunking(configuration: JSON | None) -> Chunking:
    """The engine's chunking for a configuration; without one, about 300 tokens as Bedrock has it.

    Raises:
        ValueError: a rule between members is broken; the message names both. botocore's model has
            checked each member alone.
    """
    if configuration is None:
        return DEFAULT
    strategy = configuration["chunkingStrategy"]
    _check_members(strategy, configuration)
    parameters = configuration.get(PARAMETERS.get(strategy, ""), {})
    match strategy:
        case "FIXED_SIZE":
            most = parameters["maxTokens"]
            return FixedSize(most, most * parameters["overlapPercentage"] // 100)
        case "HIERARCHICAL":
            _check_levels(parameters)
            parent, child = (level["maxTokens"] for level in parameters["levelConfigurations"])
            return Hierarchical(parent, child, parameters["overlapTokens"])
        case "SEMANTIC":
            return Semantic(
                parameters["maxTokens"],
                parameters["bufferSize"],
                parameters["breakpointPercentileThreshold"],
            )
        case _:
            return Whole()


def _check_members(strategy: str, configuration: JSON) -> None:
    for name, member in PARAMETERS.items():
        if name == strategy and member not in configuration:
            raise ValueError(f"{member} is required where chunkingStrategy is {name}.")
        if name != strategy and member in configuration:
            raise ValueError(
                f"{member} is for chunkingStrategy {name}; it must be left out of {strategy}."
            )


def _check_levels(parameters: JSON) -> None:
    levels = [level["maxTokens"] for level in parameters["levelConfigurations"]]
    if len(levels) != 2:
        raise ValueError(
            "levelConfigurations must have exactly 2 members: the parents' size, then the "
            f"children's; it has {len(levels)}."
        )
    parent, child = levels
    if child >= parent:
        raise ValueError(
            f"levelConfigurations[1].maxTokens, the children's, must be less than the parents' "
            f"{parent}; it is {child}."
        )
    overlap = parameters["overlapTokens"]
    if overlap >= child:
        raise ValueError(
            f"overlapTokens must be less than the children's maxTokens, {child}; it is {overlap}."
        )
