"""Sphinx extension: figures that the reader moves, in the browser.

The directive

    :::{live} explorer
    :name: live-map
    :alt: What the picture shows where the figure cannot move.
    :networks: bce-2d plain, vae-2d variational
    :show: walk
    :images: 0 1 2

    The caption.
    :::

puts a figure on the page: its picture, its controls (`tools/live/NAME.html`, a Jinja
template) and its caption. Only such a page loads `static/live/live.js`; that loads the
rest when the reader touches the figure. The data files (`tools/live_data.py`) are
written into the built book.
"""

from pathlib import Path
import shutil
from typing import Any

from aelib import datasets
from aelib.plotting.style import CLASS_COLORS
from docutils import nodes
from docutils.parsers.rst import directives
from jinja2 import Environment, FileSystemLoader, StrictUndefined
import live_data
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

TEMPLATES = Path(__file__).resolve().parent / "live"
# What each figure loads beside the networks that it names.
NEEDS: dict[str, list[str]] = {
    "drawing": ["garments", "pictures"],
    "explorer": ["garments"],
    "forming": ["garments", "forming"],
    "losses": [],
    "noise": ["pictures"],
    "transposed": [],
}


class Live(SphinxDirective):
    """A live figure; its argument is the figure's kind, its body the caption."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012 (as docutils has it)
        "name": directives.unchanged_required,
        "alt": directives.unchanged_required,
        "networks": directives.unchanged,
        "show": directives.unchanged,
        "images": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure's nodes: HTML around the parsed caption."""
        kind = self.arguments[0]
        missing = {"name", "alt"} - set(self.options)
        if kind not in NEEDS or missing:
            known = ", ".join(NEEDS)
            lacks = f" lacks {', '.join(missing)}" if missing else ""
            raise self.error(f"live figure {kind!r}{lacks}; there are: {known}")
        pairs = [
            item.strip().split(" ", 1)
            for item in self.options.get("networks", "").split(",")
            if item.strip()
        ]
        unknown = [pair[0] for pair in pairs if pair[0] not in live_data.NETWORKS]
        if unknown:
            raise self.error(f"live figures have no network {unknown[0]!r}")
        networks = [pair[0] for pair in pairs]
        up = "../" * self.env.docname.count("/")
        loader = FileSystemLoader(TEMPLATES)
        environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined
        )
        for template in TEMPLATES.glob("*.html"):  # one may include another
            self.env.note_dependency(str(template))
        body = environment.get_template(f"{kind}.html").render(
            name=self.options["name"],
            alt=self.options["alt"],
            base=f"{up}_static/live",
            networks=pairs,
            show=self.options.get("show", "").split(),
            classes=[
                {"name": name, "color": color}
                for name, color in zip(datasets.CLASS_NAMES, CLASS_COLORS, strict=True)
            ],
        )
        opening = (
            f'<figure class="live" id="{self.options["name"]}" data-live="{kind}"'
            f' data-needs="{" ".join([*NEEDS[kind], *networks])}"'
            f' data-networks="{" ".join(networks)}"'
            f' data-images="{self.options.get("images", "")}">\n'
        )
        closing = (
            '<p class="live-status" data-part="status" role="status"></p>\n'
            "<noscript><p>With scripts allowed, this figure moves.</p></noscript>\n"
            "</figcaption></figure>"
        )
        caption = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [
            nodes.raw("", f"{opening}{body}<figcaption>", format="html"),
            *caption.children,
            nodes.raw("", closing, format="html"),
        ]


def _add_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if 'data-live="' in context.get("body", ""):
        app.add_css_file("live/live.css")
        app.add_js_file("live/live.js", loading_method="defer")


def _write_data(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    pages = Path(app.outdir).rglob("*.html")
    if any('data-live="' in page.read_text("utf-8") for page in pages):
        target = Path(app.outdir, "_static", "live", "data")
        shutil.copytree(live_data.files(), target, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.add_directive("live", Live)
    app.connect("html-page-context", _add_scripts)
    app.connect("build-finished", _write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
