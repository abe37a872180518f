"""The stack: what Outcrop is in AWS, made by `cdk deploy`.

    documents ── bucket ── events ── queue ── ingest function ──┐
                                                                ▼
    vector store ◄───────────────── Knowledge Base ◄── data source, every night
                                        ▲
    sign-in ── API ── API function ─────┤
                                        ├── guardrail
                        agent ──────────┘      (with -c agent=bedrock-agent)
                          └── tools ── tables

A file a construct, in that order; `stack.py` is the whole of it on one screen. `context.py` has
every choice that one can make, `function.py` the one way to make a function, `policy/` our own
rules for the template. Bedrock's resources are level 1 constructs: their properties are the API's.
"""
