"""The stand-in: the laptop's AWS.

A server on the loopback interface that speaks the wire protocol of Amazon Bedrock, S3, SQS, Lambda,
DynamoDB and STS, and behaves as they do. It is one process, which a request passes in this order:

    wire                    HTTP -> operation and parameters, checked against botocore's models
    control                 what all control planes do: tokens, tags, pages, one transaction a call
    s3                      buckets: a folder for each, and the metadata of each object
    sqs                     queues: messages, and their receives
    lambda_                 functions: code in processes of its own, invoked, or fed from queues
    dynamodb                tables, which moto keeps
    sts                     who the caller is, and credentials of sessions
    bedrock                 the foundation models; guardrails, their definitions and versions
    bedrock_runtime         InvokeModel and Converse: a body in a family's format -> the model
    bedrock_agent           Knowledge Bases, which ingest documents; agents, and what they may call
    bedrock_agent_runtime   Retrieve, Rerank, RetrieveAndGenerate; InvokeAgent
    engine                  the work behind them: parsers, chunk, transformer, store, writer
    wire                    result -> HTTP response, or event stream frame by frame

Each service is a package of AWS's name, and does not import the others; `stand_in` puts them
together.

Nothing in the application imports this package, and it imports nothing of the application: the
command line starts it as a process, and boto3 reaches it over HTTP.
"""
