"""The store in OpenSearch: an index for each store, made as the stack makes it in AWS.

put      ids that other documents have? -- generation -- bulk -- still the same index? -- ledger,
         the moment it is there
refresh  OpenSearch shows the new chunks -- readers are shown them -- the old ones are deleted
search   k-NN and BM25 with the filter -- both scores of each candidate -- fusion -- hits

endpoint   the client, its credentials, and what its errors mean
fields       the index, and a chunk as a document in it
values       the values of metadata as terms, so that every operator is a query of terms
clauses      a filter as query DSL
ledger       which generation of each document is the one, in SQLite
visibility   which generations readers are shown
target       where bulks go, and whether that is still the index which was opened
writing      chunks into the index and out of it, in bulks
search       a search, and the nearest word
store, stores    the contract
"""
