"""A language: its file, read."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import Stemmer

from app.local import lazy_re as re

FOLDER = Path(__file__).parent

_OF_VERDICTS = ("negation", "limits", "uncertain", "lead")
_SLOT = "[^?\u061f\uff1f,\u060c\u3001\uff0c:;]{1,60}?"  # no sign that ends a part of a sentence


Patterns = Mapping[str, re.Pattern[str]]
"""Patterns, each by its name in the file of the language."""


@dataclass(frozen=True, eq=False)
class Language:
    """A language, known by its ISO 639-1 code.

    Attributes:
        name: in English.
        script: the script that tells it; empty for those in Latin letters.
        stemmer: the name of its Snowball stemmer; empty if it has none.
        spelling: what its words often hold, and those of few other languages in its script.
        function_words: words that say nothing of what a text is about. Where the script puts no
            spaces between words, they are cut out of it.
        kinds: how a question asks for a number, a date, a person, a place, a reason, yes or no, a
            way, code, a list.
        definition: how a question asks what its `subject` is.
        defines: how a sentence begins that says what {subject} is; empty if that is not known.
        finds: what is a number or a date when it is written in words.
        demands: which words ask for a price (`cost`), for the time of day (`hour`), and how many
            there are (`many`); which text tells a price (`price`), the time of day (`clock`), or a
            time beside a date (`times`), people by their names, titles or trades (`persons`, where
            no capitals tell names); which words tell nothing that an answer has to have
            (`light`).
        small_talk: what is said to be polite, by what it is; `help` and `overview`.
        says: what the assistant says in this language: that the documents do not say, and what it
            answers to small talk.
        follow_ups: how a question leans on the one before (`rewrite`).
        moves: what a turn may ask of the conversation itself: more, what comes after, whether it is
            sure, the same again, its code; how a turn is put that the question before is `joined`
            with, or that asks the same of something else, `too`.
        replies: what is answered about the conversation; what stands before extracts, and for a
            side of a comparison that nothing is found about; yes and no.
        comparison_forms: how a question compares {a} with {b}, perhaps in an {aspect}.
        summary_forms: how a summary of a {subject} is asked for.
        frame: words of such a question that are not its subject, such as "document".
        verdicts: what turns a sentence over (`negation`), limits what it says (`limits`), or makes
            a question one that no yes or no answers (`uncertain`); what of it only asks (`lead`).
        negates_last: whether what turns a sentence over stands behind, or in, what it turns over.
        verb_first: whether a question of yes or no may begin with the verb of its answer, or with
            one of `particles` and then the verb.
        english: the beginnings of words, by the English words for them (`how_to`).
    """

    code: str
    name: str
    script: str
    stemmer: str
    spelling: re.Pattern[str]
    function_words: frozenset[str]
    kinds: Patterns
    definition: re.Pattern[str]
    defines: str
    finds: Patterns
    demands: Patterns
    small_talk: Mapping[str, str]
    says: Mapping[str, str]
    follow_ups: Mapping[str, str]
    moves: Patterns
    replies: Mapping[str, str]
    comparison_forms: Sequence[str]
    summary_forms: Sequence[str]
    frame: frozenset[str]
    verdicts: Patterns
    negates_last: bool
    verb_first: bool
    particles: frozenset[str]
    english: Mapping[str, str]

    @property
    def spaced(self) -> bool:
        """Whether it puts spaces between words."""
        return self.script not in ("kana", "han", "thai")

    def stem(self, word: str) -> str:
        """The stem of a word in lower case; the word itself if there is no stemmer."""
        if not self.stemmer:
            return word
        # A stemmer holds the word that it works on, and threads come here at the same time. To make
        # one takes no longer than a stem, if it remembers none.
        stem: str = Stemmer.Stemmer(self.stemmer, 0).stemWord(word)
        return stem

    @cached_property
    def comparisons(self) -> Sequence[re.Pattern[str]]:
        return [_pattern(_slots(form)) for form in self.comparison_forms]

    @cached_property
    def summaries(self) -> Sequence[re.Pattern[str]]:
        return [_pattern(_slots(form)) for form in self.summary_forms]

    @classmethod
    def of(cls, code: str, table: Mapping[str, Any]) -> "Language":
        definition = table.get("definition", {})
        summaries, verdicts = table.get("summaries", {}), table.get("verdicts", {})
        texts = {name: verdicts[name] for name in _OF_VERDICTS if name in verdicts}
        return cls(
            code,
            table["name"],
            table.get("script", ""),
            table.get("stemmer", ""),
            _pattern(table.get("spelling", "(?!)")),
            frozenset(table["function_words"].split()),
            _patterns(table.get("kinds", {})),
            _pattern(definition.get("question", "(?!)")),
            definition.get("answer", ""),
            _patterns(table.get("finds", {})),
            _patterns(table.get("demands", {})),
            table.get("small_talk", {}),
            table.get("says", {}),
            table.get("follow_ups", {}),
            _patterns(table.get("moves", {})),
            table.get("replies", {}),
            table.get("comparisons", {}).get("forms", ()),
            summaries.get("forms", ()),
            frozenset(summaries.get("frame", "").split()),
            _patterns(texts),
            verdicts.get("negates_last", False),
            verdicts.get("verb_first", False),
            frozenset(verdicts.get("particles", "").split()),
            table.get("english", {}),
        )


@cache
def languages() -> Mapping[str, Language]:
    """All that are known, by their codes."""
    paths = sorted(FOLDER.glob("*.toml"))
    return {path.stem: Language.of(path.stem, tomllib.loads(path.read_text())) for path in paths}


def language(code: str) -> Language:
    return languages()[code]


def _slots(form: str) -> str:
    """A form with what it leaves open: {a}, {b}, {aspect}, {subject}."""
    for name in ("a", "b", "aspect", "subject"):
        form = form.replace(f"{{{name}}}", rf"(?P<{name}>{_SLOT})")
    return form


def _patterns(texts: Mapping[str, str]) -> Patterns:
    return {name: _pattern(text) for name, text in texts.items()}


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
