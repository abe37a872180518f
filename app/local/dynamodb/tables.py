"""The tables of a home.

    call -- moto carries it out -- what it changed is stored -- answer

What is stored is the state: the calls that define a table, and each item as it is. It is on the
disk before a call is answered, so that nothing acknowledged is lost with the process. Where it
cannot be stored, or where moto failed half-way, moto's tables are made again from the disk: what a
reader sees is what is stored.
"""

import json
from pathlib import Path
from threading import Lock
from typing import Any

from app.local.dynamodb.answers import corrected
from app.local.dynamodb.changes import (
    CHANGING,
    DEFINING,
    Change,
    changes,
    key_text,
    table_name,
)
from app.local.dynamodb.server import MotoServer
from app.local.dynamodb.storage import (
    Storage,
    StoredTable,
    add_definition,
    add_table,
    remove_table,
    set_facts,
    set_items,
)
from app.local.wire import JSON, Call, ServiceError
from app.local.wire.errors import dialect
from app.local.wire.json_body import decode, to_json
from app.local.wire.models import model

HALF_WAY = ("BatchWriteItem",)  # moto may have carried out a part of what it refuses


class Tables:
    """The tables of one account in one region. They are loaded at the first call.

    Raises:
        Damaged, InUse: as `Database` does.
    """

    def __init__(
        self, home: Path, account: str = "000000000000", region: str = "us-east-1"
    ) -> None:
        self._account, self._region = account, region
        self._storage = Storage(home)
        self._lock = Lock()  # moto's tables are not safe for two threads at once
        self._moto: MotoServer | None = None
        self._keys: dict[str, list[str]] = {}  # of each table

    def call(self, request: Call) -> JSON:
        """The result of an operation.

        Raises:
            ServiceError: moto refuses the request, or is not installed.
            sqlite3.Error: what it changed cannot be stored, and is not kept.
        """
        operation: Any = model(request.service).operation_model(request.operation)
        body = to_json(operation.input_shape, request.params, operation.input_shape.members)
        if request.operation == "UpdateItem" and "UpdateExpression" not in body:
            body.setdefault("AttributeUpdates", {})  # moto wants one of the two
        with self._lock:
            moto = self._moto = self._moto or self._loaded()
            self._check_there(request.operation, body)
            answer = self._carry_out(moto, request.operation, body)
            if request.operation in CHANGING:
                self._store(moto, request.operation, body, answer)
        text = json.dumps(corrected(request.operation, body, answer)).encode()
        shape = operation.output_shape
        return decode(shape, text, shape.members) if shape else {}

    def close(self) -> None:
        self._storage.close()

    def _check_there(self, operation: str, body: JSON) -> None:
        """Refuse what would define a table that is not there: of some such calls moto says nothing.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        if operation in DEFINING - {"CreateTable"} and table_name(body) not in self._keys:
            raise ServiceError(
                "ResourceNotFoundException",
                f"Requested resource not found: Table: {table_name(body)} not found",
            )

    def _carry_out(self, moto: MotoServer, operation: str, body: JSON) -> JSON:
        try:
            answer: JSON = json.loads(moto.call(operation, body) or b"{}")
        except ServiceError:
            if operation in HALF_WAY:
                self._moto = None
            raise
        except Exception as error:
            if operation in CHANGING:
                self._moto = None
            message = f"The request does not make sense: {type(error).__name__} {error}."
            raise ServiceError(dialect("dynamodb").invalid, message) from error
        return answer

    def _store(self, moto: MotoServer, operation: str, body: JSON, answer: JSON) -> None:
        """Bring what a call has changed to the disk."""
        try:
            if operation in DEFINING:
                self._store_definition(moto, operation, body, answer)
            elif operation == "DeleteTable":
                self._remove(moto, table_name(body), answer["TableDescription"]["TableArn"])
            else:
                self._store_items(moto, list(changes(operation, body, answer)))
        except BaseException:
            self._moto = None
            raise

    def _store_definition(self, moto: MotoServer, operation: str, body: JSON, answer: JSON) -> None:
        name = table_name(body)
        # A later call may have another revision of the policy before it.
        again = {key: value for key, value in body.items() if key != "ExpectedRevisionId"}
        with self._storage.transaction() as connection:
            if operation == "CreateTable":
                description = answer["TableDescription"]
                keys = [key["AttributeName"] for key in description["KeySchema"]]
                arn = description["TableArn"]
                add_table(connection, StoredTable(name, keys, arn, moto.facts(name)))
                self._keys[name] = keys
            add_definition(connection, name, operation, again)
            set_facts(connection, name, moto.facts(name))

    def _remove(self, moto: MotoServer, name: str, arn: str) -> None:
        with self._storage.transaction() as connection:
            remove_table(connection, name)
        self._keys.pop(name, None)
        moto.forget_policy(arn)

    def _store_items(self, moto: MotoServer, each: list[Change]) -> None:
        items = [
            (
                change.table,
                key_text(change.key, self._keys[change.table]),
                _read(moto, change) if change.is_update else change.item,
            )
            for change in each
        ]
        with self._storage.transaction() as connection:
            set_items(connection, items)

    def _loaded(self) -> MotoServer:
        """A server of moto's with the tables of the disk.

        Raises:
            ServiceError: InternalServerError, for a table that this moto does not make any more.
        """
        moto = MotoServer(self._account, self._region)
        for table in self._storage.tables():
            self._keys[table.name] = table.keys
            try:
                for operation, body in self._storage.definitions(table.name):
                    moto.call(operation, body)
                moto.set_facts(table.name, table.facts)
                for item in self._storage.items(table.name):
                    moto.put(table.name, item)
            except Exception as error:
                message = f"The stored table {table.name} cannot be made again: {error}"
                raise ServiceError(dialect("dynamodb").internal, message) from error
        return moto


def _read(moto: MotoServer, change: Change) -> JSON | None:
    body = {"TableName": change.table, "Key": change.key, "ConsistentRead": True}
    answer: JSON = json.loads(moto.call("GetItem", body))
    item: JSON | None = answer.get("Item")
    return item
