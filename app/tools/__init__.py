"""The contract of tools: functions that an agent may call, whatever runs the agent and the tool.

    tool          Tool: name, description, JSON schema of the input, and a call
                  -> Output, for the model to read, or Refusal, with the reason
    action_group  the wire between a runner and the Lambda function with the tools: the events of a
                  Bedrock agent's action group. `lambda_tools` makes tools of such a function

The person who asks is in the session attributes, under `principal`: the runner sets it, and no
model can change it. The functions in Lambda import this package too, so it uses only the standard
library.
"""

from app.tools.tool import (
    PRINCIPAL,
    Arguments,
    Outcome,
    Output,
    Refusal,
    SessionAttributes,
    Tool,
    principal_of,
)

__all__ = [
    "PRINCIPAL",
    "Arguments",
    "Outcome",
    "Output",
    "Refusal",
    "SessionAttributes",
    "Tool",
    "principal_of",
]
