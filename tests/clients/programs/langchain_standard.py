"""langchain-tests' own suites over the classes of langchain-aws. Run by pytest."""

from typing import Any

from langchain_aws import BedrockEmbeddings, ChatBedrock, ChatBedrockConverse
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests

CLAUDE = "us.anthropic.claude-sonnet-4-6"


class TestChatBedrockConverse(ChatModelIntegrationTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatBedrockConverse

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": CLAUDE, "temperature": 0}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        return {"temperature": 0, "max_tokens": 100, "stop": []}

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_pdf_inputs(self) -> bool:
        return True


class TestChatBedrock(ChatModelIntegrationTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatBedrock

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model_id": CLAUDE, "temperature": 0}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        return {}


class TestTitan(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return BedrockEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"model_id": "amazon.titan-embed-text-v2:0"}


class TestCohere(TestTitan):
    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"model_id": "cohere.embed-english-v3"}
