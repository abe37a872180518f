"""What leads an AWS client to the stand-in, and a shell back again."""

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider, EndpointResolutionError
from botocore.loaders import Loader
from typer.testing import CliRunner

from app.aws import clients, deployer, operator, table
from app.aws.session import new_session
from app.cli import cli
from app.cli.client import Client
from app.deploy import laptop
from app.deploy.endpoint import (
    REPLACED,
    StandIn,
    endpoint_variables,
    former_values,
    leads_to_stand_in,
    misleading_names,
    restoring_changes,
)
from app.errors import OperatorError
from app.settings import LaptopSettings
from tests.http_server import Handler, HttpServer

URL = "http://127.0.0.1:4566"
ELSEWHERE: dict[str, dict[str, str]] = {
    "one service": {
        "AWS_ENDPOINT_URL_S3": "https://s3.example",
        "AWS_ENDPOINT_URL_SQS": "http://q",
    },
    "ignored": {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    "FIPS": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "dualstack": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "a proxy": {"HTTP_PROXY": "http://10.255.255.1:3128", "http_proxy": "http://10.255.255.1:3128"},
    "any proxy": {"ALL_PROXY": "http://10.255.255.1:3128", "NO_PROXY": "intranet.example"},
    "a profile": {"AWS_PROFILE": "prod", "AWS_DEFAULT_PROFILE": "prod"},
    "a token": {"AWS_BEARER_TOKEN_BEDROCK": "token", "AWS_SESSION_TOKEN": "token"},
}
CONFIGURED = """\
[default]
ignore_configured_endpoint_urls = true
use_fips_endpoint = true
region = eu-central-1
services = elsewhere
[profile prod]
endpoint_url = https://prod.example
[services elsewhere]
s3 =
  endpoint_url = https://s3.example
"""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A shell of somebody who works with AWS, and whose configuration leads elsewhere."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "OUTCROP_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    (tmp_path / "config").write_text(CONFIGURED)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    return monkeypatch


def client_of(service: Any) -> Any:
    """A client of boto3's, by its own chain, of a session that reads no service's JSON again."""
    return new_session().client(service, config=Config(retries={"total_max_attempts": 1}))


def calls(service: Any) -> str:
    """Where a client of boto3's would send a request, by way of which proxy."""
    client = client_of(service)
    proxies = client._endpoint.http_session._proxy_config.proxy_url_for(client.meta.endpoint_url)
    url: str = request_of(client, service).url
    return f"{url} by way of {proxies}" if proxies else url


def request_of(client: Any, service: str) -> Any:
    """What the client would send: botocore's AWSPreparedRequest. The client is closed."""
    sent: list[Any] = []

    def stop(request: Any, **_: Any) -> None:
        sent.append(request)
        raise KeyboardInterrupt

    client.meta.events.register("before-send", stop)
    operation = {
        "s3": "list_buckets",
        "sqs": "list_queues",
        "bedrock-runtime": "list_async_invokes",
    }
    with pytest.raises(KeyboardInterrupt):
        getattr(client, operation[service])()
    client.close()
    return sent[0]


def apply(patch: pytest.MonkeyPatch, changes: Mapping[str, str | None]) -> None:
    for name, value in changes.items():
        if value is None:
            patch.delenv(name, raising=False)
        else:
            patch.setenv(name, value)


@pytest.mark.parametrize("leading", ELSEWHERE.values(), ids=list(ELSEWHERE))
def test_variables_that_led_to_another_endpoint_are_replaced(
    environment: pytest.MonkeyPatch, leading: dict[str, str]
) -> None:
    apply(environment, leading)
    apply(environment, dict.fromkeys(misleading_names(os.environ)))
    apply(environment, endpoint_variables(StandIn(URL, "STANDIN1", "secret"), os.environ))
    for service in ("s3", "sqs", "bedrock-runtime"):
        called = calls(service)
        assert called.startswith(f"{URL}/")
        assert "by way of" not in called
    assert os.environ["AWS_BEDROCK_RUNTIME_ENDPOINT"] == URL
    assert os.environ["ANTHROPIC_BEDROCK_BASE_URL"] == URL
    assert not leading.get("NO_PROXY") or "intranet.example" in os.environ["no_proxy"]
    clients(1)
    deployer(1)
    assert leads_to_stand_in(os.environ) == f"AWS_ENDPOINT_URL={URL}"


@pytest.mark.parametrize("name", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
@pytest.mark.parametrize("service", ["s3", "sqs", "bedrock-runtime"])
def test_no_sdk_refuses_the_stand_in_for_the_kind_of_endpoint_that_was_asked_for(
    environment: pytest.MonkeyPatch, service: str, name: str
) -> None:
    """boto3 lets an endpoint outrank these two; an SDK that follows AWS's rules refuses both."""
    loader = Loader()
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, loader.load_data("partitions"))

    def resolve() -> str:
        url: str = provider.resolve_endpoint(
            Region="us-east-1",
            Endpoint=URL,
            UseFIPS=os.environ.get("AWS_USE_FIPS_ENDPOINT") == "true",
            UseDualStack=os.environ.get("AWS_USE_DUALSTACK_ENDPOINT") == "true",
        ).url
        return url

    environment.setenv(name, "true")
    with pytest.raises(EndpointResolutionError):
        resolve()
    apply(environment, endpoint_variables(StandIn(URL, "STANDIN1", "secret"), os.environ))
    assert resolve() == URL


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
    ],
)
def test_a_request_is_signed_by_the_stand_in_s_key_and_by_nothing_that_was_there_before(
    environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.setenv(name, "prod")
    apply(environment, dict.fromkeys(misleading_names(os.environ)))
    apply(environment, endpoint_variables(StandIn(URL, "STANDIN1", "secret"), os.environ))
    for service in ("s3", "bedrock-runtime"):
        client = client_of(service)
        headers = request_of(client, service).headers
        assert b"Credential=STANDIN1/" in headers["Authorization"]
        assert "X-Amz-Security-Token" not in headers


@pytest.mark.parametrize(
    ("leading", "named"),
    [
        ({"AWS_ENDPOINT_URL_S3": "https://s3.example"}, "AWS_ENDPOINT_URL_S3 is set"),
        ({"AWS_ENDPOINT_URL_BEDROCK_AGENT": "https://x"}, "AWS_ENDPOINT_URL_BEDROCK_AGENT is set"),
        ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
        ({"HTTP_PROXY": "http://10.255.255.1:3128"}, "NO_PROXY"),
        ({"AWS_CONFIG_FILE": "ignoring"}, "ignore_configured_endpoint_urls"),
    ],
    ids=str,
)
def test_a_client_that_is_led_elsewhere_is_not_given_out(
    environment: pytest.MonkeyPatch, tmp_path: Path, leading: dict[str, str], named: str
) -> None:
    apply(environment, {"AWS_ENDPOINT_URL": URL, "AWS_DEFAULT_REGION": "us-east-1"})
    config = tmp_path / "config"
    ignoring = leading.pop("AWS_CONFIG_FILE", None)
    config.write_text("[default]\nignore_configured_endpoint_urls = true\n" if ignoring else "")
    apply(environment, leading)
    with pytest.raises(OperatorError, match=named):
        clients(1)


@pytest.mark.parametrize(
    ("service", "make"),
    [
        ("sqs", lambda: deployer(1)),
        ("lambda", lambda: deployer(1)),
        ("dynamodb", lambda: table("orders", 1)),
        ("sts", lambda: operator(1).sts),
        ("cloudformation", lambda: operator(1).cloudformation),
        ("bedrock", lambda: operator(1).bedrock),
        ("s3", lambda: operator(1).s3),
    ],
)
def test_every_kind_of_client_is_looked_at(
    environment: pytest.MonkeyPatch, service: str, make: Callable[[], Any]
) -> None:
    apply(environment, {"AWS_ENDPOINT_URL": URL, "AWS_DEFAULT_REGION": "us-east-1"})
    apply(environment, {"AWS_CONFIG_FILE": os.devnull})
    make()
    environment.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", "https://elsewhere.example")
    with pytest.raises(OperatorError, match=f"AWS_ENDPOINT_URL_{service.upper()} is set"):
        make()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaptopSettings]:
    """A home that an older version left open to everyone, being served behind a proxy that is
    none.
    """
    home = tmp_path_factory.mktemp("old") / "home"
    (home / "s3" / "documents").mkdir(parents=True)
    home.chmod(0o755)
    (home / "s3" / "documents" / "old.txt").write_text("old")
    settings = LaptopSettings(home=home)
    with pytest.MonkeyPatch.context() as patch:
        for variables in ELSEWHERE.values():
            apply(patch, variables)
        with laptop.serving(settings):
            yield settings


def test_a_home_is_served_although_everything_leads_elsewhere(serving: LaptopSettings) -> None:
    addresses = laptop.running(serving)
    assert addresses
    assert addresses.access_key_id.startswith("STANDIN")
    assert len(addresses.secret_access_key) == 40


def test_a_page_may_post_the_form_that_the_application_gave_it(serving: LaptopSettings) -> None:
    """The application signs with the key that the stand-in made, and a page's form is verified."""
    addresses = laptop.running(serving)
    assert addresses
    page = {"origin": "https://docs.example.com", "sec-fetch-site": "cross-site"}
    files = {"file": b"By a page."}
    with httpx2.Client(trust_env=False, timeout=30) as http:
        form = http.post(f"{addresses.application}/documents", json={"name": "page.txt"}).json()
        forged = {**form["fields"], "x-amz-signature": "0" * 64}
        refused = http.post(form["url"], data=forged, files=files, headers=page)
        response = http.post(form["url"], data=form["fields"], files=files, headers=page)
    assert (refused.status_code, response.status_code) == (403, 204)


def test_a_home_is_for_its_user_alone(serving: LaptopSettings) -> None:
    modes = {
        path: stat.S_IMODE(path.stat().st_mode)
        for path in [serving.home, *serving.home.rglob("*")]
        if not path.is_symlink()
    }
    assert {path.name for path in modes} >= {"running.json", "stand-in.log", "lock", "old.txt"}
    open_to_others = {str(path): oct(mode) for path, mode in modes.items() if mode & 0o077}
    assert not open_to_others
    assert modes[serving.home] == 0o700


def test_a_shell_is_pointed_there_and_given_back(serving: LaptopSettings) -> None:
    """By the shell itself: what it evaluates is what is tested."""
    before = {
        "PATH": os.environ["PATH"],
        "OUTCROP_HOME": str(serving.home),
        "AWS_ACCESS_KEY_ID": "AKIAMINE",
        "AWS_SECRET_ACCESS_KEY": "it's $mine",
        "AWS_PROFILE": "prod",
        "AWS_ENDPOINT_URL_S3": "https://s3.example",
        "NO_PROXY": "intranet.example",
    }
    outcrop = shlex.quote(str(Path(sys.executable).with_name("outcrop")))
    script = f"""
        eval "$({outcrop} env)"; env -0; printf '==\\0'
        eval "$({outcrop} env)"; eval "$({outcrop} env --unset)"; env -0; printf '==\\0'
        eval "$({outcrop} env --unset)"; env -0
    """
    ran = subprocess.run(["sh", "-c", script], env=before, capture_output=True, check=True)
    pointed, back, again = (
        dict(line.split("=", 1) for line in part.split("\0") if "=" in line and line != "==")
        for part in ran.stdout.decode().split("==\0")
    )
    addresses = laptop.running(serving)
    assert addresses
    assert pointed["AWS_ENDPOINT_URL"] == addresses.stand_in
    assert pointed["AWS_ACCESS_KEY_ID"] == addresses.access_key_id
    assert pointed["NO_PROXY"] == "intranet.example,127.0.0.1,localhost,::1"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3"} & pointed.keys()
    own = {"PWD", "OLDPWD", "SHLVL", "_"}
    for given_back in (back, again):
        assert {name: value for name, value in given_back.items() if name not in own} == before


@pytest.mark.usefixtures("environment")
def test_a_shell_that_was_not_pointed_at_a_stand_in_keeps_what_it_has() -> None:
    assert CliRunner().invoke(cli, ["env", "--unset"]).stdout == ""
    by_hand = {"AWS_ENDPOINT_URL": URL, "AWS_ACCESS_KEY_ID": "x", "NO_PROXY": "a"}
    assert restoring_changes(by_hand) == {"AWS_ENDPOINT_URL": None, "AWS_ACCESS_KEY_ID": None}
    once = {REPLACED: former_values({"AWS_REGION": "us-east-1"}, {"AWS_REGION": "eu-west-1"})}
    region = {"AWS_REGION": "us-east-1"}
    twice = {REPLACED: former_values(region, {**once, **region})}
    assert restoring_changes(twice)["AWS_REGION"] == "eu-west-1"


@pytest.mark.parametrize(
    "words", [["doctor", "--aws"], ["deploy", "--yes"], ["outputs"], ["docs", "ls", "--stack", "S"]]
)
def test_commands_for_aws_say_that_the_shell_points_at_a_stand_in(
    environment: pytest.MonkeyPatch, words: list[str]
) -> None:
    apply(environment, endpoint_variables(StandIn(URL, "STANDIN1", "secret")))
    environment.setattr("app.deploy.stack.cdk.executable_path", lambda: None)
    ran = CliRunner().invoke(cli, words)
    output = " ".join((ran.output + str(ran.exception or "")).split())
    assert ran.exit_code != 0
    assert f"AWS_ENDPOINT_URL={URL}" in output
    assert "stand-in" in output
    assert "outcrop env --unset" in output


def test_the_command_line_goes_to_no_proxy_for_this_machine(
    environment: pytest.MonkeyPatch,
) -> None:
    class Answering(Handler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    apply(environment, ELSEWHERE["a proxy"])
    with HttpServer(Answering) as server:
        assert Client(server.url).call("GET", "/") == {}
