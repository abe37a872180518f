"""Reading where an answer comes from: the quote at its mark, the passage, the document itself."""

from playwright.sync_api import expect

from tests.page.conftest import Lived, Open, Served, ask

QUESTION = "How do I book a tour?"
WORDS = "It does not say what a tour costs."
TWO = [
    {
        "content": {"text": f"Chalk is soft. {name} has a hardness of {hardness}."},
        "location": {"type": "S3", "s3Location": {"uri": f"s3://documents/{name}.md"}},
        "score": 0.9,
    }
    for name, hardness in (("Quartz", 7), ("Topaz", 8))
]


def test_pointing_at_a_mark_or_moving_the_focus_there_shows_its_quote(
    lived: Lived, visit: Open
) -> None:
    page = visit(lived.url, lived.bucket, size=(360, 740)).go()
    ask(page, QUESTION)
    chip = page.locator(".reply .chip").first
    expect(chip).to_have_attribute("aria-label", "Source 1: The castle of Rheinfels")
    chip.focus()
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text("castle tour book --people 4")
    box = card.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_the_panel_has_the_passage_with_the_quote_and_goes_from_one_to_the_next(
    served: Served, visit: Open
) -> None:
    served.backend.found = list(TWO)
    served.backend.pieces = ["Quartz has a hardness of 7 [1]. Topaz has a hardness of 8 [2]."]
    page = visit(served.url).go()
    ask(page, "How hard are quartz and topaz?")
    page.locator(".reply .chip").first.click()
    panel = page.get_by_role("complementary", name="Sources")
    expect(panel.locator("mark")).to_have_text("Quartz has a hardness of 7.")
    expect(panel.locator(".passage")).to_contain_text("Chalk is soft.")
    expect(panel).to_contain_text("Quartz.md")
    expect(panel).to_contain_text("1 of 2")
    panel.get_by_role("button", name="Next citation").click()
    expect(panel.locator("mark")).to_have_text("Topaz has a hardness of 8.")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_document_itself_opens_with_the_quoted_words_marked(lived: Lived, visit: Open) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, QUESTION)
    page.locator(".reply .chip").first.click()
    panel = page.get_by_role("complementary", name="Sources")
    panel.get_by_role("button", name="Open the document here").click()
    reader = panel.get_by_role("region", name="The whole document")
    expect(reader.locator("mark")).to_contain_text("castle tour book --people 4")
    expect(reader).to_contain_text("was blown up by them in 1797")
    reader.get_by_role("button", name="Back to the passage").click()
    expect(reader).to_be_hidden()


def test_under_an_answer_stands_how_it_came_to_be(lived: Lived, visit: Open) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, QUESTION)
    how = page.locator(".reply .how")
    how.locator("summary").click()
    expect(how).to_contain_text(f"“{QUESTION}”")
    expect(how).to_contain_text("castle.md")
    expect(how).to_contain_text("ferry.md")  # was found, though nothing of it is quoted
    expect(how).to_contain_text("tokens read")
    expect(how).to_contain_text("It took")


def test_a_thumb_and_words_are_kept_with_the_turn(lived: Lived, visit: Open) -> None:
    page = visit(lived.url, lived.bucket).go()
    ask(page, QUESTION)
    page.get_by_role("button", name="Bad answer").click()
    page.locator(".feedback textarea").fill(WORDS)
    with page.expect_response(lambda one: "words" in (one.request.post_data or "")) as kept:
        page.locator(".feedback").get_by_role("button", name="Send").click()
    assert kept.value.status == 204
    conversation = page.url.partition("#")[2]
    messages = lived.home.call("GET", f"/conversations/{conversation}/messages")["messages"]
    feedback = messages[-1]["metadata"]["feedback"]
    assert (feedback["rating"], feedback["words"]) == ("down", WORDS)
    page.reload()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
