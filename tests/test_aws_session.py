"""Sessions of boto3: what botocore knows of a service is read once for a process."""

import json
from pathlib import Path

import pytest

from app.aws import operator
from app.aws.session import new_session

MODEL = {
    "metadata": {
        "apiVersion": "2026-01-01",
        "endpointPrefix": "quarry",
        "protocol": "rest-json",
        "serviceId": "Quarry",
        "signatureVersion": "v4",
    },
    "operations": {},
    "shapes": {},
}


def test_clients_of_two_sessions_share_what_is_known_of_a_service() -> None:
    first, second = (new_session().client("s3", region_name="us-east-1") for _ in range(2))
    assert first.meta.service_model.metadata is second.meta.service_model.metadata


def test_sessions_share_neither_region_nor_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for region in ("eu-west-1", "us-west-2"):
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"key-of-{region}")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        session = new_session()
        credentials = session.get_credentials()
        assert credentials is not None
        assert (session.region_name, credentials.access_key) == (region, f"key-of-{region}")


def test_services_of_a_folder_of_ones_own_are_known_there_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_DATA_PATH names folders with further descriptions."""
    folder = tmp_path / "quarry" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(MODEL))
    assert "quarry" not in new_session().get_available_services()
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert "quarry" in new_session().get_available_services()
    monkeypatch.delenv("AWS_DATA_PATH")
    assert "quarry" not in new_session().get_available_services()


def test_the_folders_that_are_read_do_not_grow_with_the_sessions() -> None:
    paths = [list(new_session()._session.get_component("data_loader").search_paths)
             for _ in range(3)]  # fmt: skip
    assert paths[0] == paths[1] == paths[2]


def test_an_operators_checks_share_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    aws = operator(1)
    assert aws.client("rds") is aws.client("rds")
