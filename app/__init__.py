"""Outcrop: answers about your own documents, on Amazon Bedrock or on a laptop.

The application calls AWS through boto3 and nothing else. What answers is AWS, or the stand-in in
`app.local`, an HTTP server that speaks the same wire protocol. Which of the two is a set of
endpoint variables; no code in here asks.

Four flows, each a package that opens with its flow on one screen:

    app.documents   upload -- bucket -- event -- ingestion         documents enter, and leave
    app.answer      question -- guard -- rewrite -- Retrieve -- prompt -- InvokeModel -- cite
    app.agent       question -- guard -- (Converse -- tools, search) again and again -- cite
    app.playground  messages -- guard -- InvokeModel -- guard      a model by itself

They stand on `app.turn`, `app.retrieval`, `app.prompts`, `app.citations`, `app.models`,
`app.guardrail`, `app.conversations`, `app.meter` and `app.tools`; docs/architecture.md says which
may import which.
`app.deploy` makes a home: the laptop's processes and resources, or a stack in an account.

Each flow that answers is a generator of typed events, always with exactly one terminal event. Three
entry points turn them into what a reader sees: `app.web` into lines of a server-sent event stream,
`app.cli` into lines of a terminal, and `app.mcp` serves search and tools to MCP clients.
"""

__version__ = "0.1.0"
