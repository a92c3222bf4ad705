"""Pictures of pages, for people to look at and for the docs."""

import io
import re

from PIL import Image

# As much of a page as is shown, in pixels by its width.
HEIGHTS = {1280: 1700, 400: 1900}


def take(browser, page, title, views, folder):
    """A picture of the whole page in each view."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in views:
        browser.open(page, view)
        name = re.sub(r"\W+", "-", f"{title} {view}")
        (folder / f"{name}.png").write_bytes(browser.picture())


def take_for_docs(browser, page, report, folder):
    """A small picture of the page's upper end in each view that the docs show."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in report.shown:
        browser.open(page, view)
        whole = Image.open(io.BytesIO(browser.picture()))
        top = whole.convert("RGB").crop((0, 0, view.width, min(HEIGHTS[view.width], whole.height)))
        # The colours of small shapes are kept.
        reduced = top.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        reduced.save(folder / f"{report.title}-{view.width}-{view.scheme}.png", optimize=True)
