"""Text that can be written down.

JSON can name half a character: a lone surrogate, which no encoding can write. What
a service sends may hold one, and so may what a model says.
"""


def well_formed(text: str) -> str:
    r"""The text with each half character replaced by U+FFFD, and halves that fit joined.

    >>> well_formed("a\ud83d b\ud83d\ude00")
    'a\ufffd b\U0001f600'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
