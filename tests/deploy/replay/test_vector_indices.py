"""A Knowledge Base that does not fit the index of its template is refused, as by Bedrock."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.deploy.replay import TemplateError, read
from app.deploy.replay.intrinsics import resolve
from app.deploy.replay.scope import Scope
from app.deploy.replay.vector_indices import check

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
FIELDS = {"VectorField": "vector", "TextField": "text", "MetadataField": "metadata"}
STATEMENT = "CREATE TABLE chunks (id uuid PRIMARY KEY, vector vector(1024), text text)"

Change = Callable[[Any, Any], None]


def _serverless() -> tuple[Any, Any, str]:
    store = {"VectorIndexName": "outcrop", "FieldMapping": dict(FIELDS)}
    index = {"IndexName": "outcrop", "Dimension": "1024", **FIELDS}
    return {"OpensearchServerlessConfiguration": store}, index, "Custom::VectorIndex"


def _aurora() -> tuple[Any, Any, str]:
    mapping = {"PrimaryKeyField": "id", "VectorField": "vector", "TextField": "text"}
    store = {"TableName": "chunks", "FieldMapping": mapping}
    return (
        {"RdsConfiguration": store},
        {"Table": "chunks", "Statements": [STATEMENT]},
        "Custom::VectorTable",
    )


def _vectors() -> tuple[Any, Any, str]:
    return (
        {"S3VectorsConfiguration": {"IndexArn": "arn:aws:s3vectors:x"}},
        {"IndexName": "outcrop", "Dimension": 1024},
        "AWS::S3Vectors::Index",
    )


STORES = {"OPENSEARCH_SERVERLESS": _serverless, "RDS": _aurora, "S3_VECTORS": _vectors}


def _check(folder: Path, kind: str, change: Change | None = None) -> None:
    storage, index, index_type = STORES[kind]()
    if change:
        change(next(iter(storage.values())), index)
    base = {
        "KnowledgeBaseConfiguration": {
            "Type": "VECTOR",
            "VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": MODEL},
        },
        "StorageConfiguration": {"Type": kind, **storage},
    }
    template = {"Resources": {"Index": {"Type": index_type, "Properties": index}}}
    path = folder / "A.template.json"
    path.write_text(json.dumps(template))
    scope = Scope(read(path), {})
    check(scope, resolve(scope, base))


@pytest.mark.parametrize("kind", STORES)
def test_a_base_and_its_index_that_fit_are_taken(tmp_path: Path, kind: str) -> None:
    _check(tmp_path, kind)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        (
            "OPENSEARCH_SERVERLESS",
            lambda _, index: index.update(Dimension="512"),
            "makes vectors of 1024 numbers, and Index is for 512",
        ),
        (
            "OPENSEARCH_SERVERLESS",
            lambda store, _: store["FieldMapping"].update(TextField="body"),
            "FieldMapping.TextField is body, and Index.TextField is text",
        ),
        (
            "OPENSEARCH_SERVERLESS",
            lambda store, _: store.update(VectorIndexName="other"),
            "VectorIndexName is other, and Index.IndexName is outcrop",
        ),
        (
            "RDS",
            lambda _, index: index.update(Statements=[STATEMENT.replace("1024", "256")]),
            "makes vectors of 1024 numbers, and Index is for 256",
        ),
        (
            "RDS",
            lambda store, _: store["FieldMapping"].update(MetadataField="metadata"),
            "FieldMapping.MetadataField is metadata, which is no column of Index",
        ),
        (
            "RDS",
            lambda store, _: store.update(TableName="other"),
            "TableName is other, and Index.Table is chunks",
        ),
        (
            "S3_VECTORS",
            lambda _, index: index.update(Dimension=1536),
            "makes vectors of 1024 numbers, and Index is for 1536",
        ),
    ],
)
def test_a_base_that_does_not_fit_its_index_is_refused(
    tmp_path: Path, kind: str, change: Change, said: str
) -> None:
    with pytest.raises(TemplateError) as refused:
        _check(tmp_path, kind, change)
    assert said in str(refused.value)


def test_an_index_that_the_template_does_not_make_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "A.template.json"
    path.write_text(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}))
    storage = {"Type": "OPENSEARCH_SERVERLESS", "OpensearchServerlessConfiguration": {}}
    check(Scope(read(path), {}), {"StorageConfiguration": storage})
