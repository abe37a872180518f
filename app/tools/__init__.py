"""The one contract of tools: what an agent may call, whoever runs it and wherever the tool is.

    tool          Tool: name, description, JSON schema of the input, and how it is called
                  -> Output, for the model to read, or Refusal, which says why there is none
    action_group  the wire between a runner and the Lambda that holds tools: the events of a Bedrock
                  agent's action group. `lambda_tools` gives a runner a Lambda's tools

Who asks is in the session attributes, under `principal`: the runner sets it, and no model can
change it. The functions in Lambda import this package too, so it stands on the standard library
alone.
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
