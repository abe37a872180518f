"""A group of tools that uses all that a parameter may be."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from lambdas.tools.contract import ActionGroup


class Wrapping(Enum):
    PAPER = "paper"
    BOX = "box"


class Item(BaseModel):
    product_id: Annotated[str, Field(description="Of the product.", pattern=r"^P-\d+$")]
    quantity: Annotated[int, Field(description="How many pieces.", ge=1, le=9)] = 1


class Recipient(BaseModel):
    name: Annotated[str, Field(description="Whom it is for.", min_length=1)]
    birthday: Annotated[date | None, Field(description="Of the person.")] = None


flat = ActionGroup("vouchers", "Vouchers, which one gives away.")
nested = ActionGroup("gifts", "Gifts, sent to somebody.")
seen: list[dict[str, Any]] = []
"""The arguments of each call, as the functions got them."""


@flat.function
def find_vouchers(
    status: Annotated[Literal["open", "used"], Field(description="What became of it.")],
    since: Annotated[date, Field(description="The first day.", examples=["2026-11-30"])],
    worth: Annotated[Decimal | None, Field(description="In euros, at least.", gt=0)] = None,
    tags: Annotated[list[str] | None, Field(description="All of them.", max_length=3)] = None,
    limit: Annotated[int, Field(description="How many at most.", ge=1, le=20)] = 5,
) -> list[str]:
    """Find vouchers."""
    seen.append({"status": status, "since": since, "worth": worth, "tags": tags, "limit": limit})
    return [f"{flat.principal}:{flat.call}"]


@flat.function
def count_vouchers() -> int:
    """Count all vouchers."""
    return 7


@nested.confirmed_function
def send_gift(
    items: Annotated[list[Item], Field(description="What is in it.", min_length=1, max_length=3)],
    recipient: Annotated[Recipient, Field(description="Who gets it.")],
    wrapping: Annotated[Wrapping, Field(description="How it is wrapped.")] = Wrapping.PAPER,
    at: Annotated[datetime | None, Field(description="When it is sent.")] = None,
    surprise: Annotated[bool, Field(description="Whether nobody is told.")] = False,
) -> Recipient:
    """Send a gift."""
    seen.append(
        {
            "items": items,
            "recipient": recipient,
            "wrapping": wrapping,
            "at": at,
            "surprise": surprise,
        }
    )
    return recipient
