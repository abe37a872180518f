"""SQS: standard queues. FIFO queues are refused by name.

    rules.py       what may be said, in which words it is refused
    queues.py      queues and their attributes
    messages.py    send, receive, delete, one by one and in batches

What keeps the promises (durable, at least once, dead letters) is `app.local.sqs.broker`.
Permissions and encryption settings are kept and shown, and have no effect.
"""

from app.local.sqs.broker import Queues
from app.local.sqs.messages import MessageOperations
from app.local.sqs.queues import QueueOperations
from app.local.sqs.rules import sqs_errors
from app.local.wire import WaitingHandler, WaitingService, translate_errors

__all__ = ["Queues", "handlers"]


def handlers(queues: Queues, account: str = "000000000000") -> WaitingService:
    """SQS's operations. Queue URLs name the host that the request came to."""
    operations: dict[str, WaitingHandler] = {
        **QueueOperations(queues, account).handlers(),
        **MessageOperations(queues, account).handlers(),
    }
    return {name: translate_errors(sqs_errors, handler) for name, handler in operations.items()}
