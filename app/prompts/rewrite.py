"""The prompt that turns a follow-up into a question that stands alone."""

from app.prompts.template import Example, Template
from app.prompts.variables import ConversationVariable, TextVariable

RULES = """\
Rewrite the question so that it can be understood without the conversation: replace every \
pronoun and every omission by what it refers to. Keep its language, its terms and its meaning. If \
it stands alone already, repeat it as it is. Reply with the question only."""

LONGEST_QUESTION = 200
"""Tokens."""

REWRITE = Template(
    name="rewrite",
    about="A follow-up as a question that can be understood without the conversation",
    system=RULES,
    message=(
        "<conversation>\n{{conversation}}\n</conversation>\n\n<question>{{question}}</question>"
    ),
    variables=(
        ConversationVariable("conversation", "What was said before"),
        TextVariable("question", "The follow-up", has_numbers=True),
    ),
    examples=(
        Example(
            "<conversation>\nUser: When does the library open?\nAssistant: At nine.\n"
            "</conversation>\n\n<question>And on Sundays?</question>",
            "When does the library open on Sundays?",
        ),
        Example(
            "<conversation>\nUser: When does the library open?\nAssistant: At nine.\n"
            "</conversation>\n\n<question>What does a card cost?</question>",
            "What does a card cost?",
        ),
        Example(
            "<conversation>\nUser: Who wrote Emma?\nAssistant: Jane Austen.\n</conversation>\n\n"
            "<question>When did she die?</question>",
            "When did Jane Austen die?",
        ),
    ),
    max_tokens=LONGEST_QUESTION,
)
