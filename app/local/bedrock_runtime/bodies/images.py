"""Images in the bodies of the families that have a place for them.

    Converse, Nova   {"image": {"format": "png", "source": {"bytes": bytes, or base64 in JSON}}}
    Claude           {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                     "data": base64}}
    chat completions {"type": "image_url", "image_url": {"url": "data:image/png;base64,.."}}

Nothing is fetched: an image that is only named by a place is refused.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any, get_args

from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.engine.writer.content import Image

_FORMATS = get_args(Image.__annotations__["format"])
_DATA_URL = re.compile(r"data:image/(?P<format>\w+);base64,(?P<data>.+)", re.DOTALL)

Reader = Callable[[JSON, str], Image | None]


def images_of(blocks: Sequence[JSON], where: str, read: Reader) -> tuple[Image, ...]:
    """The images among the blocks of a message, by what reads one."""
    images = (read(block, f"{where}.content.{place}") for place, block in enumerate(blocks))
    return tuple(image for image in images if image is not None)


def converse_image(block: JSON, where: str) -> Image | None:
    """The image of a block of Converse or Nova; None where it is another.

    Raises:
        InvalidBody: it is one that cannot be read.
    """
    if "image" not in block:
        return None
    image = block["image"]
    source = image.get("source", {}) if isinstance(image, dict) else {}
    if "bytes" not in source:
        raise _unread(f"{where}.image.source", "send its bytes")
    return _image(image.get("format"), source["bytes"], f"{where}.image")


def claude_image(block: JSON, where: str) -> Image | None:
    """The image of a block of Claude's; None where it is another.

    Raises:
        InvalidBody: it is one that cannot be read.
    """
    if block.get("type") != "image":
        return None
    match block.get("source"):
        case {"type": "base64", "media_type": str(kind), "data": data}:
            return _image(kind.removeprefix("image/"), data, f"{where}.image.source")
        case _:
            raise _unread(f"{where}.image.source", "send it as base64, with its media_type")


def chat_image(block: JSON, where: str) -> Image | None:
    """The image of a part of chat completions; None where it is another.

    Raises:
        InvalidBody: it is one that cannot be read.
    """
    if block.get("type") != "image_url":
        return None
    url = block.get("image_url")
    text = url.get("url") if isinstance(url, dict) else url
    if not isinstance(text, str) or not (data := _DATA_URL.fullmatch(text)):
        raise _unread(f"{where}.image_url.url", "send it as a data URL, base64")
    return _image(data["format"], data["data"], f"{where}.image_url.url")


def _image(form: Any, data: Any, where: str) -> Image:
    form = "jpeg" if form == "jpg" else form
    if form not in _FORMATS:
        raise InvalidBody(f"{where}: {form} is no format of images; {', '.join(_FORMATS)} are.")
    try:
        content = data if isinstance(data, bytes) else b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InvalidBody(f"{where}: the data is no base64.") from None
    if not content:
        raise InvalidBody(f"{where}: the image is empty.")
    return Image(form, content)


def _unread(where: str, instead: str) -> InvalidBody:
    return InvalidBody(f"{where}: the stand-in fetches no images; {instead}.")
