"""Turns of a conversation, in each language: no follow-up is answered by the answer before."""

# ruff: noqa: E501, RUF001 texts of a line; the signs of other scripts are meant

import re
from dataclasses import dataclass

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.languages import language, languages
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.rewrite import understand


@dataclass(frozen=True)
class Talk:
    """A document of three sentences, a question that the first answers, and turns behind it."""

    text: str
    question: str
    why: str
    more: str
    after: str
    sure: str
    ferry: str


TALKS = {
    "en": Talk(
        "The feed pump turns 1450 times a minute. It stands in the cellar of the mill. It is checked every Monday.",
        "How fast does the feed pump turn?",
        *("Why?", "Tell me more", "What comes after that?", "Are you sure?", "And the ferry?"),
    ),
    "de": Talk(
        "Die Speisepumpe dreht sich 1450 Mal in der Minute. Sie steht im Keller der Mühle. Sie wird jeden Montag geprüft.",
        "Wie schnell dreht sich die Speisepumpe?",
        *("Warum?", "Erzähl mir mehr", "Was kommt danach?", "Bist du sicher?", "Und die Fähre?"),
    ),
    "fr": Talk(
        "La pompe d'alimentation tourne 1450 fois par minute. Elle se trouve dans la cave du moulin. Elle est contrôlée chaque lundi.",
        "À quelle vitesse tourne la pompe d'alimentation ?",
        *("Pourquoi ?", "Dis-moi en plus", "Et après ?", "Es-tu sûr ?", "Et le bac ?"),
    ),
    "es": Talk(
        "La bomba de alimentación gira 1450 veces por minuto. Está en el sótano del molino. Se revisa cada lunes.",
        "¿A qué velocidad gira la bomba de alimentación?",
        *("¿Por qué?", "Dime más", "¿Qué viene después?", "¿Estás seguro?", "¿Y el transbordador?"),
    ),
    "it": Talk(
        "La pompa di alimentazione gira 1450 volte al minuto. Si trova nella cantina del mulino. Viene controllata ogni lunedì.",
        "A che velocità gira la pompa di alimentazione?",
        *("Perché?", "Dimmi di più", "Cosa viene dopo?", "Sei sicuro?", "E il traghetto?"),
    ),
    "pt": Talk(
        "A bomba de alimentação gira 1450 vezes por minuto. Fica na cave do moinho. É verificada todas as segundas-feiras.",
        "A que velocidade gira a bomba de alimentação?",
        *("Por quê?", "Diga-me mais", "O que vem depois?", "Você tem certeza?", "E a balsa?"),
    ),
    "nl": Talk(
        "De voedingspomp draait 1450 keer per minuut. Ze staat in de kelder van de molen. Ze wordt elke maandag gecontroleerd.",
        "Hoe snel draait de voedingspomp?",
        *("Waarom?", "Vertel me meer", "Wat komt daarna?", "Weet je dat zeker?", "En de veerboot?"),
    ),
    "pl": Talk(
        "Pompa zasilająca obraca się 1450 razy na minutę. Stoi w piwnicy młyna. Jest sprawdzana w każdy poniedziałek.",
        "Jak szybko obraca się pompa zasilająca?",
        *("Dlaczego?", "Powiedz mi więcej", "Co potem?", "Jesteś pewien?", "A prom?"),
    ),
    "ru": Talk(
        "Питательный насос вращается 1450 раз в минуту. Он стоит в подвале мельницы. Его проверяют каждый понедельник.",
        "Как быстро вращается питательный насос?",
        *("Почему?", "Расскажи подробнее", "Что было потом?", "Ты уверен?", "А паром?"),
    ),
    "tr": Talk(
        "Besleme pompası dakikada 1450 kez döner. Değirmenin bodrumunda durur. Her pazartesi kontrol edilir.",
        "Besleme pompası ne kadar hızlı döner?",
        *("Neden?", "Daha fazla anlat", "Sonra ne oldu?", "Emin misin?", "Peki feribot?"),
    ),
    "ar": Talk(
        "تدور مضخة التغذية 1450 مرة في الدقيقة. تقع المضخة في قبو الطاحونة. يتم فحصها كل يوم اثنين.",
        "ما سرعة دوران مضخة التغذية؟",
        *("لماذا؟", "أخبرني بالمزيد", "ماذا بعد ذلك؟", "هل أنت متأكد؟", "والعبارة؟"),
    ),
    "ja": Talk(
        "給水ポンプの回転数は毎分1450回です。ポンプは水車小屋の地下室にあります。毎週月曜日に点検されます。",
        "給水ポンプの回転数はいくつですか？",
        *("なぜですか？", "もっと詳しく教えてください", "その後は？", "本当ですか？", "渡し船は？"),
    ),
    "zh": Talk(
        "给水泵的转速是每分钟1450转。水泵在磨坊的地下室。每周一进行检查。",
        "给水泵的转速是多少？",
        *("为什么？", "再说一点", "然后呢？", "你确定吗？", "那渡轮呢？"),
    ),
    "ko": Talk(
        "급수 펌프는 분당 1450회 회전합니다. 펌프는 방앗간 지하실에 있습니다. 매주 월요일에 점검합니다.",
        "급수 펌프의 회전수는 얼마입니까?",
        *("왜요?", "더 자세히 알려 주세요", "그 다음은?", "확실합니까?", "나룻배는요?"),
    ),
    "th": Talk(
        "ปั๊มน้ำหมุน 1450 รอบต่อนาที ปั๊มน้ำตั้งอยู่ในห้องใต้ดินของโรงสี ปั๊มน้ำได้รับการตรวจสอบทุกวันจันทร์",
        "ปั๊มน้ำหมุนกี่รอบต่อนาที",
        *("ทำไม", "บอกรายละเอียดเพิ่มเติม", "หลังจากนั้นล่ะ", "แน่ใจไหม", "แล้วเรือข้ามฟากล่ะ"),
    ),
}  # fmt: skip
CODES = sorted(TALKS)


def reply(speaker: Writer, talk: Talk, question: str, *before: str) -> str:
    """The writer's answer, without its marks."""
    prompt = answer_prompt(question, [], [Passage(1, talk.text, "s3://docs/a.md", 0.9)])
    turns = [Turn("assistant" if n % 2 else "user", one) for n, one in enumerate(before)]
    asked = Prompt((*turns, Turn("user", prompt.messages[-1].text)), prompt.system)
    return re.sub(r" ?\[\d\]", "", "".join(speaker.generate(asked, Sampling(temperature=0))))


def test_every_language_with_tables_has_a_conversation() -> None:
    assert sorted(languages()) == CODES


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("move", ["why", "more", "after", "sure", "ferry"])
def test_a_follow_up_never_gets_the_answer_before_again(
    speaker: Writer, code: str, move: str
) -> None:
    talk = TALKS[code]
    first = reply(speaker, talk, talk.question)
    assert "1450" in first
    second = reply(speaker, talk, getattr(talk, move), talk.question, first)
    assert "1450" not in second


def test_why_is_answered_by_a_reason_or_not_at_all(speaker: Writer) -> None:
    pump = TALKS["en"]
    reason = "It is off in winter, because the mill stands still then."
    talk = Talk(f"{pump.text} {reason}", *("",) * 6)
    question, first = "When is the feed pump off?", "The feed pump is off in winter."
    assert reply(speaker, talk, "Why?", question, first) == reason
    assert reply(speaker, talk, "Why?", question, f"{first} {reason}") == (
        "Because the mill stands still then."
    )
    assert reply(speaker, pump, "Why?", pump.question, first) == "The documents do not say."


@pytest.mark.parametrize("code", CODES)
def test_what_stands_behind_an_answer_is_told(speaker: Writer, code: str) -> None:
    talk = TALKS[code]
    first = reply(speaker, talk, talk.question)
    for question in (talk.after, talk.more):
        second = reply(speaker, talk, question, talk.question, first)
        assert second.replace("。 ", "。").strip(" .。") in talk.text, question


@pytest.mark.parametrize("code", CODES)
def test_whether_an_answer_is_sure_is_said_in_its_language(speaker: Writer, code: str) -> None:
    talk, replies = TALKS[code], language(code).replies
    assert reply(speaker, talk, talk.sure, talk.question, "1450.") == replies["sure"]
    nothing = language(code).says.get("abstention", "The documents do not say.")
    assert reply(speaker, talk, talk.sure, talk.question, nothing) == replies["unsure"]


@pytest.mark.parametrize("code", CODES)
def test_a_first_turn_that_leans_on_nothing_is_asked_back(speaker: Writer, code: str) -> None:
    talk = TALKS[code]
    lead = language(code).replies["unclear"].partition("{}")[0]
    for question in (talk.why, talk.more):
        assert reply(speaker, talk, question).startswith(lead), question


@pytest.mark.parametrize("code", CODES)
def test_small_talk_between_changes_nothing(code: str) -> None:
    talk = TALKS[code]
    thanks = {"en": "Thanks!", "de": "Danke!", "ja": "ありがとう"}.get(code, "OK, thanks")
    turns = (Turn("user", talk.question), Turn("assistant", "1450."), Turn("user", thanks))
    assert understand(talk.more, turns).question == talk.question


def test_how_safe_that_is_may_be_said_by_its_opposite(speaker: Writer) -> None:
    cipher = "The vault encrypts with RC4 if no algorithm is named. RC4 is insecure. AES is slower."
    talk = Talk(cipher, *("",) * 6)
    question, first = "What does the vault encrypt with?", cipher.partition(". ")[0]
    assert reply(speaker, talk, "Is that safe?", question, first).startswith("RC4 is insecure.")


def test_a_misspelled_question_is_read_as_it_was_meant(speaker: Writer) -> None:
    talk = Talk(TALKS["en"].text, *("",) * 6)
    assert "1450" in reply(speaker, talk, "Hwo fast does teh fead pupm trun?")


def test_the_code_that_is_shown_is_of_what_was_asked_last(speaker: Writer) -> None:
    text = (
        "# Stamps\n\nTo add a stamp to a page:\n\n```python\npage.merge(stamp)\n```\n\n"
        "An image has to be made a stamp first:\n\n```python\nstamp = of_image(path)\n```\n"
    )
    talk = Talk(text, *("",) * 6)
    before = (
        "How do I add a stamp to a page?",
        "With merge.",
        "Can I do it with an image?",
        "Yes.",
    )
    assert "of_image" in reply(speaker, talk, "Show me the code", *before)


COACH = "Luis Ferrand coaches the juniors. His telephone number is 0555 01742."
LOCKERS = "The club has 40 lockers, which stand beside the showers. They are emptied in May."


@pytest.mark.parametrize(
    ("text", "question", "turn", "answer"),
    [
        (COACH, "Who coaches the juniors?", "What is his number?", "His telephone number is 0555"),
        (LOCKERS, "How many lockers are there?", "Where are they?", "stand beside the showers"),
    ],
)
def test_what_was_said_is_said_again_only_for_what_is_asked_now(
    speaker: Writer, text: str, question: str, turn: str, answer: str
) -> None:
    """The name that "his" stands for is of the answer, and is nothing new that it has."""
    talk = Talk(text, *("",) * 6)
    first = text.partition(". ")[0] + "."
    second = reply(speaker, talk, turn, question, first)
    assert answer in second
    assert "coaches" not in second
