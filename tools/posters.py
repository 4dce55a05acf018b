"""Take the pictures of the live figures, for where they cannot move.

That is without scripts, in print, in the twins, and until the reader touches them.

    python tools/posters.py [live-latent-map ...]

Each is what the figure itself draws at first on a page of the built book, in Debian's
Chromium. Without names, all figures of the book.
"""

from collections.abc import Iterator
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


def take(page: Page, name: str) -> Iterator[Image.Image]:
    """Yield a live figure's stages when nothing on them changes any more."""
    figure = page.locator(f"figure#{name}")
    # The last picture must not stretch the stage of which this one is taken.
    page.add_style_tag(content="[data-part=poster] { display: none !important }")
    figure.dispatch_event("pointerenter")
    page.wait_for_selector(f"figure#{name}[data-state=ready]")
    stages = figure.locator("[data-part=poster] ~ canvas, [data-part=board]")
    for stage in stages.all():
        before, picture = b"", stage.screenshot()
        while picture != before:
            page.wait_for_timeout(1_000)
            before, picture = picture, stage.screenshot()
        yield Image.open(io.BytesIO(picture))


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
            # A figure that is laid out anew on a narrow screen has pictures of that.
            for selector, address, window in (
                ("img[data-part=poster]", "src", 1280),
                ("source", "srcset", 360),
            ):
                page = browser.new_page(
                    device_scale_factor=2, viewport={"width": window, "height": 900}
                )
                page.goto(f"file://{pages[name]}")
                posters = page.locator(f"figure#{name} {selector}").all()
                stages = take(page, name) if posters else iter(())
                for poster, picture in zip(posters, stages, strict=True):
                    width, height, path = (
                        poster.get_attribute(attribute) or ""
                        for attribute in ("width", "height", address)
                    )
                    small = picture.convert("RGB").resize((int(width), int(height)))
                    small.save(TARGET / Path(path).name, quality=60, method=6)
                    print(f"wrote static/live/{Path(path).name} {picture.size}")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
