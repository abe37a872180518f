"""The resource policy of a function, which is stored and not enforced: all callers are local."""

import json

from app.local.lambda_.rules import check_revision, function_name, not_found
from app.local.lambda_.runtime import Functions
from app.local.wire import JSON, Call, Service, ServiceError


class Permissions:
    def __init__(self, functions: Functions) -> None:
        self._functions, self._catalogue = functions, functions.catalogue

    def handlers(self) -> Service:
        return {
            "AddPermission": self.add,
            "RemovePermission": self.remove,
            "GetPolicy": self.get,
        }

    def add(self, call: Call) -> JSON:
        params = call.params
        function = self._catalogue.get(function_name(params))
        check_revision(params, function.revision)
        sid = params["StatementId"]
        if sid in self._catalogue.statements(function.name):
            message = (
                f"The statement id ({sid}) provided already exists. Please provide a new statement "
                "id, or remove the existing statement."
            )
            raise ServiceError("ResourceConflictException", message, Type="User")
        statement = _statement(params, self._functions.arn(function.name))
        self._catalogue.set_statement(function.name, sid, statement)
        return {"Statement": json.dumps(statement)}

    def remove(self, call: Call) -> JSON:
        function = self._catalogue.get(function_name(call.params))
        check_revision(call.params, function.revision)
        sid = call.params["StatementId"]
        if sid not in self._catalogue.statements(function.name):
            raise not_found(f"Statement {sid} is not found in resource policy.")
        self._catalogue.set_statement(function.name, sid, None)
        return {}

    def get(self, call: Call) -> JSON:
        function = self._catalogue.get(function_name(call.params))
        statements = self._catalogue.statements(function.name)
        if not statements:
            raise not_found("The resource you requested does not exist.")
        policy = {
            "Version": "2012-10-17",
            "Id": "default",
            "Statement": list(statements.values()),
        }
        return {"Policy": json.dumps(policy), "RevisionId": function.revision}


def _statement(params: JSON, arn: str) -> JSON:
    principal = params["Principal"]
    kind = "Service" if principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "AWS"
    conditions: JSON = {}
    if "SourceAccount" in params:
        conditions["StringEquals"] = {"AWS:SourceAccount": params["SourceAccount"]}
    if "SourceArn" in params:
        conditions["ArnLike"] = {"AWS:SourceArn": params["SourceArn"]}
    statement: JSON = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {kind: principal},
        "Action": params["Action"],
        "Resource": arn,
    }
    return statement | ({"Condition": conditions} if conditions else {})
