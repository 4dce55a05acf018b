"""Make the picture that is shown where a link to the book is shared.

    python tools/social_picture.py

It is the title beside the front page's map, drawn in Debian's Chromium.
"""

import io
from pathlib import Path
import shutil
import tempfile

from aelib_published import HEIGHT, WIDTH
from PIL import Image
from playwright.sync_api import sync_playwright
import twins

STATIC = Path(__file__).resolve().parent.parent / "static"
PAGE = f"""<!DOCTYPE html><html><style>
  body {{ background: #fff; color: #212832; display: flex; margin: 0; }}
  div {{ box-sizing: border-box; height: {HEIGHT}px; padding: 64px 0 0 64px;
         width: 520px;
         font: 34px/1.35 Charter, "Bitstream Charter", "Liberation Serif", serif; }}
  h1 {{ font-size: 68px; line-height: 1.05; margin: 36px 0 28px; }}
  p {{ margin: 0; }}
  span {{ height: {HEIGHT}px; overflow: hidden; width: {WIDTH - 520}px; }}
  span img {{ height: {HEIGHT - 60}px; margin: 30px 0; }}
</style><div><img width="130" src="file://{STATIC}/logo.svg"><h1>Autoencoders,
measured</h1><p>A course with Keras, from the first pixel to a latent space that can be
sampled</p></div><span><img src="file://{STATIC}/live/live-latent-map.webp"></span>"""


def main() -> None:
    """Draw and write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        with tempfile.NamedTemporaryFile("w", suffix=".html") as source:
            source.write(PAGE)
            source.flush()
            page.goto(f"file://{source.name}")
            picture = page.screenshot()
        browser.close()
    light = twins.with_palette(Image.open(io.BytesIO(picture)))
    light.save(STATIC / "social.png", optimize=True)


if __name__ == "__main__":
    main()
