"""What of a passage stands behind a claim."""

from math import log

import pytest

from app.citations.quote import Quotable, quote, words

TABLE = """\
| Locker | Tenant | Deposit | Floor |
| --- | --- | --- | --- |
| L-1 | Ada | 3 | 1 |
| L-2 | Bo | 5 | 2 |
| L-3 | Cleo | 7 | 3 |
| L-4 | Dag | 9 | 0 |"""
PUMP = """\
# 給水ポンプ

給水ポンプの回転数は毎分1450回です。ポンプは地下室にあります。点検は毎週月曜日に行います。"""
CANTEEN = "# 食堂\n\n食堂早上七点开门。午餐四欧元。八月因清洁而关闭。"
THAI = "ปั๊มน้ำอยู่ในห้องใต้ดิน\n\nปั๊มหมุน 1450 รอบต่อนาที\n\nตรวจสอบทุกวันจันทร์"
BUFFER = """\
# Ring buffer

The newest sample is read with samples[0].

## Example

```python
# reset the ring buffer
def reset():
    samples[1] = 0
```

The reset routine of the ring buffer takes four microseconds."""


CODE = """\
```python
# reset the ring buffer
def reset():
    samples[1] = 0
```"""


def quoted(claim: str, text: str) -> str:
    start, end = quote(claim, text)
    return text[start:end]


@pytest.mark.parametrize(
    ("claim", "row"),
    [
        ("The deposit of locker L-3 is 7.", "| L-3 | Cleo | 7 | 3 |"),
        ("Locker L-3 is on floor 3.", "| L-3 | Cleo | 7 | 3 |"),
        ("L-3: Tenant Cleo, Deposit 7, Floor 3", "| L-3 | Cleo | 7 | 3 |"),
        ("Dag pays a deposit of 9.", "| L-4 | Dag | 9 | 0 |"),
        ("The tenant of L-1 is Ada.", "| L-1 | Ada | 3 | 1 |"),
    ],
)
def test_a_claim_about_a_table_quotes_the_row_with_its_value(claim: str, row: str) -> None:
    assert quoted(claim, TABLE) == row
    text = f"# Lockers\n\nLockers are lent for a deposit.\n\n{TABLE}\n\nAsk us."
    assert quoted(claim, text) == row


def test_a_table_without_a_header_has_rows_only() -> None:
    rows = TABLE[TABLE.index("| L-1") :]
    assert quoted("Locker L-2 is let to Bo.", rows) == "| L-2 | Bo | 5 | 2 |"


@pytest.mark.parametrize(
    ("claim", "text", "sentence"),
    [
        ("ポンプの回転数は毎分1450回です。", PUMP, "給水ポンプの回転数は毎分1450回です。"),
        ("点検は月曜日です。", PUMP, "点検は毎週月曜日に行います。"),
        ("食堂七点开门。", CANTEEN, "食堂早上七点开门。"),
        ("午餐要四欧元。", CANTEEN, "午餐四欧元。"),
        ("ปั๊มหมุน 1450 รอบ", THAI, "ปั๊มหมุน 1450 รอบต่อนาที"),
        ("１４５０", PUMP, "給水ポンプの回転数は毎分1450回です。"),  # noqa: RUF001
    ],
)
def test_a_quote_is_chosen_in_scripts_without_spaces(claim: str, text: str, sentence: str) -> None:
    assert quoted(claim, text) == sentence


def test_a_heading_is_quoted_only_where_nothing_else_shares_a_word() -> None:
    text = "# Quartz hardness\n\nThe hardness is 7.\n\n# Talc\n"
    assert quoted("Quartz hardness", text) == "The hardness is 7."
    assert quoted("Talc", text) == "# Talc"
    assert quoted("zebra", text) == "The hardness is 7."
    assert quoted("zebra", "# Only\n") == "# Only"
    assert quote("zebra", "") == (0, 0)


def test_a_section_is_a_heading_and_no_comment_in_code() -> None:
    passage = Quotable(BUFFER)
    sentence = passage.nearest("The reset routine takes four microseconds.")
    assert passage.sections.at(sentence.start) == "Example"
    code = passage.nearest("samples[1] = 0 resets it")
    assert BUFFER[code.start : code.end] == CODE
    assert passage.sections.at(code.start) == "Example"
    assert passage.sections.at(0) == "Ring buffer"


def test_an_item_of_a_list_is_quoted_whole() -> None:
    text = "To hire a boat:\n\n1. Ask Mia. She has the key.\n2. Pay ten euros. Keep the receipt."
    assert quoted("You have to pay ten euros.", text) == "2. Pay ten euros. Keep the receipt."


def test_words_are_compared_without_their_case_and_width() -> None:
    assert words("ＡＢＣ Straße L-3") == {"abc", "strasse", "l", "3", "l-3"}  # noqa: RUF001


def test_a_row_is_nearer_to_a_claim_that_has_a_word_of_its_header() -> None:
    text = "It was 7.\n\n| locker | deposit |\n| --- | --- |\n| L-3 | 7 |"
    start, end = quote("The deposit is 7.", text)
    assert text[start:end] == "| L-3 | 7 |"
    start, end = quote("It was 7.", text)
    assert text[start:end] == "It was 7."


def test_a_word_of_a_header_weighs_as_one_that_every_row_has() -> None:
    table = "| locker | fee |\n| --- | --- |\n| L-1 | 7 |\n| L-2 | 9 |"
    weights = Quotable(table)._weights
    assert weights["locker"] == weights["fee"] == log(4 / 3)
    assert weights["7"] == log(4)


def test_signs_of_scripts_without_spaces_are_compared_in_pairs() -> None:
    assert words("Locker L-3: 回転数 火") == {"locker", "l", "3", "l-3", "回転", "転数", "火"}
