"""SQS: standard queues. FIFO queues are refused by name.

    rules.py       SQS's rules and errors
    queues.py      queues and their attributes
    messages.py    send, receive, delete, one by one and in batches

`broker` keeps SQS's promises: durable messages, at least once, dead letters. Settings of
permissions and encryption are stored and have no effect.
"""

from app.local.sqs.broker import Queues
from app.local.sqs.messages import MessageOperations
from app.local.sqs.queues import QueueOperations
from app.local.sqs.rules import sqs_errors
from app.local.wire import WaitingHandler, WaitingService, translate_errors

__all__ = ["Queues", "handlers"]


def handlers(queues: Queues, account: str = "000000000000") -> WaitingService:
    """SQS's operations. Queue URLs have the host of the request."""
    operations: dict[str, WaitingHandler] = {
        **QueueOperations(queues, account).handlers(),
        **MessageOperations(queues, account).handlers(),
    }
    return {name: translate_errors(sqs_errors, handler) for name, handler in operations.items()}
