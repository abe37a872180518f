"""CloudFormation's event -> the index of a Knowledge Base in OpenSearch.

    Create, Update   make it, or check the one that is there; then wait until searches find it
    Delete           remove it

An index cannot change. What CloudFormation takes for another resource is one of another name or at
another endpoint: it makes the new one first, and deletes the old one when the rest has followed.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lambdas.cloudformation import NOTHING, Resource, answer
from lambdas.vector_index.index import VectorIndex
from lambdas.vector_index.opensearch import Patience, await_searches, connect, create, delete


def handler(event: Mapping[str, Any], context: object) -> None:
    """The Lambda's entry point. The resource's properties are Service, `aoss` or `es`; Endpoint, a
    URL; IndexName; Dimension, Engine (not for NextGen), SpaceType; VectorField, TextField,
    MetadataField.
    """
    answer(event, context, _work)


def _work(event: Mapping[str, Any], resource: Resource, seconds: float) -> None:
    if event["RequestType"] == "Delete" and resource.physical_id == NOTHING:
        return
    properties = event["ResourceProperties"]
    name, endpoint, service = (properties[key] for key in ("IndexName", "Endpoint", "Service"))
    patience = Patience(time.monotonic() + seconds)
    with connect(endpoint, service) as client:
        if event["RequestType"] == "Delete":
            delete(client, name, patience)
            return
        index = _index(properties)
        create(client, name, index, patience)
        resource.physical_id = f"{name}@{urlsplit(endpoint).netloc}"
        resource.data = {"IndexName": name}
        await_searches(client, name, index, service, patience)


def _index(properties: Mapping[str, str]) -> VectorIndex:
    """CloudFormation hands every property over as a string."""
    return VectorIndex(
        dimension=int(properties["Dimension"]),
        engine=properties.get("Engine") or None,
        space_type=properties["SpaceType"],
        vector_field=properties["VectorField"],
        text_field=properties["TextField"],
        metadata_field=properties["MetadataField"],
    )
