"""The OpenAI API of the application, for clients that were written for OpenAI.

    schemas   requests and responses of /v1/chat/completions, /v1/models and /v1/embeddings
    chat      a request -> a question; the events of its turn -> a completion, or its chunks
    errors    a problem -> {"error": {"message", "type", "param", "code"}}

The caller sends the whole conversation with every request; nothing is stored. A request that uses a
feature which is not supported is refused, with the name of the member.

https://platform.openai.com/docs/api-reference/chat
"""
