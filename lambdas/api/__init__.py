"""The API function: `app.web`, unchanged, behind Lambda Web Adapter.

    API Gateway ── event ──► adapter ── HTTP on loopback ──► app.web ──boto3──► Bedrock, S3

run.sh starts `python -m lambdas.api` when Lambda makes an execution environment. The adapter calls
GET /healthz until it gets a response, and only then takes the first event from Lambda. From then on
it passes on one request at a time, and streams each response back as it is written.
"""
