"""The index in which a Knowledge Base keeps its chunks, as OpenSearch is asked for it.

    vector      for search by meaning: HNSW
    text        for search by words: the chunk
    metadata    what Bedrock keeps of a document for itself; not searched

What a document's sidecar file says becomes a field each when the first such chunk comes: of a
string, OpenSearch makes a text with a `keyword` in it, which is what Bedrock's filters need.
https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]

HNSW = {"ef_construction": 128, "m": 24}  # links looked at, and kept, when a vector is added


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An index, by what the stack may choose.

    Attributes:
        dimension: numbers in a vector: what the embedding model gives.
        engine: the library behind k-NN. Bedrock wants `faiss`; a node without native libraries has
            `lucene` only. None leaves engine and method to OpenSearch: a NextGen collection answers
            400 to a field that names them.
        space_type: how near two vectors are: `l2`, `cosinesimil` or `innerproduct`.
    """

    dimension: int
    engine: str | None = "faiss"
    space_type: str = "l2"
    vector_field: str = "vector"
    text_field: str = "text"
    metadata_field: str = "metadata"

    def body(self) -> JSON:
        """What `PUT /<index>` sends.

        >>> VectorIndex(1024).body()["mappings"]["properties"]["vector"]["method"]["engine"]
        'faiss'
        >>> VectorIndex(1024, engine=None).body()["mappings"]["properties"]["vector"]
        {'type': 'knn_vector', 'dimension': 1024, 'space_type': 'l2'}
        """
        return {
            "settings": {"index": {"knn": True}},
            "mappings": {
                "properties": {
                    self.vector_field: {
                        "type": "knn_vector",
                        "dimension": self.dimension,
                        **self._method(),
                    },
                    self.text_field: {"type": "text", "index": True},
                    self.metadata_field: {"type": "text", "index": False},
                }
            },
        }

    def _method(self) -> JSON:
        if self.engine is None:
            return {"space_type": self.space_type}
        return {
            "method": {
                "name": "hnsw",
                "engine": self.engine,
                "space_type": self.space_type,
                "parameters": HNSW,
            }
        }

    def probe(self) -> JSON:
        """A search that finds nothing in an empty index, and fails where there is none."""
        ones = [1.0] * self.dimension
        return {"size": 1, "query": {"knn": {self.vector_field: {"vector": ones, "k": 1}}}}

    def differences(self, mappings: Mapping[str, Any]) -> list[str]:
        """What is otherwise in the mappings of an index that is there.

        >>> VectorIndex(1024).differences(VectorIndex(512).body()["mappings"])
        ['dimension is 512 and should be 1024']
        """
        expected, actual = self._facts(self.body()["mappings"]), self._facts(mappings)
        return [
            f"{name} is {actual[name]} and should be {value}"
            for name, value in expected.items()
            # An index need not state what is the default, and may what was left to it.
            if value is not None and actual[name] not in (value, None)
        ]

    def _facts(self, mappings: Mapping[str, Any]) -> dict[str, object]:
        """What decides whether a Knowledge Base can use an index."""
        properties = mappings.get("properties", {})
        vector, text, metadata = (
            properties.get(name, {"type": "missing"})
            for name in (self.vector_field, self.text_field, self.metadata_field)
        )
        method = vector.get("method", {})
        return {
            f"type of {self.vector_field}": vector["type"],
            "dimension": vector.get("dimension"),
            "engine": method.get("engine"),
            "space type": method.get("space_type", vector.get("space_type")),
            f"type of {self.text_field}": text["type"],
            f"searchability of {self.text_field}": str(text.get("index", True)).lower(),
            f"type of {self.metadata_field}": metadata["type"],
        }
