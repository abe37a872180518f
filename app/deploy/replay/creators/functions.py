"""Lambda: functions, the queues that invoke them, and who else may."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from botocore.exceptions import ClientError

from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.replay.document import JSON, TemplateError
from app.deploy.replay.scope import Made
from app.deploy.replay.wanted import Cloud, Wanted

LONGEST = 64  # characters of a name
OURS = ("app", "lambdas")
"""The folders of a bundle that run as they are. What lies beside them was built for Lambda's
processor; on the laptop it comes from this environment."""

WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
"""The variable by which Lambda starts something else than Python's own runtime."""

CODE = frozenset({"Architectures", "Code", "PackageType", "Tags"})
"""Properties that UpdateFunctionConfiguration does not take."""


def function(cloud: Cloud, wanted: Wanted) -> Made:
    """CreateFunction, or both updates of one that is there."""
    wanted.keep("FunctionName", "PackageType", "Tags", *wanted.removed)
    name = wanted.name("FunctionName", LONGEST)
    runtime = str(wanted.properties.get("Runtime"))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    if not runtime.startswith("python"):
        absent = f"its runtime is {runtime}; the laptop has Python"
        return Made(name, {"Arn": arn}, absent)
    properties = wanted.without("FunctionName")
    code = _code(cloud, properties["Code"])
    if cloud.find("lambda", "GetFunctionConfiguration", FunctionName=name):
        _update(cloud, name, properties, code)
    else:
        parameters = cloud.members("lambda", "CreateFunction", properties)
        cloud.call("lambda", "CreateFunction", **parameters | {"FunctionName": name, "Code": code})
    wrapped = WRAPPER in properties.get("Environment", {}).get("Variables", {})
    note = "`outcrop up` serves it as a process of its own" if wrapped else ""
    return Made(name, {"Arn": arn}, note=note)


def event_source_mapping(cloud: Cloud, wanted: Wanted) -> Made:
    """CreateEventSourceMapping, or UpdateEventSourceMapping of the one that is there."""
    wanted.keep("EventSourceArn", "Tags", *wanted.removed)
    ends = {name: wanted.properties[name] for name in ("EventSourceArn", "FunctionName")}
    found = cloud.call("lambda", "ListEventSourceMappings", **ends)["EventSourceMappings"]
    if found:
        identifier = found[0]["UUID"]
        properties = wanted.without("EventSourceArn", "Tags")
        parameters = cloud.members("lambda", "UpdateEventSourceMapping", properties)
        cloud.call("lambda", "UpdateEventSourceMapping", **parameters | {"UUID": identifier})
    else:
        parameters = cloud.members("lambda", "CreateEventSourceMapping", wanted.properties)
        identifier = cloud.call("lambda", "CreateEventSourceMapping", **parameters)["UUID"]
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{identifier}"
    return Made(identifier, {"Id": identifier, "EventSourceMappingArn": arn})


def permission(cloud: Cloud, wanted: Wanted) -> Made:
    """AddPermission, after RemovePermission of an earlier one."""
    sid = wanted.generated(LONGEST)
    parameters = cloud.members("lambda", "AddPermission", wanted.properties)
    parameters["StatementId"] = sid
    try:
        cloud.call("lambda", "AddPermission", **parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceConflictException":
            raise
        function_name = parameters["FunctionName"]
        cloud.call("lambda", "RemovePermission", FunctionName=function_name, StatementId=sid)
        cloud.call("lambda", "AddPermission", **parameters)
    return Made(sid, {"Id": sid})


def _update(cloud: Cloud, name: str, properties: JSON, code: JSON) -> None:
    built_for = {key: properties[key] for key in ("Architectures",) if key in properties}
    cloud.call("lambda", "UpdateFunctionCode", FunctionName=name, **code, **built_for)
    kept = {key: value for key, value in properties.items() if key not in CODE}
    parameters = cloud.members("lambda", "UpdateFunctionConfiguration", kept)
    cloud.call("lambda", "UpdateFunctionConfiguration", **parameters | {"FunctionName": name})


def _code(cloud: Cloud, code: JSON) -> JSON:
    """The code as CreateFunction takes it, published to the assets' bucket where it is an asset.

    Raises:
        TemplateError: it is neither an asset nor written in the template.
    """
    if "ZipFile" in code:
        return {"ZipFile": zipped([("index.py", code["ZipFile"].encode())])}
    key = str(code.get("S3Key"))
    if key not in cloud.assets:
        raise TemplateError(
            f"Code: there is no asset {key} beside the template; synthesize it anew"
        )
    bucket = code["S3Bucket"]
    cloud.call("s3", "CreateBucket", Bucket=bucket)
    cloud.call("s3", "PutObject", Bucket=bucket, Key=key, Body=zipped(_files(cloud.assets[key])))
    return {"S3Bucket": bucket, "S3Key": key}


def _files(asset: Path) -> Iterator[tuple[str, bytes]]:
    """An asset's files: of a bundle, our own; of any other folder, all."""
    ours = [asset / name for name in OURS if (asset / name).is_dir()]
    for folder in ours or [asset]:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(asset).as_posix(), path.read_bytes()


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip file of these, by name."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        for name, data in files:  # without their dates, so that the same files are the same archive
            content.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
