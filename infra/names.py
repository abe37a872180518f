"""Names of resources for which CloudFormation makes none.

Each begins with the stack's name, so that stacks can exist side by side, and ends with a digest of
the resource's definition. A change that replaces the resource makes another name, so that the new
one can be created before the old one is deleted.
"""

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import IConstruct

LONGEST = 32  # characters: the limit for a collection, the lowest of all


def generated(scope: "IConstruct", noun: str, *definition: object, longest: int = LONGEST) -> str:
    """`outcrop-docs-1a2b3c4d`: lower case, letters, digits and dashes."""
    from aws_cdk import Stack  # imported here, because `digest` is used without the CDK

    stack = Stack.of(scope).stack_name
    end = f"-{noun}-{digest(stack, noun, *definition)}"
    return stack.lower()[: longest - len(end)].rstrip("-") + end


def digest(*values: object) -> str:
    """Eight hexadecimal digits for these values.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 2)
    (True, False)
    """
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
