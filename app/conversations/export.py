"""What all people have said of answers: for an operator, who may read the bucket."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversations.feedback import Feedback, load_feedback
from app.conversations.keys import Keys, number_of
from app.conversations.objects import Objects
from app.conversations.turns import StoredTurn, load
from app.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer of which something was said.

    Attributes:
        owner: a hash of the principal.
    """

    owner: str
    conversation: str
    turn: StoredTurn
    feedback: Feedback


def every_rating(s3: "S3Client", bucket: str) -> Iterator[Rated]:
    """Every answer of which something was said, of all people, in the order of keys. What is
    deleted meanwhile is left out.
    """
    objects = Objects(s3, bucket)
    for each in objects.walk("feedback/"):
        _, owner, conversation, _ = each.key.split("/")
        number = number_of(each.key)
        try:
            feedback = load_feedback(objects.get(each.key))
            turn = load(objects.get(Keys(owner).turn(conversation, number)), number)
        except NotFound:
            continue
        if turn:
            yield Rated(owner, conversation, turn, feedback)
