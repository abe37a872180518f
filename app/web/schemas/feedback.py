"""What people say of answers."""

from datetime import datetime
from typing import Literal

from app.web.schemas.base import Schema


class Feedback(Schema):
    """What a person has said of an answer."""

    rating: Literal["up", "down"]
    words: str | None
    at: datetime
