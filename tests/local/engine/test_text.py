"""Sentences: hard cases of every kind, and what holds of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.text import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        # abbreviations, titles, references
        ["Use Python, e.g. CPython, i.e. the usual one.", "It is approx. five MB."],
        ["Dr. Ito met Mr. and Mrs. Brown vs. The State.", "Prof. Lee et al. (2019) agreed."],
        ["See Fig. 3 and Eq. A.1 in Sec. 4.2 of vol. 2, pp. 3-4.", "It is there."],
        ["He came on Jan. 5.", "This is No. 5.", "Is it?", "The answer is no.", "No. 7 is next."],
        ["Acme Inc. Chairman Lee spoke.", "He left Acme Inc.", "The firm stays."],
        ["Cats, dogs, etc. are pets.", "Birds, fish, etc.", "Snakes too."],
        # code in small letters
        ["It is off.", "verify() turns it on.", "httpx.get is used, e.g. httpx.get does it."],
        ["It is off. tomorrow it is on.", "Sold by Acme Inc. on example.com is all."],
        # initials and places
        ["J. R. Tolkien met George W. Bush.", "They ate."],
        ["The U.S. Army left the U.S.", "The rest stayed."],
        ["She has a Ph.D.", "He is a Ph.D. student."],
        ["It is due at 5 p.m. Monday.", "It came at 5 p.m.", "We were gone."],
        ["Take vitamin C.", "It helps.", "See Appendix A.", "The table is there."],
        ["Ask J. A. Smith, or J. I. Ito.", "I. S. Lee knows."],
        # numbers, versions, addresses, names of files
        ["Version 2.19.1 weighs 2.5 kg.", "It costs $1.50.", "In 1990.", "Then more."],
        ["Open conf.d/a.yaml.", "Mail me@b.com.", "See https://a.b/c.html?x=1.", "Bye."],
        ["Call foo.bar() now.", "Set the limit.", "x_max is a number.", "iPhone users know."],
        # stops of several signs, and what closes behind them
        ["Wait... what?", "No!", "Really?!", "Yes."],
        ['"Stop!" he cried.', "(It is so.)", "\u201cGood.\u201d", "She left."],
        ["Mind this **note.**", "And *that.*", "And `it.`", "[Here](a/b.html).", "End."],
        ["It was shown.[1]", "Then denied.[2][3]", "Why?"],
        ["As the guide says\\.", "So it is\\.", "Take i\\.e\\. this\\."],
        # items within a paragraph
        ["Do this: 1. Run it.", "2. Stop it.", "3. Go."],
        # other languages
        ["Er wohnt z.B. in Bonn bei Nr. 5.", "Es kostet ca. 5 Euro.", "Gut."],
        ["C'est bien !", "Non ?", "Oui."],
        ["यह वाक्य है।", "दूसरा वाक्य।"],
    ],
)
def test_a_paragraph_is_cut_into_sentences(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["これは文です。", "彼は「はい。」と言った。", "終わり！", "次"],  # noqa: RUF001 these signs are meant
        ["他来了。", "“真的吗？”", "是的！"],  # noqa: RUF001 these signs are meant
        ["彼は来ましたか?", "はい!", "九時に来ました．", "値は2.5です。", "以上"],  # noqa: RUF001 these signs are meant
        ["ម៉ាស៊ីនបូមទឹកនៅជាន់ក្រោម។", "វាត្រូវបានពិនិត្យរាល់សប្តាហ៍។"],
    ],
)
def test_sentences_end_in_scripts_without_spaces(expected: list[str]) -> None:
    assert cut("".join(expected)) == expected


def test_thai_and_lao_are_cut_at_a_space_behind_what_is_long_enough() -> None:
    thai = ["ปั๊มน้ำอยู่ในห้องใต้ดินของอาคารเก่า", "มีการตรวจสอบทุกวันจันทร์เวลา 9 โมงเช้า และทุกวันศุกร์"]
    lao = ["ຈັກສູບນ້ຳຕັ້ງຢູ່ໃນຫ້ອງໃຕ້ດິນຂອງອາຄານເກົ່າ", "ມີການກວດກາທຸກວັນຈັນ"]
    for expected in (thai, lao):
        assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["# Soils. And clay", "Clay holds water.", "Sand does not."],
        ["- wet. Very", "* cold", "2. hard", "b) soft"],
        ["| name | note. More |", "| --- | --- |", "| Ann | ok. Fine |"],
        ["```python", "x = 1. + 2", "# A comment. Two", "```", "After it."],
        ["Name: Ann", "City: Rome", "Age: 5"],
        ["Introduction", "The soil is wet."],
    ],
)
def test_lines_that_stand_alone(expected: list[str]) -> None:
    whole = {"- wet. Very": ["- wet.", "Very"]}  # an item is prose behind its marker
    assert cut("\n".join(expected)) == [
        each for line in expected for each in whole.get(line, [line])
    ]


def test_wrapped_lines_are_one_sentence() -> None:
    text = (
        "Whoever wrote this paragraph let their editor wrap its lines\n"
        "At about sixty columns. So a sentence may go on in the next\n"
        "line, even before a capital such as that of\n"
        "the United States."
    )
    first, second = cut(text)
    assert first.endswith("lines\nAt about sixty columns.")
    assert second.endswith("such as that of\nthe United States.")


def test_a_hard_end_of_line_is_kept() -> None:
    long = "The first of two lines that its author has parted on purpose, with spaces"
    assert cut(f"{long}  \nThen the second one") == [long, "Then the second one"]
    assert cut(f"{long}\nThen the second one") == [f"{long}\nThen the second one"]


def test_indented_code_is_a_line_each_but_an_items_text_is_not() -> None:
    assert cut("Run it:\n\n    first. Line\n    second\n") == ["Run it:", "first. Line", "second"]
    assert cut("- Run it\n\n    as root. Then stop.") == ["- Run it", "as root.", "Then stop."]


@pytest.mark.parametrize("sign", [".", "[1]", "**", "-", " ", "(", '."'])
def test_long_runs_of_signs_take_no_longer_than_words(sign: str) -> None:
    """A search that tried every place in such a run from every other would not end today."""
    assert cut(f"a{sign * 300_000}b.")[-1].endswith("b.")


# fmt: off
_pieces = st.sampled_from([
    "a", "B", "dr", "e.g", "12", ".", "!", "?", "…", "。", " ", "  ", "\n", "\n\n", "\t", "- ",
    "1. ", "# ", "| ", "```", '"', "(", ")", "**", "\\", "\u00a0", "\u2028", "\r\n", "ß", "漢",
    "> ", "    ",
])
# fmt: on
texts = st.lists(_pieces, max_size=40).map("".join) | st.text(max_size=60)


@given(texts)
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    spans = sentences(text)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    gaps = [text[left:right] for left, right in zip(edges[::2], edges[1::2], strict=True)]
    assert not "".join(gaps).strip()


@given(texts, texts)
def test_a_blank_line_parts_paragraphs(above: str, below: str) -> None:
    """Outside of code, what stands above a blank line does not change what stands below it."""
    above, below = (part.replace("`", "'").replace("~", "-") for part in (above, below))
    lead = f"{above}\n\nx\n\n"
    assert cut(lead + "Y. " + below) == cut(lead) + cut("Y. " + below)
