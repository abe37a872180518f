"""The contract of tools: functions that an agent may call, whatever runs the agent and the tool.

    tool          Tool: name, description, JSON schema of the input, and a call
                  -> Output, for the model to read, or Refusal, with the reason
    input_schema  that schema, made of pydantic's
    description   tools as a Bedrock agent is told them: a function schema, or OpenAPI
    action_group  the wire between a runner and the Lambda function with the tools: the events of a
                  Bedrock agent's action group. `lambda_tools` makes tools of such a function
    catalogue     the tools of the deployment, of the functions that a setting names
    declaration   what a tool's folder says of itself, for whoever makes its function and table
    check         what is wrong with the arguments that a model wrote, by the tool's input schema

The person who asks is in the session attributes, under `principal`, and the key of the call, under
`call`: the runner sets them, and no model can change them. The functions in Lambda import this
package too, so only `catalogue` and `declaration` use more than the standard library.
"""

from app.tools.check import check
from app.tools.tool import (
    CALL,
    PRINCIPAL,
    Arguments,
    Outcome,
    Output,
    Refusal,
    SessionAttributes,
    Tool,
    call_of,
    principal_of,
)

__all__ = [
    "CALL",
    "PRINCIPAL",
    "Arguments",
    "Outcome",
    "Output",
    "Refusal",
    "SessionAttributes",
    "Tool",
    "call_of",
    "check",
    "principal_of",
]
