"""Follow-ups, made to stand alone."""

import pytest

from app.local.engine.writer.prompt import Turn
from app.local.engine.writer.question.phrases import phrases
from app.local.engine.writer.rewrite import rewrite, understand

KENDRA = ("What is Amazon Kendra?", "Amazon Kendra is a search service.")
TIMEOUT = ("What is the maximum function timeout in AWS Lambda?", "900 seconds.")
FAUST = ("Who wrote Faust?", "Johann Wolfgang von Goethe wrote Faust.")
TYPES = ("What are the workforce types?", "Mechanical Turk, vendors and private workforces.")
ENDPOINTS = ("Are multi-model endpoints supported on CPU instances?", "Yes, they are.")
WATERMARK = ("How do I add a watermark with pypdf?", "With merge_page.")
DEPLOY = ("How long does it take to deploy the stack?", "Half an hour.")
LIMIT = ("What is the default timeout in HTTPX?", "Five seconds.")
PLANS = ("What plans are there?", "These:\n\n- Basic: 3 euros\n- Team: 20 euros\n- Solo: 9 euros")
ROWS = ("What plans are there?", "| plan | price |\n| --- | --- |\n| Basic | 3 |\n| Team | 20 |")
WOODS = ("Is pine or oak harder?", "Oak is a hard wood.")
CIPHER = ("Which encryption does pypdf use if I say nothing?", "RC4.")
VERSIONS = ("Which versions does orjson support?", "3.10 and later.")
LEVEL = ("What was the level at the weir on 2026-03-09?", "171 cm.")
LINES = ("How many people did the Elm line carry?", "The Elm line had 268, the Oak line 144.")
BUS = ("When does the first bus leave?", "At 5.")
LEAVES = ("When does Ada Beck leave?", "In May.")
QUARTZ = ("How hard is quartz?", "It is 7 on the Mohs scale.")
RENT = ("When is the rent due?", "On the first.")
PARK = ("Can I park behind the house?", "No.")
TENT = ("How heavy is the small tent?", "1.2 kg.")
FERNS = ("Which plants need shade?", "Ferns and hostas need shade.")
ROUTER = ("How do I reset the router?", "Hold the small button for ten seconds.")
ROOMS = ("How many rooms are there?", "12.")
TUESDAY = ("What happens on Tuesday?", "Tuesday: a visit to the salt mine [1].")
TICKET = ("What does a day ticket cost?", "9 euros.")
LOCK = ("How do I switch on the child lock?", "Hold both buttons.")
BOILER = ("Who repairs the boiler?", "Finn Moss repairs the boiler.")
WOOL = ("How long does the cotton program take?", "2:40.")


def said(*texts: str) -> list[Turn]:
    return [Turn("assistant" if i % 2 else "user", text) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        (KENDRA, "How does it index documents?", "How does Amazon Kendra index documents?"),
        (KENDRA, "What are its limits?", "What are Amazon Kendra's limits?"),
        (KENDRA, "Is it available in us-east-1?", "Is Amazon Kendra available in us-east-1?"),
        (KENDRA, "What about pricing?", "What about pricing of Amazon Kendra?"),
        (KENDRA, "And its pricing?", "And Amazon Kendra's pricing?"),
        (TIMEOUT, "Can it be increased?",
         "Can the maximum function timeout in AWS Lambda be increased?"),
        (TIMEOUT, "And the memory?", "What is the memory in AWS Lambda?"),
        (TIMEOUT, "And in Fargate?", "What is the maximum function timeout in Fargate?"),
        (TIMEOUT, "What is the default?", "What is the default of AWS Lambda?"),
        (FAUST, "When was he born?", "When was Johann Wolfgang von Goethe born?"),
        (FAUST, "When was it written?", "When was Faust written?"),
        (("What is sand?", "It is made of the small grains."), "How large are they?",
         "How large are the small grains?"),
        (TYPES, "How do I choose between them?", "How do I choose between the workforce types?"),
        (ENDPOINTS, "And GPU instances?",
         "Are multi-model endpoints supported on GPU instances?"),
        (ENDPOINTS, "Since when?",
         "Are multi-model endpoints supported on CPU instances, and since when?"),
        (QUARTZ, "And where is it found?", "And where is quartz found?"),
        (QUARTZ, "What about talc?", "How hard is talc?"),
        (QUARTZ, "Why?", "How hard is quartz, and why?"),
        (QUARTZ, "Is it the same for talc, too?", "How hard is talc?"),
        (QUARTZ, "Talc too?", "How hard is Talc?"),
        (QUARTZ, "Is that much?", "How hard is quartz, and is that much?"),
        (WATERMARK, "Can I do it with an image?",
         "Can I add a watermark with pypdf with an image?"),
        (WATERMARK, "How do I do that on Windows?",
         "How do I add a watermark with pypdf on Windows?"),
        (WATERMARK, "Show me the code", "How do I add a watermark with pypdf?"),
        (QUARTZ, "Give me an example, please", "How do I do it: how hard is quartz?"),
        (DEPLOY, "In which regions can I do that?", "In which regions can I deploy the stack?"),
        (DEPLOY, "What about on Windows?",
         "How long does it take to deploy the stack on Windows?"),
        (LIMIT, "Does Requests have one too?", "Does Requests have a default timeout?"),
        (LIMIT, "Is there an infinite one?", "Is there an infinite timeout?"),
        (LIMIT, "What should I take instead?",
         "What is the default timeout in HTTPX, and what should I take instead?"),
        (VERSIONS, "How do I install it?", "How do I install orjson?"),
        (VERSIONS, "Which Python does it require?", "Which Python does orjson require?"),
        (("In which room is Priya Raman?", "Priya Raman: Office Chennai"), "When did she start?",
         "When did Priya Raman start?"),
        (WATERMARK, "Is there a command too?", "Is there a command for a watermark?"),
        (LIMIT, "No, I meant Requests", "What is the default timeout in Requests?"),
        (LIMIT, "I meant Requests, not HTTPX", "What is the default timeout in Requests?"),
        (LIMIT, "not HTTPX, Requests", "What is the default timeout in Requests?"),
        (LIMIT, "Thanks! And for the pool?", "What is the default timeout in HTTPX for the pool?"),
        (LIMIT, "Great, how do I change it?", "how do I change the default timeout in HTTPX?"),
        (PLANS, "What about the second one?", "What about Team?"),
        (PLANS, "Tell me more about the last one", "Tell me more about Solo"),
        (ROWS, "And the first one?", "And Basic?"),
        (PLANS, "Which of them is cheapest?", "Which of the plans is cheapest?"),
        (PLANS, "Which one is the cheapest?", "Which of the plans is the cheapest?"),
        (("Which dish is cheapest?", "Soup."), "And which is the most expensive one?",
         "Which dish is the most expensive?"),
        (("Which dish is cheapest?", "Soup."), "Which is the largest?",
         "Which dish is the largest?"),
        (WOODS, "And the other one?", "And pine?"),
        (CIPHER, "And what do I have to install for it?",
         "And what do I have to install for pypdf encryption?"),
        (DEPLOY, "How do I get rid of it again?", "How do I remove the stack again?"),
        (FAUST, "When did he write it?", "When did Johann Wolfgang von Goethe write Faust?"),
    ],
)  # fmt: skip
def test_what_a_follow_up_leaves_out_is_named(
    before: tuple[str, ...], question: str, alone: str
) -> None:
    assert rewrite(question, said(*before)) == alone


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        (RENT, "And the deposit?", "When is the deposit due?"),
        (RENT, "What if I pay it later?", "What if I pay the rent later?"),
        (PARK, "Where then?", "Can I park behind the house, and where then?"),
        (PARK, "Why is that?", "Can I park behind the house, and why is that?"),
        (PARK, "Not even at night?", "Can I park behind the house at night?"),
        (PARK, "What about guests?", "Can I park behind the house, and guests?"),
        (TENT, "And the large one?", "How heavy is the large tent?"),
        (FERNS, "How often do I water them?", "How often do I water the plants?"),
        (ROUTER, "How long do I have to hold it?", "How long do I have to hold the small button?"),
        (TUESDAY, "And the day after?", "What happens on Wednesday?"),
        (TUESDAY, "What do I need for it?", "What do I need for the salt mine?"),
        (TICKET, "Where can I buy one?", "Where can I buy a day ticket?"),
        (LOCK, "And off?", "How do I switch off the child lock?"),
        (BOILER, "How can I reach him?", "How can I reach Finn Moss?"),
        (BOILER, "Since when?", "Who repairs the boiler, and since when?"),
        (WOOL, "And wool?", "How long does wool take?"),
        (BUS, "Where from?", "When does the first bus leave, and where from?"),
        (BUS, "Why so late?", "When does the first bus leave, and why so late?"),
        (BUS, "On which days?", "When does the first bus leave, and on which days?"),
    ],
)  # fmt: skip
def test_what_people_leave_out_every_day_is_named(
    before: tuple[str, str], question: str, alone: str
) -> None:
    assert rewrite(question, said(*before)) == alone


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (BUS, "Does it cost anything to renew a book?"),
        (TENT, "Which lamp shows that the tank is empty?"),
        (TICKET, "parking"),
        (TICKET, "What else should I bring to the sauna?"),
        (TICKET, "When is lunch?"),
        (ROOMS, "What time is it served?"),
        (ROOMS, "What is the password?"),
    ],
)
def test_what_asks_of_something_else_is_left_alone(before: tuple[str, str], question: str) -> None:
    assert rewrite(question, said(*before)) == question


def test_the_other_of_two_is_asked_the_same() -> None:
    before = ("How deep is the large pool?", "The small pool has 1 m, the large pool 2 m.")
    assert rewrite("And the other one?", said(*before)) == "How deep is the small pool?"


@pytest.mark.parametrize(
    ("before", "question", "alone"),
    [
        (LEVEL, "And at the bridge?", "What was the level at the bridge on 2026-03-09?"),
        (LEVEL, "Who measured it?", "Who measured the level at the weir on 2026-03-09?"),
        (LEVEL, "How warm was the river then?", "How warm was the river on 2026-03-09?"),
        (LINES, "And the other one?", "How many people did the Oak line carry?"),
        (BUS, "And the last one?", "When does the last bus leave?"),
        (LEAVES, "Who follows her?", "Who follows Ada Beck?"),
    ],
)
def test_what_was_said_before_is_named(before: tuple[str, str], question: str, alone: str) -> None:
    assert rewrite(question, said(*before)) == alone


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (KENDRA, "What is the default HealthCheckTimeoutSeconds for Lambda targets?"),
        (KENDRA, "What is DynamoDB and how does it scale?"),
        (QUARTZ, "If a job fails, is it retried?"),
        (QUARTZ, "Thanks!"),
        (QUARTZ, "Is it possible to scratch glass?"),
        (QUARTZ, "How long does it take to index a page?"),
        (QUARTZ, "Which services are those that store files?"),
        (QUARTZ, "Wie hart ist Gips?"),
        (QUARTZ, "I want to know the price."),
        ((), "How hard is it?"),
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(
    before: tuple[str, ...], question: str
) -> None:
    assert rewrite(question, said(*before)) == question


@pytest.mark.parametrize(
    ("question", "move"),
    [
        ("more", "more"),
        ("Tell me more about it, please", "more"),
        ("What else?", "more"),
        ("I don't understand", "more"),
        ("What came after that?", "after"),
        ("And then?", "after"),
        ("Are you sure about that?", "sure"),
        ("Really?", "sure"),
        ("Where does it say that?", "again"),
        ("Can you show me an example?", "code"),
        ("What is more common?", None),
        ("What came after the war?", None),
        ("Is the source code open?", None),
    ],
)
def test_a_turn_may_ask_something_of_the_conversation(question: str, move: str | None) -> None:
    meaning = understand(question, said(*QUARTZ))
    assert meaning.move == move
    if move and move != "code":
        assert meaning.question == QUARTZ[0]


@pytest.mark.parametrize(
    "question", ["Why?", "And for layers?", "more", "How do I do that?", "Show me the code"]
)
def test_a_first_turn_that_leans_on_nothing_is_unclear(question: str) -> None:
    assert understand(question, ()).is_unclear
    assert understand(question, said("Hello!", "Hello.")).is_unclear
    assert not understand(question, said(*WATERMARK)).is_unclear


@pytest.mark.parametrize("question", ["What about the other one?", "And the third one?"])
def test_what_is_counted_where_nothing_was_listed_is_asked_back(question: str) -> None:
    assert understand(question, said(*QUARTZ)).is_unclear


@pytest.mark.parametrize(
    "question",
    [
        "How does it work?",
        "Prices",
        "Pine or oak: what speaks for the one and the other?",
        "Who repairs the pump?",
    ],
)
def test_a_first_turn_that_names_something_is_clear(question: str) -> None:
    assert not understand(question, ()).is_unclear


def test_what_is_joined_to_a_question_is_not_what_the_next_turn_leans_on() -> None:
    before = said(*QUARTZ, "Is that much?", "It is.")
    assert rewrite("Why?", before) == "How hard is quartz, and why?"


def test_a_follow_up_to_a_follow_up_is_understood() -> None:
    before = said(*KENDRA, "How does it index documents?", "From a data source.")
    assert rewrite("What are its limits?", before) == "What are Amazon Kendra's limits?"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How does a Lambda function support layers?", ["a Lambda function", "layers"]),
        ("How many points did the Panthers defense surrender?",
         ["points", "the Panthers defense"]),
        ("When was the Norman conquest of England?", ["the Norman conquest of England"]),
        ("Where is quartz found?", ["quartz"]),
        ("Why?", []),
    ],
)  # fmt: skip
def test_noun_phrases_are_found(question: str, found: list[str]) -> None:
    assert [one.text for one in phrases(question)] == found
