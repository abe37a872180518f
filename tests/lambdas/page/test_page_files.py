"""The custom resource that puts the page's files into its bucket, against the stand-in's S3."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.page_policy import A_DAY, FOR_GOOD, NEVER_KEPT
from lambdas.cloudformation import NOTHING, Resource
from lambdas.page.files import UnknownFile, narrowed, page_files
from lambdas.page.handler import change
from tests.local.home import home

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUILD = {
    "index.html": '<!doctype html><html><head></head><script src="./assets/index-0f.js">',
    "icon.svg": "<svg/>",
    "assets/index-0f.js": "0",
    "assets/index-1e.css": "p {}",
}
PROPERTIES: dict[str, Any] = {
    "BuildBucket": "builds",
    "BuildKey": "one.zip",
    "Bucket": "page",
    "Callees": ["https://documents.s3.eu-west-1.amazonaws.com", "https://people.example"],
    "Application": "/v1",
    "Authority": "https://people.example",
    "Issuer": "https://issuer.example/pool",
    "ClientId": "4abc",
}


def zipped(build: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in build.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def s3(tmp_path: Path) -> Iterator["S3Client"]:
    with home(tmp_path) as running:
        for bucket in ("builds", "page"):
            running.s3.create_bucket(Bucket=bucket)
        running.s3.put_object(Bucket="builds", Key="one.zip", Body=zipped(BUILD))
        yield running.s3


def keys(s3: "S3Client") -> set[str]:
    return {one["Key"] for one in s3.list_objects_v2(Bucket="page").get("Contents", [])}


def test_each_file_has_its_type_and_the_time_that_a_browser_keeps_it(s3: "S3Client") -> None:
    resource = Resource(NOTHING)
    change("Create", PROPERTIES, s3, resource)
    assert resource.physical_id == "page"
    heads = {key: s3.head_object(Bucket="page", Key=key) for key in keys(s3)}
    assert {key: (one["ContentType"], one["CacheControl"]) for key, one in heads.items()} == {
        "index.html": ("text/html; charset=utf-8", NEVER_KEPT),
        "config.json": ("application/json", NEVER_KEPT),
        "icon.svg": ("image/svg+xml", A_DAY),
        "assets/index-0f.js": ("text/javascript; charset=utf-8", FOR_GOOD),
        "assets/index-1e.css": ("text/css; charset=utf-8", FOR_GOOD),
    }


def test_the_page_is_told_where_the_application_is_and_how_people_sign_in(s3: "S3Client") -> None:
    change("Create", PROPERTIES, s3, Resource(NOTHING))
    config = json.loads(s3.get_object(Bucket="page", Key="config.json")["Body"].read())
    assert config == {
        "application": "/v1",
        "signIn": {
            "authority": "https://people.example",
            "issuer": "https://issuer.example/pool",
            "clientId": "4abc",
            "scopes": ["openid", "email"],
        },
        "inside": False,
    }


def test_the_pages_script_may_call_these_origins_and_no_other(s3: "S3Client") -> None:
    change("Create", PROPERTIES, s3, Resource(NOTHING))
    index = s3.get_object(Bucket="page", Key="index.html")["Body"].read().decode()
    bucket, people = PROPERTIES["Callees"]
    policy = f"connect-src 'self' {bucket} {people}; frame-src {bucket}"
    assert f'<head><meta http-equiv="Content-Security-Policy" content="{policy}" />' in index
    assert index.index("<meta") < index.index("<script"), "a policy holds for what comes after it"


def test_what_an_origin_says_cannot_end_the_policy() -> None:
    said = narrowed("<head>", ['https://x" /><script>'])
    assert "<script>" not in said
    assert said.count('"') == 4


def test_a_later_build_leaves_the_files_of_the_earlier_one(s3: "S3Client") -> None:
    """Who has the page open may still load parts of it."""
    change("Create", PROPERTIES, s3, Resource(NOTHING))
    later = {**BUILD, "assets/index-2d.js": "1"}
    del later["assets/index-0f.js"]
    s3.put_object(Bucket="builds", Key="two.zip", Body=zipped(later))
    resource = Resource("page")
    change("Update", {**PROPERTIES, "BuildKey": "two.zip"}, s3, resource)
    assert resource.physical_id == "page", "another id would have CloudFormation delete the first"
    assert {"assets/index-0f.js", "assets/index-2d.js"} < keys(s3)


def test_index_comes_last() -> None:
    """Until then, who opens the page gets the whole earlier one."""
    files = list(page_files(zipped(BUILD), {"application": "", "signIn": None, "inside": True}, []))
    assert [one.key for one in files][-2:] == ["config.json", "index.html"]


def test_its_deletion_empties_the_bucket(s3: "S3Client") -> None:
    change("Create", PROPERTIES, s3, Resource(NOTHING))
    change("Delete", PROPERTIES, s3, Resource("page"))
    assert keys(s3) == set()


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ({**BUILD, "assets/model.bin": "0"}, "assets/model.bin is of no type"),
        ({**BUILD, "index.html": "<html>"}, "has no <head>"),
    ],
)
def test_a_build_that_would_not_work_is_refused_by_name(build: dict[str, str], said: str) -> None:
    with pytest.raises(UnknownFile, match=said):
        list(page_files(zipped(build), {"application": "", "signIn": None, "inside": True}, []))
