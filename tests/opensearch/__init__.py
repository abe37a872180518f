"""A real OpenSearch: the nodes that `outcrop opensearch` runs, and the store on them."""
