"""The bodies of requests and responses. Names are camelCase on the wire, as Bedrock's are.

Unknown fields are refused by name, so that a misspelt option is not ignored in silence.

    questions   searches   documents   playground                what a caller sends
    answers   agents   conversations   messages   spending   models   problems    what it gets
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
from app.web.schemas.base import LONGEST_ID, LONGEST_MESSAGE, Identifier, RetrievalFilter
from app.web.schemas.conversations import (
    Conversation,
    Conversations,
    NewFeedback,
    NewTitle,
    StoredTurn,
)
from app.web.schemas.documents import (
    Document,
    DocumentContent,
    Documents,
    NewDocument,
    Upload,
)
from app.web.schemas.feedback import Feedback
from app.web.schemas.inside import Candidates, Draw, InsideView, TextToRead
from app.web.schemas.messages import (
    AnswerMessage,
    AnswerMetadata,
    Approval,
    CitationPart,
    ConfirmPart,
    GuardrailPart,
    MessagePart,
    Messages,
    NearestPart,
    Places,
    QuestionMessage,
    QuestionMetadata,
    SourceAddress,
    SourceMetadata,
    SourcePart,
    StepStart,
    TextPart,
    ToolPart,
)
from app.web.schemas.models import Model, ModelParameter, Models, Price
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
    Parameters,
    Question,
    UIMessage,
    UIPart,
    UIQuestion,
)
from app.web.schemas.searches import Explanation, Passage, Search, SearchResults
from app.web.schemas.spending import Spending
from app.web.schemas.stream_parts import StreamPart
from app.web.schemas.suggestions import Suggestion, Suggestions

__all__ = [
    "LONGEST_ID",
    "LONGEST_MESSAGE",
    "QUESTION_TAGS",
    "Answer",
    "AnswerMessage",
    "AnswerMetadata",
    "AnyQuestion",
    "Approval",
    "BudgetWarning",
    "Candidates",
    "Citation",
    "CitationPart",
    "CitedPassage",
    "CitedQuote",
    "Confirm",
    "ConfirmPart",
    "Conversation",
    "Conversations",
    "Decision",
    "Document",
    "DocumentContent",
    "Documents",
    "Draw",
    "Explanation",
    "Feedback",
    "GuardrailPart",
    "GuardrailVerdict",
    "Identifier",
    "ImageBlock",
    "InsideView",
    "MessagePart",
    "Messages",
    "Mode",
    "Model",
    "ModelParameter",
    "Models",
    "NativeRequest",
    "NearestPart",
    "NewDocument",
    "NewFeedback",
    "NewTitle",
    "NewTrial",
    "Parameters",
    "Passage",
    "Place",
    "Places",
    "PolicyFinding",
    "Price",
    "Problem",
    "Question",
    "QuestionMessage",
    "QuestionMetadata",
    "RetrievalFilter",
    "Search",
    "SearchResults",
    "SourceAddress",
    "SourceMetadata",
    "SourcePart",
    "Spending",
    "StepStart",
    "StoredTurn",
    "StreamPart",
    "Suggestion",
    "Suggestions",
    "TemplateValues",
    "TextBlock",
    "TextPart",
    "TextToRead",
    "ToolCall",
    "ToolOutcome",
    "ToolPart",
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
