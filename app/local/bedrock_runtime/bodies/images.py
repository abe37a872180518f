"""Images in the bodies of the families that have a place for them.

    Converse, Nova   {"image": {"format": "png", "source": {"bytes": bytes, or base64 in JSON}}}
    Claude           {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                     "data": base64}}
    chat completions {"type": "image_url", "image_url": {"url": "data:image/png;base64,.."}}

Nothing is fetched: an image that is only named by a place is refused.
"""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, get_args

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies.family import JSON, RETURNED, InvalidBody
from app.local.engine.writer.content import Image
from app.local.engine.writer.images import format_of, size

_FORMATS = get_args(Image.__annotations__["format"])
_DATA_URL = re.compile(r"data:image/(?P<format>\w+);base64,(?P<data>.+)", re.DOTALL)

_MOST_BYTES = 5_242_880  # of an image as base64
_MOST_PIXELS = 8000  # on one side
_MANY = 20  # with more images than these in a request, each has to be smaller
_MOST_PIXELS_OF_MANY = 2000


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
    return _image(image.get("format"), source["bytes"], f"{where}.image.source.bytes", RETURNED)


def claude_image(block: JSON, where: str) -> Image | None:
    """The image of a block of Claude's; None where it is another.

    Raises:
        InvalidBody: it is one that cannot be read.
    """
    if block.get("type") != "image":
        return None
    match block.get("source"):
        case {"type": "base64", "media_type": str(kind), "data": data}:
            return _image(kind.removeprefix("image/"), data, f"{where}.image.source.base64")
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


def check_images(images: Sequence[Image], prefix: str = "") -> None:
    """Check the rule that holds for many images together.

    Raises:
        InvalidBody: in Claude's words, behind the prefix.
    """
    if len(images) <= _MANY:
        return
    for place, image in enumerate(images):
        if max(size(image.data) or (0, 0)) > _MOST_PIXELS_OF_MANY:
            raise InvalidBody(
                f"{prefix}image {place}: At least one of the image dimensions exceed max allowed "
                f"size for many-image requests: {_MOST_PIXELS_OF_MANY} pixels"
            )


def _check(form: str, content: bytes, where: str) -> None:
    """Check an image as Bedrock does before a model sees it."""
    encoded = 4 * -(-len(content) // 3)
    if encoded > _MOST_BYTES:
        raise InvalidBody(
            f"{where}: image exceeds 5 MB maximum: {encoded} bytes > {_MOST_BYTES} bytes"
        )
    actual = format_of(content)
    if actual is None or (pixels := size(content)) is None:
        raise InvalidBody(f"{where}: Could not process image")
    if actual != form:
        raise InvalidBody(
            f"{where}: The image was specified using the image/{form} media type, but the image "
            f"appears to be a image/{actual} image"
        )
    if max(pixels) > _MOST_PIXELS:
        raise InvalidBody(
            f"{where}: At least one of the image dimensions exceed max allowed size: "
            f"{_MOST_PIXELS} pixels"
        )


def _image(form: Any, data: Any, where: str, prefix: str = "") -> Image:
    form = "jpeg" if form == "jpg" else form
    if form not in _FORMATS:
        raise InvalidBody(f"{where}: {form} is no format of images; {', '.join(_FORMATS)} are.")
    try:
        content = data if isinstance(data, bytes) else b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InvalidBody(f"{where}: the data is no base64.") from None
    if not content:
        raise InvalidBody(f"{where}: the image is empty.")
    _check(form, content, f"{prefix}{where}")
    return Image(form, content)


def _unread(where: str, instead: str) -> InvalidBody:
    return InvalidBody(f"{where}: the stand-in fetches no images; {instead}.")
