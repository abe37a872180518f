"""Action groups: the functions that an agent may call, and their executor.

    functionSchema | apiSchema    the functions
    actionGroupExecutor           a Lambda function, or the caller of InvokeAgent (RETURN_CONTROL)

An action group can instead be AMAZON.UserInput: the agent may then ask its user for information.
Whether the Lambda function exists is checked when it is invoked.
"""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents import schemas
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.state import PAGE, find, mark_unprepared
from app.local.control import pages
from app.local.control.errors import invalid, not_found, unique, unsupported
from app.local.control.records import decode, encode, new_id
from app.local.wire import JSON, ServiceError

_SIGNATURE = "parentActionGroupSignature"
_SCHEMAS = ("apiSchema", "functionSchema")
_SETTINGS = ("description", "actionGroupExecutor", *_SCHEMAS)


def create(dependencies: Dependencies, db: Connection, params: JSON) -> JSON:
    draft, group, now = find(db, params["agentId"]), new_id(), datetime.now(UTC)
    record, openapi = definition(dependencies, params)
    record |= {"createdAt": now, "updatedAt": now}
    with _unique(params["actionGroupName"]):
        db.execute(
            "INSERT INTO action_groups VALUES (?, ?, ?, ?, ?, ?)",
            (
                draft["agent"],
                draft["version"],
                group,
                params["actionGroupName"],
                encode(record),
                openapi,
            ),
        )
    mark_unprepared(db, draft["agent"])
    return {"agentActionGroup": describe(_find(db, params | {"actionGroupId": group}))}


def get(db: Connection, params: JSON) -> JSON:
    return {"agentActionGroup": describe(_find(db, params))}


def page(db: Connection, params: JSON) -> JSON:
    rows = list_for(db, find(db, params["agentId"], params["agentVersion"]))
    page, more = pages.page(
        "ListAgentActionGroups", params, rows, key=lambda row: row["name"], most=PAGE
    )
    return {"actionGroupSummaries": [_summary(describe(row)) for row in page], **more}


def update(dependencies: Dependencies, db: Connection, params: JSON) -> JSON:
    """Replace an action group: settings that the request leaves out are dropped."""
    row = _find(db, params)
    record, openapi = definition(dependencies, params)
    record |= {"createdAt": decode(row["record"])["createdAt"], "updatedAt": datetime.now(UTC)}
    with _unique(params["actionGroupName"]):
        db.execute(
            "UPDATE action_groups SET name = ?, record = ?, openapi = ?"
            " WHERE agent = ? AND version = ? AND id = ?",
            (params["actionGroupName"], encode(record), openapi, *_key(row)),
        )
    mark_unprepared(db, row["agent"])
    return {"agentActionGroup": describe(_find(db, params))}


def delete(db: Connection, params: JSON) -> JSON:
    row = _find(db, params)
    if is_enabled(row) and not params.get("skipResourceInUseCheck"):
        raise ServiceError(
            "ValidationException",
            f"ActionGroup with name {row['name']} cannot be deleted when it is Enabled. "
            "Either set skipResourceInUseCheck or mark it as Disabled.",
        )
    db.execute("DELETE FROM action_groups WHERE agent = ? AND version = ? AND id = ?", _key(row))
    mark_unprepared(db, row["agent"])
    return {}


def list_for(db: Connection, version: Row) -> list[Row]:
    """The action groups of a version of an agent."""
    return db.execute(
        "SELECT * FROM action_groups WHERE agent = ? AND version = ? ORDER BY name",
        (version["agent"], version["version"]),
    ).fetchall()


def is_enabled(row: Row) -> bool:
    return bool(decode(row["record"])["actionGroupState"] == "ENABLED")


def read_again(dependencies: Dependencies, db: Connection, row: Row) -> None:
    """Read the OpenAPI document from its bucket again.

    Raises:
        ServiceError: ValidationException.
    """
    if (schema := decode(row["record"]).get("apiSchema")) is not None:
        openapi = schemas.document(dependencies, schema, row["name"])
        db.execute(
            "UPDATE action_groups SET openapi = ? WHERE agent = ? AND version = ? AND id = ?",
            (openapi, *_key(row)),
        )


def describe(row: Row) -> JSON:
    """Bedrock's AgentActionGroup."""
    return {
        "agentId": row["agent"],
        "agentVersion": row["version"],
        "actionGroupId": row["id"],
        "actionGroupName": row["name"],
        **decode(row["record"]),
    }


def _summary(group: JSON) -> JSON:
    members = ("actionGroupId", "actionGroupName", "actionGroupState", "description", "updatedAt")
    return {member: group[member] for member in members if member in group}


def definition(dependencies: Dependencies, params: JSON) -> tuple[JSON, str | None]:
    """The settings of a request that are stored, and the OpenAPI document that it names.

    Raises:
        ServiceError: ValidationException.
    """
    record = {name: params[name] for name in _SETTINGS if name in params}
    record["actionGroupState"] = params.get("actionGroupState", "ENABLED")
    if _SIGNATURE in params:
        _check_parent(params)
        return record | {"parentActionSignature": params[_SIGNATURE]}, None
    if "actionGroupExecutor" not in params:
        raise invalid("actionGroupExecutor", "is required: a Lambda function, or RETURN_CONTROL.")
    if len(kinds := [name for name in _SCHEMAS if name in params]) != 1:
        rule = "must have one of apiSchema and functionSchema"
        raise invalid("actionGroup", f"{rule}, and has {' and '.join(kinds) or 'none'}.")
    if "functionSchema" in params:
        schemas.check_functions(params["functionSchema"])
        return record, None
    return record, schemas.document(dependencies, params["apiSchema"], params["actionGroupName"])


def _check_parent(params: JSON) -> None:
    signature = params[_SIGNATURE]
    if signature != "AMAZON.UserInput":
        raise unsupported(_SIGNATURE, f"the action group {signature}")
    for member in (*_SETTINGS, "parentActionGroupSignatureParams"):
        if member in params:
            raise invalid(member, f"must be left out where {_SIGNATURE} is {signature}.")


def _find(db: Connection, params: JSON) -> Row:
    for row in list_for(db, find(db, params["agentId"], params["agentVersion"])):
        if row["id"] == params["actionGroupId"]:
            return row
    raise not_found("ActionGroup", params["actionGroupId"])


def _key(row: Row) -> tuple[str, str, str]:
    return row["agent"], row["version"], row["id"]


def _unique(name: str) -> AbstractContextManager[None]:
    return unique(f"ActionGroup with name {name} already exists.")
