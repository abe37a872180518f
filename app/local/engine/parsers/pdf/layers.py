"""Texts of a PDF page that belong to a layer which is switched off.

PDFium tells the texts of layers, but not which of them are on; it does know when it draws. So where
nothing is drawn in the place of such a text, its layer is off.
"""

from collections.abc import Callable

import pypdfium2

from app.local.engine.parsers.pdf.scene import Scene

_MOST_PIXELS = 1500  # of a side


def switched_off(
    page: pypdfium2.PdfPage, objects: Scene, hidden: set[int], has_layers: Callable[[], bool]
) -> set[int]:
    """The places of the texts in layers of which nothing is drawn.

    Args:
        page: the page, as it is stored.
        objects: what stands on it.
        hidden: the places of texts that no reader sees anyway.
        has_layers: tells whether the document has layers. It is only asked for texts of forms, of
            which PDFium does not tell the layer.
    """
    texts = [
        each
        for each in objects.texts
        if each.place not in hidden and (each.layered or (each.in_form and has_layers()))
    ]
    if not texts:
        return set()
    left, bottom, right, top = objects.page
    scale = min(1.0, _MOST_PIXELS / max(right - left, top - bottom, 1))
    rotation = page.get_rotation()
    page.set_rotation(0)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    page.set_rotation(rotation)
    pixels, stride = bytes(bitmap.buffer), bitmap.stride
    gone: set[int] = set()
    for text in texts:
        x, end = (int((side - left) * scale) for side in (text.box[0], text.box[2]))
        y, last = (int((top - side) * scale) for side in (text.box[3], text.box[1]))
        rows = range(max(0, y), min(bitmap.height, last + 1))
        drawn = (pixels[row * stride + max(0, x) : row * stride + end + 1] for row in rows)
        if len(set(b"".join(drawn))) == 1:
            gone.add(text.place)
    bitmap.close()
    return gone
