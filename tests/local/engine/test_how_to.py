"""How something is done, asked in another language over English documents."""

# ruff: noqa: RUF001 the signs of other scripts are meant

import pytest

from app.local.engine.languages import how_to_in_english, languages

QUESTIONS = {
    "de": "Wie verschlüssele ich ein PDF mit pypdf?",
    "fr": "Comment chiffrer un PDF avec pypdf ?",
    "es": "¿Cómo puedo cifrar un PDF con pypdf?",
    "it": "Come posso cifrare un PDF con pypdf?",
    "pt": "Como posso criptografar um PDF com pypdf?",
    "nl": "Hoe kan ik een PDF versleutelen met pypdf?",
    "pl": "Jak zaszyfrować PDF z pypdf?",
    "ru": "Как зашифровать PDF с помощью pypdf?",
    "tr": "pypdf ile bir PDF nasıl şifrelenir?",
    "ar": "كيف يمكنني تشفير ملف PDF باستخدام pypdf؟",
    "ja": "pypdfでPDFを暗号化するにはどうすればいいですか？",
    "zh": "如何用pypdf加密PDF文件？",
    "ko": "pypdf로 PDF를 암호화하려면 어떻게 해야 하나요?",
    "th": "จะเข้ารหัส PDF ด้วย pypdf ได้อย่างไร",
}


@pytest.mark.parametrize("code", sorted(set(languages()) - {"en"}))
def test_an_act_and_the_names_in_a_question_are_put_in_english(code: str) -> None:
    english = how_to_in_english(QUESTIONS[code])
    assert english is not None
    assert english.startswith("How do I encrypt ")
    assert {"PDF", "pypdf"} <= set(english.rstrip("?").split())


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Comment ajouter un mot de passe à un fichier ?", "How do I add password file?"),
        ("Wie deinstalliere ich ruff?", "How do I uninstall ruff?"),
        ("如何卸载ruff？", "How do I uninstall ruff?"),
    ],
)
def test_phrases_and_what_holds_another_act_are_told_apart(question: str, english: str) -> None:
    assert how_to_in_english(question) == english


@pytest.mark.parametrize(
    "question",
    [
        "How do I encrypt a PDF?",
        "Was ist eine Datei?",
        "Wie lange ist das Standard-Timeout von httpx?",
        "Wie geht es der Pumpe?",
        "",
    ],
)
def test_another_question_is_none_of_them(question: str) -> None:
    assert how_to_in_english(question) is None


@pytest.mark.parametrize("code", sorted(set(languages()) - {"en"}))
def test_no_beginning_of_a_word_is_so_short_that_it_begins_anything(code: str) -> None:
    one = languages()[code]
    assert one.english.keys() == languages()["de"].english.keys()
    if one.spaced and not one.script:
        starts = " ".join(one.english.values()).split()
        assert [start for start in starts if len(start) < 2] == []
        assert one.function_words.isdisjoint(starts)
