"""What a short question demands of its answer: its things, names, numbers and measures."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer

PASSAGES = """\
<passage n="1" document="cableway.md">
# Cableway

The Skarven line carried 268,000 people in 2025, the Lomtind line 144,000.

The rope of the Lomtind line was changed on 4 May. Contracts are kept for ten years.

The summer concert is on 20 June. Cabins are cleaned after 200 trips.

A guard may carry 30 guests a day. The ticket office opens at 9:15. Guests under 15 years pay 7 EUR.

The second ride costs 4 EUR. Lost bags keep for a year; tickets are sold in the valley.

Bags may be up to 70 cm high. Tickets to the ridge cost 12 EUR. The hut serves soup from 11:00.

The lift runs 9 hours a day in winter. Engineer Ove Sund measured the masts on 2 June.

## People

Dr. Nora Hult looks after guests. She is here on Mondays from 8:00 to 13:00.

Pia Lund runs the office and answers the telephone, 0555 0190.
</passage>
<passage n="2" document="plants.csv">
| code | plant | price EUR | flowers in |
| --- | --- | --- | --- |
| N-101 | Lavender Hidcote | 4.90 | July |
| N-310 | Clematis Jackmanii | 12.80 | June |
</passage>
<passage n="3" document="vans.csv">
| plate | range km | heated | load kg | driver |
| --- | --- | --- | --- | --- |
| LK-1 | 310 | yes | 900 | Ida Berg |
| LK-2 | 415 | no | 700 | Odd Moe |
| LK-3 | 290 | yes | 800 | Kari Vik |
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
        ("How many guests a day may a guard carry?", "30"),
        ("How many guests an hour may a guard carry?", ABSTENTION),  # another rate
        ("When does the ticket office open?", "9:15"),
        ("When does the ticket office close?", ABSTENTION),  # the opposite
        ("What does a guest of 13 years pay?", "7 EUR"),  # within a bound
        ("What does the second ride cost?", "4 EUR"),
        ("What does the fourth ride cost?", ABSTENTION),
        ("How high may bags be?", "70 cm"),
        ("How wide may bags be?", ABSTENTION),  # another dimension
        ("What do tickets to the ridge cost?", "12 EUR"),
        ("What do tickets for children cost?", ABSTENTION),  # other guests
        ("How many hours a day does the lift run?", "9 hours"),
        ("How many hours a day is the shift of a cook?", ABSTENTION),
        ("When did Ove Sund measure the masts?", "2 June"),
        ("When was Ove Sund promoted?", ABSTENTION),  # something else was done
        ("How much electricity does the lift take?", ABSTENTION),  # no such measure
        ("When is the ticket office open?", "9:15"),
        ("Who drives LK-2?", "Odd Moe"),  # the column says "driver"
        ("Who drives LK-9?", ABSTENTION),
        ("Who repairs LK-2?", ABSTENTION),
        ("Which van has the longest range?", "LK-2"),
        ("Which vans are not heated?", "LK-2"),
    ],
)
def test_what_a_question_names_stands_in_its_answer(
    question: str, holds: str, writer: Writer
) -> None:
    message = f"{PASSAGES}\n<question>{question}</question>"
    answer = "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))
    assert holds in answer
