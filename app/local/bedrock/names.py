"""What a `modelId` says: an id, an inference profile, or an ARN of one of them or of another kind.

amazon.nova-lite-v1:0            a foundation model
amazon.nova-lite-v1:0:24k        a variant of it, which is for provisioned throughput only
us.amazon.nova-lite-v1:0         an inference profile of Bedrock's
arn:..::foundation-model/..      either of them, by its ARN
arn:..:inference-profile/us..
arn:..:application-inference-profile/..
                                 a profile of the account's
arn:.. of another kind           a thing of the account that the stand-in does not keep
"""

from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.bedrock.availability import geographies

_ARN = re.compile(
    r"arn:(?P<partition>aws[^:]*):(?P<service>[a-z-]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):"
    r"(?P<kind>[a-z-]+)/(?P<id>.+)"
)
_VARIANT = re.compile(r":\d+k$")

FOUNDATION_MODEL = "foundation-model"
INFERENCE_PROFILE = "inference-profile"
APPLICATION_PROFILE = "application-inference-profile"


@dataclass(frozen=True)
class ModelName:
    """What is named.

    Attributes:
        kind: as ARNs have it: "foundation-model", "inference-profile", "imported-model", ..
        id: of that thing.
        region: of an ARN; "" where the name does not tell.
        geography: of an inference profile of Bedrock's; "" for others.
    """

    kind: str
    id: str
    region: str = ""
    geography: str = ""

    @property
    def model(self) -> str:
        """The id of the foundation model; that of another thing is left as it is."""
        model = self.id.removeprefix(f"{self.geography}.") if self.geography else self.id
        return _VARIANT.sub("", model)

    @property
    def variant(self) -> bool:
        """Whether it names a variant of a model."""
        return _VARIANT.search(self.id) is not None


def parse(identifier: str) -> ModelName:
    """What an identifier names.

    >>> parse("eu.amazon.nova-pro-v1:0:300k").model
    'amazon.nova-pro-v1:0'
    >>> parse("arn:aws:bedrock:eu-west-1:111122223333:imported-model/abc").kind
    'imported-model'
    """
    if arn := _ARN.fullmatch(identifier):
        kind, name, region = arn["kind"], arn["id"], arn["region"]
        geography = name.partition(".")[0] if kind == INFERENCE_PROFILE else ""
        return ModelName(kind, name, region, geography if geography in geographies() else "")
    geography = identifier.partition(".")[0]
    if geography in geographies():
        return ModelName(INFERENCE_PROFILE, identifier, "", geography)
    return ModelName(FOUNDATION_MODEL, identifier)
