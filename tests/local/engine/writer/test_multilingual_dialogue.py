"""Follow-ups and small talk in other languages than English."""

# ruff: noqa: RUF001 the signs of other scripts are meant

import pytest

from app.local.engine.writer.multilingual.small_talk import asks_for_all, help_in
from app.local.engine.writer.prompt import Turn
from app.local.engine.writer.rewrite import rewrite
from app.local.engine.writer.small_talk import reply


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("Wie schnell dreht sich die Pumpe?", "Wo steht sie?", "Wo steht die Pumpe?"),
        ("Wo liegt der Lesesaal der Bibliothek?", "Wann ist er offen?",
         "Wann ist der Lesesaal der Bibliothek offen?"),
        ("Warum ist die Kantine geschlossen?", "Und das Museum?",
         "Warum ist das Museum geschlossen?"),
        ("Wie schnell dreht sich die Pumpe?", "Warum?",
         "Wie schnell dreht sich die Pumpe, und warum?"),
        ("À quelle vitesse tourne la pompe ?", "Où est-elle ?", "Où est la pompe ?"),
        ("Combien coûte la carte de stationnement ?", "Et pour le vélo ?",
         "Combien coûte le vélo ?"),
        ("¿A qué velocidad gira la bomba?", "¿Dónde está?", "¿Dónde está la bomba?"),
        ("Chi ha fondato il museo?", "Quando è stato fondato?", "Quando è stato fondato il museo?"),
        ("Onde fica a sala de leitura?", "Quando ela abre?", "Quando a sala de leitura abre?"),
        ("Hoe snel draait de pomp?", "Waar staat ze?", "Waar staat de pomp?"),
        ("Gdzie stoi pompa?", "Kiedy ona działa?", "Kiedy stoi pompa działa?"),
        ("Где стоит насос?", "Когда его проверяют?", "Когда стоит насос проверяют?"),
        ("給水ポンプの回転数はいくつですか？", "それはどこにありますか？",
         "給水ポンプはどこにありますか？"),
        ("図書館はどこにありますか？", "いつですか？", "図書館はどこにありますか、いつですか？"),
        ("给水泵的转速是多少？", "它在哪里？", "给水泵在哪里？"),
        ("급수 펌프의 회전수는 얼마입니까?", "그것은 어디에 있습니까?",
         "급수 펌프 어디에 있습니까?"),
    ],
)  # fmt: skip
def test_a_follow_up_names_what_it_is_about(before: str, question: str, expected: str) -> None:
    assert rewrite(question, (Turn("user", before), Turn("assistant", "1450."))) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Wer hat das Museum gegründet?",
        "À quelle température le four cuit-il la poterie ?",
        "¿Qué humedad necesitan las orquídeas?",
        "Кто основал городской музей?",
        "図書館の閲覧室はどこにありますか？",
        "Danke!",
        "谢谢！",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    before = Turn("user", "Wie schnell dreht sich die Pumpe?")
    assert rewrite(question, (before, Turn("assistant", "1450."))) == question


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Danke!", "Gern geschehen."),
        ("Vielen Dank für die Hilfe", "Gern geschehen."),
        ("Merci beaucoup !", "Je vous en prie."),
        ("¡Muchas gracias!", "De nada."),
        ("Grazie mille, arrivederci", "Arrivederci."),
        ("Obrigado!", "De nada."),
        ("Dank je wel", "Graag gedaan."),
        ("Dziękuję bardzo", "Proszę bardzo."),
        ("Спасибо!", "Пожалуйста."),
        ("ありがとうございます！", "どういたしまして。"),
        ("谢谢", "不客气。"),
        ("감사합니다", "천만에요."),
        ("ขอบคุณครับ", "ด้วยความยินดี"),
        ("شكرا", "على الرحب والسعة."),
        ("Teşekkürler", "Rica ederim."),
        ("Guten Morgen", "Guten Tag. Was möchten Sie über die Dokumente wissen?"),
    ],
)
def test_small_talk_is_answered_in_its_language(text: str, answer: str) -> None:
    assert reply(text) == answer


def test_what_asks_for_something_is_no_small_talk() -> None:
    for text in ("Danke, und wo steht die Pumpe?", "谢谢你的水泵在哪里", "Gracias a la bomba"):
        assert reply(text) is None


def test_help_and_an_overview_are_asked_for_in_any_language() -> None:
    assert str(help_in("Was kannst du?")).startswith("Stellen Sie eine Frage")
    assert str(help_in("Aide-moi")).startswith("Posez une question")
    assert help_in("Was kann die Pumpe?") is None
    for text in ("Worum geht es hier?", "De quoi ça parle ?", "О чём эти документы?", "概要"):
        assert asks_for_all(text), text
    assert not asks_for_all("Worum geht es im Vertrag?")
