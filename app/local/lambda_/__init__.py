"""Lambda: functions in Python, invocations, and queues that invoke them.

    rules.py         names and ARNs; refusals; Lambda's error messages
    functions.py     create, get, list, update, delete
    invocation.py    invoke: synchronously, asynchronously, or as a dry run
    mappings.py      event source mappings of queues
    permissions.py   the resource policy, which is stored and not enforced
    runtime/         runs functions, each in processes of its own

MemorySize is passed to the function and is no limit: an address-space limit would end functions in
imports that only reserve memory.
"""

from app.local.lambda_.functions import CodeStore, FunctionOperations
from app.local.lambda_.invocation import Invocations
from app.local.lambda_.mappings import Mappings
from app.local.lambda_.permissions import Permissions
from app.local.lambda_.rules import lambda_errors
from app.local.lambda_.runtime import Functions, MessageQueues
from app.local.wire import WaitingHandler, WaitingService, translate_errors

__all__ = ["Functions", "handlers"]


def handlers(functions: Functions, queues: MessageQueues, code_store: CodeStore) -> WaitingService:
    """Lambda's operations.

    Args:
        functions: runs functions.
        queues: the queues that can be mapped to a function.
        code_store: the buckets that code can come from.
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
