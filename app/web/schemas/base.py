"""What the bodies of requests and responses have in common."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from app.retrieval import check_filter

LONGEST_MESSAGE = 10_000  # characters
LONGEST_ID = 200  # characters of the id that a client gives to a message
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Message = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_MESSAGE),
]

RetrievalFilter = Annotated[
    dict[str, Any], AfterValidator(lambda members: members and check_filter(members))
]
"""A filter in a request's body. An empty one filters nothing."""


class Schema(BaseModel):
    """A body, or a part of one, in the names of the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        extra="forbid",
        frozen=True,
    )
