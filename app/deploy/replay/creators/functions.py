"""Lambda functions, their event source mappings, and their permissions."""

import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from botocore.exceptions import ClientError

from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.replay.document import JSON, TemplateError
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource
from app.deploy.replay.services import Services

LONGEST = 64  # characters of a name
OURS = ("app", "lambdas")
"""The folders of a bundle with Outcrop's own code. The packages beside them are built for Lambda's
processor; on the laptop they come from this environment."""

KEPT_BY_TOOLS = frozenset({"__pycache__", "node_modules"})

WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
"""The variable by which Lambda starts another program than Python's own runtime."""

CODE = frozenset({"Architectures", "Code", "PackageType", "Tags"})
"""Properties that UpdateFunctionConfiguration does not take."""


def function(services: Services, request: Request) -> PhysicalResource:
    """CreateFunction, or both updates of one that is there."""
    request.refuse_change("FunctionName", "PackageType", "Tags", *request.removed)
    name = request.name("FunctionName", LONGEST)
    runtime = str(request.properties.get("Runtime"))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    if not runtime.startswith("python"):
        omission = f"its runtime is {runtime}; the laptop has Python"
        return PhysicalResource(name, {"Arn": arn}, omission)
    properties = request.properties_except("FunctionName")
    code = _code(services, properties["Code"])
    if services.find("lambda", "GetFunctionConfiguration", FunctionName=name):
        _update(services, name, properties, code)
    else:
        parameters = services.members("lambda", "CreateFunction", properties)
        services.call(
            "lambda", "CreateFunction", **parameters | {"FunctionName": name, "Code": code}
        )
    has_wrapper = WRAPPER in properties.get("Environment", {}).get("Variables", {})
    note = "`outcrop up` serves it as a process of its own" if has_wrapper else ""
    return PhysicalResource(name, {"Arn": arn}, note=note)


def event_source_mapping(services: Services, request: Request) -> PhysicalResource:
    """CreateEventSourceMapping, or UpdateEventSourceMapping of the one that is there."""
    request.refuse_change("EventSourceArn", "Tags", *request.removed)
    ends = {name: request.properties[name] for name in ("EventSourceArn", "FunctionName")}
    mappings = services.call("lambda", "ListEventSourceMappings", **ends)["EventSourceMappings"]
    if mappings:
        identifier = mappings[0]["UUID"]
        properties = request.properties_except("EventSourceArn", "Tags")
        parameters = services.members("lambda", "UpdateEventSourceMapping", properties)
        services.call("lambda", "UpdateEventSourceMapping", **parameters | {"UUID": identifier})
    else:
        parameters = services.members("lambda", "CreateEventSourceMapping", request.properties)
        identifier = services.call("lambda", "CreateEventSourceMapping", **parameters)["UUID"]
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{identifier}"
    return PhysicalResource(identifier, {"Id": identifier, "EventSourceMappingArn": arn})


def permission(services: Services, request: Request) -> PhysicalResource:
    """AddPermission, after RemovePermission of an earlier one."""
    sid = request.generated_name(LONGEST)
    parameters = services.members("lambda", "AddPermission", request.properties)
    parameters["StatementId"] = sid
    try:
        services.call("lambda", "AddPermission", **parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceConflictException":
            raise
        function_name = parameters["FunctionName"]
        services.call("lambda", "RemovePermission", FunctionName=function_name, StatementId=sid)
        services.call("lambda", "AddPermission", **parameters)
    return PhysicalResource(sid, {"Id": sid})


def _update(services: Services, name: str, properties: JSON, code: JSON) -> None:
    built_for = {key: properties[key] for key in ("Architectures",) if key in properties}
    services.call("lambda", "UpdateFunctionCode", FunctionName=name, **code, **built_for)
    configuration = {key: value for key, value in properties.items() if key not in CODE}
    parameters = services.members("lambda", "UpdateFunctionConfiguration", configuration)
    services.call("lambda", "UpdateFunctionConfiguration", **parameters | {"FunctionName": name})


def _code(services: Services, code: JSON) -> JSON:
    """The code as a parameter of CreateFunction; an asset is published to the assets' bucket.

    Raises:
        TemplateError: it is neither an asset nor written in the template.
    """
    if "ZipFile" in code:
        return {"ZipFile": zip_files([("index.py", code["ZipFile"].encode())])}
    key = str(code.get("S3Key"))
    if key not in services.assets:
        raise TemplateError(
            f"Code: there is no asset {key} beside the template; synthesize it anew"
        )
    bucket = code["S3Bucket"]
    services.call("s3", "CreateBucket", Bucket=bucket)
    services.call(
        "s3", "PutObject", Bucket=bucket, Key=key, Body=zip_files(_files(services.assets[key]))
    )
    return {"S3Bucket": bucket, "S3Key": key}


def _files(asset: Path) -> Iterator[tuple[str, bytes]]:
    """An asset's files: only Outcrop's own from a bundle, all from any other folder.

    A template that was made without bundles has the checkout in their place, with what tools keep
    in it (`KEPT_BY_TOOLS`), thousands of files that no function needs.
    """
    ours = [asset / name for name in OURS if (asset / name).is_dir()]
    for top in ours or [asset]:
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(set(folders) - KEPT_BY_TOOLS)
            for path in (Path(folder, name) for name in sorted(names)):
                if path.is_file():
                    yield path.relative_to(asset).as_posix(), path.read_bytes()


def zip_files(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip file of these files, by name."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        for name, data in files:  # without their dates, so that the same files are the same archive
            content.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
