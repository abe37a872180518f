"""Real clients of Bedrock and of the application, unmodified, against the stand-in.

    python -m tests.clients                 every client
    python -m tests.clients aws_sdk strands those

Each client has an environment of its own (`environments`), which holds nothing of Outcrop's, and a
program there (`programs`, `javascript`) that does with it what its users do: chat, stream, call
tools, have an answer structured, embed, retrieve. `__main__` starts a laptop's home with a document
in it, points the programs there as `outcrop env` points a shell, and counts what they say.
"""
