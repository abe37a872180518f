"""What a ChunkingConfiguration must keep beyond what botocore's model says of it."""

from typing import Any

JSON = dict[str, Any]

# Strategy -> the member that holds its parameters.
PARAMETERS = {
    "FIXED_SIZE": "fixedSizeChunkingConfiguration",
    "HIERARCHICAL": "hierarchicalChunkingConfiguration",
    "SEMANTIC": "semanticChunkingConfiguration",
}


def check(configuration: JSON | None) -> None:
    """Check the rules between members; the model has checked each alone.

    Raises:
        ValueError: naming the member and the rule.
    """
    if configuration is None:
        return
    strategy = configuration["chunkingStrategy"]
    for name, member in PARAMETERS.items():
        if name == strategy and member not in configuration:
            raise ValueError(f"{member} is required where chunkingStrategy is {name}.")
        if name != strategy and member in configuration:
            raise ValueError(
                f"{member} is for chunkingStrategy {name}; it must be left out of {strategy}."
            )
    if strategy == "HIERARCHICAL":
        _check_levels(configuration[PARAMETERS[strategy]])


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
