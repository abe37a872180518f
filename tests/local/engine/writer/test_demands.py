"""What a short question demands of its answer: its things, names, numbers and measures."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer

PASSAGES = """\
<passage n="1" document="cableway.md">
# Cableway

The Skarven line carried 268,000 people in 2025, the Lomtind line 144,000.

The rope of the Lomtind line was changed on 4 May. Contracts are kept for ten years.

The summer concert is on 20 June. Cabins are cleaned after 200 trips.
</passage>
<passage n="2" document="plants.csv">
| code | plant | price EUR | flowers in |
| --- | --- | --- | --- |
| N-101 | Lavender Hidcote | 4.90 | July |
| N-310 | Clematis Jackmanii | 12.80 | June |
</passage>"""
ABSTENTION = "do not answer this"


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("When was the rope of the Lomtind line changed?", "4 May"),
        ("When was the rope of the Skarven line changed?", ABSTENTION),  # another thing
        ("How many people did the Lomtind line carry?", "144,000"),
        ("How many cabins does the Lomtind line have?", ABSTENTION),  # not counted
        ("How many people did the Skarven line carry in 2024?", ABSTENTION),  # another year
        ("When is the summer concert?", "20 June"),
        ("When is the spring concert?", ABSTENTION),  # another season
        ("Where are contracts kept?", ABSTENTION),  # no place
        ("How long are contracts kept?", "ten years"),
        ("How long is the Skarven line?", ABSTENTION),  # no measure
        ("How often are cabins cleaned?", "200 trips"),
        ("What does the Lavender Hidcote cost?", "4.90"),
        ("What does the Lavender Grosso cost?", ABSTENTION),  # another row
        ("What does the Lavender Hidcote weigh?", ABSTENTION),  # no such column
        ("What does N-102 cost?", ABSTENTION),
        ("When does the Clematis Jackmanii flower?", "June"),
    ],
)
def test_what_a_question_names_stands_in_its_answer(
    question: str, holds: str, writer: Writer
) -> None:
    message = f"{PASSAGES}\n<question>{question}</question>"
    answer = "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))
    assert holds in answer
