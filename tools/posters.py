"""Take the pictures of the live figures, for where they cannot move.

That is without scripts, in print, in the twins, and until the reader touches them.

    python tools/posters.py [live-latent-map ...]

Each is what the figure itself draws at first on a page of the built book, in Debian's
Chromium. Without names, all figures of the book.
"""

import io
from pathlib import Path
import re
import shutil
import sys

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "static" / "live"


def figures() -> dict[str, Path]:
    """Return the live figures of the built book: name → page."""
    found = {}
    for path in sorted(SITE.glob("chapters/*.html")):
        text = path.read_text("utf-8")
        for name in re.findall(r'<figure class="live" id="([\w-]+)"', text):
            found[name] = path
    return found


def take(page: Page, name: str) -> Image.Image:
    """Return a live figure's stage as it is when nothing on it changes any more."""
    figure = page.locator(f"figure#{name}")
    # The last picture must not stretch the stage of which this one is taken.
    page.add_style_tag(content="[data-part=poster] { display: none !important }")
    figure.dispatch_event("pointerenter")
    page.wait_for_selector(f"figure#{name}[data-state=ready]")
    stage = figure.locator("[data-part=poster] ~ canvas, [data-part=board]")
    before, picture = b"", stage.screenshot()
    while picture != before:
        page.wait_for_timeout(1_000)
        before, picture = picture, stage.screenshot()
    return Image.open(io.BytesIO(picture))


def main(names: list[str]) -> None:
    """Take the named figures' pictures, or all."""
    pages = figures()
    unknown = set(names) - set(pages)
    if unknown or not pages:
        known = ", ".join(pages) or "none: build the book first"
        raise SystemExit(f"no live figures: {', '.join(unknown)}; there are: {known}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name in names or pages:
            # A figure that is laid out anew on a narrow screen has a second picture.
            for selector, end, window in (
                ("img[data-part=poster]", "", 1280),
                ("source", "-narrow", 360),
            ):
                page = browser.new_page(
                    device_scale_factor=2, viewport={"width": window, "height": 900}
                )
                page.goto(f"file://{pages[name]}")
                element = page.locator(f"figure#{name} {selector}")
                if element.count():
                    picture = take(page, name)
                    size = [
                        int(element.get_attribute(side) or 0)
                        for side in ("width", "height")
                    ]
                    small = picture.convert("RGB").resize(size)
                    small.save(TARGET / f"{name}{end}.webp", quality=80, method=6)
                    print(f"wrote static/live/{name}{end}.webp {picture.size}")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
