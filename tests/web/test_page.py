"""The page as the application serves it; tests/browser looks at it in a browser."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.page_policy import FOR_GOOD
from app.web.page import BUILT, MISSING, page_callees, serve_page
from tests.web.backend import settings, without_clients

ROOT = Path(__file__).parents[2]
BUCKET_URL = "http://127.0.0.1:4000"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-0f.js").write_text("0")
    return tmp_path


def served(built: Path) -> TestClient:
    app = FastAPI()
    serve_page(app, lambda: [BUCKET_URL], built)
    return TestClient(app)


def test_the_page_may_run_its_own_script_and_call_the_application_and_the_bucket(
    built: Path,
) -> None:
    page = served(built).get("/")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
    rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": f"'self' {BUCKET_URL}",
        "img-src": "'self'",
        "frame-src": BUCKET_URL,
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_page_is_told_what_its_home_has(built: Path) -> None:
    told = served(built).get("/config.json")
    assert told.json() == {"application": "", "signIn": None, "inside": True}
    assert told.headers["cache-control"] == "no-cache"


def test_files_whose_names_change_are_kept_for_good(built: Path) -> None:
    http = served(built)
    asset = http.get("/assets/index-0f.js")
    assert (asset.status_code, asset.headers["cache-control"]) == (200, FOR_GOOD)
    assert http.get("/assets/../index.html").status_code == 404
    assert http.get("/assets/%2e%2e/index.html").status_code == 404
    assert http.get("/icon.svg").status_code == 200


def test_a_page_that_is_not_built_is_said(tmp_path: Path) -> None:
    page = served(tmp_path / "nothing").get("/")
    assert (page.status_code, page.text) == (503, MISSING)
    assert "make page" in page.text


def test_a_stack_does_not_serve_it() -> None:
    context = json.dumps({"authorizer": {"claims": {"sub": "ada"}}})
    with without_clients(auth="api-gateway") as http:
        assert http.get("/", headers={"x-amzn-request-context": context}).status_code == 404


def test_another_server_or_a_page_elsewhere_does_not_get_it() -> None:
    with without_clients() as http:
        assert http.get("/", headers={"host": "evil.example"}).status_code == 403


def test_the_page_loads_nothing_from_elsewhere() -> None:
    if not BUILT.is_dir():
        pytest.skip("the page is not built: make page")
    page = (BUILT / "index.html").read_text()
    assert "://" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count(' src="./assets/')


def test_the_lockfile_names_no_registry() -> None:
    lock = json.loads((ROOT / "app" / "page" / "package-lock.json").read_text())
    packages = [one for name, one in lock["packages"].items() if name]
    assert packages
    assert not [one for one in packages if "resolved" in one]
    assert all("integrity" in one for one in packages)


SIGN_IN = {
    "auth": "api-gateway",
    "sign_in_authority": "https://people.example",
    "sign_in_issuer": "https://issuer.example/pool",
    "sign_in_client": "4abc",
}


def test_a_stacks_function_serves_it_to_who_has_not_signed_in_and_nothing_else() -> None:
    with without_clients(**SIGN_IN) as http:
        assert http.get("/config.json").json() == {
            "application": ".",
            "signIn": {
                "authority": "https://people.example",
                "issuer": "https://issuer.example/pool",
                "clientId": "4abc",
                "scopes": ["openid", "email"],
            },
            "inside": False,
        }
        for path in ("/models", "/conversations", "/assets", "/assets/../models"):
            assert http.get(path).status_code in (401, 404), path
        assert http.get("/models").status_code == 401


def test_its_script_may_call_the_bucket_and_the_page_to_sign_in_on() -> None:
    chosen = settings(**SIGN_IN)
    assert page_callees(chosen, "https://s3.eu-west-1.amazonaws.com") == [
        "https://documents.s3.eu-west-1.amazonaws.com",
        "https://people.example",
    ]


@pytest.mark.parametrize("missing", ["sign_in_authority", "sign_in_issuer", "sign_in_client"])
def test_half_of_what_it_takes_to_sign_in_is_refused_by_name(missing: str) -> None:
    with pytest.raises(ValueError, match=f"without OUTCROP_{missing.upper()}"):
        settings(**{name: value for name, value in SIGN_IN.items() if name != missing})
