"""Rules for vector stores: base, index and fields fit each other, and the store lets both in."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.models.facts.embedding import DIMENSIONS
from infra.policy.grants import may, role_of
from infra.policy.template import Template, referent, text

Broken = Iterator[tuple[str, str]]

BASE = "AWS::Bedrock::KnowledgeBase"
INDEX, TABLE, VECTORS = "Custom::VectorIndex", "Custom::VectorTable", "AWS::S3Vectors::Index"
DATA, SECURITY = (
    "AWS::OpenSearchServerless::AccessPolicy",
    "AWS::OpenSearchServerless::SecurityPolicy",
)
DOMAIN, CLUSTER = "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster"
GROUP = "AWS::OpenSearchServerless::CollectionGroup"
OPENSEARCH = ("OpensearchServerlessConfiguration", "OpensearchManagedClusterConfiguration")
COLUMN = re.compile(r"(\w+) (uuid|vector\(\d+\)|text|jsonb?)")
NOT_FILTERED = {"AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"}

READING = {"aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument", "aoss:UpdateIndex"}
MAKING = {"aoss:CreateIndex", "aoss:DeleteIndex", "aoss:DescribeIndex", "aoss:ReadDocument"}
USING = ("es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete")


def index_fits_the_model(template: Template) -> Broken:
    """Of any store: as many numbers in a vector as the base's embedding model gives."""
    for base, properties in template.of(BASE):
        model = _embedding_model(properties)
        expected = DIMENSIONS.get(model)
        if expected is None:
            yield base, f"{model!r} is no embedding model of {', '.join(DIMENSIONS)}"
            continue
        for name, dimension in _dimensions(template):
            if dimension != expected:
                yield name, f"it has {dimension} numbers in a vector, and {model} gives {expected}"


def base_fits_its_index(template: Template) -> Broken:
    for base, properties in template.of(BASE):
        storage = properties.get("StorageConfiguration", {})
        for kind in OPENSEARCH:
            if kind in storage:
                yield from _opensearch(template, base, storage[kind])
        if "RdsConfiguration" in storage:
            yield from _aurora(template, base, storage["RdsConfiguration"])


def bedrocks_own_fields_are_not_filtered(template: Template) -> Broken:
    """They hold the whole chunk; a filterable one may have 2 KB, and ingestion fails."""
    for name, properties in template.of(VECTORS):
        keys = properties.get("MetadataConfiguration", {}).get("NonFilterableMetadataKeys", ())
        if missing := NOT_FILTERED - set(keys):
            yield name, f"{', '.join(sorted(missing))} cannot be filtered by; exclude them"


def collection_lets_its_users_in(template: Template) -> Broken:
    """The base reads and writes the index, the function makes it; by the data policy."""
    policies = [(name, json.loads(text(one["Policy"]))) for name, one in template.of(DATA)]
    rules = [rule for _, policy in policies for rule in policy]
    for base, properties in template.of(BASE):
        store = properties.get("StorageConfiguration", {}).get(OPENSEARCH[0])
        if store:
            collection = template.resources[referent(store["CollectionArn"])]["Properties"]
            index = f"index/{text(collection['Name'])}/{text(store['VectorIndexName'])}"
            role = f"${{{role_of(properties, 'RoleArn')}.Arn}}"
            yield from _missing(base, rules, role, index, READING)
            for name, one in template.of(INDEX):
                if one["Service"] == "aoss":
                    yield from _missing(name, rules, _maker(template, one), index, MAKING)


def collection_can_be_reached(template: Template) -> Broken:
    """Bedrock as a service, the index function through an endpoint: both by the network policy."""
    endpoints = {
        name
        for name, properties in template.of("AWS::EC2::VPCEndpoint")
        if text(properties["ServiceName"]).endswith(".aoss-data")
    } | {name for name, _ in template.of("AWS::OpenSearchServerless::VpcEndpoint")}
    for name, properties in template.of(SECURITY):
        if properties["Type"] != "network":
            continue
        for rule in json.loads(text(properties["Policy"])):
            if rule.get("AllowFromPublic"):
                continue
            if "bedrock.amazonaws.com" not in rule.get("SourceServices", ()):
                yield name, "Bedrock cannot reach the collection; name it in SourceServices"
            inside = " ".join(rule.get("SourceVPCEs", ()))
            if not any(f"${{{endpoint}" in inside for endpoint in endpoints):
                yield name, "the index function cannot reach the collection; name its endpoint"


def generations_are_reached_their_own_way(template: Template) -> Broken:
    """Classic: an endpoint of OpenSearch Serverless. NextGen: an interface endpoint of EC2's, which
    the host `<id>.aoss.<region>.on.aws` resolves to, and standby replicas that stay on.
    """
    groups = list(template.of(GROUP))
    nextgen = any(one.get("Generation") == "NEXTGEN" for _, one in groups)
    for name, one in groups:
        if one.get("Generation") == "NEXTGEN" and one.get("StandbyReplicas") != "ENABLED":
            yield name, "NextGen knows no group without standby replicas; say ENABLED"
    for name, _ in template.of("AWS::OpenSearchServerless::VpcEndpoint"):
        if nextgen:
            yield name, "NextGen is reached through an EC2 endpoint of the service aoss-data"
    for name, properties in template.of("AWS::EC2::VPCEndpoint"):
        if text(properties["ServiceName"]).endswith(".aoss-data"):
            if properties.get("VpcEndpointType") != "Interface":
                yield name, "it has to be an interface endpoint"
            if properties.get("PrivateDnsEnabled") is not True:
                yield name, "without private DNS the collection's host does not lead to it"


def domain_lets_its_users_in(template: Template) -> Broken:
    for base, properties in template.of(BASE):
        store = properties.get("StorageConfiguration", {}).get(OPENSEARCH[1])
        if store:
            own = text(template.resources[referent(store["DomainArn"])]["Properties"]["DomainName"])
            arn = "arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/"
            index = f"{arn}{own}/{text(store['VectorIndexName'])}"
            roles = [role_of(properties, "RoleArn")]
            roles += [
                _maker(template, one).strip("${}").removesuffix(".Arn")
                for _, one in template.of(INDEX)
            ]
            for role in roles:
                for target in (index, f"{index}/_search"):
                    missing = [act for act in USING if not may(template, role, act, target)]
                    if missing:
                        yield base, f"{role} is not allowed {', '.join(missing)} on {target}"


def database_takes_statements(template: Template) -> Broken:
    for name, properties in template.of(CLUSTER):
        if properties.get("EnableHttpEndpoint") is not True:
            yield name, "Bedrock sends SQL through the Data API; set EnableHttpEndpoint"


def _missing(
    where: str, rules: list[Mapping[str, Any]], principal: str, index: str, needed: set[str]
) -> Broken:
    """What a principal is not allowed on an index."""
    granted = {
        permission
        for part in rules
        if principal in part["Principal"]
        for rule in part["Rules"]
        if index in rule["Resource"]
        for permission in rule["Permission"]
    }
    if missing := needed - granted:
        yield where, f"{principal} is not allowed {', '.join(sorted(missing))} on {index}"
    if more := granted - needed:
        yield where, f"{principal} is allowed {', '.join(sorted(more))} on {index} for nothing"


def _maker(template: Template, index: Mapping[str, Any]) -> str:
    """The role, as text, of the function that makes an index."""
    function = template.resources[referent(index["ServiceToken"])]["Properties"]
    return f"${{{role_of(function)}.Arn}}"


def _opensearch(template: Template, base: str, store: Mapping[str, Any]) -> Broken:
    mapping = store["FieldMapping"]
    for _, index in template.of(INDEX):
        pairs = {
            "VectorIndexName": (store["VectorIndexName"], index["IndexName"]),
            **{
                name: (mapping[name], index[name])
                for name in ("VectorField", "TextField", "MetadataField")
            },
        }
        for member, (theirs, own) in pairs.items():
            if theirs != own:
                yield base, f"{member} is {theirs}, and the index has {own}"


def _aurora(template: Template, base: str, store: Mapping[str, Any]) -> Broken:
    for _, table in template.of(TABLE):
        create = next((one for one in table["Statements"] if one.startswith("CREATE TABLE")), "")
        columns = dict(COLUMN.findall(create))
        kinds = {"PrimaryKeyField": "uuid", "TextField": "text", "MetadataField": "json"}
        kinds |= {"VectorField": "vector", "CustomMetadataField": "jsonb"}
        for member, column in store["FieldMapping"].items():
            if not columns.get(column, "").startswith(kinds[member]):
                yield base, f"{member} is {column}, which is no {kinds[member]} of the table"
        pairs = {
            "TableName": "Table",
            "DatabaseName": "Database",
            "ResourceArn": "ClusterArn",
            "CredentialsSecretArn": "SecretArn",
        }
        for member, own in pairs.items():
            if text(store[member]) != text(table[own]):
                yield base, f"{member} is {text(store[member])}, the table's {text(table[own])}"
        if f" {table['Table']} " not in f"{create} ":
            yield base, f"the statements make another table than {table['Table']}"


def _dimensions(template: Template) -> Iterator[tuple[str, int]]:
    for name, properties in template.of(INDEX, VECTORS):
        yield name, int(properties.get("Dimension", properties.get("dimension", 0)))
    for name, properties in template.of(TABLE):
        sizes = re.findall(r"vector\((\d+)\)", " ".join(properties["Statements"]))
        yield name, int(sizes[0]) if sizes else 0


def _embedding_model(base: Mapping[str, Any]) -> str:
    return re.sub(
        r'.*foundation-model/([^"\]}]+).*', r"\1", text(base["KnowledgeBaseConfiguration"])
    )


RULES = (
    index_fits_the_model,
    base_fits_its_index,
    bedrocks_own_fields_are_not_filtered,
    collection_lets_its_users_in,
    collection_can_be_reached,
    generations_are_reached_their_own_way,
    domain_lets_its_users_in,
    database_takes_statements,
)
