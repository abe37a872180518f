"""The places that come nearest to a question which the documents do not answer."""

from app.events import Passage
from app.turn.nearest import nearest


def passage(number: int, key: str, text: str, page: int | None = None) -> Passage:
    return Passage(number, text, f"s3://documents/{key}", 1 / number, page)


LOCKERS = passage(1, "a/lockers.md", "# Rules\n\n## Lockers\n\nThe deposit of L-3 is 7.")


def named(query: str, *passages: Passage) -> list[tuple[str, str | None, int | None]]:
    return [(place.document, place.section, place.page) for place in nearest(query, passages)]


def test_the_section_is_the_one_that_is_nearest_to_the_question() -> None:
    both = passage(1, "b.md", "# Boats\n\nBoats are let.\n\n# Lockers\n\nLockers are lent.")
    assert named("Is there a locker for boats?", both)[0][1] == "Boats"
    assert named("Who lent the lockers?", both)[0][1] == "Lockers"


def test_a_passage_without_enough_of_the_questions_words_is_not_near() -> None:
    assert named("What is the deposit of locker L-9?", LOCKERS) == [
        ("a/lockers.md", "Lockers", None)
    ]
    assert named("Who won the deposit of the 1998 world cup final?", LOCKERS) == []
    assert named("What is it?", LOCKERS) == []
    fees = passage(1, "a.csv", "| No. | Fee |\n| --- | --- |\n| B-1 | 7 |")
    for topic in ("lockers", "rules"):
        assert len(named(f"Who won the 1998 world cup final of {topic}?", LOCKERS)) == 1
    assert len(named("Who won the fee of the 1998 world cup final?", fees)) == 1
    assert named("Which lockers?", passage(1, "Lockers/a.pdf", "None.", 2)) == [
        ("Lockers/a.pdf", None, 2)
    ]


def test_a_third_of_the_questions_words_is_enough() -> None:
    text = passage(1, "a.pdf", "A deposit is due.", 1)
    assert named("Which deposit, locker, boat?", text) == [("a.pdf", None, 1)]
    assert named("Which deposit, locker, boat, pool?", text) == []


def test_places_are_named_once_and_three_at_most_best_first() -> None:
    passages = [
        passage(1, "a.pdf", "A deposit.", 1),
        passage(2, "a.pdf", "A deposit, again.", 1),
        passage(3, "a.pdf", "A third deposit.", 2),
        passage(4, "b.md", "# Deposit\n\nThe deposit."),
        passage(5, "c.md", "Deposits."),
    ]
    assert named("Which deposit?", *passages) == [
        ("a.pdf", None, 1),
        ("a.pdf", None, 2),
        ("b.md", "Deposit", None),
    ]


def test_words_of_other_scripts_are_compared_too() -> None:
    pump = passage(1, "ja.md", "# 給水ポンプ\n\nポンプは地下室にあります。")
    assert named("給水ポンプの価格は？", pump) == [("ja.md", "給水ポンプ", None)]  # noqa: RUF001
    assert named("食堂は何時に開きますか？", pump) == []  # noqa: RUF001
    thai = passage(1, "th.md", "# ปั๊มน้ำ\n\nอยู่ในห้องใต้ดิน")
    assert named("ปั๊มราคาเท่าไร", thai) == [("th.md", "ปั๊มน้ำ", None)]
    boiler = passage(1, "ru.md", "Котёл стоит в подвале.")
    assert named("Где стоит котла?", boiler) == [("ru.md", None, None)]
