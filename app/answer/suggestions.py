"""Questions that one could ask: made of what stands in the documents, without a model. Pure.

A heading that is a question is taken as it is. Any other heading, or else the word that a passage
has most often, becomes the topic of one, in the language of whoever asks.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from app.citations.quote import Quotable
from app.citations.vocabulary import content_words
from app.events import Passage

TEMPLATES = {
    "en": "What does “{document}” say about {topic}?",
    "de": "Was steht in „{document}“ über {topic}?",
    "es": "¿Qué dice «{document}» sobre {topic}?",
    "fr": "Que dit «\u00a0{document}\u00a0» à propos de {topic}\u00a0?",
    "ja": "「{document}」には{topic}について何と書かれていますか。",
    "pt": "O que «{document}» diz sobre {topic}?",
    "ar": "ماذا يقول «{document}» عن {topic}؟",
}
"""By the language in which one asks; the topic is in the document's own."""
LONGEST = 80  # characters of a topic: a longer heading is no name of one
SHORTEST_WORD = 5  # characters of a word that may be a topic
_SIGNS = " \t#*_`:.;–—-"  # noqa: RUF001 these signs are meant
_QUESTION = re.compile(r"[?？؟]\s*$")  # noqa: RUF001 these signs are meant


def question_about(passages: Sequence[Passage], language: str = "en") -> str | None:
    r"""A question that these passages of one document answer; None if they name no topic.

    >>> text = "# Minerals\n\n## Hardness of quartz\n\nQuartz has a hardness of 7."
    >>> question_about([Passage(1, text, "s3://docs/minerals.md", 0.9)])
    'What does “minerals.md” say about Hardness of quartz?'
    """
    headings = [each for passage in passages for each in _headings(passage)]
    for heading in headings:
        if _QUESTION.search(heading):
            return heading
    topics = headings or [word for passage in passages for word in _frequent(passage)]
    if not topics:
        return None
    template = TEMPLATES.get(language, TEMPLATES["en"])
    return template.format(document=passages[0].title, topic=topics[0])


def _headings(passage: Passage) -> Iterator[str]:
    """The names of the passage's sections, the most special first; not the document's own title."""
    own = {passage.title.casefold(), passage.document.casefold()}
    labels = Quotable(passage.text).labels()
    for label in reversed(labels):
        for part in label.splitlines()[:1]:
            name = part.strip(_SIGNS).strip()
            is_table = "|" in name
            if name and len(name) <= LONGEST and name.casefold() not in own and not is_table:
                yield name


def _frequent(passage: Passage) -> Iterator[str]:
    """The words that the passage has most often, as they are written there."""
    known = content_words(passage.text)
    counts = Counter(re.findall(r"\w+", passage.text))
    for word, _ in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0])):
        if len(word) >= SHORTEST_WORD and not word.isdigit() and content_words(word) & known:
            yield word
