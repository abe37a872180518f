"""What kind of answer a question expects."""

import pytest

from app.local.engine.writer.question import (
    Question,
    dates,
    names,
    numbers,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many layers are there?", "number"),
        ("What is the maximum function timeout?", "number"),
        ("What is the default HealthCheckTimeoutSeconds?", "number"),
        ("What is the birth rate of Peru?", "number"),
        ("What happened to the birth rate of Peru?", "thing"),
        ("When was quartz discovered?", "date"),
        ("In what year did the war end?", "date"),
        ("When a job fails, what happens?", "thing"),
        ("Who wrote Faust?", "person"),
        ("Which actor played the Doctor in Doctor Who?", "thing"),
        ("Where does CloudTrail store log files?", "place"),
        ("Why should I use it?", "reason"),
        ("Can I run it in a VPC?", "yes-no"),
        ("How do I create a bucket?", "way"),
        ("What is a source repository?", "thing"),
    ],
)
def test_a_question_says_what_it_expects(question: str, kind: str) -> None:
    assert Question(question).kind == kind


def test_names_numbers_and_dates_are_found() -> None:
    text = "In May 2009 the Amazon basin lost 1,200 or twelve hundred trees."
    assert names(text) == {"may", "amazon"}
    assert numbers(text) == {"2009", "1,200", "twelve", "hundred"}
    assert dates(text) == {"may", "2009"}
