"""The operations on functions: create, get, list, update, delete."""

import sqlite3
from pathlib import Path
from typing import Protocol

from app.local.lambda_.rules import (
    check_layers,
    check_revision,
    check_runtime,
    check_variables,
    function_name,
    invalid,
    refuse,
)
from app.local.lambda_.runtime import Function, Functions
from app.local.lambda_.runtime.archive import LARGEST_ARCHIVE, check
from app.local.wire import JSON, Call, Service, ServiceError

_DEFAULTS: JSON = {
    "Architectures": ["x86_64"],
    "Description": "",
    "EphemeralStorage": {"Size": 512},
    "MemorySize": 128,
    "PackageType": "Zip",
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
# All are stored; only Handler, Timeout and Environment have an effect.
_SETTINGS = (
    *_DEFAULTS,
    "Environment",
    "Handler",
    "Layers",
    "LoggingConfig",
    "Role",
    "Runtime",
    "VpcConfig",
)
_REFUSED = (
    "AcceleratorConfig",
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "Publish",
    "PublishTo",
    "RuntimeConfig",
    "SnapStart",
    "TenancyConfig",
)
_PAGE = 50


class CodeStore(Protocol):
    """The buckets that a function's code may come from."""

    def path(self, bucket: str, key: str) -> Path:
        """The file that holds the object's bytes. Raises KeyError if there is no such object."""


class FunctionOperations:
    def __init__(self, functions: Functions, code_store: CodeStore) -> None:
        self._functions, self._catalogue = functions, functions.catalogue
        self._code_store = code_store

    def handlers(self) -> Service:
        return {
            "CreateFunction": self.create,
            "GetFunction": self.get,
            "GetFunctionConfiguration": self.configuration,
            "ListFunctions": self.list,
            "UpdateFunctionCode": self.update_code,
            "UpdateFunctionConfiguration": self.update_configuration,
            "DeleteFunction": self.delete,
        }

    def create(self, call: Call) -> JSON:
        params = call.params
        name = function_name(params)
        settings = _DEFAULTS | _settings(params)
        if settings["PackageType"] != "Zip":
            raise invalid("The stand-in runs functions from zip files, not from images.")
        check_runtime(settings.get("Runtime"))
        if "Handler" not in settings:
            raise invalid("Runtime and Handler are mandatory parameters for functions of zip files")
        code = self._code(params["Code"])
        try:
            function = self._catalogue.add(name, settings, params.get("Tags", {}), code)
        except sqlite3.IntegrityError as error:
            message = f"Function already exist: {name}"
            raise ServiceError("ResourceConflictException", message, Type="User") from error
        return self._configuration(function)

    def get(self, call: Call) -> JSON:
        function = self._catalogue.get(function_name(call.params))
        result: JSON = {
            "Configuration": self._configuration(function),
            "Code": {"RepositoryType": "S3"},
        }
        return result | ({"Tags": dict(function.tags)} if function.tags else {})

    def configuration(self, call: Call) -> JSON:
        return self._configuration(self._catalogue.get(function_name(call.params)))

    def list(self, call: Call) -> JSON:
        after, limit = call.params.get("Marker", ""), call.params.get("MaxItems", _PAGE)
        functions = [function for function in self._catalogue.all() if function.name > after]
        result: JSON = {
            "Functions": [self._configuration(function) for function in functions[:limit]]
        }
        return result | (
            {"NextMarker": functions[limit - 1].name} if len(functions) > limit else {}
        )

    def update_code(self, call: Call) -> JSON:
        params = call.params
        function = self._catalogue.get(function_name(params))
        refuse(params, ("ImageUri", "Publish", "PublishTo"), "functions")
        check_revision(params, function.revision)
        code = self._code(params)
        if params.get("DryRun"):
            return self._configuration(function)
        settings = function.settings | _settings(params)
        return self._after_change(self._catalogue.change(function.name, settings, code))

    def update_configuration(self, call: Call) -> JSON:
        params = call.params
        function = self._catalogue.get(function_name(params))
        check_revision(params, function.revision)
        if "Runtime" in params:
            check_runtime(params["Runtime"])
        settings = function.settings | _settings(params)
        return self._after_change(self._catalogue.change(function.name, settings))

    def delete(self, call: Call) -> JSON:
        name = function_name(call.params)
        self._catalogue.remove(name)
        self._functions.runner.discard_warm(name)
        return {}

    def _after_change(self, function: Function) -> JSON:
        self._functions.runner.discard_warm(function.name)
        return self._configuration(function)

    def _code(self, source: JSON) -> bytes:
        """The checked archive, from the request or from a bucket."""
        refuse(source, ("ImageUri", "S3ObjectVersion"), "functions")
        if "ZipFile" in source:
            code: bytes = source["ZipFile"]
        elif "S3Bucket" in source and "S3Key" in source:
            try:
                code = self._code_store.path(source["S3Bucket"], source["S3Key"]).read_bytes()
            except KeyError as error:
                raise invalid(
                    "Error occurred while GetObject. The specified key does not exist: "
                    f"s3://{source['S3Bucket']}/{source['S3Key']}"
                ) from error
        else:
            raise invalid(
                "Please provide a source for function code: ZipFile, or S3Bucket and S3Key."
            )
        if "ZipFile" in source and len(code) > LARGEST_ARCHIVE:
            message = f"Request must be smaller than {LARGEST_ARCHIVE} bytes; put the code into S3."
            raise ServiceError("RequestTooLargeException", message, Type="User")
        check(code)
        return code

    def _configuration(self, function: Function) -> JSON:
        """The function in the shape of FunctionConfiguration."""
        layers = [{"Arn": arn} for arn in function.settings.get("Layers", ())]
        return {
            "FunctionName": function.name,
            "FunctionArn": self._functions.arn(function.name),
            "CodeSize": function.size,
            "CodeSha256": function.sha256,
            "LastModified": function.modified,
            "LastUpdateStatus": "Successful",
            "RevisionId": function.revision,
            "State": "Active",
            "Version": "$LATEST",
            **function.settings,
            **({"Layers": layers} if layers else {}),
        }


def _settings(params: JSON) -> JSON:
    """The settings in the request, checked."""
    refuse(params, _REFUSED, "functions")
    check_layers(params.get("Layers", ()))
    check_variables(params.get("Environment", {}).get("Variables", {}))
    return {name: params[name] for name in _SETTINGS if name in params}
