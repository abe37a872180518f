"""Heads of image files, of which the format and the size are read."""

import struct


def picture(form: str, width: int, height: int) -> bytes:
    """The head of an image; a PNG, a JPEG, a GIF, or one of the three kinds of WebP."""
    match form:
        case "png":
            return (
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
                + struct.pack(">II", width, height)
                + b"\x08\2\0\0\0"
            )
        case "gif":
            return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"
        case "jpeg":
            head = b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
            frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
            return head + frame
        case "webp":
            body = b"VP8 " + bytes(10) + struct.pack("<HH", width, height)
        case "webp, lossless":
            body = b"VP8L" + bytes(4) + b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14)
        case _:
            sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
            body = b"VP8X" + bytes(8) + sizes
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
