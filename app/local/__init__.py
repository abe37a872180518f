"""The stand-in: the laptop's AWS.

A server on the loopback interface that speaks the wire protocol of Amazon Bedrock, S3, SQS, Lambda
and DynamoDB, and behaves. It is one process, and a request passes through it in one direction:

    wire        HTTP -> operation and parameters, checked against botocore's service models
    services    one file a service: what the operation does
    buckets     S3 behind its operations: a folder a bucket, and what is true of each object
    queues      SQS: messages, and who has them in hand
    functions   Lambda: code run in processes of its own, called, or fed from queues
    control     what all control planes do: tokens, tags, pages, one transaction an answer
    guard       guardrails: their definitions and versions
    agents      agents, what they may call and look up, their versions and aliases
    knowledge   what a Knowledge Base does behind ingestion and Retrieve: parse, chunk, embed
    parsers     a document's bytes -> sections of text, a format a file; text, into sentences
    store       chunks, searched by vector and by words; SQLite is the truth
    transformer the encoder, all-MiniLM-L6-v2
    writer      the stand-in model: extractive, cites, abstains
    wire        result -> HTTP response, or event stream frame by frame

Nothing in the application imports this package, and it imports nothing of the application: the
command line starts it as a process, and boto3 reaches it over HTTP.
"""
