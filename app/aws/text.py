"""Text without lone surrogates.

JSON can hold half a character, a lone surrogate, which no encoding can write. Responses of services
may hold one, and so may a model's text.
"""


def well_formed(text: str) -> str:
    r"""The text with each lone surrogate replaced by U+FFFD, and matching ones joined.

    >>> well_formed("a\ud83d b\ud83d\ude00")
    'a\ufffd b\U0001f600'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
