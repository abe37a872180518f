"""The alternative text of a picture in an Office file: what its author says that it shows."""

from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers.render import line

# Office adds one of these to a description that it has guessed.
_GUESS = re.compile(
    r"description automatically generated|ai-generated content may be incorrect"
    r"|automatisch generierte beschreibung|ki-generierte inhalte können fehlerhaft sein"
    r"|description générée automatiquement|le contenu généré par l.ia peut être incorrect"
    r"|descripción generada automáticamente|el contenido generado por ia puede ser incorrecto"
    r"|descrizione generata automaticamente|descrição gerada automaticamente"
    r"|automatisch gegenereerde beschrijving",
    re.IGNORECASE,
)


def alternative_text(element: Element) -> str:
    """The text in an element such as `wp:docPr`, on one line. What Office itself has guessed of a
    picture is left out: it is no text of the document, and often wrong.

    >>> alternative_text(Element("docPr", {"descr": "A map of the quay"}))
    'A map of the quay'
    >>> alternative_text(Element("docPr", {"descr": "A duck Description automatically generated"}))
    ''
    """
    names = ("descr", "alt", "title")
    text = next((text for name in names if (text := line(element.get(name) or ""))), "")
    return "" if _GUESS.search(text) else text
