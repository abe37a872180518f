"""What a control plane is made of: resources that are created, shown, changed and deleted.

Knowledge Bases, guardrails and agents each have one, in an SQLite file of its own. An operation is
an act on that file:

    params --> act(db, params) --> answer       one transaction: on the disk before it is answered

    state       the file; a `clientToken` is answered once
    records     what is kept of a resource: as JSON, under an id and an ARN
    pages       `maxResults` and `nextToken` of lists
    tags        of any resource, by its ARN
    errors      in Bedrock's names
"""

from app.local.control.state import Act, Plane, State, operations

__all__ = ["Act", "Plane", "State", "operations"]
