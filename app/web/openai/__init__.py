"""The application in OpenAI's dialect, for the clients that speak no other.

    schemas   what goes in and out of /v1/chat/completions, /v1/models and /v1/embeddings
    chat      a request -> a question; the events of its turn -> a completion, or its chunks
    errors    a problem -> {"error": {"message", "type", "param", "code"}}

The caller keeps the conversation and sends it along whole, so that nothing is stored. What has no
effect here is refused by name, unless it asks for what happens anyway.

https://platform.openai.com/docs/api-reference/chat
"""
