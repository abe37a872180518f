"""The ingest function: the bucket's events bring the Knowledge Base in line with the bucket."""
