"""Names of resources for which CloudFormation makes none.

Each begins with the stack's name, so that stacks can exist side by side, and ends with a digest of
the resource's definition: the choices that its create-only properties follow from. A change that
replaces the resource makes another name, so that the new one can be created before the old one is
deleted; a change that does not replace it leaves the name alone, which would replace it too.
`definition` has the choices for the store and the Knowledge Base, and `tests/infra/test_changes.py`
compares the templates of all pairs of choices.
"""

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import IConstruct

    from infra.context import Context

LONGEST = 32  # characters: the limit for a collection, the lowest of all


def generated(scope: "IConstruct", noun: str, *definition: object, longest: int = LONGEST) -> str:
    """`outcrop-docs-1a2b3c4d`: lower case, letters, digits and dashes."""
    from aws_cdk import Stack  # imported here, because `digest` is used without the CDK

    stack = Stack.of(scope).stack_name
    end = f"-{noun}-{digest(stack, noun, *definition)}"
    return stack.lower()[: longest - len(end)].rstrip("-") + end


def definition(context: "Context") -> tuple[object, ...]:
    """The choices that replace the vector store or its index, and so the Knowledge Base on it.

    A Knowledge Base cannot change its storage, its model or its chunking. Replicas and generation
    are fixed when a collection is created, the network when a cluster is.
    """
    serverless = context.vector_store == "opensearch-serverless"
    return (
        context.vector_store,
        context.chunking,
        context.embedding_model_id,
        (context.opensearch_generation, context.standby) if serverless else None,
        context.zone_names if context.vector_store == "aurora" else None,
    )


def digest(*values: object) -> str:
    """Eight hexadecimal digits for these values.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 2)
    (True, False)
    """
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
