"""Yes or no, comparisons and summaries in other languages than English."""

# ruff: noqa: E501, RUF001 texts of a line; the signs of other scripts are meant

import re

import pytest

from app.answer.prompt import answer_prompt
from app.events import Passage
from app.local.engine.languages import language, languages
from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.multilingual.question import question_in
from app.local.engine.writer.multilingual.verdicts import verdict_of
from app.local.engine.writer.selection.comparisons import comparison_of
from app.local.engine.writer.selection.summaries import subject_in

OTHERS = sorted(set(languages()) - {"en"})

# A question, a sentence that says yes to it, one that says no, and one that limits what it says.
VERDICTS = {
    "de": (
        "Ist die Pumpe wasserdicht?", "Die Pumpe ist wasserdicht.", "Die Pumpe ist nicht wasserdicht.",
        "Die Pumpe ist nur innen wasserdicht.",
    ),
    "nl": (
        "Is de pomp waterdicht?", "De pomp is waterdicht.", "De pomp is niet waterdicht.",
        "De pomp is alleen van binnen waterdicht.",
    ),
    "fr": (
        "Est-ce que la pompe est étanche ?", "La pompe est étanche.", "La pompe n'est pas étanche.",
        "La pompe est étanche seulement en été.",
    ),
    "es": (
        "¿Admite la bomba agua salada?", "La bomba admite agua salada.",
        "La bomba no admite agua salada.", "La bomba solo admite agua salada en verano.",
    ),
    "it": (
        "La pompa supporta l'acqua salata?", "La pompa supporta l'acqua salata.",
        "La pompa non supporta l'acqua salata.", "La pompa supporta l'acqua salata solo in estate.",
    ),
    "pt": (
        "A bomba suporta água salgada?", "A bomba suporta água salgada.",
        "A bomba não suporta água salgada.", "A bomba só suporta água salgada no verão.",
    ),
    "pl": (
        "Czy pompa działa zimą?", "Pompa działa zimą.", "Pompa nie działa zimą.",
        "Pompa działa zimą tylko w nocy.",
    ),
    "ru": (
        "Работает ли насос зимой?", "Насос работает зимой.", "Насос не работает зимой.",
        "Насос работает зимой только ночью.",
    ),
    "tr": (
        "Pompa tuzlu su için uygun mu?", "Pompa tuzlu su için uygundur, pompa uygun.",
        "Pompa tuzlu su için uygun değildir.", "Pompa tuzlu su için sadece yazın uygun.",
    ),
    "ar": (
        "هل تدعم المضخة المياه المالحة؟", "المضخة تدعم المياه المالحة.",
        "المضخة لا تدعم المياه المالحة.", "المضخة تدعم المياه المالحة فقط في الصيف.",
    ),
    "ja": (
        "このポンプは海水に対応していますか？", "このポンプは海水に対応しています。",
        "このポンプは海水に対応していません。", "このポンプは夏だけ海水に対応しています。",
    ),
    "zh": (
        "该水泵支持海水吗？", "该水泵支持海水。", "该水泵不支持海水。", "该水泵仅在夏天支持海水。",
    ),
    "ko": (
        "이 펌프는 방수 기능이 있나요?", "이 펌프는 방수 기능이 있습니다.",
        "이 펌프는 방수 기능이 없습니다.", "이 펌프는 여름에만 방수 기능이 있습니다, 다만 짧습니다.",
    ),
    "th": (
        "ปั๊มนี้กันน้ำหรือไม่", "ปั๊มนี้กันน้ำ", "ปั๊มนี้ไม่กันน้ำ", "ปั๊มนี้กันน้ำเฉพาะด้านใน",
    ),
}  # fmt: skip

BEFORE = {
    "de": "Das Haus steht am Fluss und gehört der Stadt.",
    "es": "La casa está junto al río y es de la ciudad.",
    "ru": "Дом стоит у реки и принадлежит городу.",
    "ja": "家は川のそばにあります。",
    "zh": "房子在河边。",
}

COMPARISONS = {
    "de": "Was ist der Unterschied zwischen Kiefer und Eiche?",
    "nl": "Wat is het verschil tussen Kiefer en Eiche?",
    "fr": "Quelle est la différence entre Kiefer et Eiche ?",
    "es": "¿Cuál es la diferencia entre Kiefer y Eiche?",
    "it": "Qual è la differenza tra Kiefer e Eiche?",
    "pt": "Qual é a diferença entre Kiefer e Eiche?",
    "pl": "Jaka jest różnica między Kiefer a Eiche?",
    "ru": "В чём разница между Kiefer и Eiche?",
    "tr": "Kiefer ile Eiche arasındaki fark nedir?",
    "ar": "ما الفرق بين Kiefer و Eiche؟",
    "ja": "KieferとEicheの違いは何ですか？",
    "zh": "Kiefer和Eiche有什么区别？",
    "ko": "Kiefer와 Eiche의 차이점은 무엇입니까?",
    "th": "Kiefer กับ Eiche ต่างกันอย่างไร",
}

SUMMARIES = {
    "de": "Fasse das Handbuch zusammen.",
    "nl": "Geef me een korte samenvatting van het Handbuch",
    "fr": "Résume-moi le Handbuch",
    "es": "Hazme un resumen del Handbuch",
    "it": "Fammi un riassunto del Handbuch",
    "pt": "Faça um resumo do Handbuch",
    "pl": "Podsumuj Handbuch",
    "ru": "Дай мне краткое содержание Handbuch",
    "tr": "Handbuch belgesini özetle",
    "ar": "لخص Handbuch",
    "ja": "Handbuchを要約してください",
    "zh": "请总结一下Handbuch",
    "ko": "Handbuch 문서를 요약해 주세요",
    "th": "ช่วยสรุป Handbuch",
}


def verdict(code: str, question: str, sentence: str) -> str | None:
    its = language(code)
    one = Candidate(0, 0, "sentence", sentence, "")
    return verdict_of(question_in(question, its), its, one)


def test_every_language_is_tried() -> None:
    assert sorted(VERDICTS) == sorted(COMPARISONS) == sorted(SUMMARIES) == OTHERS


@pytest.mark.parametrize("code", OTHERS)
def test_a_plain_sentence_says_yes(code: str) -> None:
    question, yes, _, _ = VERDICTS[code]
    assert verdict(code, question, yes) == "yes"


@pytest.mark.parametrize("code", OTHERS)
def test_a_negation_says_no(code: str) -> None:
    question, _, no, _ = VERDICTS[code]
    assert verdict(code, question, no) == "no"


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_limited_or_not_plain_says_nothing(code: str) -> None:
    question, _, _, limited = VERDICTS[code]
    assert verdict(code, question, limited) is None


@pytest.mark.parametrize(
    ("code", "question", "sentence"),
    [
        ("de", "Hängt Starlette von FastAPI ab?", "FastAPI hängt von Starlette ab."),
        ("de", "Ist die Pumpe rot oder blau?", "Die Pumpe ist rot oder blau."),
        ("de", "Ist die Pumpe wasserdicht?", "Die Pumpe ist rot."),
        ("es", "¿Depende Starlette de FastAPI?", "FastAPI depende de Starlette."),
        (
            "fr",
            "Est-ce que la pompe est étanche ?",
            "Ce n'est pas la ville qui l'a, la pompe est étanche.",
        ),
        ("ja", "どのポンプが海水に対応していますか？", "このポンプは海水に対応しています。"),
        ("it", "La pompa funziona?", "La pompa funziona e la ruota non gira più."),
        ("zh", "水泵为什么支持海水？", "水泵支持海水。"),
    ],
)
def test_another_matter_says_nothing(code: str, question: str, sentence: str) -> None:
    assert verdict(code, question, sentence) is None


@pytest.mark.parametrize("code", OTHERS)
def test_both_sides_of_a_comparison_are_told(code: str) -> None:
    comparison = comparison_of(COMPARISONS[code], language(code))
    assert comparison is not None
    assert comparison.sides == ("Kiefer", "Eiche")
    assert comparison_of(VERDICTS[code][0], language(code)) is None
    assert comparison_of(SUMMARIES[code], language(code)) is None


@pytest.mark.parametrize("code", OTHERS)
def test_the_subject_of_a_summary_is_told(code: str) -> None:
    assert "Handbuch" in subject_in(SUMMARIES[code], language(code)).split()
    assert not subject_in(VERDICTS[code][0], language(code))
    assert not subject_in(COMPARISONS[code], language(code))


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_writer_says_itself_is_in_the_language(code: str) -> None:
    replies = language(code).replies
    assert {"yes", "no", "missing", "extracts"} <= replies.keys()
    assert "{}" in replies["missing"]
    assert replies["yes"] != replies["no"]


def answer(speaker: Writer, question: str, text: str, name: str = "a.md") -> str:
    prompt = answer_prompt(question, [], [Passage(1, text, f"s3://docs/{name}", 0.9)])
    asked = Prompt((Turn("user", prompt.messages[-1].text),), prompt.system)
    return re.sub(r" ?\[\d\]", "", "".join(speaker.generate(asked, Sampling(temperature=0))))


@pytest.mark.parametrize("code", ["de", "es", "ru", "ja", "zh"])
def test_a_verdict_stands_before_its_sentence(speaker: Writer, code: str) -> None:
    question, yes, no, _ = VERDICTS[code]
    replies = language(code).replies
    for verdict, sentence in (("yes", yes), ("no", no)):
        assert answer(speaker, question, f"{BEFORE[code]} {sentence}") == (
            f"{replies[verdict]} {sentence}"
        )


def test_a_comparison_is_told_from_two_places_and_says_what_is_missing(speaker: Writer) -> None:
    text = (
        "# Hölzer\n\nDie Kiefer ist ein weiches Holz, das schnell wächst.\n\nDie Eiche ist ein hartes"
        " Holz, das langsam wächst.\n\nDas Lager liegt am Hafen.\n"
    )
    both = answer(speaker, "Was ist der Unterschied zwischen Kiefer und Eiche?", text)
    assert "weiches Holz" in both
    assert "hartes Holz" in both
    one = answer(speaker, "Was ist der Unterschied zwischen Eiche und Teak?", text)
    assert one.endswith("Zu Teak habe ich in den Dokumenten nichts gefunden.")
    assert "hartes Holz" in one


def test_a_summary_is_said_to_be_extracts(speaker: Writer) -> None:
    text = (
        "# Handbuch\n\nDie Pumpe fördert das Wasser aus dem Keller der Mühle. Sie wird jeden Montag "
        "von einem Fachmann geprüft. Im Winter steht die Pumpe still.\n"
    )
    said = answer(speaker, "Fasse das Handbuch zusammen.", text, "Handbuch.md")
    assert said.startswith("Auszüge: ")
    assert "Keller der Mühle" in said
