"""Sphinx extension: what a published site needs beside its pages.

It writes a page for addresses that lead nowhere and, once `html.baseurl` in
`_config.yml` tells where the site is, `sitemap.xml` and, on each page, what is shown
where a link to it is shared (Open Graph): title, description, picture. Sphinx itself
then writes each page's canonical address.
"""

import html
from pathlib import Path
import re
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Template
from sphinx.application import Sphinx

TEMPLATE = Path(__file__).with_name("404.html")
PICTURE = "_static/social.png"  # tools/social_picture.py
WIDTH, HEIGHT = 1200, 630
DESCRIPTION = re.compile(r'<meta (?=[^>]*name="description")[^>]*content="([^"]*)"')


def _address(app: Sphinx) -> str:
    """Return where the site is, with a slash at its end; nothing while unknown."""
    address: str = app.config.html_baseurl or ""
    return address.rstrip("/") + "/" if address else ""


def _describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    base = _address(app)
    if not base or doctree is None:
        return
    title = html.unescape(re.sub(r"<[^>]+>", "", context["title"]))
    front = pagename == app.config.root_doc
    described = DESCRIPTION.search(context.get("metatags", ""))
    about = {
        "og:site_name": app.config.project,
        "og:type": "website" if front else "article",
        "og:title": title,
        "og:url": f"{base}{pagename}.html",
        "og:image": base + PICTURE,
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": "The latent space of an autoencoder as a map of garments",
    }
    if described:
        about["og:description"] = html.unescape(described[1])
    tags = [
        f'<meta property="{name}" content="{html.escape(text)}"/>'
        for name, text in about.items()
    ]
    tags.append('<meta name="twitter:card" content="summary_large_image"/>')
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags])


def _publish(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    site, base = Path(app.outdir), _address(app)
    root = f"{app.config.root_doc}.html"
    page = Template(TEMPLATE.read_text("utf-8"), autoescape=True)
    text = page.render(title=app.config.project, base=base, root=root)
    (site / "404.html").write_text(text, "utf-8")
    if base:
        places = "".join(
            f"  <url><loc>{escape(f'{base}{name}.html')}</loc></url>\n"
            for name in sorted(app.env.found_docs)
        )
        (site / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{places}</urlset>\n",
            "utf-8",
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    # After Sphinx and MyST have put the description into the page's tags.
    app.connect("html-page-context", _describe, priority=900)
    app.connect("build-finished", _publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
