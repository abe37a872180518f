"""What is known of an image without seeing it: its format, and its size in pixels.

Read from the head of the file; nothing is decoded.
"""

import struct
from collections.abc import Callable, Sequence

from app.local import lazy_re as re
from app.local.engine.writer.content import Image

_JPEG_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(..)(..)", re.DOTALL)
_SIGNATURES = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_PIXELS_A_TOKEN = 750  # as Anthropic tells it
_MOST_TOKENS = 1600  # of one image: larger ones are made smaller


def format_of(data: bytes) -> str | None:
    """The format that a file begins like."""
    return next((name for name, sign in _SIGNATURES.items() if sign.match(data)), None)


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None where the file does not tell.

    >>> size(b"GIF89a" + bytes([64, 1, 240, 0]))
    (320, 240)
    """
    read = _SIZES.get(format_of(data) or "")
    try:
        return read(data) if read else None
    except (struct.error, TypeError):
        return None


def tokens(image: Image) -> int:
    """About how many tokens an image is."""
    width, height = size(image.data) or (0, 0)
    return min(-(-width * height // _PIXELS_A_TOKEN), _MOST_TOKENS)


def unseen(images: Sequence[Image]) -> str:
    """What to say of images that nothing sees.

    >>> unseen([Image("gif", b"GIF89a" + bytes([64, 1, 240, 0]))])
    'The message holds an image (GIF, 320 x 240 pixels). Nothing in the stand-in sees images.'
    """
    known = ", ".join(map(_known, images))
    count = "an image" if len(images) == 1 else f"{len(images)} images"
    return f"The message holds {count} ({known}). Nothing in the stand-in sees images."


def _known(image: Image) -> str:
    pixels = size(image.data)
    dimensions = (
        f"{pixels[0]:,} x {pixels[1]:,} pixels" if pixels else "of a size that it does not tell"
    )
    return f"{image.format.upper()}, {dimensions}"


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """The size in the first frame header; segments before it are passed over."""
    place = 2
    while frame := data[place : place + 9]:
        if _JPEG_FRAME.match(frame):
            height, width = struct.unpack_from(">HH", frame, 5)
            return width, height
        if frame[0] != 0xFF:
            return None
        place += 2 + struct.unpack_from(">H", frame, 2)[0]
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_SIZES: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "png": _png,
    "gif": _gif,
    "jpeg": _jpeg,
    "webp": _webp,
}
