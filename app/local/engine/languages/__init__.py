"""The languages that are known, a file for each, and how a text tells its own.

    <code>.toml    the stemmer and the function words of a language; `script`, where it alone tells
                   the language
    detection      a text -> its language
    how_to         how something is done, asked in another language -> in English

To add a language, add its file.
"""

from app.local.engine.languages.detection import detect, tell
from app.local.engine.languages.how_to import how_to_in_english
from app.local.engine.languages.language import Language, language, languages

__all__ = ["ENGLISH", "Language", "detect", "how_to_in_english", "language", "languages", "tell"]

ENGLISH = language("en")
