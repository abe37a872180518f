"""Inference profiles: names by which a model is called, and the Regions behind them.

    system        Bedrock's own, by geography: what `availability.json` says of a Region
    application   those of the account: made from a model or from one of Bedrock's, with tags

    CreateInferenceProfile --> application --> `InvocableModels.invoked` --> a foundation model

A profile is there in the Region that it was made in.
"""

from datetime import UTC, datetime
from pathlib import Path

from app.local.bedrock import foundation_models
from app.local.bedrock.foundation_models import FoundationModel
from app.local.bedrock.inference_profiles.application import SCHEMA, source
from app.local.bedrock.names import APPLICATION_PROFILE, parse
from app.local.control import State

__all__ = ["SCHEMA", "InferenceProfiles", "InvocableModels"]


class InferenceProfiles(State):
    """The account's inference profiles; they lie in `home/profiles`."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "profiles" / "state.sqlite", SCHEMA)

    def source(self, identifier: str, region: str) -> str | None:
        """The ARN that a profile was made from, by its ARN; None where there is no such profile."""
        with self.transaction() as db:
            return source(db, identifier, region)


class InvocableModels:
    """The foundation models, and the account's profiles of them."""

    def __init__(self, profiles: InferenceProfiles) -> None:
        self._profiles = profiles

    def invoked(self, identifier: str, region: str, now: datetime) -> FoundationModel:
        """As `foundation_models.invoked`, and by the ARN of a profile of the account."""
        return foundation_models.invoked(self._behind(identifier, region), region, now)

    def counted(self, identifier: str, region: str, now: datetime) -> FoundationModel:
        """As `foundation_models.counted`: no profile is counted for."""
        return foundation_models.counted(identifier, region, now)

    def active(self, now: datetime) -> list[FoundationModel]:
        """The foundation models that have not ended."""
        return foundation_models.active(now)

    def can_write(self, identifier: str) -> bool:
        """Whether it is of a model that writes text and has not ended."""
        name = parse(identifier)
        behind = self._behind(identifier, name.region)
        model = foundation_models.find(behind)
        return model is not None and model.writes(datetime.now(UTC))

    def can_rerank(self, arn: str, region: str) -> bool:
        """Whether it is the ARN of a reranking model that a Region offers."""
        return foundation_models.can_rerank(arn, region)

    def _behind(self, identifier: str, region: str) -> str:
        """The ARN that a profile of the account was made from; other names are left as they are."""
        if parse(identifier).kind != APPLICATION_PROFILE:
            return identifier
        return self._profiles.source(identifier, region) or identifier
