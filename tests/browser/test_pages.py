"""What a page in a real browser can do to the servers on a laptop: what it was given to do."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from app.aws import clients
from app.web import application
from tests.browser.chromium import Site, chromium, shown
from tests.local.home import Home
from tests.web.backend import Backend, behind, settings
from tests.wire_server import in_thread

SECRET = "How hard is the quartz of Ambrosius?"
ROLE = "arn:aws:iam::000000000000:role/r"
FUNCTION = {"FunctionName": "owned", "Runtime": "python3.14", "Handler": "a.b", "Role": ROLE}
ATTACK = """
const scope = (service) => `X-Amz-Credential=a/b/c/${service}/aws4_request&X-Amz-Signature=0f`;
const code = JSON.stringify(values.function), invoke = "functions/owned/invocations";
for (const type of ["text/plain", "application/x-www-form-urlencoded", ""]) {
  await attempt(`create ${type}`, () =>
    unasked(`${values.standIn}/2015-03-31/functions?${scope("lambda")}`, code, type));
  await attempt(`invoke ${type}`, () =>
    unasked(`${values.standIn}/2015-03-31/${invoke}?${scope("lambda")}`, "{}", type));
  await attempt(`delete ${type}`, () =>
    unasked(`${values.standIn}/documents?delete&${scope("s3")}`, values.xml, type));
  await attempt(`chat ${type}`, () =>
    unasked(`${values.application}/chat`, '{"message": "x"}', type));
}
await attempt("form", () => {
  const [start, end] = code.slice(0, -1).concat(', "Description": "=').split("=");
  return submit(`${values.standIn}/2015-03-31/functions?${scope("lambda")}`, "text/plain",
    {[start]: `${end ?? ""}"}`});
});
await attempt("delete form", () => submit(`${values.standIn}/documents?delete&${scope("s3")}`,
  "multipart/form-data", {a: "b"}));
await attempt("made-up form", () =>
  submit(`${values.standIn}/documents`, "multipart/form-data", values.form, "forged"));
for (const [name, url] of Object.entries(values.reads)) {
  await attempt(`read ${name}`, () => fetch(url).then((answer) => answer.text()));
  await attempt(`signed ${name}`, () =>
    fetch(url, {headers: {authorization: values.signed}}).then((answer) => answer.text()));
  await attempt(`remove ${name}`, () => fetch(url, {method: "DELETE"}).then(() => "sent"));
}
"""


@dataclass
class Laptop:
    """Both servers, with a document and a conversation in them."""

    home: Home
    application: str

    @property
    def stand_in(self) -> str:
        return self.home.server.url

    def reads(self) -> dict[str, str]:
        """Addresses of what a page is not to read."""
        return {
            "conversations": f"{self.application}/conversations",
            "models": f"{self.application}/models",
            "openapi": f"{self.application}/openapi.json",
            "document": f"{self.stand_in}/documents/secret.txt",
            "health": f"{self.stand_in}/_outcrop/health",
        }

    def contents(self, key: str) -> bytes | None:
        try:
            return self.home.s3.get_object(Bucket="documents", Key=key)["Body"].read()
        except self.home.s3.exceptions.NoSuchKey:
            return None


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    chromium()
    with behind(Backend(), tmp_path_factory.mktemp("home")) as home:
        home.s3.create_bucket(Bucket="documents")
        home.s3.put_object(Bucket="documents", Key="secret.txt", Body=SECRET.encode())
        chosen = settings()
        with in_thread(application(clients(chosen.deadline_seconds), chosen)) as (url, _):
            httpx2.post(f"{url}/chat", json={"message": SECRET}).raise_for_status()
            yield Laptop(home, url)


def made_up_form(laptop: Laptop) -> dict[str, str]:
    """As the stand-in would give it, signed with a key that a page can only guess."""
    form: Any = laptop.home.server.client("s3", signature_version="s3v4").generate_presigned_post(
        "documents", "forged.txt"
    )
    signature = "x-amz-signature"
    return {**form["fields"], signature: "0" * len(form["fields"][signature])}


def test_a_page_on_another_port_does_nothing_and_reads_nothing(laptop: Laptop) -> None:
    before = _conversations(laptop)
    values = {
        "standIn": laptop.stand_in,
        "application": laptop.application,
        "function": {**FUNCTION, "Code": {"ZipFile": _code()}},
        "xml": "<Delete><Object><Key>secret.txt</Key></Object></Delete>",
        "form": made_up_form(laptop),
        "reads": laptop.reads(),
        "signed": "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request",
    }
    with Site() as site:
        tried = site.visited(ATTACK, values)
    sent = {name: said for name, said in tried.items() if name.split()[0] in ("create", "chat")}
    assert set(sent.values()) == {"opaque"}, "it was sent, and answered"
    assert {tried["form"], tried["delete form"], tried["made-up form"]} == {"answered"}
    for name, said in tried.items():
        if name.split()[0] in ("read", "signed", "remove"):
            assert said.startswith("refused: "), name
    assert laptop.home.lambda_.list_functions()["Functions"] == []
    assert laptop.contents("secret.txt") == SECRET.encode()
    assert laptop.contents("forged.txt") is None
    assert _conversations(laptop) == before


def _code() -> str:
    """A function's code, as CreateFunction takes it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("a.py", "def b(event, context): return 1")
    return base64.b64encode(archive.getvalue()).decode()


def _conversations(laptop: Laptop) -> list[str]:
    listed = httpx2.get(f"{laptop.application}/conversations").raise_for_status().json()
    return [one["id"] for one in listed["items"]]


def test_a_name_that_leads_here_reads_nothing(laptop: Laptop) -> None:
    """DNS rebinding: to the browser, the servers' own pages come from that name."""
    rebound = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    for url in (laptop.reads()["conversations"], f"{laptop.stand_in}/_outcrop/health"):
        port = urlsplit(url).port
        address = f"http://evil.example:{port}{urlsplit(url).path}"
        here = shown(url)
        there = shown(address, rebound)
        assert "Ambrosius" in here or "version" in here, "a person may open it"
        assert "Ambrosius" not in there
        assert '"version"' not in there
        assert "evil.example" in there, "the refusal names the host"


FORM = """
const body = new FormData();
for (const [name, value] of Object.entries(values.form.fields)) body.append(name, value);
body.append("file", new Blob(["from the page"]));
await attempt("fetch", async () => {
  const answer = await fetch(values.form.url, {method: "POST", body});
  return `${answer.status}`;
});
await attempt("read", () => fetch(values.get).then((answer) => answer.text()));
await attempt("form", () =>
  submit(values.second.url, "multipart/form-data", values.second.fields, "from the form"));
"""


@pytest.mark.parametrize("allowed", [True, False])
def test_a_page_may_use_what_was_presigned_for_it(laptop: Laptop, allowed: bool) -> None:
    s3 = laptop.home.server.client("s3", signature_version="s3v4")
    first, second = f"first-{allowed}.txt", f"second-{allowed}.txt"
    get = {"Bucket": "documents", "Key": first}
    values = {
        "form": s3.generate_presigned_post("documents", first),
        "second": s3.generate_presigned_post("documents", second),
        "get": s3.generate_presigned_url("get_object", Params=get),
    }
    with Site() as site:
        if allowed:
            rule = {"AllowedOrigins": [site.url], "AllowedMethods": ["POST", "GET"]}
            s3.put_bucket_cors(Bucket="documents", CORSConfiguration={"CORSRules": [rule]})
        else:
            s3.delete_bucket_cors(Bucket="documents")
        tried = site.visited(FORM, values)
    assert laptop.contents(first) == b"from the page"
    assert laptop.contents(second) == b"from the form"
    if allowed:
        assert (tried["fetch"], tried["read"]) == ("204", "from the page")
    else:
        assert tried["fetch"].startswith("refused: "), "the page may not see the answer"
        assert tried["read"].startswith("refused: ")


@pytest.mark.usefixtures("laptop")
def test_the_page_that_was_chosen_may_ask() -> None:
    script = """
    const answer = await fetch(`${values.url}/conversations`);
    tried.read = await answer.text();
    const asked = {method: "POST", body: '{"message": "x"}',
      headers: {"content-type": "application/json"}};
    tried.chat = (await fetch(`${values.url}/chat`, asked)).status;
    """
    with Site() as site:
        chosen = settings(origin=site.url)
        with in_thread(application(clients(chosen.deadline_seconds), chosen)) as (url, _):
            tried = site.visited(script, {"url": url})
    assert any("Ambrosius" in one["title"] for one in json.loads(tried["read"])["items"])
    assert tried["chat"] == 200
