"""Prompts to begin a trial with: the application's own, and two of everyday tasks.

Each has examples (shots): with none the model knows the task by its words alone, with one or a few
it sees what is wanted.
"""

from collections.abc import Mapping

from app.errors import NotFound
from app.prompts import Template
from app.prompts.answer import ANSWER
from app.prompts.rewrite import REWRITE
from app.prompts.template import Example
from app.prompts.variables import TextVariable

CLASSIFY = Template(
    name="classify",
    about="The kind of a message, as one word of a list",
    system=(
        "You sort messages of customers. Reply with one word: complaint, question, order or praise."
    ),
    message="<message>\n{{message}}\n</message>",
    variables=(TextVariable("message", "The message to sort", has_numbers=True),),
    examples=(
        Example("<message>\nThe lamp came broken, again.\n</message>", "complaint"),
        Example("<message>\nDo you ship to Norway?\n</message>", "question"),
        Example("<message>\nTwo more of the green ones, please.\n</message>", "order"),
        Example("<message>\nBest service I ever had. Thank you!\n</message>", "praise"),
    ),
    max_tokens=10,
)

EXTRACT = Template(
    name="extract",
    about="What a text says of a meeting, as JSON",
    system=(
        "You read a text and reply with a JSON object that has the members place, day and people. "
        "What the text does not say is null. Reply with the object only."
    ),
    message="<text>\n{{text}}\n</text>",
    variables=(TextVariable("text", "The text to read", has_numbers=True),),
    examples=(
        Example(
            "<text>\nLet us meet in the library on Friday, you, Ada and I.\n</text>",
            '{"place": "the library", "day": "Friday", "people": 3}',
        ),
        Example(
            "<text>\nSee you on Monday!\n</text>",
            '{"place": null, "day": "Monday", "people": null}',
        ),
        Example(
            "<text>\nThe four of us will be at the harbour.\n</text>",
            '{"place": "the harbour", "day": null, "people": 4}',
        ),
    ),
    max_tokens=200,
)

STARTS: Mapping[str, Template] = {
    template.name: template for template in (CLASSIFY, EXTRACT, REWRITE, ANSWER)
}


def start(name: str) -> Template:
    """The template of this name.

    Raises:
        NotFound: there is none.
    """
    if name not in STARTS:
        raise NotFound(f"There is no template {name!r}; there are {', '.join(STARTS)}.")
    return STARTS[name]
