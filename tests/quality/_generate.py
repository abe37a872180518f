"""Answers of RetrieveAndGenerate, in the form of the application's."""

from typing import Any

from tests.flows.home import Home

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def generate(home: Home, question: str) -> dict[str, Any]:
    """The answer to a question, from as many passages as the application takes."""
    search: Any = {"numberOfResults": home.settings.passages}
    reply = home.aws.bedrock_agent_runtime.retrieve_and_generate(
        input={"text": question},
        retrieveAndGenerateConfiguration={
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": home.settings.knowledge_base_id,
                "modelArn": MODEL,
                "retrievalConfiguration": {"vectorSearchConfiguration": search},
            },
        },
    )
    references = [
        {"uri": reference["location"]["s3Location"]["uri"]}
        for citation in reply["citations"]
        for reference in citation["retrievedReferences"]
    ]
    return {"answer": reply["output"]["text"], "citations": references}
