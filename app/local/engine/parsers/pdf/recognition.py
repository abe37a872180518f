"""Text recognition (OCR) in pictures of pages, by the optional packages of requirements-ocr.txt.

RapidOCR's models come in its wheel, so that nothing is fetched. They read English and other
languages in Latin letters, Chinese and Japanese, and neither Korean nor Arabic.
"""

from functools import cache
from statistics import median
from typing import Any

import pypdfium2

from app.local.engine.parsers.pdf.lines import Line

LEAST_SECONDS = 30.0
"""What a picture may take to be recognized; a parser with less time does not begin."""
_SCALE = 150 / 72  # of a picture: 150 dots an inch
_JITTER = 0.25  # of the page's usual height of lines: smaller differences are the recognition's


def recognize(page: pypdfium2.PdfPage) -> list[Line]:
    """The lines of text in the picture of a page."""
    picture = page.render(scale=_SCALE).to_numpy()[:, :, :3]  # (height, width, blue green red)
    result = _engine()(picture)
    if result.boxes is None:
        return []
    height = page.get_height()
    boxes = [
        (
            min(x for x, _ in corners) / _SCALE,
            height - max(y for _, y in corners) / _SCALE,
            max(x for x, _ in corners) / _SCALE,
            height - min(y for _, y in corners) / _SCALE,
        )
        for corners in result.boxes.tolist()
    ]
    usual = median(top - bottom for _, bottom, _, top in boxes)
    return [
        _line(text, left, bottom, right, top, usual)
        for text, (left, bottom, right, top) in zip(result.txts, boxes, strict=True)
        if text.strip()
    ]


def _line(text: str, left: float, bottom: float, right: float, top: float, usual: float) -> Line:
    own = top - bottom
    size = usual if abs(own - usual) < _JITTER * usual else own
    word = (right - left) * len(text.split(maxsplit=1)[0]) / len(text)
    return Line(text, size, left, right, bottom, bottom, word, 0)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
        }
    )
