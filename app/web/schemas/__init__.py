"""The bodies of requests and responses. Names are camelCase on the wire, as Bedrock's are.

Unknown fields are refused by name, so that a misspelt option is not ignored in silence.

    questions   searches   documents   playground   what a caller sends
    answers   agents   conversations   spending   models   problems      what it gets
    base        what they have in common
"""

from app.web.schemas.agents import Confirm, Decision, ToolCall, ToolOutcome
from app.web.schemas.answers import (
    Answer,
    BudgetWarning,
    Citation,
    CitedPassage,
    CitedQuote,
    GuardrailVerdict,
    Place,
    PolicyFinding,
    Usage,
)
from app.web.schemas.base import LONGEST_MESSAGE, RetrievalFilter
from app.web.schemas.conversations import Conversation, Conversations
from app.web.schemas.documents import Document, Documents, NewDocument, Upload
from app.web.schemas.models import Model, Models
from app.web.schemas.playground import (
    ImageBlock,
    NativeRequest,
    NewTrial,
    TemplateValues,
    TextBlock,
    TrialMessage,
    TrialReply,
    TrialStart,
    TrialTemplate,
    TrialTemplates,
)
from app.web.schemas.problems import Problem, TurnError, Violation
from app.web.schemas.questions import (
    QUESTION_TAGS,
    AnyQuestion,
    Mode,
    Question,
    UIMessage,
    UIPart,
    UIQuestion,
)
from app.web.schemas.searches import Explanation, Passage, Search, SearchResults
from app.web.schemas.spending import Spending

__all__ = [
    "LONGEST_MESSAGE",
    "QUESTION_TAGS",
    "Answer",
    "AnyQuestion",
    "BudgetWarning",
    "Citation",
    "CitedPassage",
    "CitedQuote",
    "Confirm",
    "Conversation",
    "Conversations",
    "Decision",
    "Document",
    "Documents",
    "Explanation",
    "GuardrailVerdict",
    "ImageBlock",
    "Mode",
    "Model",
    "Models",
    "NativeRequest",
    "NewDocument",
    "NewTrial",
    "Passage",
    "Place",
    "PolicyFinding",
    "Problem",
    "Question",
    "RetrievalFilter",
    "Search",
    "SearchResults",
    "Spending",
    "TemplateValues",
    "TextBlock",
    "ToolCall",
    "ToolOutcome",
    "TrialMessage",
    "TrialReply",
    "TrialStart",
    "TrialTemplate",
    "TrialTemplates",
    "TurnError",
    "UIMessage",
    "UIPart",
    "UIQuestion",
    "Upload",
    "Usage",
    "Violation",
]
