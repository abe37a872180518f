"""The stack: Outcrop in AWS, made by `cdk deploy`.

    documents ── bucket ── events ── queue ── ingest function ──┐
                                                                ▼
    vector store ◄───────────────── Knowledge Base ◄── data source, every night
                                        ▲
    sign-in ── API ── API function ─────┤
                                        ├── guardrail
                        agent ──────────┘      (with -c agent=bedrock-agent)
                          └── tools ── tables

The guardrail's rules are a definition of `app.guardrail_definition`, or `-c guardrail=` another's.
Each construct has a file, in this order; `stack.py` shows all of it on one screen. `context.py` has
every choice, `function.py` the one way to make a function, `policy/` the project's own rules for
the template. Bedrock's resources are level 1 constructs, whose properties are those of the API.
"""
