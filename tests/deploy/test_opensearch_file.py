"""What the stand-in is told of the OpenSearch that has a home's chunks."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.deploy.laptop.opensearch import opensearch_file
from app.errors import OperatorError
from app.local.engine.store.opensearch.endpoint import Endpoint, Signing
from app.settings import LaptopSettings


def settings(home: Path, url: str | None, **others: object) -> LaptopSettings:
    values = {"home": home, "opensearch_url": SecretStr(url) if url else None, **others}
    return LaptopSettings(home=home).model_copy(update=values)


def test_the_file_is_for_this_user_and_says_how_to_speak_to_it(tmp_path: Path) -> None:
    url = "https://anna:secret@127.0.0.1:9200"
    ca = tmp_path / "authority.pem"
    file = opensearch_file(settings(tmp_path, url, opensearch_ca=ca), {})
    assert file
    assert file.stat().st_mode & 0o077 == 0
    endpoint = Endpoint.read(file)
    assert endpoint == Endpoint(url, engine="lucene", ca=str(ca))
    assert endpoint.place == "https://127.0.0.1:9200"


def test_without_a_url_there_is_no_file(tmp_path: Path) -> None:
    opensearch_file(settings(tmp_path, "http://localhost:9200"), {})
    assert opensearch_file(settings(tmp_path, None), {}) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "keys", "profile"),
    [
        (
            {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T"},
            ["A", "S", "T"],
            None,
        ),
        ({"AWS_ACCESS_KEY_ID": "A", "AWS_PROFILE": "team"}, [], "team"),
    ],
)
def test_signing_takes_the_credentials_of_the_shell(
    tmp_path: Path, environment: dict[str, str], keys: list[str], profile: str | None
) -> None:
    wish = settings(
        tmp_path,
        "https://abc.eu-west-1.aoss.amazonaws.com",
        opensearch_service="aoss",
        opensearch_engine="default",
        opensearch_remote=True,
    )
    file = opensearch_file(wish, {**environment, "AWS_CONFIG_FILE": "/c", "AWS_REGION": "r"})
    assert file
    endpoint = Endpoint.read(file)
    assert endpoint.engine is None
    assert endpoint.has_own_ids
    assert endpoint.signing
    assert endpoint.signing == Signing(
        *("aoss", "r", keys, profile, "/c", endpoint.signing.credentials_file)
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("127.0.0.1:9200", "has to be http or https"),
        ("ftp://127.0.0.1", "has to be http or https"),
        ("http://", "has to be http or https"),
        ("http://127.0.0.1:9200/?pretty", "has to be http or https"),
        ("http://127.0.0.1:port", "is no URL"),
        ("https://search.example.com", "another machine"),
        ("http://192.168.1.7:9200", "another machine"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(tmp_path: Path, url: str, sentence: str) -> None:
    with pytest.raises(OperatorError, match=sentence):
        opensearch_file(settings(tmp_path, url), {})
