"""Names that have to be given, where CloudFormation makes none.

Each begins with the stack's name, so that stacks live side by side, and ends with a digest of what
the thing is made of: a change that replaces it makes another name, and the new one can be created
before the old one is deleted.
"""

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import IConstruct

LONGEST = 32  # characters: what a collection may have, the least of all


def generated(scope: "IConstruct", what: str, *made_of: object, longest: int = LONGEST) -> str:
    """`outcrop-docs-1a2b3c4d`: lower case, letters, digits and dashes."""
    from aws_cdk import Stack  # here, since the digest is wanted without the CDK

    stack = Stack.of(scope).stack_name
    end = f"-{what}-{digest(stack, what, *made_of)}"
    return stack.lower()[: longest - len(end)].rstrip("-") + end


def digest(*values: object) -> str:
    """Eight hexadecimal digits that stand for these values.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 2)
    (True, False)
    """
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
