"""The laptop's home: the stand-in and the application, two processes and their ports.

    stand-in      python -m app.local      Bedrock, S3, SQS, Lambda and DynamoDB on one port
    deploy        through boto3            the buckets, the Knowledge Base, the ingest function:
                                           `provision_home`, or those of a template (`replay`)
    application   python -m app.web        with settings that name the resources

This is the laptop's `cdk deploy`. While a home is served, `<home>/running.json` has its addresses
and `<home>/lock` is locked, so that a file which a crash left behind misleads nobody.

`outcrop up` serves a home until it is stopped, with `serving`. Every other command is `sharing`: it
uses a home that is served, or serves it, and the last command that uses it stops it. A command that
comes while another one starts the processes waits for it.

    sharing      which command serves a home, and which ones use it
    processes    started and stopped; `children` is one of them, `record` what is said of them
    deployment   the settings that are checked, the resources that are made (`provision`, of which
                 `guardrail`, `prompts`, `tools`, `agent` and `lost_events` are parts)
    served       a home whose processes run; `home` its folder, with its locks
    checks       what `outcrop doctor` looks at
"""

from app.deploy.laptop.deployment import Deploy, guardrail_choice, provision_home
from app.deploy.laptop.processes import serving_alone
from app.deploy.laptop.record import Addresses
from app.deploy.laptop.served import Served, running
from app.deploy.laptop.sharing import serving, sharing

__all__ = [
    "Addresses",
    "Deploy",
    "Served",
    "guardrail_choice",
    "provision_home",
    "running",
    "serving",
    "serving_alone",
    "sharing",
]
