"""What is known of images: format, size, and that nothing sees them."""

import pytest

from app.local.engine.writer import Image, Prompt, Sampling, Turn, Writer
from app.local.engine.writer.images import format_of, size, tokens
from tests.local.engine.writer.pictures import picture


@pytest.mark.parametrize("form", ["png", "gif", "jpeg", "webp", "webp, lossless", "webp, extended"])
def test_the_size_stands_in_the_head_of_the_file(form: str) -> None:
    data = picture(form, 640, 480)
    assert format_of(data) == form.partition(",")[0]
    assert size(data) == (640, 480)


@pytest.mark.parametrize(
    "data", [b"", b"x", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF1234WEBPVP8 "]
)
def test_half_a_head_has_no_size(data: bytes) -> None:
    assert size(data) is None


def test_a_large_image_is_no_more_tokens_than_the_largest() -> None:
    assert tokens(Image("png", picture("png", 750, 10))) == 10
    assert tokens(Image("png", picture("png", 8000, 8000))) == 1600


def test_an_answer_about_images_says_that_nothing_sees_them(writer: Writer) -> None:
    images = (Image("png", picture("png", 1024, 768)), Image("gif", picture("gif", 8, 9)))
    prompt = Prompt((Turn("user", "What is in the picture?", images=images),))
    answer = "".join(writer.generate(prompt, Sampling()))
    assert answer.endswith(
        "The message holds 2 images (PNG, 1,024 x 768 pixels, GIF, 8 x 9 pixels). Nothing in the "
        "stand-in sees images."
    )
