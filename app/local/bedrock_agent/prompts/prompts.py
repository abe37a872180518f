"""Prompts and their versions.

    DRAFT   what CreatePrompt and UpdatePrompt write
    1, 2 …  each what DRAFT was at a CreatePromptVersion; no number is given twice

An ARN without a version is DRAFT's. A prompt and each of its versions have tags of their own.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management.html
"""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local import lazy_re as re
from app.local.bedrock_agent.prompts.variants import definition
from app.local.control import pages, tags
from app.local.control.errors import invalid, not_found, unique
from app.local.control.records import arn, decode, encode, new_id
from app.local.wire import JSON, ServiceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS prompts (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    latest      INTEGER NOT NULL DEFAULT 0  -- the last number that a version was given
);
CREATE TABLE IF NOT EXISTS versions (
    prompt      TEXT NOT NULL REFERENCES prompts ON DELETE CASCADE,
    version     TEXT NOT NULL,              -- DRAFT or a number
    record      TEXT NOT NULL,              -- the rest of what GetPrompt answers
    PRIMARY KEY (prompt, version)
);
"""
DRAFT = "DRAFT"
PAGE = 10  # items: the most that the model allows in a response
_IDENTIFIER = re.compile(r"(?P<id>(?:arn:[^/]*+/)?[0-9a-zA-Z]{10})(?::(?P<version>\d{1,5}))?")
_SUMMARY = ("name", "description", "id", "arn", "version", "createdAt", "updatedAt")


def create(db: Connection, params: JSON) -> JSON:
    prompt, now = new_id(), datetime.now(UTC)
    record = definition(params) | {"createdAt": now, "updatedAt": now}
    with _unique(params["name"]):
        db.execute("INSERT INTO prompts (id, name) VALUES (?, ?)", (prompt, params["name"]))
    _put(db, prompt, DRAFT, record)
    tags.put(db, prompt_arn(prompt), params.get("tags", {}))
    return describe(_find(db, prompt, DRAFT))


def get(db: Connection, params: JSON) -> JSON:
    """A version; of METADATA_ONLY without what the prompt says."""
    prompt = describe(_named(db, params))
    if params.get("includedData") == "METADATA_ONLY":
        prompt.pop("variants", None)
    return prompt


def page(db: Connection, params: JSON) -> JSON:
    """DRAFT of every prompt; or of one prompt, DRAFT and its versions."""
    if "promptIdentifier" in params:
        prompt = _find(db, _split(params["promptIdentifier"])[0], DRAFT)["prompt"]
        rows = db.execute("SELECT * FROM versions WHERE prompt = ?", (prompt,))
    else:
        rows = db.execute("SELECT * FROM versions WHERE version = ?", (DRAFT,))
    page, more = pages.page("ListPrompts", params, rows, key=_order, most=PAGE)
    return {"promptSummaries": [_summary(describe(row)) for row in page], **more}


def update(db: Connection, params: JSON) -> JSON:
    """Write DRAFT anew: what the request leaves out is gone."""
    row = _draft(db, params)
    prompt, before = row["prompt"], decode(row["record"])
    record = definition(params)
    with _unique(params["name"]):
        db.execute("UPDATE prompts SET name = ? WHERE id = ?", (params["name"], prompt))
    times = {"createdAt": before["createdAt"], "updatedAt": datetime.now(UTC)}
    _put(db, prompt, DRAFT, record | times)
    return describe(_find(db, prompt, DRAFT))


def create_version(db: Connection, params: JSON) -> JSON:
    """Make what DRAFT is a version of its own. Its description is the request's, or none."""
    row = _draft(db, params)
    prompt, now = row["prompt"], datetime.now(UTC)
    (number,) = db.execute(
        "UPDATE prompts SET latest = latest + 1 WHERE id = ? RETURNING latest", (prompt,)
    ).fetchone()
    record = decode(row["record"]) | {"createdAt": now, "updatedAt": now}
    record.pop("description", None)
    described = {"description": params["description"]} if "description" in params else {}
    _put(db, prompt, str(number), record | described)
    tags.put(db, prompt_arn(prompt, str(number)), params.get("tags", {}))
    return describe(_find(db, prompt, str(number)))


def delete(db: Connection, params: JSON) -> JSON:
    """One version; without a number the prompt, with all of them."""
    row = _named(db, params)
    prompt, version = row["prompt"], row["version"]
    if version != DRAFT:
        tags.forget(db, prompt_arn(prompt, version))
        db.execute("DELETE FROM versions WHERE prompt = ? AND version = ?", (prompt, version))
        return {"id": prompt, "version": version}
    for each in db.execute("SELECT version FROM versions WHERE prompt = ?", (prompt,)).fetchall():
        tags.forget(db, prompt_arn(prompt, each["version"]))
    db.execute("DELETE FROM prompts WHERE id = ?", (prompt,))
    return {"id": prompt}


def exists(db: Connection, resource: str) -> bool:
    """Whether a prompt or a version has this ARN."""
    try:
        _find(db, *_split(resource))
    except ServiceError:
        return False
    return True


def describe(row: Row) -> JSON:
    """What GetPrompt answers."""
    return {
        "id": row["prompt"],
        "arn": prompt_arn(row["prompt"], row["version"]),
        "version": row["version"],
        **decode(row["record"]),
    }


def prompt_arn(prompt: str, version: str = DRAFT) -> str:
    """The ARN of a version.

    >>> prompt_arn("ABCDEFGHIJ", "2")
    'arn:aws:bedrock:us-east-1:000000000000:prompt/ABCDEFGHIJ:2'
    """
    return arn(f"prompt/{prompt}" if version == DRAFT else f"prompt/{prompt}:{version}")


def _named(db: Connection, params: JSON) -> Row:
    """The row of the version that a request names, in its ARN or in `promptVersion`."""
    prompt, version = _split(params["promptIdentifier"])
    number = params.get("promptVersion", version)
    if version not in (DRAFT, number):
        raise invalid(
            "promptVersion", f"is {number}, but promptIdentifier names version {version}."
        )
    return _find(db, prompt, number)


def _draft(db: Connection, params: JSON) -> Row:
    """The row of DRAFT, by the id or the ARN of a prompt."""
    prompt, version = _split(params["promptIdentifier"])
    if version != DRAFT:
        raise invalid(
            "promptIdentifier",
            f"names version {version}, which never changes. Name the prompt by its id, or by its "
            "ARN without a version.",
        )
    return _find(db, prompt, DRAFT)


def _find(db: Connection, prompt: str, version: str) -> Row:
    """The row of a version.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    row: Row | None = db.execute(
        "SELECT * FROM versions WHERE prompt = ? AND version = ?", (prompt, version)
    ).fetchone()
    if row is not None:
        return row
    if version == DRAFT or not exists(db, prompt_arn(prompt)):
        raise not_found("Prompt", prompt)
    message = f"Prompt with id {prompt} has no version {version}."
    raise ServiceError("ResourceNotFoundException", message)


def _split(identifier: str) -> tuple[str, str]:
    """The id and the version that an id or an ARN names; an ARN of another account stays whole."""
    match = _IDENTIFIER.fullmatch(identifier)
    if match is None:
        return identifier, DRAFT
    return match["id"].removeprefix(prompt_arn("")), match["version"] or DRAFT


def _order(row: Row) -> list[str | int]:
    return [row["prompt"], 0 if row["version"] == DRAFT else int(row["version"])]


def _summary(prompt: JSON) -> JSON:
    return {member: prompt[member] for member in _SUMMARY if member in prompt}


def _put(db: Connection, prompt: str, version: str, record: JSON) -> None:
    db.execute(
        "INSERT OR REPLACE INTO versions VALUES (?, ?, ?)", (prompt, version, encode(record))
    )


def _unique(name: str) -> AbstractContextManager[None]:
    return unique(f"Prompt with name {name} already exists.")
