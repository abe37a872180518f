"""The settings of a stack's application, as its function has them."""

from collections.abc import Mapping

from app.aws import calling, operator
from app.deploy.stack.description import SECONDS, Stack
from app.settings import PREFIX


def application_variables(stack: Stack) -> Mapping[str, str]:
    """The variables with which the application of a stack is set up, by which another process
    finds the same resources.

    Raises:
        OutcropError: the function's configuration cannot be read.
    """
    functions = operator(SECONDS).lambda_
    with calling("GetFunctionConfiguration"):
        reply = functions.get_function_configuration(FunctionName=stack.output("ApiFunction"))
    variables = reply.get("Environment", {}).get("Variables", {})
    return {name: value for name, value in variables.items() if name.startswith(PREFIX)}
