"""A turn of a conversation: what every flow that answers stands on.

    question      Question, Sampling, Dialogue: what is asked, and how it is to be answered
    context       TurnContext: the services and settings with which it is answered
    history       the turns before it, from the bucket
    admit         the guard's judgement of the caller's texts
    model         TurnModel: the model, fitted to its limits and metered
    draft         the one place where the answer is collected; `written` tells marks from words
    gate          when the answer is judged, and when it is shown, in parts at `borders`
    nearest       the places that come nearest, if the documents do not say
    ending        exactly one terminal event, whatever happens

Nothing here calls a flow.
"""

from app.events import Answer
from app.turn.context import TurnContext
from app.turn.ending import collect
from app.turn.question import Dialogue, Question, Sampling

__all__ = ["Answer", "Dialogue", "Question", "Sampling", "TurnContext", "collect"]
