"""SQS's standard queues, in one SQLite file: at least once, roughly in order, durable.

    send ─► waiting ── receive ─► in flight ── delete ─► gone
               ▲                      │
               └── visibility over ───┘       received too often ─► the dead-letter queue

A message is in flight while its `visible` lies ahead; nothing has to happen for it to come back. A
receipt names one receiving of a message: after the next one it deletes nothing.
"""

from app.local.sqs.broker.messages import BadReceipt, md5_of_attributes, value_of
from app.local.sqs.broker.queues import Queue, Queues

__all__ = ["BadReceipt", "Queue", "Queues", "md5_of_attributes", "value_of"]
