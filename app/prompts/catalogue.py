"""The application's own templates, by name."""

from collections.abc import Mapping

from app.errors import NotFound
from app.prompts.agent import AGENT
from app.prompts.answer import ANSWER
from app.prompts.rewrite import REWRITE
from app.prompts.template import Template

TEMPLATES: Mapping[str, Template] = {
    template.name: template for template in (ANSWER, REWRITE, AGENT)
}


def find(name: str) -> Template:
    """The template of this name.

    Raises:
        NotFound: there is none.
    """
    if name not in TEMPLATES:
        raise NotFound(f"There is no prompt {name!r}; there are {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]
