"""What holds for every live figure, awake in a real browser."""

import re

from axe_playwright_python.sync_playwright import Axe
import pytest
import twins

pytestmark = pytest.mark.deep

FIGURE = re.compile(r"^:::\{live\}.*\n:name: (\S+)", re.MULTILINE)
FIGURES = [
    (f"chapters/{path.stem}", name)
    for path in sorted(twins.CHAPTERS.glob("*.md"))
    for name in re.findall(
        r"^:::\{live\}.*\n:name: (\S+)", path.read_text("utf-8"), re.M
    )
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def test_all_figures_are_found():
    assert len(FIGURES) == 9


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(("page", "name"), FIGURES)
def test_it_keeps_its_size_and_fits_and_is_accessible(visit, page, name, width, scheme):
    one = visit(page, width=width, scheme=scheme)
    figure = one.page.locator(f"figure#{name}")
    figure.scroll_into_view_if_needed()
    before = figure.bounding_box()["height"]
    one.start_figure(name)
    one.page.wait_for_timeout(300)
    assert figure.bounding_box()["height"] == before
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = Axe().run(one.page, f"#{name}", options).response["violations"]
    assert not [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]
