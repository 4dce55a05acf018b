"""Every page of the built book in a real browser: what a reader sees and can do."""

import re

import aelib_light
from axe_playwright_python.sync_playwright import Axe
import pytest
import twins

pytestmark = pytest.mark.deep

CHAPTERS = sorted(
    f"chapters/{path.stem}" for path in twins.ROOT.glob("chapters/[a-z0-9]*.md")
)
PAGES = [*CHAPTERS, "genindex", "py-modindex", "search", "404"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]
SCROLL = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await new Promise(requestAnimationFrame);
  }
  scrollTo(0, 0);
}"""


def violations(page, kind, values, apart_from_code=True):
    """Return what axe-core finds on a page by rules of a kind, for each element.

    Each word of code is an element; their few colours are tested once.
    """
    context = {"exclude": [[".highlight"]]} if apart_from_code else None
    only = {"type": kind, "values": values}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = Axe().run(page, context, options).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


@pytest.fixture(scope="module")
def words(site):
    """Return the classes and names whose rules the joined style sheet has."""
    known = aelib_light.words_of_script((site / aelib_light.SCRIPTS).read_text("utf-8"))
    scripts = [*site.glob("_static/live/*.js"), *site.glob("_static/search*.js")]
    for path in scripts:
        known |= aelib_light.words_of_script(path.read_text("utf-8"))
    for path in site.rglob("*.html"):
        known |= aelib_light.words_of_page(path.read_text("utf-8"))
    return known


def classes(page):
    """Return the classes that elements have, those that scripts gave them, too."""
    every = "all => all.flatMap(element => [...element.classList])"
    return set(page.locator("*").evaluate_all(every))


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_and_accessible_and_nothing_moves(name, read, server, words):
    visit = read(name)
    page = visit.page
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    assert not visit.errors
    assert all(url.startswith((server, "data:")) for url in visit.requests)
    assert page.evaluate("shifted") < 0.05
    assert classes(page) <= words, "the joined style sheet lacks their rules"
    assert not violations(page, "tag", RULES)
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_has_contrast_in_the_dark_and_opens_from_the_disk(name, read):
    visit = read(name, scheme="dark", disk=True)
    assert visit.page.evaluate("document.documentElement.dataset.theme") != "light"
    assert not visit.errors
    assert all(url.startswith(("file:", "data:")) for url in visit.requests)
    assert not violations(visit.page, "rule", COLORS)
    visit.page.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_telephone(name, read):
    page = read(name, width=360).page
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("shifted") < 0.05
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_has_contrast(scheme, read):
    page = read("chapters/03_transposed_convolution", scheme=scheme).page
    assert not violations(page, "rule", COLORS, apart_from_code=False)


@pytest.mark.parametrize("lost", ["chapters/none/at/all", "none"])
def test_lost_reader_finds_the_front_page(lost, site, server, visit):
    opened = visit("chapters/glossary")
    lost_page = (site / "404.html").read_text("utf-8")
    opened.page.route(f"**/{lost}", lambda route: route.fulfill(body=lost_page))
    opened.page.goto(f"{server}/{lost}")
    opened.page.get_by_role("link").click()
    assert opened.page.url == f"{server}/chapters/index.html"


def test_search_finds_a_term(visit):
    page = visit("chapters/03_transposed_convolution").page
    page.get_by_role("button", name="Search").first.click()
    page.keyboard.type("checkerboard")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li")
    links = page.locator("#search-results li > a").all_inner_texts()
    assert any("transposed convolution" in text for text in links)
    page.locator("#search-results li > a").first.click()
    page.wait_for_selector(".highlighted")  # the term, on the page


def test_code_is_copied(browser, server):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server}/chapters/index.html")
    block = page.locator(".highlight", has_text="venv").first
    block.hover()
    block.locator("button.copybtn").click()
    page.wait_for_selector("button.copybtn.success")
    assert "python3 -m venv" in page.evaluate("navigator.clipboard.readText()")
    context.close()


def test_folded_cells_and_solutions_open(visit):
    page = visit("chapters/03_transposed_convolution").page
    folded = page.locator(".cell.tag_check details").first
    assert not folded.locator("pre").is_visible()
    folded.locator("summary").click()
    assert folded.locator("pre").is_visible()
    hint = page.locator(".admonition.dropdown").first
    assert not hint.locator("p:not(.admonition-title)").first.is_visible()
    hint.locator("button").first.click()
    assert hint.locator("p:not(.admonition-title)").first.is_visible()


def test_theme_switch_changes_colours_and_is_remembered(visit, words):
    opened = visit("chapters/glossary", scheme="light")
    page = opened.page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    switch = page.get_by_role("button", name="Color mode")
    themes = []
    for _ in range(3):
        switch.click()
        themes.append(page.evaluate("document.documentElement.dataset.theme"))
        if themes[-1] == "dark":
            assert page.evaluate(ground) != light
            page.reload()
            assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert set(themes) == {"light", "dark"}


def test_side_bars_and_menu_work_on_a_telephone(visit, words):
    page = visit("chapters/05_training", width=360).page
    page.get_by_role("button", name=re.compile("primary sidebar")).click()
    page.get_by_role("link", name="6. The latent space", exact=True).click()
    page.wait_for_url("**/06_latent_space.html")
    page.get_by_role("button", name=re.compile("secondary sidebar")).click()
    last = page.locator("#pst-page-toc-nav a").last
    last.click()
    assert page.url.endswith(last.get_attribute("href"))
    page.mouse.click(10, 500)  # beside the side bar: it closes
    page.get_by_role("button", name="Download").click()
    assert page.get_by_role("link", name=".ipynb").is_visible()
    assert classes(page) <= words


def test_print_shows_the_text_alone(visit):
    page = visit("chapters/05_training").page
    page.emulate_media(media="print")
    for part in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator("article figure img").first.is_visible()


def test_without_scripts_the_page_is_readable(visit):
    page = visit("chapters/05_training", scheme="dark", java_script_enabled=False).page
    paper = page.locator("body").evaluate("element => getComputedStyle(element).color")
    assert paper == "rgb(34, 40, 50)"
