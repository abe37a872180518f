"""What is near to a question in another language, and does not answer it."""

import pytest

from app.local.engine.languages import language
from app.local.engine.writer import Writer
from tests.local.engine.writer.test_multilingual_answers import said

KIOSK = (
    "# Kiosk\n\nEin Käsebrötchen kostet 3,20 Euro. Der Kiosk steht neben dem Spielplatz. "
    "Der Schlüssel für Platz T-14 liegt an der Kasse. Der Kiosk hat zwei Fenster."
)
GYM = (
    "# Gimnasio\n\nLa matrícula cuesta 20 euros. Las clases de yoga son los martes a las 19:30. "
    "La taquilla F-08 está rota. El gimnasio tiene doce bicicletas."
)
TEA = "# 青石茶馆\n\n一壶龙井茶的价格是68元。包间在二楼。茶馆有二十四张桌子。储物柜C-05已经坏了。"

STAGE = "# 水车剧场\n\n每周六晚上七点有评书表演。水泵由王小芳修理。剧场有二十四张桌子。"
LAUNDRY = "# ร้านซักผ้า\n\nร้านมีเครื่องซักผ้า 12 เครื่อง การอบผ้าใช้เวลา 40 นาที สมชายเก็บผ้าที่ลืมไว้ในตู้"


@pytest.mark.parametrize(
    ("text", "question", "holds"),
    [
        (KIOSK, "Was kostet ein Käsebrötchen?", "3,20"),
        (KIOSK, "Wo liegt der Schlüssel für Platz T-14?", "Kasse"),
        (KIOSK, "Wie viele Fenster hat der Kiosk?", "zwei Fenster"),
        (GYM, "¿Cuándo son las clases de yoga?", "19:30"),
        (GYM, "¿Cuántas bicicletas tiene el gimnasio?", "doce"),
        (TEA, "一壶龙井茶多少钱?", "68元"),
        (TEA, "茶馆有多少张桌子?", "二十四"),
        (STAGE, "谁修理水泵?", "王小芳"),
        (LAUNDRY, "ใครเก็บผ้าที่ลืมไว้", "สมชาย"),
    ],
)
def test_what_has_all_that_is_asked_for_answers(
    speaker: Writer, text: str, question: str, holds: str
) -> None:
    assert holds in said(speaker, question, [text])


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (KIOSK, "Wann öffnet der Kiosk?"),  # no time
        (KIOSK, "Was kostet ein Wurstbrötchen?"),  # another of its sort
        (KIOSK, "Wo liegt der Schlüssel für Platz T-15?"),  # another number
        (KIOSK, "Wie viele Angestellte hat der Kiosk?"),  # a number of something else
        (GYM, "¿A qué hora abre el gimnasio?"),
        (GYM, "¿Cuándo son las clases de boxeo?"),
        (GYM, "¿Qué le pasa a la taquilla F-09?"),
        (TEA, "茶馆几点开门?"),
        (TEA, "一壶普洱茶多少钱?"),
        (TEA, "储物柜C-06坏了吗?"),
        (STAGE, "谁表演评书?"),  # nobody
        (LAUNDRY, "ใครซ่อมเครื่องซักผ้า"),
    ],
)
def test_what_is_merely_near_does_not_answer(speaker: Writer, text: str, question: str) -> None:
    code = {KIOSK: "de", GYM: "es", LAUNDRY: "th"}.get(text, "zh")
    assert said(speaker, question, [text]) == f"[0] {language(code).says['abstention']}"
