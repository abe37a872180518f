"""The documents' view as a person uses it: folders, what fails, thousands, deletion, a limited
question.
"""

import json
import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.page.browser import Scheme
from tests.page.conftest import Json, Lived, Open, Served

UNSETTLED = ".uploads li:is(.waiting, .uploading, .indexing)"


def _documents(page: Page) -> list[str]:
    return page.locator(".table .row:not(.head) .link").all_inner_texts()


def test_a_folder_is_added_and_its_documents_are_deleted_for_good(
    lived: Lived, visit: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "minerals"
    (folder / "hard").mkdir(parents=True)
    (folder / "hard" / "quartz.md").write_text("# Quartz\n\nQuartz has a hardness of 7.\n")
    (folder / "talc.md").write_text("# Talc\n\nTalc has a hardness of 1.\n")
    (folder / "empty.md").touch()
    (folder / ".hidden.md").write_text("Nobody means this.")
    visited = visit(lived.url, lived.bucket)
    page = visited.go("documents")
    page.get_by_text("Attributes", exact=True).click()
    page.get_by_role("button", name="Add an attribute").click()
    page.get_by_label("Name", exact=True).fill("year")
    page.get_by_label("Kind").select_option("number")
    page.get_by_label("Value").fill("2024")
    page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(page.get_by_text("1 file was left out")).to_be_visible()
    expect(page.locator(UNSETTLED)).to_have_count(0)
    expect(page.locator(".uploads li.failed")).to_contain_text("The file is empty.")
    expect(page.locator(".uploads li.ready")).to_have_count(2)
    page.get_by_label("Search by name").fill("minerals")
    expect(page.locator(".table .row:not(.head)")).to_have_count(2)
    assert _documents(page) == ["minerals/hard/quartz.md", "minerals/talc.md"]
    found = httpx2.post(
        f"{lived.url}/search",
        json={"query": "hardness", "filter": {"equals": {"key": "year", "value": 2024}}},
        timeout=60,
    ).json()
    assert {one["document"] for one in found["passages"]} == set(_documents(page))

    boxes = page.locator(".table .row:not(.head) input")
    boxes.first.check()
    boxes.last.click(modifiers=["Shift"])
    page.get_by_role("group", name="2 selected").get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete 2 documents for good?")
    expect(question).to_contain_text("minerals/talc.md")
    question.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 documents are gone.")).to_be_visible()
    expect(page.locator(".table .row:not(.head)")).to_have_count(0)
    names = {one["name"] for one in httpx2.get(f"{lived.url}/documents").json()["items"]}
    assert not {name for name in names if name.startswith("minerals/")}
    # That a document is gone the application says by 404, and the console repeats it.
    visited.errors[:] = [error for error in visited.errors if "404" not in error]


def test_a_document_that_is_there_already_is_not_sent_again(
    lived: Lived, visit: Open, tmp_path: Path
) -> None:
    file = tmp_path / "slate.md"
    file.write_text("# Slate\n\nSlate splits into sheets.\n")
    page = visit(lived.url, lived.bucket).go("documents")
    picker = page.locator("input[type=file][multiple]:not([webkitdirectory])")
    picker.set_input_files(file)
    expect(page.locator(".uploads li.ready")).to_have_count(1)
    picker.set_input_files(file)
    expect(page.locator(".uploads li.unchanged")).to_contain_text("was there already")


def test_a_question_can_be_limited_to_the_documents_that_are_selected(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket).go("documents")
    page.get_by_role("button", name="What to do with castle.md").click()
    page.get_by_role("menuitem", name="Ask only this one").click()
    expect(page.get_by_role("group", name="Ask only")).to_contain_text("castle.md")
    page.get_by_label("Ask your documents").fill("When was the castle built?")
    with page.expect_request("**/chat/stream") as asked:
        page.keyboard.press("Enter")
    condition = json.loads(asked.value.post_data or "")["filter"]["equals"]
    assert condition["value"].endswith("/castle.md")
    expect(page.get_by_role("article").last).to_contain_text("1245")


def _attributes(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"What to do with {name}").click()
    page.get_by_role("menuitem", name="Details").click()
    return page.get_by_role("dialog", name=name).get_by_role("region", name="Attributes")


def test_the_details_of_a_document_have_its_attributes_as_they_are_now(
    lived: Lived, visit: Open
) -> None:
    sidecar = {"year": 2024, "share": 0.25, "draft": False, "teams": ["north, upper", "south"]}
    key = "castle.md.metadata.json"
    bucket = lived.home.settings.documents_bucket
    page = visit(lived.url, lived.bucket).go("documents")
    expect(_attributes(page, "castle.md")).to_contain_text("None.")
    page.get_by_role("button", name="Close").click()
    body = json.dumps({"metadataAttributes": sidecar})
    lived.home.aws.s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
    shown = _attributes(page, "castle.md")
    expect(shown.locator("dt")).to_have_text(["year", "share", "draft", "teams"])
    expect(shown.locator("dd")).to_have_text(["2024", "0.25", "No", "north, upper", "south"])
    lived.home.aws.s3.delete_object(Bucket=bucket, Key=key)


def test_attributes_that_cannot_be_read_now_are_asked_for_again(lived: Lived, visit: Open) -> None:
    visited = visit(lived.url, lived.bucket)
    page = visited.go("documents")
    page.route("**/documents/*?attributes=true", lambda route: route.fulfill(status=503))
    shown = _attributes(page, "castle.md")
    expect(shown.get_by_role("alert")).to_be_visible()
    page.unroute("**/documents/*?attributes=true")
    shown.get_by_role("button", name="Try again").click()
    expect(shown).to_contain_text("None.")
    expect(shown.get_by_role("alert")).to_have_count(0)
    visited.errors[:] = [error for error in visited.errors if "503" not in error]


def test_of_thousands_only_those_in_sight_are_made(served: Served, visit: Open) -> None:
    count = 2000
    document: Json = {"uri": "s3://b/x", "modified": "2026-01-01T00:00:00Z", "updated": None}
    document |= {"status": "INDEXED", "reason": None, "warnings": []}
    listed = [
        {"id": f"d{at}", "name": f"report {at}.md", "size": at, **document} for at in range(count)
    ]

    def answer(route: Route) -> None:
        cursor = re.search(r"cursor=(\d+)", route.request.url)
        begin = int(cursor[1]) if cursor else 0
        end = begin + 100
        following = str(end) if end < count else None
        route.fulfill(json={"items": listed[begin:end], "nextCursor": following})

    visited = visit(served.url)
    visited.page.route("**/documents?*", answer)
    page = visited.go("documents")
    expect(page.get_by_text("2,000 documents")).to_be_visible()
    assert page.get_by_role("table").get_attribute("aria-rowcount") == "2001"
    assert page.locator(".table .row").count() < 200
    page.get_by_role("button", name="Size").click()
    page.get_by_role("button", name="Size").click()
    expect(page.locator(".table .link").first).to_have_text("report 1999.md")
    page.get_by_label("Select all shown").check()
    expect(page.get_by_text("2,000 selected")).to_be_visible()
    page.locator(".documents").evaluate("view => view.scrollTo(0, view.scrollHeight)")
    expect(page.get_by_role("button", name="report 0.md", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280, 2560])
def test_everyone_can_use_it(lived: Lived, visit: Open, scheme: Scheme, width: int) -> None:
    visited = visit(lived.url, lived.bucket, size=(width, 800), scheme=scheme)
    page = visited.go("documents")
    expect(_attributes(page, "castle.md")).to_contain_text("None.")
    assert not visited.violations()
    page.keyboard.press("Escape")
    page.get_by_label("Select castle.md").check()
    assert not visited.violations()
    page.get_by_role("group", name="1 selected").get_by_role("button", name="Delete").click()
    assert not visited.violations()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
