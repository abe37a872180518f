"""The documents as resources."""

import base64
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp_types import BlobResourceContents, Resource, TextResourceContents

from app.mcp import resources
from app.mcp.server import mcp_server
from tests.flows.home import Home
from tests.mcp.clients import VERSIONS, talk
from tests.mcp.conftest import DOCUMENTS

both = pytest.mark.parametrize("version", VERSIONS)


def served(home: Home, **changes: Any) -> Any:
    settings = home.settings.model_copy(update=changes)
    return mcp_server(home.aws, settings, [], lambda: "ada")


async def listed(client: Client) -> list[Resource]:
    cursor, items = None, []
    while True:
        page = await client.list_resources(cursor=cursor)
        items += page.resources
        if (cursor := page.next_cursor) is None:
            return items


def read(home: Home, uri: str, version: str = VERSIONS[1], **changes: Any) -> Any:
    async def say(client: Client) -> Any:
        result = await client.read_resource(uri)
        [contents] = result.contents
        assert contents.uri == uri
        return contents

    return talk(served(home, **changes), say, mode=version)


def refusal(home: Home, uri: str, **changes: Any) -> str:
    async def say(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        return str(caught.value)

    return talk(served(home, **changes), say)


@both
def test_all_documents_are_listed_page_by_page(
    version: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "PAGE", 2)
    items = talk(served(home), listed, mode=version)
    assert [item.name for item in items] == sorted(DOCUMENTS)
    by_name = {item.name: item for item in items}
    plan = by_name["guides/set up.md"]
    assert plan.uri == "outcrop://documents/guides/set%20up.md"
    assert (plan.title, plan.mime_type) == ("set up.md", "text/markdown")
    assert plan.size == len(DOCUMENTS["guides/set up.md"])
    assert by_name["manuals/mill.pdf"].mime_type == "application/pdf"


@both
def test_a_text_is_read_as_it_is(version: str, home: Home) -> None:
    contents = read(home, "outcrop://documents/guides/set%20up.md", version)
    assert isinstance(contents, TextResourceContents)
    assert contents.text == DOCUMENTS["guides/set up.md"]
    assert contents.mime_type == "text/markdown"


def test_the_address_of_a_passage_is_a_name_of_the_document_too(home: Home) -> None:
    contents = read(home, f"s3://{home.settings.documents_bucket}/orders.csv")
    assert contents.text == DOCUMENTS["orders.csv"]


@both
def test_another_file_is_read_as_its_bytes(version: str, home: Home) -> None:
    contents = read(home, "outcrop://documents/manuals/mill.pdf", version)
    assert isinstance(contents, BlobResourceContents)
    assert contents.mime_type == "application/pdf"
    assert base64.b64decode(contents.blob) == DOCUMENTS["manuals/mill.pdf"]


@pytest.fixture(scope="module")
def guardrail(home: Home) -> str:
    made = home.aws.bedrock.create_guardrail(
        name="mcp",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "Grimbald"}]},
    )
    return str(made["guardrailId"])


def test_a_part_that_the_guardrail_blocks_is_left_out(home: Home, guardrail: str) -> None:
    contents = read(home, "outcrop://documents/guides/set%20up.md", guardrail_id=guardrail)
    assert contents.text == resources.LEFT_OUT
    contents = read(home, "outcrop://documents/guides/castle.md", guardrail_id=guardrail)
    assert contents.text == DOCUMENTS["guides/castle.md"]


def test_with_a_guardrail_a_file_is_read_as_its_judged_passages(home: Home, guardrail: str) -> None:
    contents = read(home, "outcrop://documents/manuals/mill.pdf", guardrail_id=guardrail)
    assert isinstance(contents, TextResourceContents)
    assert contents.mime_type == "text/plain"
    assert "Grimbald" not in contents.text


def test_without_a_blocked_word_the_passages_have_their_pages(home: Home) -> None:
    made = home.aws.bedrock.create_guardrail(
        name="mcp-mild",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "Blackrock"}]},
    )
    contents = read(home, "outcrop://documents/manuals/mill.pdf", guardrail_id=made["guardrailId"])
    assert "[page 1]\n" in contents.text
    assert "Grimbald" in contents.text
    assert contents.text.index("grinds") < contents.text.index("Grimbald")


@pytest.mark.parametrize(
    "uri",
    [
        "outcrop://documents/no-such.md",
        "outcrop://documents/",
        "outcrop://documents/guides/",
        "outcrop://documents/../outcrop-conversations/local/x.json",
        "outcrop://documents/%2e%2e/outcrop-conversations/x.json",
        "outcrop://documents/.outcrop/attributes/x",
        "outcrop://documents/guides/lost.md.metadata.json",
        "outcrop://documents/%ff%fe",
        "outcrop://documents/" + "x" * 5000,
        "outcrop://conversations/x",
        "s3://outcrop-conversations/local/x.json",
        "file:///etc/passwd",
        "",
    ],
)
def test_what_is_no_document_is_not_found(uri: str, home: Home) -> None:
    said = refusal(home, uri)
    assert said.startswith("There is no document")
    assert len(said) < 500


def test_what_is_outcrop_s_own_is_neither_listed_nor_read(home: Home) -> None:
    bucket = home.settings.documents_bucket
    for key in (".outcrop/attributes/secret.md", "guides/lost.md.metadata.json"):
        home.aws.s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    try:
        names = [item.name for item in talk(served(home), listed)]
        assert names == sorted(DOCUMENTS)
        for uri in (
            "outcrop://documents/.outcrop/attributes/secret.md",
            "outcrop://documents/guides/lost.md.metadata.json",
            f"s3://{bucket}/.outcrop/attributes/secret.md",
        ):
            assert refusal(home, uri).startswith("There is no document")
    finally:
        for key in (".outcrop/attributes/secret.md", "guides/lost.md.metadata.json"):
            home.aws.s3.delete_object(Bucket=bucket, Key=key)


def test_what_is_too_large_for_a_message_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "LARGEST_TEXT", 10)
    monkeypatch.setattr(resources, "LARGEST_FILE", 10)
    for name in ("guides/castle.md", "manuals/mill.pdf"):
        said = refusal(home, f"outcrop://documents/{name}")
        assert said.endswith("Use search_documents to find what it says.")


def test_a_cursor_that_no_list_has_returned_is_refused(home: Home) -> None:
    async def say(client: Client) -> None:
        with pytest.raises(MCPError, match="cursor: "):
            await client.list_resources(cursor="!!")

    talk(served(home), say)


@both
def test_the_template_leads_to_the_documents(version: str, home: Home) -> None:
    async def say(client: Client) -> str:
        [template] = (await client.list_resource_templates()).resource_templates
        return template.uri_template

    assert talk(served(home), say, mode=version) == "outcrop://documents/{+path}"


def test_a_text_in_another_encoding_is_read(home: Home) -> None:
    bucket = home.settings.documents_bucket
    kind = "text/plain; charset=windows-1252"
    home.aws.s3.put_object(
        Bucket=bucket, Key="zz.txt", Body="Müller und Café".encode("cp1252"), ContentType=kind
    )
    try:
        assert read(home, "outcrop://documents/zz.txt").text == "Müller und Café"
    finally:
        home.aws.s3.delete_object(Bucket=bucket, Key="zz.txt")
