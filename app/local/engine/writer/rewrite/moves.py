"""What a turn asks of the conversation itself and not of the documents: more, or the same again."""

from typing import Literal, get_args

from app.local.engine.languages import ENGLISH, Language, languages

Move = Literal["more", "after", "sure", "again", "code"]
"""More about the last question; what stands behind its answer; whether that is so; where it stands;
the code of it.
"""

ENDS = " \t\n?？!！.。؟,，、…¿¡"  # noqa: RUF001 these signs are meant
_MOVES: tuple[Move, ...] = get_args(Move)
_LONGEST = 80  # characters


def move_of(question: str, *likeliest: Language) -> tuple[Move, Language] | None:
    """The move that a turn is, and is no more than, and its language: one of the likeliest if it is
    a move in that.

    >>> [one and one[0] for one in map(move_of, ("What came after that?", "Is talc harder?"))]
    ['after', None]
    """
    words = question.replace(",", "").strip(ENDS)
    if len(words) > _LONGEST:
        return None
    known = dict.fromkeys((*likeliest, ENGLISH, *languages().values()))
    return next(
        ((move, one) for one in known for move in _MOVES if one.moves[move].fullmatch(words)), None
    )
