"""Questions in other languages, over documents in their own and in others."""

# ruff: noqa: RUF001 the signs of other scripts are meant

from collections.abc import Sequence
from typing import get_args

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.languages import language, languages
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.multilingual.question import dates_in, numbers_in, question_in
from app.local.engine.writer.question import Kind

TEXTS = {
    "en": (
        "The feed pump turns 1450 times a minute. It stands in the cellar of the mill.",
        "The canteen opens at seven. It is closed in August for cleaning.",
        "The ferry takes 40 minutes. Bicycles travel free of charge.",
    ),
    "de": (
        "Die Speisepumpe dreht sich 1450 Mal in der Minute. Sie steht im Keller der Mühle.",
        "Die Kantine öffnet um sieben Uhr. Im August ist sie wegen Reinigung geschlossen.",
        "Die Fähre braucht 40 Minuten. Fahrräder fahren kostenlos mit.",
    ),
    "ja": (
        "給水ポンプの回転数は毎分1450回です。ポンプは水車小屋の地下室にあります。",
        "食堂は七時に開きます。八月は清掃のため休業します。",
        "渡し船は40分かかります。自転車は無料で運べます。",
    ),
    "zh": (
        "给水泵的转速是每分钟1450转。水泵在磨坊的地下室。",
        "食堂七点开门。八月因清洁而关闭。",
        "渡轮需要40分钟。自行车免费。",
    ),
    "th": (
        "ปั๊มน้ำหมุน 1450 รอบต่อนาที ปั๊มน้ำตั้งอยู่ในห้องใต้ดินของโรงสี",
        "โรงอาหารเปิดเวลาเจ็ดโมงเช้า ในเดือนสิงหาคมโรงอาหารปิดเพื่อทำความสะอาด",
        "เรือข้ามฟากใช้เวลา 40 นาที จักรยานขึ้นเรือได้โดยไม่เสียค่าใช้จ่าย",
    ),
}


def asked(question: str, texts: Sequence[str], *before: Turn) -> Prompt:
    passages = [
        Passage(number, text, f"s3://docs/{number}.md", 0.9) for number, text in enumerate(texts, 1)
    ]
    prompt = answer_prompt(question, [], passages)
    return Prompt((*before, Turn("user", prompt.messages[-1].text)), prompt.system)


def said(speaker: Writer, question: str, texts: Sequence[str], *before: Turn) -> str:
    return "".join(speaker.generate(asked(question, texts, *before), Sampling()))


@pytest.mark.parametrize(
    ("code", "question", "holds"),
    [
        ("de", "Wie oft dreht sich die Speisepumpe in der Minute?", "1450 Mal in der Minute [1]."),
        ("de", "Warum ist die Kantine im August geschlossen?", "wegen Reinigung geschlossen [2]."),
        ("ja", "給水ポンプの回転数はいくつですか？", "毎分1450回です [1]。"),
        ("ja", "食堂はなぜ八月に休業しますか？", "清掃のため休業します [2]。"),
        ("zh", "给水泵的转速是多少？", "每分钟1450转 [1]。"),
        ("zh", "食堂几点开门？", "食堂七点开门 [2]。"),
        ("th", "ทำไมโรงอาหารปิดในเดือนสิงหาคม", "ปิดเพื่อทำความสะอาด [2]"),
    ],
)
def test_a_sentence_of_the_questions_language_is_quoted_and_cited(
    speaker: Writer, code: str, question: str, holds: str
) -> None:
    assert holds in said(speaker, question, TEXTS[code])


@pytest.mark.parametrize(
    ("question", "code", "holds"),
    [
        ("Wie schnell dreht sich die Speisepumpe?", "en", "1450 times a minute [1]."),
        ("Pourquoi la cantine est-elle fermée en août ?", "en", "for cleaning [2]."),
        ("食堂は八月になぜ休みですか？", "en", "for cleaning [2]."),
        ("How fast does the feed pump turn?", "de", "1450 Mal in der Minute [1]."),
        ("Why is the canteen closed in August?", "zh", "八月因清洁而关闭 [2]。"),
    ],
)
def test_a_sentence_of_another_language_is_quoted_and_cited(
    speaker: Writer, question: str, code: str, holds: str
) -> None:
    assert holds in said(speaker, question, TEXTS[code])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who was the first president of Brazil?", "The documents do not say."),
        ("Wer war der erste Präsident von Brasilien?", "[0] Die Dokumente sagen dazu nichts."),
        ("Qui fut le premier président du Brésil ?", "[0] Les documents ne le disent pas."),
        ("ブラジルの初代大統領は誰ですか？", "[0] 文書には書かれていません。"),
        ("巴西第一任总统是谁？", "[0] 文档中没有提到。"),
    ],
)
def test_what_no_document_says_is_said_so_in_the_questions_language(
    speaker: Writer, question: str, answer: str
) -> None:
    for texts in TEXTS.values():
        assert said(speaker, question, texts) == answer


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Was kostet ein Kaffee?", "2,10"),
        ("Wie hoch ist das Pfand für Apfelschorle?", "0,25"),
        ("Was kostet ein Tee?", "sagen dazu nichts"),
        ("Woher kommt der Kaffee?", "sagen dazu nichts"),
    ],
)
def test_a_row_that_is_named_answers_for_its_columns(
    question: str, holds: str, speaker: Writer
) -> None:
    rows = ("Artikel | Preis EUR | Pfand EUR", "--- | --- | ---", "Kaffee | 2,10 | ")
    table = "\n".join(f"| {row} |" for row in (*rows, "Apfelschorle | 1,60 | 0,25"))
    assert holds in said(speaker, question, [table])


def test_a_prompt_that_wants_its_own_words_gets_them_in_every_language(speaker: Writer) -> None:
    prompt = asked("Wer war der erste Präsident von Brasilien?", TEXTS["de"])
    own = Prompt(prompt.turns, 'Answer from the passages. If they do not say, reply "No idea."')
    assert "".join(speaker.generate(own, Sampling())) == "No idea."


def test_a_follow_up_of_one_word_is_in_the_language_of_the_conversation(speaker: Writer) -> None:
    before = (Turn("user", "Wer war der erste Präsident von Brasilien?"), Turn("assistant", "?"))
    assert said(speaker, "Warum?", TEXTS["en"], *before) == "[0] Die Dokumente sagen dazu nichts."


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("de", "number", "Wie viele Bücher darf ich ausleihen?"),
        ("de", "date", "Seit wann steht die Mühle?"),
        ("de", "yes-no", "Kann ich das ändern?"),
        ("fr", "reason", "Pourquoi est-ce fermé ?"),
        ("fr", "person", "Qui a fondé le musée ?"),
        ("es", "place", "¿Dónde está la bomba?"),
        ("it", "number", "Quanto costa il biglietto?"),
        ("pt", "date", "Quando abre o museu?"),
        ("nl", "way", "Hoe werkt dit?"),
        ("pl", "yes-no", "Czy to działa?"),
        ("ru", "number", "Сколько стоит билет?"),
        ("tr", "place", "Pompa nerede?"),
        ("ar", "yes-no", "هل المضخة في القبو؟"),
        ("ja", "number", "本は何冊ありますか？"),
        ("zh", "reason", "为什么关闭？"),
        ("ko", "date", "언제 열어요?"),
        ("th", "person", "ใครเป็นคนซ่อม"),
    ],
)
def test_a_question_tells_what_it_asks_for(code: str, kind: Kind, text: str) -> None:
    assert question_in(text, language(code)).kind == kind


@pytest.mark.parametrize(
    ("code", "question", "sentence"),
    [
        ("de", "Was ist ein Agent in Bedrock Chat?", "Ein Agent ist ein Programm."),
        ("fr", "Qu'est-ce qu'un agent ?", "Un agent est un programme."),
        ("ja", "エージェントとは何ですか？", "エージェントは、ツールを使います。"),
        ("zh", "什么是代理？", "代理是一种程序。"),
    ],
)
def test_a_sentence_that_defines_what_is_asked_for_is_known(
    code: str, question: str, sentence: str
) -> None:
    begins = question_in(question, language(code)).definition
    assert begins
    assert begins.match(sentence)


def test_numbers_and_dates_are_found_in_words() -> None:
    assert numbers_in("Es sind zwölf oder 1.450,5", language("de")) == {"zwölf", "1.450,5"}
    assert numbers_in("十一の巣箱と三人", language("ja")) >= {"三"}
    assert dates_in("Im Juli 1898", language("de")) == {"juli", "1898"}


def test_every_language_says_and_asks_all_that_is_needed() -> None:
    for code, one in languages().items():
        if code == "en":
            continue
        assert {*get_args(Kind)} - {"thing"} <= one.kinds.keys(), code
        assert one.says.keys() == one.small_talk.keys() - {"filler", "overview"} | {"abstention"}
        assert one.follow_ups.keys() >= {"lead", "about", "bare", "pronoun", "reason", "topic"}
        assert one.finds.keys() == {"number", "date"}
        assert one.defines


def test_of_very_many_sentences_those_that_share_words_are_looked_at(speaker: Writer) -> None:
    others = " ".join(f"Der Wagen {number} steht im Hof." for number in range(200))
    answer = said(speaker, "Wie lange braucht die Fähre?", [others, TEXTS["de"][2]])
    assert "Die Fähre braucht 40 Minuten [2]." in answer
