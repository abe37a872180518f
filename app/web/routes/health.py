"""The routes of health: whether the process runs, and whether it can answer questions."""

from fastapi import APIRouter, Response

from app.aws import Clients, calling
from app.errors import OutcropError, Unavailable
from app.settings import Settings
from app.web.problems import problem

TAG = "health"


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/healthz` and `/readyz`."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def alive() -> dict[str, str]:
        """Report that the process runs."""
        return {"status": "alive"}

    @routes.get("/readyz", response_model=dict[str, str])
    def ready() -> dict[str, str] | Response:
        """Report whether questions can be answered: the Knowledge Base and the buckets exist."""
        try:
            with calling("GetKnowledgeBase"):
                description = clients.bedrock_agent.get_knowledge_base(
                    knowledgeBaseId=settings.knowledge_base_id
                )
            for bucket in (settings.documents_bucket, settings.conversations_bucket):
                with calling("HeadBucket"):
                    clients.s3.head_bucket(Bucket=bucket)
        except OutcropError as error:
            return problem(Unavailable(f"Not ready: {error.title}."))
        status = description["knowledgeBase"]["status"]
        if status != "ACTIVE":
            return problem(Unavailable(f"Not ready: the Knowledge Base is {status}."))
        return {"status": "ready"}

    return routes
