"""Lambda: functions in Python, invocations, and queues that invoke them.

    rules.py         names and ARNs; what is refused by name; Lambda's words
    functions.py     create, get, list, update, delete
    invoke.py        invoke: wait for it, or not, or only ask whether it could be
    mappings.py      event source mappings, of SQS queues
    permissions.py   the resource policy: kept and shown, never enforced

What runs them is app.local.lambda_.runtime. MemorySize is told to the function and is no limit: an
address-space limit would end it in imports that only reserve memory.
"""

from app.local.lambda_.functions import CodeStore, FunctionOperations
from app.local.lambda_.invoke import Invocations
from app.local.lambda_.mappings import Mappings
from app.local.lambda_.permissions import Permissions
from app.local.lambda_.rules import lambda_errors
from app.local.lambda_.runtime import Functions, MessageQueues
from app.local.wire import WaitingHandler, WaitingService, translate_errors

__all__ = ["Functions", "handlers"]


def handlers(functions: Functions, queues: MessageQueues, code_store: CodeStore) -> WaitingService:
    """Lambda's operations.

    Args:
        functions: what runs them.
        queues: that may be mapped to a function.
        code_store: the buckets that code may come from.
    """
    groups = (
        FunctionOperations(functions, code_store),
        Invocations(functions),
        Mappings(functions, queues),
        Permissions(functions),
    )
    operations: dict[str, WaitingHandler] = {}
    for group in groups:
        operations |= group.handlers()
    return {name: translate_errors(lambda_errors, handler) for name, handler in operations.items()}
