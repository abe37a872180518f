"""The index of a store, and a chunk as a document in it.

    vector, text, metadata    as the stack makes them for a Knowledge Base in AWS
    chunk, document, parent   the ids
    generation, position      which put wrote it, and its place among that put's chunks
    kind                      `chunk`, or `parent`: no search finds a parent
    context                   what stands over the text
    neighbours                what completes it on either side; kept, and in no field of the index
    terms, letters            the words that are searched, as the embedded store makes them
    attributes                the metadata that is filtered by

The words are made into terms here and not by an analyzer of OpenSearch's, so that the same
question finds the same chunks in both stores: stems of eleven languages, parts of compounds, pairs
of signs.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.neighbours import Neighbours
from app.local.engine.store.analysis import VERSION, terms
from app.local.engine.store.contract import Chunk, Hit
from app.local.engine.store.opensearch.values import terms_of
from app.local.engine.store.spelling import LONGEST, letters_of
from lambdas.vector_index.index import VectorIndex

JSON = dict[str, Any]

FORMAT = 1
LONGEST_TERM = 200  # characters; the tokenizer would cut one of 256
SHOWN = ["chunk", "document", "text", "metadata", "parent", "context", "neighbours"]

_STORED_ONLY = {"type": "keyword", "index": False, "doc_values": False}
_FIELDS: JSON = {
    "chunk": {"type": "keyword"},
    "document": {"type": "keyword"},
    "parent": _STORED_ONLY,
    "generation": {"type": "long"},
    "position": {"type": "integer"},
    "kind": {"type": "keyword"},
    "context": _STORED_ONLY,
    "terms": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
    "letters": {"type": "keyword"},
    "attributes": {"type": "keyword"},
}


def index_body(index: VectorIndex, owner: str) -> JSON:
    """What makes the index of a store: the stack's own, and what a store needs besides.

    Args:
        owner: the id of the ledger that the index belongs to.
    """
    body = index.body()
    body["settings"]["index"]["auto_expand_replicas"] = "0-1"  # alone, a node is green without
    body["mappings"]["properties"] |= _FIELDS
    body["mappings"] |= {
        "dynamic": False,
        "_meta": {"outcrop": {"owner": owner, "format": FORMAT, "terms": VERSION}},
        "_source": {"excludes": ["terms", "letters", "attributes"]},
    }
    return body


def differences(index: VectorIndex, mappings: Mapping[str, Any]) -> list[str]:
    """What is otherwise in the mappings of an index that is there, each a phrase."""
    properties = mappings.get("properties", {})
    other = {
        name: properties.get(name, {}).get("type", "missing")
        for name, field in _FIELDS.items()
        if properties.get(name, {}).get("type") != field["type"]
    }
    return index.differences(mappings) + [
        f"type of {name} is {type_} and should be {_FIELDS[name]['type']}"
        for name, type_ in other.items()
    ]


def source(document: str, generation: int, position: int, chunk: Chunk) -> JSON:
    """A chunk as OpenSearch keeps it."""
    fields = {
        "text": chunk.text,
        "metadata": json.dumps(dict(chunk.metadata), ensure_ascii=False),
        "chunk": chunk.id,
        "document": document,
        "generation": generation,
        "position": position,
        "kind": "parent" if chunk.vector is None else "chunk",
        "context": chunk.context,
    }
    if chunk.neighbours is not None:
        fields["neighbours"] = chunk.neighbours.json()
    if chunk.parent is not None:
        fields["parent"] = chunk.parent
    if chunk.vector is None:
        return fields
    words = terms(f"{chunk.context}\n{chunk.text}")
    return fields | {
        "vector": components(chunk.vector),
        "terms": " ".join(map(term, words)),
        "letters": sorted(_plain(words)),
        "attributes": terms_of(chunk.metadata),
    }


def components(vector: Vectors) -> list[float]:
    """A vector as JSON has it: nine digits are enough to tell a float32 from all others."""
    return [float(f"{component:.9g}") for component in vector.tolist()]


def term(word: str) -> str:
    """A term as it is indexed: a long one by its digest."""
    return word if len(word) <= LONGEST_TERM else blake2b(word.encode(), digest_size=16).hexdigest()


def _plain(words: list[str]) -> set[str]:
    """The terms that are plain words, which a misspelled one may have meant."""
    short = [word for word in set(words) if len(word) <= LONGEST]
    rows = letters_of(short)
    return {word for word, row in zip(short, rows, strict=True) if row[0]}


def to_hit(fields: JSON, score: float) -> Hit:
    return Hit(
        fields["chunk"],
        fields["document"],
        fields["text"],
        json.loads(fields["metadata"]),
        score,
        fields.get("parent"),
        fields["context"],
        Neighbours.read(fields.get("neighbours", "")),
    )


def to_chunk(fields: JSON) -> Chunk:
    """The chunk that `source` wrote."""
    vector = fields.get("vector")
    return Chunk(
        fields["chunk"],
        fields["text"],
        json.loads(fields["metadata"]),
        None if vector is None else np.array(vector, np.float32),
        fields.get("parent"),
        fields["context"],
        Neighbours.read(fields.get("neighbours", "")),
    )
