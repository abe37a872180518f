"""Documents come in, are replaced, fail with a reason, and go."""

import hashlib
import io
import random
import re
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.documents import Bucket, KnowledgeBase, sync
from app.local.faults import Fail
from tests import http_calls
from tests.flows.home import Home


def found(home: Home, query: str) -> list[str]:
    passages = home.call("POST", "/search", {"query": query, "limit": 100})["passages"]
    return [passage["text"] for passage in passages]


def test_a_document_that_is_replaced_is_found_in_its_new_words_only(home: Home) -> None:
    home.put("harbour.md", "The harbour master is called Anselm.")
    home.put("harbour.md", "The harbour master is called Brunhilde.")
    texts = "\n".join(found(home, "Who is the harbour master?"))
    assert "Brunhilde" in texts
    assert "Anselm" not in texts


def test_a_text_in_an_encoding_that_its_upload_names_is_read(home: Home) -> None:
    """KOI8-U, which no reader tells from KOI8-R by its letters: they differ in four."""
    text = "Їжачок ґречно несе груші до хати."
    upload = home.call("POST", "/documents", {"name": "hedgehog.txt", "charset": "koi8-u"})
    assert upload["fields"]["Content-Type"] == "text/plain; charset=koi8-u"
    files = {"file": ("hedgehog.txt", text.encode("koi8-u"))}
    http_calls.post(
        upload["url"], data=upload["fields"], files=files, timeout=60
    ).raise_for_status()
    document = home.until("hedgehog.txt", lambda each: each["status"] == "INDEXED")
    if home.faults:  # AWS's Knowledge Bases name no encoding but UTF-8
        assert document["warnings"] == []
        assert text in found(home, "Їжачок несе груші")
    refusal = home.problem("POST", "/documents", {"name": "a.txt", "charset": "koi8; x=1"})
    assert refusal["errors"][0]["field"] == "charset"


def test_a_document_that_is_put_again_as_it_is_stays_indexed(home: Home) -> None:
    home.put("same.md", "Nothing changes here.")
    assert home.put("same.md", "Nothing changes here.")["status"] == "INDEXED"


def test_a_removed_document_is_gone_once_no_search_finds_it(home: Home) -> None:
    document = home.put("secret.md", "The password of the cellar is Burgunder.")
    removed = home.call("DELETE", f"/documents/{document['id']}")
    assert removed["status"] == "DELETING"
    home.gone("secret.md")
    assert not [text for text in found(home, "password of the cellar") if "Burgunder" in text]
    names = [item["name"] for item in home.call("GET", "/documents?limit=100")["items"]]
    assert "secret.md" not in names
    assert home.problem("DELETE", f"/documents/{document['id']}")["code"] == "not-found"


def test_documents_are_listed_by_name_in_pages(home: Home) -> None:
    for name in ("list/a.md", "list/b.md", "list/c.md"):
        home.put(name, f"This is {name}.")
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = home.call("GET", f"/documents?limit=2&cursor={cursor}")
        assert len(page["items"]) <= 2
        names += [item["name"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert names == sorted(names)
    assert [name for name in names if name.startswith("list/")] == [
        "list/a.md", "list/b.md", "list/c.md",
    ]  # fmt: skip


def found_in(home: Home, year: int) -> str:
    """The text of what a search for the rate finds, among the documents of one year."""
    body = {
        "query": "What is the mooring rate?",
        "limit": 100,
        "filter": {"equals": {"key": "year", "value": year}},
    }
    passages = home.call("POST", "/search", body)["passages"]
    return "\n".join(passage["text"] for passage in passages)


def test_a_document_is_indexed_only_when_its_new_text_is_there(home: Home) -> None:
    """However long the text before it takes, and though both have attributes."""
    home.upload("race.md", "The mooring rate is 5 euros. " + "Ropes and chains. " * 800, year=2031)
    home.upload("race.md", "The mooring rate is 6 euros.", year=2032)
    document = home.until("race.md", lambda _: True)
    assert document["status"] == "INDEXED"
    assert "6 euros" in found_in(home, 2032)
    assert found_in(home, 2031) == ""


def test_an_upload_without_attributes_takes_away_those_before_it(home: Home) -> None:
    home.put("taken.md", "The mooring rate is 7 euros.", year=2033)
    assert "7 euros" in found_in(home, 2033)
    home.put("taken.md", "The mooring rate is 8 euros.")
    assert found_in(home, 2033) == ""


def test_a_form_that_is_never_used_leaves_the_document_as_it_is(home: Home) -> None:
    home.put("kept.md", "The mooring rate is 9 euros.", year=2034)
    form = home.call("POST", "/documents", {"name": "kept.md", "metadata": {"year": 2035}})
    assert form["replaces"]
    home.put("after.md", "What comes after it is dealt with.")  # and so whatever came of the form
    assert home.document("kept.md")["status"] == "INDEXED"
    assert "9 euros" in found_in(home, 2034)
    assert found_in(home, 2035) == ""


def test_what_is_there_just_so_is_told_by_its_digest(home: Home) -> None:
    text = "Nothing new under the sun."
    digest = hashlib.sha256(text.encode()).hexdigest()
    new = {"name": "sun.md", "metadata": {"year": 1}, "sha256": digest}
    first = home.call("POST", "/documents", new)
    assert (first["replaces"], first["unchanged"]) == (False, False)
    assert http_calls.post(first["url"], data=first["fields"], files={"file": b"other"}).is_error
    http_calls.post(
        first["url"], data=first["fields"], files={"file": text.encode()}
    ).raise_for_status()
    home.until("sun.md", lambda _: True)
    again = home.call("POST", "/documents", new)
    assert (again["replaces"], again["unchanged"]) == (True, True)
    for other in ({"metadata": {"year": 2}}, {"metadata": None}, {"sha256": "0" * 64}):
        assert not home.call("POST", "/documents", {**new, **other})["unchanged"]


def bomb() -> bytes:
    """A Word file of a few kilobytes that would unfold to 200 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 200_000_000)
    return packed.getvalue()


BAD: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "corrupt.pdf": (b"%PDF-1.7 and then nothing", "damaged|corrupt|not a PDF"),
    "corrupt.docx": (b"PK\x03\x04 and then nothing", "damaged|corrupt|not a"),
    "bomb.docx": (bomb, "unpack|unfold|bomb|expand|decompress"),
    "bytes.txt": (bytes(range(128, 256)) * 40, "encod|UTF-8"),
    "blank.md": (b" \n\n ", "no text|empty|blank"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_fails_with_its_reason_and_the_others_are_indexed(
    home: Home, name: str
) -> None:
    content, reason = BAD[name]
    home.upload(f"bad/{name}", content if isinstance(content, bytes) else content())
    good = home.put(f"bad/{name}.good.md", f"A good neighbour of {name}.")
    document = home.until(f"bad/{name}", lambda _: True)
    assert good["status"] == "INDEXED"
    assert document["status"] == "FAILED"
    assert re.search(reason, document["reason"], re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("../escape.md", "relative path"),
        ("a//b.md", "relative path"),
        ("/etc/passwd.txt", "relative path"),
        ("letter.exe", "type has to be one of"),
        ("x.md.metadata.json", "reserved"),
        ("x" * 100 + ".md", "longer than"),
        ("a\nb.md", "control character"),
        ("", "empty"),
    ],
)
def test_a_name_that_cannot_be_is_refused_by_its_rule(home: Home, name: str, rule: str) -> None:
    problem = home.problem("POST", "/documents", {"name": name})
    assert problem["errors"][0]["field"] == "name"
    assert rule in problem["errors"][0]["rule"]


def test_the_bucket_takes_what_the_form_says_and_nothing_else(home: Home) -> None:
    form = home.call("POST", "/documents", {"name": "form.md"})
    tampered = [
        form["fields"] | {"key": "another.md"},
        form["fields"] | {"key": "form.md.metadata.json"},
        form["fields"] | {"Content-Type": "text/html"},
        form["fields"] | {"acl": "public-read"},
        form["fields"] | {"x-amz-meta-outcrop-attributes": "0" * 64},
    ]
    for fields in tampered:
        answer = http_calls.post(form["url"], data=fields, files={"file": ("x", b"x")})
        assert answer.status_code == 403
    empty = http_calls.post(form["url"], data=form["fields"], files={"file": ("x", b"")})
    assert empty.status_code == 400
    assert "EntityTooSmall" in empty.text


def test_metadata_that_cannot_be_is_refused(home: Home) -> None:
    reserved = {"name": "m.md", "metadata": {"x-amz-bedrock-kb-source-uri": "s3://other/x.md"}}
    assert "x-amz-bedrock" in home.problem("POST", "/documents", reserved)["detail"]
    large = {"name": "m.md", "metadata": {"k": "v" * 20_000}}
    assert "10240 are allowed" in home.problem("POST", "/documents", large)["detail"]


UNNAMEABLE = ["z" * 120 + ".md", "a\nline.md"]
"""Keys that S3 takes and Bedrock's direct ingestion does not."""


@pytest.mark.parametrize("key", UNNAMEABLE)
def test_a_key_that_cannot_be_ingested_is_listed_and_removed_and_harms_nobody(
    home: Home, key: str
) -> None:
    home.aws.s3.put_object(Bucket=home.settings.documents_bucket, Key=key, Body=b"Unread.")
    neighbour = home.put("neighbour.md", "The neighbour of a bad key is called Emil.")
    assert neighbour["status"] == "INDEXED"
    listed = {item["name"]: item for item in home.call("GET", "/documents?limit=100")["items"]}
    assert listed["neighbour.md"]["status"] == "INDEXED"
    assert listed[key]["status"] == "REFUSED"
    assert "direct ingestion" in listed[key]["reason"]
    assert home.call("GET", f"/documents/{listed[key]['id']}")["status"] == "REFUSED"
    assert home.call("DELETE", f"/documents/{listed[key]['id']}")["status"] == "DELETING"
    home.gone(key)
    names = [item["name"] for item in home.call("GET", "/documents?limit=100")["items"]]
    assert key not in names


ODD = [
    "a//b.md", "../x.md", "./y.md", "/z.md", "..", " lead.md", "trail.md ", "a b+c%20d.md",
    "%=e.md", "ü/日本.md", "q?x=1#f.md", "tab\t.md", "k" * 1020 + ".md", "no-ending", "x&<y>.md",
    "a\u2028b.md",
]  # fmt: skip
"""What S3 takes for a key, put there by other ways than our forms."""


def test_every_key_is_listed_and_can_be_removed(home: Home) -> None:
    s3, bucket = home.aws.s3, home.settings.documents_bucket
    keys = [f"odd/{key}" if key[0] not in "./k" else key for key in ODD]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    listed = {item["name"]: item for item in home.call("GET", "/documents?limit=100")["items"]}
    assert set(keys) <= set(listed)
    for key in keys:
        path = f"/documents/{listed[key]['id']}"
        assert home.call("GET", path)["name"] == key
        assert home.call("DELETE", path)["status"] == "DELETING"
    for key in keys:
        home.gone(key)
    left = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    assert not set(keys) & {item["Key"] for item in left}


def test_an_upload_while_a_sync_job_runs_waits_for_the_job_and_not_for_the_queue(
    home: Home,
) -> None:
    busy = "There is an ongoing ingestion job on the data source."
    home.order(
        Fail(
            service="bedrock-agent",
            operation="IngestKnowledgeBaseDocuments",
            code="ValidationException",
            message=busy,
        )
    )
    assert home.put("patient.md", "The patient one is called Job.")["status"] == "INDEXED"


def test_a_storm_of_uploads_and_deletions_ends_as_the_bucket_does(home: Home) -> None:
    """While every event is dealt with several times, at once and in any order."""
    settings, chance = home.settings, random.Random(20261128)
    bucket = Bucket(home.aws.s3, settings.documents_bucket)
    base = KnowledgeBase.of(home.aws, settings)
    names = [f"storm/{letter}.md" for letter in "abc"]
    stop = threading.Event()

    def again_and_again() -> None:
        while not stop.is_set():
            sync(bucket, base, chance.sample(names, 2))

    last: dict[str, int | None] = {}
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(again_and_again) for _ in range(2)]
        for number in range(24):
            name = chance.choice(names)
            last[name] = None if chance.random() < 0.3 else 3000 + number
            if last[name]:
                home.upload(name, f"The storm number is {number}.", year=last[name])
            else:
                home.aws.s3.delete_object(Bucket=settings.documents_bucket, Key=name)
        stop.set()
        for run in runs:
            run.result()
    for name, year in last.items():
        if year is None:
            home.gone(name)
        else:
            assert home.until(name, lambda _: True)["status"] == "INDEXED"
    for name, year in last.items():
        body = {"query": "storm number", "limit": 100, "filter": _by_name(home, name)}
        texts = [passage["text"] for passage in home.call("POST", "/search", body)["passages"]]
        years = [p["metadata"]["year"] for p in home.call("POST", "/search", body)["passages"]]
        assert texts == ([] if year is None else [f"The storm number is {year - 3000}."])
        assert years == ([] if year is None else [year])


def _by_name(home: Home, name: str) -> dict[str, object]:
    uri = f"s3://{home.settings.documents_bucket}/{name}"
    return {"equals": {"key": "x-amz-bedrock-kb-source-uri", "value": uri}}
