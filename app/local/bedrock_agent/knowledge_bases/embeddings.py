"""The embedding models that a Knowledge Base may name, and their dimensions.

Cohere's multilingual model is embedded for by the laptop's multilingual encoder, in its own 512
dimensions; every other model by the English one, in 384. The configuration is checked here, and
returned as it was sent.
"""

from app.local import lazy_re as re
from app.local.control.errors import invalid, unsupported
from app.local.embedding_models import languages_of
from app.local.engine.encoder import Languages
from app.local.wire import JSON

DIMENSIONS: dict[str, tuple[int, ...]] = {
    "amazon.titan-embed-text-v1": (1536,),
    "amazon.titan-embed-text-v2:0": (256, 512, 1024),
    "amazon.titan-embed-image-v1": (256, 384, 1024),
    "cohere.embed-english-v3": (1024,),
    "cohere.embed-multilingual-v3": (1024,),
    "cohere.embed-v4:0": (256, 512, 1024, 1536),
}
_FOUNDATION_MODEL = re.compile(r"(?:arn:aws[^:]*:bedrock:[a-z0-9-]+::foundation-model/)?(.+)")
_MANAGED = "knowledgeBaseConfiguration.managedKnowledgeBaseConfiguration"
_DETAILS = "bedrockEmbeddingModelConfiguration"
_MISSING = {
    "audio": "the embedding of audio",
    "video": "the embedding of video",
    "modelConfiguration": "parameters for an embedding model",
}


def languages(configuration: JSON) -> Languages:
    """Which of the laptop's encoders embeds for a KnowledgeBaseConfiguration."""
    members = (one for one in configuration.values() if isinstance(one, dict))
    arns = (one["embeddingModelArn"] for one in members if "embeddingModelArn" in one)
    return languages_of(next(arns, ""))


def check_managed(configuration: JSON) -> None:
    """Check a ManagedKnowledgeBaseConfiguration: the service's own embedding model, or a named one.

    Raises:
        ServiceError: ValidationException, naming the field and the rule.
    """
    if configuration.get("embeddingModelType", "MANAGED") == "CUSTOM":
        if "embeddingModelArn" not in configuration:
            raise invalid(
                f"{_MANAGED}.embeddingModelArn", "is required for a model of type CUSTOM."
            )
        check(_MANAGED, configuration)
        return
    for member in ("embeddingModelArn", "embeddingModelConfiguration"):
        if member in configuration:
            raise invalid(f"{_MANAGED}.{member}", "does not belong to a model of type MANAGED.")


def check(where: str, configuration: JSON) -> None:
    """Check the embedding model of a configuration whose field is `where`.

    Raises:
        ServiceError: ValidationException, naming the field and the rule.
    """
    arn = _FOUNDATION_MODEL.fullmatch(configuration["embeddingModelArn"])
    model = arn.group(1) if arn else ""
    if model not in DIMENSIONS:
        raise invalid(
            f"{where}.embeddingModelArn",
            f"must be the ARN of one of the embedding models {', '.join(DIMENSIONS)}.",
        )
    if "supplementalDataStorageConfiguration" in configuration:
        raise unsupported(f"{where}.supplementalDataStorageConfiguration", "multimodal data")
    field = f"{where}.embeddingModelConfiguration.{_DETAILS}"
    _check_details(
        field, configuration.get("embeddingModelConfiguration", {}).get(_DETAILS, {}), model
    )


def _check_details(field: str, details: JSON, model: str) -> None:
    for member in _MISSING.keys() & details.keys():
        raise unsupported(f"{field}.{member}", _MISSING[member])
    if details.get("embeddingDataType", "FLOAT32") != "FLOAT32":
        raise unsupported(f"{field}.embeddingDataType", "an index of BINARY vectors")
    dimensions = details.get("dimensions", DIMENSIONS[model][-1])
    if dimensions not in DIMENSIONS[model]:
        choices = ", ".join(map(str, DIMENSIONS[model]))
        raise invalid(f"{field}.dimensions", f"{model} has {choices}, and not {dimensions}.")
