"""The common parts of control planes: they create, show, change and delete resources.

Knowledge Bases, guardrails and agents each have a control plane with an SQLite file of its own. An
operation is a function on that file:

    params --> act(db, params) --> answer         one transaction, durable before the answer is sent

    state       the file; a request with a `clientToken` is carried out once
    records     resources as JSON, with an id and an ARN
    pages       `maxResults` and `nextToken` of lists
    tags        the tags of resources, by ARN
    errors      Bedrock's errors
    wildcards   patterns with `*`
"""

from app.local.control.state import Act, Plane, State, operations

__all__ = ["Act", "Plane", "State", "operations"]
