"""Plain text, cut into sentences."""

import re


def sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of `text`, in order, covering everything but white space.

    >>> text = "It weighs 2.5 kg. Dr. Ito agrees!"
    >>> [text[start:end] for start, end in sentences(text)]
    ['It weighs 2.5 kg.', 'Dr. Ito agrees!']
    """
    spans = []
    for line in re.finditer(r"\S.*", text):
        start = line.start()
        for stop in re.finditer(r"(?<!Dr)[.!?]\s+", line.group()):
            spans.append((start, line.start() + stop.start() + 1))
            start = line.start() + stop.end()
        if end := len(text[start : line.end()].rstrip()):
            spans.append((start, start + end))
    return spans
