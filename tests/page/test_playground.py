"""The playground, as a person uses it: over a home, with the stand-in's models."""

import json
from base64 import b64decode
from io import BytesIO
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.page.browser import SECONDS, Visit
from tests.page.conftest import Lived, Open

ASKED = "How hard is quartz?"
PASSAGES = "<passages><passage n='1'>Quartz has a hardness of 7.</passage></passages>\n\n"
MICRO = "amazon.nova-micro-v1:0"


@pytest.fixture
def playground(visit: Open, lived: Lived) -> Visit:
    one = visit(lived.url, lived.bucket)
    one.go("playground")
    one.page.wait_for_selector(".column select")
    return one


def ask(visit: Visit, text: str = f"{PASSAGES}{ASKED}") -> None:
    """Ask, and wait until every model has replied."""
    page = visit.page
    page.get_by_label("User", exact=True).last.fill(text)
    page.get_by_role("button", name="Run", exact=True).click()
    wait(visit)


def wait(visit: Visit) -> None:
    columns = visit.page.locator(".column")
    numbers = visit.page.locator(".column .numbers")
    expect(numbers).to_have_count(columns.count(), timeout=SECONDS * 1000)


def body_of(column: Locator) -> Any:
    """The body that went to Bedrock."""
    if not column.get_by_role("tablist").is_visible():
        column.get_by_text("Request and response").click()
    column.get_by_role("tab", name="Request").click()
    return json.loads(column.get_by_role("tabpanel").locator("code").inner_text())


def test_a_model_is_asked_and_says_what_that_took(playground: Visit) -> None:
    ask(playground)
    column = playground.page.locator(".column")
    assert column.locator(".words").inner_text() == "Quartz has a hardness of 7."
    numbers = column.locator(".numbers").inner_text()
    assert "tokens read, 7 written" in numbers
    assert "$0.0000" in numbers
    assert "by itself" in numbers


def test_two_models_are_asked_the_same_side_by_side(playground: Visit) -> None:
    page = playground.page
    page.get_by_role("button", name="Compare with a second model").click()
    page.locator(".column").nth(1).get_by_label("Model").select_option(MICRO)
    ask(playground)
    first, second = page.locator(".column").all()
    assert body_of(first) == body_of(second)
    assert MICRO in second.locator(".numbers").inner_text()
    page.get_by_role("button", name=f"Take away {MICRO}").click()
    assert page.locator(".column").count() == 1


def test_what_went_over_the_wire_is_copied_to_the_letter(playground: Visit) -> None:
    ask(playground)
    page = playground.page
    body = body_of(page.locator(".column"))
    page.get_by_role("button", name="Copy this: Request").click()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == body
    page.get_by_role("tab", name="Request").press("ArrowRight")
    response = json.loads(page.get_by_role("tabpanel").locator("code").inner_text())
    pieces = [
        each["contentBlockDelta"]["delta"] for each in response if "contentBlockDelta" in each
    ]
    assert "".join(piece["text"] for piece in pieces) == "Quartz has a hardness of 7."
    page.get_by_role("tab", name="curl").click()
    assert "--aws-sigv4" in page.get_by_role("tabpanel").inner_text()


def test_a_parameter_goes_with_the_request_and_stays_over_a_reload(playground: Visit) -> None:
    page = playground.page
    page.get_by_text("Parameters").click()
    page.get_by_role("spinbutton", name="Temperature").fill("0.3")
    page.get_by_label("Stop at").fill("###, END")
    ask(playground)
    configuration = body_of(page.locator(".column"))["inferenceConfig"]
    assert configuration["temperature"] == 0.3
    assert configuration["stopSequences"] == ["###", "END"]
    page.reload()
    assert ASKED in page.get_by_label("User", exact=True).last.input_value()
    page.get_by_text("Parameters").click()
    assert page.get_by_role("spinbutton", name="Temperature").input_value() == "0.3"


def test_a_template_puts_its_examples_before_the_task(playground: Visit) -> None:
    page = playground.page
    page.get_by_text("Begin with a template").click()
    page.get_by_label("Template", exact=True).select_option("classify")
    page.get_by_label("Examples before the task").select_option("2")
    page.get_by_label("The message").fill("Where is </message> my lamp?")
    page.get_by_role("button", name="Put into the prompt").click()
    page.get_by_text("complaint", exact=True).first.wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    wait(playground)
    body = body_of(page.locator(".column"))
    assert [message["role"] for message in body["messages"]] == ["user", "assistant"] * 2 + ["user"]
    assert body["messages"][-1]["content"][0]["text"].count("</message>") == 1
    assert body["system"]


def test_a_large_picture_is_made_small_enough(playground: Visit) -> None:
    file = BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(file, "png")
    noise = FilePayload(name="noise.png", mimeType="image/png", buffer=file.getvalue())
    page = playground.page
    page.locator(".prompt input[type=file]").set_input_files(noise)
    page.get_by_text("Made smaller").wait_for()
    ask(playground, "What is this?")
    page.get_by_text("Request and response").click()
    page.get_by_role("button", name="Copy this: boto3").click()
    assert '"format": "jpeg"' in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("tab", name="Request").click()
    page.get_by_role("button", name="Copy this: Request").click()
    body = json.loads(page.evaluate("navigator.clipboard.readText()"))
    sent = b64decode(body["messages"][0]["content"][1]["image"]["source"]["bytes"])
    assert Image.open(BytesIO(sent)).format == "JPEG"
    assert len(sent) <= 40_000


def test_a_reply_goes_on_as_a_conversation(playground: Visit) -> None:
    ask(playground)
    page = playground.page
    page.get_by_role("button", name="Go on as a conversation").click()
    page.get_by_label("User", exact=True).last.fill("And talc?")
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator(".column").get_by_text("says nothing").or_(page.locator(".numbers")).wait_for()
    expect(page.locator(".column .words")).not_to_have_text("", timeout=SECONDS * 1000)
    wait(playground)
    messages = body_of(page.locator(".column"))["messages"]
    assert messages[1]["content"][0]["text"] == "Quartz has a hardness of 7."
    assert messages[2]["content"][0]["text"] == "And talc?"


def test_a_reply_that_means_harm_is_text(playground: Visit) -> None:
    harm = "<img src=x onerror=alert(1)> [a](javascript:alert(2)) <script>alert(3)</script>"
    numbers = {
        "model": harm,
        "stopReason": harm,
        "usage": {"inputTokens": 1, "outputTokens": 1},
        "dollars": None,
        "firstTokenMilliseconds": 1,
        "milliseconds": 1,
    }
    parts: list[Any] = [
        {"type": "reasoning-delta", "id": "r", "delta": harm},
        {"type": "text-delta", "id": "t", "delta": harm},
        {"type": "finish", "messageMetadata": numbers},
    ]
    body = "".join(f"data: {json.dumps(part)}\n\n" for part in parts) + "data: [DONE]\n\n"
    page = playground.page
    page.route(
        "**/playground/stream",
        lambda route: route.fulfill(body=body, content_type="text/event-stream"),
    )
    ask(playground)
    assert page.locator(".column .words").last.inner_text() == harm
    assert not page.locator(".column img, .column script, .column a").count()


def test_a_trial_that_is_refused_says_why(playground: Visit) -> None:
    page = playground.page
    page.get_by_label("Model", exact=True).first.select_option(MICRO)
    file = BytesIO()
    Image.new("RGB", (2, 2)).save(file, "png")
    dot = FilePayload(name="dot.png", mimeType="image/png", buffer=file.getvalue())
    page.locator(".prompt input[type=file]").set_input_files(dot)
    page.get_by_text("dot.png").wait_for()
    page.get_by_label("User", exact=True).last.fill("What is this?")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("alert").get_by_text("takes no block of the kind image").wait_for()
    playground.errors.clear()  # the browser itself logs that a request was refused


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [((320, 640), "dark", "en-GB"), ((1280, 800), "light", "ar"), ((2560, 1300), "dark", "de")],
)
def test_nothing_is_in_anybodys_way(
    visit: Open,
    lived: Lived,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    one = visit(lived.url, lived.bucket, size=size, scheme=scheme, language=language)
    page = one.go("playground")
    page.wait_for_selector(".column select")
    page.locator(".prompt .line.user textarea").fill(ASKED)
    page.locator(".actions .primary").click()
    page.locator(".column .numbers").wait_for()
    page.locator(".exchange summary").click()
    page.locator(".parameters summary").click()
    assert one.violations() == []
    assert page.evaluate(
        "[document.documentElement, document.querySelector('main')]"
        ".every((one) => one.scrollWidth <= one.clientWidth)"
    )
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.lang") == language.partition("-")[0]
