"""The account's own inference profiles: made, shown and deleted, each in its Region."""

import string
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock import foundation_models, tagging
from app.local.bedrock.availability import partition
from app.local.bedrock.inference_profiles import system
from app.local.bedrock.names import APPLICATION_PROFILE, FOUNDATION_MODEL, parse
from app.local.control import pages, tags
from app.local.control.records import ACCOUNT, decode, encode, new_id
from app.local.wire import JSON, ServiceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS inference_profiles (
    arn         TEXT PRIMARY KEY,
    region      TEXT NOT NULL,
    source      TEXT NOT NULL,      -- the ARN that it was made from
    record      TEXT NOT NULL       -- what GetInferenceProfile answers
);
"""
MAX_PROFILES = 1000  # in a Region


def create(region: str, db: Connection, params: JSON) -> JSON:
    """Make one from a foundation model, or from one of Bedrock's profiles."""
    source = params["modelSource"]["copyFrom"]
    reached = _models(source, region)
    (count,) = db.execute(
        "SELECT count(*) FROM inference_profiles WHERE region = ?", (region,)
    ).fetchone()
    if count >= MAX_PROFILES:
        raise ServiceError(
            "ServiceQuotaExceededException",
            f"An account has at most {MAX_PROFILES} application inference profiles in a Region.",
        )
    identifier, now = new_id(string.ascii_lowercase + string.digits, 12), datetime.now(UTC)
    arn = f"arn:{partition(region)}:bedrock:{region}:{ACCOUNT}:{APPLICATION_PROFILE}/{identifier}"
    record = {
        "inferenceProfileName": params["inferenceProfileName"],
        **{name: params[name] for name in ("description",) if name in params},
        "createdAt": now,
        "updatedAt": now,
        "inferenceProfileArn": arn,
        "models": reached,
        "inferenceProfileId": identifier,
        "status": "ACTIVE",
        "type": "APPLICATION",
    }
    db.execute(
        "INSERT INTO inference_profiles VALUES (?, ?, ?, ?)", (arn, region, source, encode(record))
    )
    tag(db, {"resourceARN": arn, "tags": params.get("tags", [])})
    return {"inferenceProfileArn": arn, "status": "ACTIVE"}


def get(region: str, db: Connection, params: JSON) -> JSON:
    """One of the account's, or of Bedrock's."""
    identifier = params["inferenceProfileIdentifier"]
    if row := _row(db, identifier, region):
        return decode(row["record"])
    if profile := system.find(identifier, region, datetime.now(UTC)):
        return profile
    raise _not_found(identifier)


def page(region: str, db: Connection, params: JSON) -> JSON:
    """Bedrock's own, or with `typeEquals` APPLICATION the account's."""
    if params.get("typeEquals", "SYSTEM_DEFINED") == "APPLICATION":
        rows = db.execute("SELECT record FROM inference_profiles WHERE region = ?", (region,))
        items = [decode(row["record"]) for row in rows]
    else:
        items = list(system.profiles(region, datetime.now(UTC)))
    page, more = pages.page(
        "ListInferenceProfiles", params, items, key=lambda item: item["inferenceProfileId"]
    )
    return {"inferenceProfileSummaries": page, **more}


def delete(region: str, db: Connection, params: JSON) -> JSON:
    identifier = params["inferenceProfileIdentifier"]
    row = _row(db, identifier, region)
    if row is None:
        if system.find(identifier, region, datetime.now(UTC)):
            raise ServiceError(
                "ValidationException",
                f"inferenceProfileIdentifier: {identifier} is defined by Bedrock, and cannot be "
                "deleted. Those of the account can.",
            )
        raise _not_found(identifier)
    tags.forget(db, row["arn"])
    db.execute("DELETE FROM inference_profiles WHERE arn = ?", (row["arn"],))
    return {}


def tag(db: Connection, params: JSON) -> JSON:
    return tagging.tag(db, _resource(db, params), params)


def untag(db: Connection, params: JSON) -> JSON:
    return tagging.untag(db, _resource(db, params), params)


def list_tags(db: Connection, params: JSON) -> JSON:
    return tagging.list_tags(db, _resource(db, params))


def source(db: Connection, identifier: str, region: str) -> str | None:
    """The ARN that a profile was made from, by the profile's id or ARN."""
    row = _row(db, identifier, region)
    return row["source"] if row else None


def _models(source: str, region: str) -> list[JSON]:
    """What a profile that is made from this reaches."""
    name = parse(source)
    if name.region == region and name.kind == FOUNDATION_MODEL:
        model = foundation_models.models().get(name.model)
        if model and not model.ended(datetime.now(UTC)) and model.availability.inference(region):
            return [{"modelArn": source}]
    elif name.region == region and (profile := system.find(source, region, datetime.now(UTC))):
        reached: list[JSON] = profile["models"]
        return reached
    raise ServiceError(
        "ResourceNotFoundException",
        f"modelSource.copyFrom: {source} is no foundation model and no inference profile of "
        f"Bedrock's in {region}.",
    )


def _row(db: Connection, identifier: str, region: str) -> Row | None:
    row: Row | None = db.execute(
        "SELECT * FROM inference_profiles WHERE region = ? AND arn IN (?, ?)",
        (
            region,
            identifier,
            f"arn:{partition(region)}:bedrock:{region}:{ACCOUNT}:{APPLICATION_PROFILE}/{identifier}",
        ),
    ).fetchone()
    return row


def _resource(db: Connection, params: JSON) -> str:
    arn: str = params["resourceARN"]
    if db.execute("SELECT 1 FROM inference_profiles WHERE arn = ?", (arn,)).fetchone() is None:
        raise ServiceError("ResourceNotFoundException", f"Resource with id {arn} does not exist.")
    return arn


def _not_found(identifier: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Inference profile with id {identifier} does not exist."
    )
