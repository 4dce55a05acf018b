"""Sphinx extension: pages that assistive technology reads rightly.

Theme, Docutils and pandas write a few elements whose role or name is wrong; axe-core
finds them. Each is put right in the finished pages. A repair whose element is gone from
a later version does nothing, and can be dropped from the list.
"""

from pathlib import Path

from sphinx.application import Sphinx

REPAIRS = (
    # The corner of a DataFrame is no heading: it has no text.
    ("<th></th>", "<td></td>"),
    # An entry of a list is its item; the role it had is deprecated.
    (' role="doc-biblioentry"', ' role="listitem"'),
    # The first side bar, with the logo, is outside all landmarks.
    (
        '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar">',
        '<div id="pst-primary-sidebar" class="bd-sidebar-primary bd-sidebar"'
        ' role="complementary" aria-label="Search and contents">',
    ),
    # The search button has a text, which is its name.
    (
        'search-button-field search-button__button pst-js-only" title="Search"'
        ' aria-label="Search"',
        'search-button-field search-button__button pst-js-only" title="Search"',
    ),
    # The pictures of the button for light and dark are no part of its name.
    (' data-mode="light" title="Light"', ' data-mode="light" aria-hidden="true"'),
    (' data-mode="dark"  title="Dark"', ' data-mode="dark" aria-hidden="true"'),
    (
        ' data-mode="auto"  title="System Settings"',
        ' data-mode="auto" aria-hidden="true"',
    ),
    # An icon is no text.
    ('<i class="fa', '<i aria-hidden="true" class="fa'),
    ('<span class="fa-solid', '<span aria-hidden="true" class="fa-solid'),
    # A folded cell's line is its name.
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    # The title of a page without one, for print.
    ("<h1></h1>", ""),
)


def repair(page: str) -> str:
    """Return a page's HTML with each of `REPAIRS` made.

    A second time it changes nothing.
    """
    for wrong, right in REPAIRS:
        page = page.replace(wrong, right)
    return page


def _repair_pages(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text("utf-8")
        repaired = repair(page)
        if repaired != page:
            temporary = path.with_suffix(".tmp")
            temporary.write_text(repaired, "utf-8")
            temporary.replace(path)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("build-finished", _repair_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
