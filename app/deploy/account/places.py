"""Checks whether the stack's network can be made in the zones that it would be in.

Zones have names (us-east-1a) that may mean another place in each account, and ids (use1-az1) that
mean the same everywhere. Lambda, OpenSearch Serverless's endpoints and Aurora each refuse some
zones; a stack without `zones` is in the first two of the Region, which may be such.

    zones of the Region ── Lambda's list ── the endpoint's ── Aurora's ──► two that will do

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""

from collections.abc import Iterator, Mapping

from app.aws import Operator, calling
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices

CHECK = "Zones of the network"
NETWORKED = ("opensearch-serverless", "aurora")
WITHOUT_LAMBDA = frozenset({"use1-az3", "usw1-az2", "apne1-az3", "cac1-az3"})
"""Ids of zones in which Lambda takes no subnet, by reports: AWS's own list could not be read."""

NEEDED = 2
SERVERLESS = {"Engine": "aurora-postgresql", "DBInstanceClass": "db.serverless", "Vpc": True}


def zones(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """Whether the zones that are chosen, or the first two, can hold the network."""
    if choices.vector_store not in NETWORKED:
        return
    ids = _zones_of_the_region(aws)
    used = choices.zones or tuple(_by_default(aws, sorted(ids))[:NEEDED])
    refusals = _refusals(aws, choices, ids)
    wrong = [f"{name} ({ids[name]}) {refusals[name]}" for name in used if name in refusals]
    wrong += [f"there is no zone {name} here" for name in used if name not in ids]
    described = ", ".join(f"{name} ({ids.get(name, '?')})" for name in used)
    if len(used) < NEEDED:
        wrong.append(f"{NEEDED} zones are needed")
    if not wrong:
        yield Finding(CHECK, well=True, found=described)
        return
    suitable = [name for name in sorted(ids) if name not in refusals][:NEEDED]
    mend = "Choose another Region, or vector_store=s3-vectors, which has no network."
    if len(suitable) == NEEDED:
        mend = f"Choose others: `-c zones={','.join(suitable)}`."
    yield Finding(CHECK, well=False, found="; ".join(wrong), mend=mend)


def _zones_of_the_region(aws: Operator) -> Mapping[str, str]:
    """The ids of the zones that this account can use, by name; no local zones."""
    with calling("DescribeAvailabilityZones"):
        answer = aws.client("ec2").describe_availability_zones()
    return {
        zone["ZoneName"]: zone["ZoneId"]
        for zone in answer["AvailabilityZones"]
        if zone.get("ZoneType", "availability-zone") == "availability-zone"
        and zone["State"] == "available"
    }


def _by_default(aws: Operator, names: list[str]) -> list[str]:
    """The zones that `Fn::GetAZs` lists: those with a default subnet, or all if there is none."""
    with calling("DescribeSubnets"):
        answer = aws.client("ec2").describe_subnets(
            Filters=[{"Name": "default-for-az", "Values": ["true"]}]
        )
    default = {subnet["AvailabilityZone"] for subnet in answer["Subnets"]}
    return [name for name in names if name in default] or names


def _refusals(aws: Operator, choices: Choices, ids: Mapping[str, str]) -> Mapping[str, str]:
    """The zones that cannot be used, with who refuses them."""
    if choices.vector_store == "aurora":
        possible = _zones_of_aurora(aws)
        return {name: "has no Aurora Serverless" for name in ids if name not in possible}
    possible = _zones_of_endpoint(aws, choices.nextgen)
    refusals = {name: "takes no endpoint of the collection" for name in ids if name not in possible}
    without = {name: "takes no function" for name in ids if ids[name] in WITHOUT_LAMBDA}
    return refusals | without


def _zones_of_endpoint(aws: Operator, nextgen: bool) -> set[str]:
    service = f"com.amazonaws.{aws.region}.{'aoss-data' if nextgen else 'aoss'}"
    with calling("DescribeVpcEndpointServices"):
        answer = aws.client("ec2").describe_vpc_endpoint_services(ServiceNames=[service])
    return {zone for one in answer["ServiceDetails"] for zone in one["AvailabilityZones"]}


def _zones_of_aurora(aws: Operator) -> set[str]:
    pages = aws.client("rds").get_paginator("describe_orderable_db_instance_options")
    with calling("DescribeOrderableDBInstanceOptions"):
        return {
            zone["Name"]
            for page in pages.paginate(**SERVERLESS)
            for option in page["OrderableDBInstanceOptions"]
            for zone in option["AvailabilityZones"]
        }
