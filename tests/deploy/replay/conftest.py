"""Templates of a few lines, replayed in a stand-in in this process."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.aws import Clients, Deployer, clients, deployer
from app.deploy.endpoint import endpoint_variables, misleading_names
from app.deploy.replay import (
    ReplayResult,
    Step,
    read,
    replay,
)
from app.local.stand_in import Options, StandIn
from app.local.wire import Application
from app.settings import adopt
from tests.wire_server import in_thread

SECONDS = 60  # the first call of DynamoDB imports moto, which takes long on a busy machine
API: Any = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Handler": "index.handler",
        "Runtime": "python3.14",
        "Role": "arn:aws:iam::000000000000:role/api",
        "Code": {"ZipFile": "def handler(event, _): return event"},
        "Environment": {"Variables": {"OUTCROP_AUTH": "api-gateway"}},
    },
}
"""A function, so that the template says how its application is started."""


@dataclass(frozen=True)
class Laptop:
    """The services, and a folder for each stack."""

    aws: Clients
    deployer: Deployer
    folder: Path

    def replay(self, stack: str, resources: Any, **sections: Any) -> ReplayResult:
        """A template of these resources, replayed."""
        template = {
            "Resources": {"Api": API, **resources},
            "Outputs": {"ApiFunction": {"Value": {"Ref": "Api"}}},
            **sections,
        }
        path = self.folder / f"{stack}.template.json"
        path.write_text(json.dumps(template))
        return replay(read(path), self.aws, self.deployer, self.folder, {}, lambda _: None)

    def record(self, stack: str) -> Path:
        """Where what is known of a stack lies."""
        return self.folder / "stacks" / f"{stack}.json"


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    folder = tmp_path_factory.mktemp("laptop")
    with ExitStack() as stack:
        stand_in = stack.enter_context(StandIn(Options(folder)))
        wire = Application(stand_in.services, folder / "spool", None)
        url, _ = stack.enter_context(in_thread(wire))
        stand_in.start(url)
        with patch.dict(os.environ):
            adopt(endpoint_variables(url), dropped=misleading_names(os.environ))
            replaying_laptop = Laptop(clients(SECONDS), deployer(SECONDS), folder)
        yield replaying_laptop


def steps(replayed: ReplayResult) -> dict[str, Step]:
    return {step.id: step for step in replayed.steps}
