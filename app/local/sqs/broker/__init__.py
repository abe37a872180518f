"""SQS's standard queues in one SQLite file: durable, delivered at least once, roughly in order.

    send ─► waiting ── receive ─► in flight ── delete ─► gone
               ▲                      │
               └── visibility over ───┘       received too often ─► the dead-letter queue

A message is in flight until the time in its column `visible`, and needs nothing else to come back.
A receipt handle is for one receive of a message: after the next receive it deletes nothing.
"""

from app.local.sqs.broker.messages import BadReceipt, md5_of_attributes, value_of
from app.local.sqs.broker.queue import Queue
from app.local.sqs.broker.queues import Queues

__all__ = ["BadReceipt", "Queue", "Queues", "md5_of_attributes", "value_of"]
