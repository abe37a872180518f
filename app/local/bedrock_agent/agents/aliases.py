"""Aliases: names that callers use, each for one version.

An alias that is created, or updated, without a routing makes a version of the prepared DRAFT, and
leads to it. Every agent has the alias TSTALIASID, which alone leads to DRAFT.
"""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents.preparation import make_version
from app.local.bedrock_agent.agents.state import (
    DRAFT,
    PAGE,
    alias_arn,
    find,
)
from app.local.control import pages, tags
from app.local.control.errors import invalid, not_found, unique, unsupported
from app.local.control.records import decode, encode, new_id
from app.local.wire import JSON

TEST_ALIAS = "TSTALIASID"
MAX_EVENTS = 10


def create(db: Connection, params: JSON) -> JSON:
    agent = find(db, params["agentId"])["agent"]
    alias, now = new_id(), datetime.now(UTC)
    routing = _routing(db, agent, params)
    record = _record(params, routing, now) | {
        "agentAliasHistoryEvents": [{"routingConfiguration": routing, "startDate": now}],
    }
    _insert(db, agent, alias, params["agentAliasName"], record)
    tags.put(db, alias_arn(agent, alias), params.get("tags", {}))
    return {"agentAlias": describe(_find(db, agent, alias)) | {"agentAliasStatus": "CREATING"}}


def create_test_alias(db: Connection, agent: str) -> None:
    """Create TSTALIASID, which every agent has."""
    record = _record({}, [{"agentVersion": DRAFT}], datetime.now(UTC))
    _insert(db, agent, TEST_ALIAS, "AgentTestAlias", record)


def get(db: Connection, params: JSON) -> JSON:
    return {"agentAlias": describe(_find(db, params["agentId"], params["agentAliasId"]))}


def page(db: Connection, params: JSON) -> JSON:
    agent = find(db, params["agentId"])["agent"]
    rows = db.execute("SELECT * FROM aliases WHERE agent = ?", (agent,))
    page, more = pages.page(
        "ListAgentAliases", params, rows, key=lambda row: row["name"], most=PAGE
    )
    return {"agentAliasSummaries": [_summary(describe(row)) for row in page], **more}


def update(db: Connection, params: JSON) -> JSON:
    row = _find_changeable(db, params)
    before, now = decode(row["record"]), datetime.now(UTC)
    routing = _routing(db, row["agent"], params)
    state = {"aliasInvocationState": before["aliasInvocationState"]}
    record = _record(state | params, routing, now) | {
        "createdAt": before["createdAt"],
        "agentAliasHistoryEvents": _history(before, routing, now),
    }
    with _unique(params["agentAliasName"]):
        db.execute(
            "UPDATE aliases SET name = ?, record = ? WHERE agent = ? AND id = ?",
            (params["agentAliasName"], encode(record), row["agent"], row["id"]),
        )
    alias = describe(_find(db, row["agent"], row["id"]))
    return {"agentAlias": alias | {"agentAliasStatus": "UPDATING"}}


def delete(db: Connection, params: JSON) -> JSON:
    row = _find_changeable(db, params)
    forget(db, row)
    return {"agentId": row["agent"], "agentAliasId": row["id"], "agentAliasStatus": "DELETING"}


def list_for(db: Connection, agent: str, version: str | None = None) -> list[Row]:
    """The aliases of an agent, or of one of its versions; without TSTALIASID."""
    rows = db.execute(
        "SELECT * FROM aliases WHERE agent = ? AND id <> ? ORDER BY name", (agent, TEST_ALIAS)
    ).fetchall()
    return [row for row in rows if version in (None, _version(decode(row["record"])))]


def dissociate(db: Connection, row: Row) -> None:
    """Record that the version of an alias has been deleted."""
    now = datetime.now(UTC)
    record = decode(row["record"]) | {
        "agentAliasStatus": "DISSOCIATED",
        "routingConfiguration": [],
        "agentAliasHistoryEvents": _end_last_event(decode(row["record"]), now),
        "updatedAt": now,
    }
    db.execute(
        "UPDATE aliases SET record = ? WHERE agent = ? AND id = ?",
        (encode(record), row["agent"], row["id"]),
    )


def forget(db: Connection, row: Row) -> None:
    tags.forget(db, alias_arn(row["agent"], row["id"]))
    db.execute("DELETE FROM aliases WHERE agent = ? AND id = ?", (row["agent"], row["id"]))


def describe(row: Row) -> JSON:
    """Bedrock's AgentAlias."""
    return {
        "agentId": row["agent"],
        "agentAliasId": row["id"],
        "agentAliasName": row["name"],
        "agentAliasArn": alias_arn(row["agent"], row["id"]),
        **decode(row["record"]),
    }


def _summary(alias: JSON) -> JSON:
    omitted_members = {"agentId", "agentAliasArn", "agentAliasHistoryEvents"}
    return {member: value for member, value in alias.items() if member not in omitted_members}


def _record(params: JSON, routing: list[JSON], now: datetime) -> JSON:
    return {
        "agentAliasStatus": "PREPARED",
        "aliasInvocationState": params.get("aliasInvocationState", "ACCEPT_INVOCATIONS"),
        "routingConfiguration": routing,
        "createdAt": now,
        "updatedAt": now,
        **{name: params[name] for name in ("description",) if name in params},
    }


def _routing(db: Connection, agent: str, params: JSON) -> list[JSON]:
    """The routing configuration of an alias.

    Raises:
        ServiceError: ValidationException, or ResourceNotFoundException for the version.
    """
    if not params.get("routingConfiguration"):
        return [{"agentVersion": make_version(db, agent)}]
    route, field = params["routingConfiguration"][0], "routingConfiguration.1.member"
    if "provisionedThroughput" in route:
        raise unsupported(f"{field}.provisionedThroughput", "provisioned throughput")
    if "agentVersion" not in route:
        raise invalid(f"{field}.agentVersion", "is required.")
    if route["agentVersion"] == DRAFT:
        rule = f"must be a number; only {TEST_ALIAS} leads to {DRAFT}."
        raise invalid(f"{field}.agentVersion", rule)
    return [{"agentVersion": find(db, agent, route["agentVersion"])["version"]}]


def _version(alias: JSON) -> str | None:
    return next((route["agentVersion"] for route in alias["routingConfiguration"]), None)


def _history(before: JSON, routing: list[JSON], now: datetime) -> list[JSON]:
    """The versions that an alias has led to, the newest last."""
    if before["routingConfiguration"] == routing:
        events: list[JSON] = before["agentAliasHistoryEvents"]
        return events
    event = {"routingConfiguration": routing, "startDate": now}
    return [*_end_last_event(before, now), event][-MAX_EVENTS:]


def _end_last_event(before: JSON, now: datetime) -> list[JSON]:
    return [{"endDate": now, **event} for event in before["agentAliasHistoryEvents"]]


def _insert(db: Connection, agent: str, alias: str, name: str, record: JSON) -> None:
    with _unique(name):
        db.execute("INSERT INTO aliases VALUES (?, ?, ?, ?)", (agent, alias, name, encode(record)))


def _find(db: Connection, agent: str, alias: str) -> Row:
    find(db, agent)
    row: Row | None = db.execute(
        "SELECT * FROM aliases WHERE agent = ? AND id = ?", (agent, alias)
    ).fetchone()
    if row is None:
        raise not_found("AgentAlias", alias)
    return row


def _find_changeable(db: Connection, params: JSON) -> Row:
    """The row of an alias that may be changed: TSTALIASID may not."""
    if params["agentAliasId"] == TEST_ALIAS:
        raise invalid("agentAliasId", f"{TEST_ALIAS} cannot be changed or deleted.")
    return _find(db, params["agentId"], params["agentAliasId"])


def _unique(name: str) -> AbstractContextManager[None]:
    return unique(f"AgentAlias with name {name} already exists.")
