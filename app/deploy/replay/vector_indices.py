"""Checks a Knowledge Base against the index that the template makes for it.

The laptop has no vector database, so Bedrock's own refusal of an index that does not fit is missing
there. These are its reasons: no such index or table, other fields, vectors of another length. An
index that the template does not make is somebody else's, and is not known here.
"""

import re
from collections.abc import Iterator
from typing import Any

from app.deploy.replay.document import JSON, TemplateError
from app.deploy.replay.intrinsics import resolve
from app.deploy.replay.scope import Scope
from app.models.facts.embedding import DIMENSIONS
from app.models.facts.ids import parse

BASE = "AWS::Bedrock::KnowledgeBase"
INDEX, TABLE, VECTORS = "Custom::VectorIndex", "Custom::VectorTable", "AWS::S3Vectors::Index"

# type of storage -> its member, the type that makes the index, its name in both, the fields in both
_OPENSEARCH = {name: name for name in ("VectorField", "TextField", "MetadataField")}
_STORES: dict[str, tuple[str, str, tuple[str, str], dict[str, str]]] = {
    "OPENSEARCH_SERVERLESS": (
        "OpensearchServerlessConfiguration",
        INDEX,
        ("VectorIndexName", "IndexName"),
        _OPENSEARCH,
    ),
    "OPENSEARCH_MANAGED_CLUSTER": (
        "OpensearchManagedClusterConfiguration",
        INDEX,
        ("VectorIndexName", "IndexName"),
        _OPENSEARCH,
    ),
    "RDS": ("RdsConfiguration", TABLE, ("TableName", "Table"), {}),
    "S3_VECTORS": ("S3VectorsConfiguration", VECTORS, ("IndexName", "IndexName"), {}),
}
_LENGTH = re.compile(r"\bvector\((\d+)\)")


def check(scope: Scope, base: JSON) -> None:
    """Compare a Knowledge Base's resolved properties with the template's index.

    Raises:
        TemplateError: they do not fit, with both values.
    """
    storage = base.get("StorageConfiguration") or {}
    if storage.get("Type") not in _STORES:
        return
    member, kind, (theirs, own), fields = _STORES[storage["Type"]]
    configuration = storage.get(member, {})
    for name, index in _made(scope, kind):
        if theirs in configuration:
            _compare(f"{member}.{theirs}", configuration[theirs], f"{name}.{own}", index[own])
        for field, other in fields.items():
            value = configuration.get("FieldMapping", {}).get(field)
            _compare(f"FieldMapping.{field}", value, f"{name}.{other}", index[other])
        if kind == TABLE:
            _compare_columns(name, configuration.get("FieldMapping", {}), index)
        _compare_length(name, base, index)


def _made(scope: Scope, kind: str) -> Iterator[tuple[str, JSON]]:
    for name, resource in scope.template.resources.items():
        if resource.type == kind:
            yield name, resolve(scope, resource.properties)


def _compare(path: str, value: Any, other_path: str, other: Any) -> None:
    if value != other:
        raise TemplateError(f"{path} is {value}, and {other_path} is {other}")


def _compare_columns(name: str, mapping: JSON, table: JSON) -> None:
    """The table's statement lists a name and a type for each column, with commas between them."""
    creation = next(one for one in table["Statements"] if one.startswith("CREATE TABLE"))
    listed = creation.partition("(")[2].split(",")
    columns = {words[0] for column in listed if (words := column.split())}
    for field, column in mapping.items():
        if column not in columns:
            raise TemplateError(f"FieldMapping.{field} is {column}, which is no column of {name}")


def _compare_length(name: str, base: JSON, index: JSON) -> None:
    vector = base["KnowledgeBaseConfiguration"].get("VectorKnowledgeBaseConfiguration", {})
    model = parse(vector.get("EmbeddingModelArn", "")).model
    lengths = _LENGTH.findall(" ".join(index.get("Statements", ())))
    length = int(lengths[0] if lengths else index.get("Dimension", 0))
    if model in DIMENSIONS and length != DIMENSIONS[model]:
        raise TemplateError(
            f"{model} makes vectors of {DIMENSIONS[model]} numbers, and {name} is for {length}"
        )
