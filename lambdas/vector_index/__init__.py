"""The custom resource that makes the index of a Knowledge Base in OpenSearch.

handler.py          CloudFormation's event: Create, Update, Delete
index.py            what the index is: its body; how one that is there differs from it
opensearch.py       create, check, wait, delete; patient with what has not taken effect yet
aurora.py           the same of a table in Aurora
"""
