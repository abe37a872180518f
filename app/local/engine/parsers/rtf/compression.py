"""Compressed RTF, as Outlook stores the text of a message (MS-OXRTFCP)."""

from struct import unpack_from

_HEADER = "<IIII"  # the sizes of what follows and of the text, the kind, a checksum
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_LONGEST = 50_000_000  # bytes
_WINDOW = 4096
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress(content: bytes) -> bytes:
    """The RTF. Each byte of flags tells of eight parts, from the lowest bit, whether it is a letter
    or a reference: 12 bits of a place in the last 4,096 bytes, and 4 bits of a length less 2.

    Raises:
        struct.error: it has no header. ValueError: it is of another kind.
    """
    _, size, kind, _ = unpack_from(_HEADER, content)
    body = content[16:]
    if kind == _PLAIN:
        return body[:size]
    if kind != _COMPRESSED:
        raise ValueError("neither compressed RTF nor plain")
    text = bytearray(_DICTIONARY)
    at, first = 0, len(_DICTIONARY)
    most = first + min(size, _LONGEST)
    while at < len(body) and len(text) < most:
        flags, at = body[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                text += body[at : at + 1]
                at += 1
                continue
            if at + 2 > len(body):
                return bytes(text[first:most])
            reference = body[at] << 8 | body[at + 1]
            at += 2
            place, length = reference >> 4, (reference & 15) + 2
            if place == len(text) % _WINDOW:  # the end
                return bytes(text[first:most])
            start = len(text) - (len(text) - place) % _WINDOW
            for offset in range(length):
                text += text[start + offset : start + offset + 1] if start + offset >= 0 else b" "
    return bytes(text[first:most])
