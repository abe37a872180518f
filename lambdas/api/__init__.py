"""The API function: `app.web`, unchanged, behind Lambda Web Adapter.

    API Gateway ── event ──► adapter ── HTTP on loopback ──► app.web ──boto3──► Bedrock, S3

run.sh starts `python -m lambdas.api` when Lambda makes an execution environment. The adapter asks
GET /healthz until it is answered, and only then asks Lambda for the first event. From then on it
hands over one request at a time, and streams each answer back as it is written.
"""
