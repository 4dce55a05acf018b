"""The built book: what a reader's browser gets, and when pages are made again."""

from html.parser import HTMLParser
import re
import shutil

import aelib_accessible
import aelib_light
import nbformat
import pytest
import twins

pytestmark = pytest.mark.deep

ROOT = twins.ROOT
ADDRESS = "https://github.com/example/course"
PUBLISHED = "https://example.org/course"


class Page(HTMLParser):
    """Collect what the tests ask of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags = []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def attributes(self, tag, name):
        return [
            attrs[name] for found, attrs in self.tags if tag == found and name in attrs
        ]


@pytest.fixture(scope="module")
def pages(site):
    return {path.stem: Page(path) for path in sorted(site.glob("chapters/*.html"))}


def test_all_chapters_and_back_matter_are_pages(pages):
    assert {source.stem for source in twins.chapter_sources()} <= set(pages)
    assert {"index", "glossary", "aelib", "bibliography"} <= set(pages)


def test_no_page_loads_anything_from_elsewhere(pages):
    for name, page in pages.items():
        loads = page.attributes("script", "src") + page.attributes("img", "src")
        loads += [
            attrs["href"]
            for tag, attrs in page.tags
            if tag == "link"
            and attrs.get("rel") not in ("index", "search", "next", "prev")
        ]
        outside = [url for url in loads if re.match(r"(https?:)?//", url)]
        assert not outside, (name, outside)


def test_formulas_are_mathml_without_a_script(pages):
    assert pages["02_encoder"].text.count("<math ") >= 3
    for page in pages.values():
        assert not [url for url in page.attributes("script", "src") if "ath" in url]


def test_every_picture_has_alt_text(pages):
    for name, page in pages.items():
        for tag, attrs in page.tags:
            if tag == "img" and "logo" not in attrs.get("src", ""):
                assert len(attrs.get("alt", "").split()) >= 5, (name, attrs)


def test_no_message_of_a_library_is_on_a_page(pages):
    for name, page in pages.items():
        assert "stderr" not in page.text, name
        assert "Traceback (most recent call last)" not in page.text, name


def test_numbers_of_figures_and_exercises_are_those_of_the_twins(pages):
    labels = twins.collect_labels(twins.chapter_sources())
    for source in twins.chapter_sources():
        text = pages[source.stem].text
        shown = re.findall(r'class="caption-number">Figure ([\w.]+) ?<', text)
        chapter = twins.chapter_label(source.name)
        wanted = [n for n in labels.figures.values() if n.split(".")[0] == chapter]
        assert shown == wanted
        shown = re.findall(r'class="caption-number">\s*Exercise\s+([\d.]+)', text)
        wanted = [n for n, twin in labels.exercises.values() if source.stem in twin]
        assert shown == wanted


def test_old_addresses_lead_to_the_moved_pages(site):
    for old, new in (("08_denoising", "09_denoising"), ("09_repair", "08_sampling")):
        page = (site / "chapters" / f"{old}.html").read_text("utf-8")
        assert f'content="0; url={new}.html"' in page and f'href="{new}.html"' in page
        assert (site / "chapters" / f"{new}.html").is_file()


def test_page_folds_checks_and_says_how_to_run_the_chapter(pages):
    for source in twins.chapter_sources():
        text = pages[source.stem].text
        assert "✓ checked" in text and "Set-up: imports, seed, data" in text
        assert f"../_sources/chapters/{source.stem}.ipynb" in text
        assert "index.html#ways-to-run-it" in text
    assert 'id="ways-to-run-it"' in pages["index"].text


def test_download_of_a_chapter_is_its_twin(site, pages):
    for source in twins.chapter_sources():
        offered = pages[source.stem].attributes("a", "href")
        target = f"_sources/chapters/{source.stem}.ipynb"
        assert any(url.endswith(target) for url in offered)
        downloaded = nbformat.read(site / target, as_version=4)
        assert downloaded == nbformat.read(twins.twin_path(source), as_version=4)


def test_without_an_address_there_are_no_buttons_that_need_one(pages):
    for name, page in pages.items():
        urls = [url for url in page.attributes("a", "href") if "://" in url]
        assert not [url for url in urls if "colab" in url or "binder" in url], name
        assert "executablebooks/jupyter-book" not in page.text, name


def test_pages_are_repaired_for_assistive_technology(site):
    pages = [path.read_text("utf-8") for path in site.rglob("*.html")]
    for wrong, right in aelib_accessible.REPAIRS:
        assert not any(wrong in page for page in pages), wrong
        assert not right or any(right in page for page in pages)  # it was needed
    assert all(aelib_accessible.repair(page) == page for page in pages)


def test_figures_are_webp_with_a_palette_and_keep_their_size(site):
    from PIL import Image

    figures = list((site / "_images").glob("*.webp"))
    assert len(figures) > 20 and not list((site / "_images").glob("*.png"))
    for path in figures:
        with Image.open(path) as figure:
            assert figure.convert("RGB").getcolors(256), path.name
            assert figure.width > 400, path.name


def test_pictures_have_their_size_and_the_first_comes_first(pages):
    for name, page in pages.items():
        pictures = [attrs for tag, attrs in page.tags if tag == "img"]
        assert all({"width", "height"} <= set(attrs) for attrs in pictures), name
        inside = [attrs for attrs in pictures if "logo" not in attrs["src"]]
        waiting = ["loading" in attrs for attrs in inside]
        assert waiting == [count > 0 for count, _ in enumerate(inside)], name


def test_page_has_one_style_sheet_and_one_script(site, pages):
    for name, page in pages.items():
        if "bd-article" not in page.text:  # the old address of a moved page
            continue
        sheets = [
            attrs["href"] for _, attrs in page.tags if attrs.get("rel") == "stylesheet"
        ]
        loaded = sheets + page.attributes("script", "src")
        own = [url.split("?")[0] for url in loaded if "/live/" not in url]
        assert own == [f"../{aelib_light.STYLES}", f"../{aelib_light.SCRIPTS}"], name
        assert "defer" in page.text.split(aelib_light.SCRIPTS)[0].rsplit("<", 1)[1]
    assert "searchtools.js" in (site / "search.html").read_text("utf-8")


def test_page_opens_with_a_quarter_and_is_read_with_half_a_megabyte(site, pages):
    """On the wire, before a live figure is touched; three with many maps weigh more."""
    import gzip

    def weight(path):
        content = path.read_bytes()
        text = path.suffix in (".html", ".js", ".css", ".svg")
        return len(gzip.compress(content) if text else content)

    for name, page in pages.items():
        files = {site / "chapters" / f"{name}.html": True}
        for tag, attrs in page.tags:
            address = attrs.get("src") or (tag == "link" and attrs.get("href"))
            path = site / "chapters" / (address or "").split("?")[0]
            if address and path.is_file() and path.suffix != ".html":
                files[path.resolve()] = "loading" not in attrs
        opened = sum(weight(path) for path, at_once in files.items() if at_once)
        assert opened < 250_000, (name, opened)
        read = sum(map(weight, files))
        heavy = name in ("05_training", "06_latent_space", "08_sampling")
        assert read < (700_000 if heavy else 500_000), (name, read)


def test_icons_of_the_pages_are_delivered_and_few_others(site, pages):
    sheet = (site / aelib_light.STYLES).read_text("utf-8")
    delivered = set(re.findall(r"\.fa-([\w-]+):before", sheet))
    shown = {
        name
        for page in pages.values()
        for tag in ("i", "span")
        for text in page.attributes(tag, "class")
        for name in re.findall(r"\bfa-([\w-]+)", text)
    } - {"solid", "lg"}  # styles
    assert {"list", "magnifying-glass"} <= shown <= delivered
    assert len(delivered) < 50 and sheet.count("data:font/woff") == 1


@pytest.fixture(scope="module")
def small_book(tmp_path_factory, build):
    """Build a tiny chapter with the real configuration, which has an address here.

    Returns the book's folder and a file that has a letter for each execution. A test
    leaves code and pins as it found them.
    """
    book = tmp_path_factory.mktemp("small") / "book"
    (book / "chapters").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", book / "tools")
    shutil.copytree(ROOT / "static", book / "static")
    weights = ROOT / "aelib" / "pretrained" / "weights"
    ignore = shutil.ignore_patterns("*.safetensors", "__pycache__")
    shutil.copytree(ROOT / "aelib", book / "aelib", ignore=ignore)
    for path in weights.glob("*.safetensors"):
        (book / path.relative_to(ROOT)).symlink_to(path)
    for name in ("requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, book)
    (book / "_toc.yml").write_text("format: jb-book\nroot: chapters/01_tiny\n")
    config = (ROOT / "_config.yml").read_text("utf-8")
    assert config.count('url: ""\n') == 2  # of the repository, of the site
    config = config.replace('  url: ""', f'  url: "{ADDRESS}"', 1)
    config = config.replace('baseurl: ""', f'baseurl: "{PUBLISHED}"', 1)
    (book / "_config.yml").write_text(config, "utf-8")
    shutil.copy(ROOT / "chapters" / "references.bib", book / "chapters")
    front = (ROOT / "chapters" / "01_dataset.md").read_text("utf-8").split("---\n")[1]
    flag = book.parent / "executions"
    (book / "chapters" / "01_tiny.md").write_text(
        f"---\n{front}---\n\n# Tiny\n\nFirst prose.\n\n"
        "**Before you start**, breathe.\n\n```{code-cell}\n"
        "from pathlib import Path\nfrom aelib.plotting.style import TEXT_WIDTH\n\n"
        f"_ = Path({str(flag)!r}).open('a').write('x')\nprint(TEXT_WIDTH)\n```\n"
    )
    (book / "chapters" / "01_tiny.ipynb").write_text("{}")  # only its name matters
    # What other tools leave beside the chapters.
    for folder in (".pytest_cache", ".venv/lib", ".ipynb_checkpoints"):
        (book / folder).mkdir(parents=True)
        (book / folder / "README.md").write_text("# Not a page\n")
    build(book, "-W", "-n", "--keep-going")
    assert flag.read_text() == "x"
    return book, flag


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_with_an_address_the_buttons_that_need_one_are_there(small_book):
    book, _ = small_book
    page = Page(book / "_build" / "html" / "chapters" / "01_tiny.html")
    urls = page.attributes("a", "href")
    for way in ("open it in Colab", "open it in Binder", "download the notebook"):
        assert f">{way}</a>" in page.text
    for part in (
        "colab.research.google.com/github/example/course/blob/main/chapters/01_tiny.ipynb",
        "mybinder.org/v2/gh/example/course/main?urlpath=lab/tree/chapters/01_tiny.ipynb",
        f"{ADDRESS}/issues/new",
        f"{ADDRESS}/edit/main/chapters/01_tiny.md",
    ):
        assert any(part in url for url in urls), part


def test_with_an_address_a_page_says_where_it_is_and_how_to_show_it(small_book):
    html = small_book[0] / "_build" / "html"
    page = Page(html / "chapters" / "01_tiny.html")
    place = f"{PUBLISHED}/chapters/01_tiny.html"
    assert {"rel": "canonical", "href": place} in [attrs for _, attrs in page.tags]
    told = {
        attrs["property"]: attrs["content"]
        for tag, attrs in page.tags
        if tag == "meta" and "property" in attrs
    }
    assert told["og:url"] == place and told["og:title"] == "Tiny"
    assert len(told["og:description"]) > 50
    picture = told["og:image"].removeprefix(f"{PUBLISHED}/")
    assert (html / picture).stat().st_size < 300_000
    from PIL import Image

    with Image.open(html / picture) as shown:
        width, height = told["og:image:width"], told["og:image:height"]
        assert shown.size == (int(width), int(height))
    assert 'name="twitter:card" content="summary_large_image"' in page.text
    assert f"<loc>{place}</loc>" in (html / "sitemap.xml").read_text("utf-8")
    lost = Page(html / "404.html")
    assert place in lost.attributes("a", "href")
    assert lost.attributes("form", "action") == [f"{PUBLISHED}/search.html"]


def test_without_an_address_nothing_claims_one(site, pages):
    assert not (site / "sitemap.xml").exists()
    for name, page in pages.items():
        assert "og:url" not in page.text, name
        if "bd-article" in page.text:
            assert 'rel="canonical"' not in page.text, name
            assert 'name="description"' in page.text, name


def test_text_of_other_tools_beside_the_chapters_is_no_page(small_book):
    book, _ = small_book
    pages = {path.stem for path in (book / "_build" / "html").rglob("*.html")}
    assert "01_tiny" in pages and "README" not in pages


def test_prose_and_style_and_other_code_execute_nothing(small_book, build):
    book, flag = small_book
    html = book / "_build" / "html"
    style = book / "aelib" / "plotting" / "style.py"
    before = flag.read_text()
    change(book / "chapters" / "01_tiny.md", "First prose", "Second prose")
    with (book / "static" / "book.css").open("a") as sheet:
        sheet.write("/* another */\n")
    # A docstring and a comment in what is imported, and code in what is not.
    change(style, '"""Give all figures', '"""Give the figures')
    change(style, "# Inches", "# In inches")
    change(book / "aelib" / "training.py", "epochs=0.33", "epochs=0.43")
    build(book)
    assert flag.read_text() == before
    assert "Second prose" in (html / "chapters" / "01_tiny.html").read_text("utf-8")
    sheet = (html / "_static" / "book.css").read_text("utf-8")
    assert sheet.endswith("/* another */\n")


def test_imported_code_and_pins_execute_again_and_the_way_back_does_not(
    small_book, build
):
    book, flag = small_book
    html = book / "_build" / "html" / "chapters" / "01_tiny.html"
    style = book / "aelib" / "plotting" / "style.py"
    pins = book / "constraints.txt"
    before, pinned = flag.read_text(), pins.read_text("utf-8")
    change(style, "TEXT_WIDTH = 7.2", "TEXT_WIDTH = 5.5")
    build(book)
    assert flag.read_text() == before + "x"
    text = html.read_text("utf-8")
    assert ">5.5\n" in text and ">7.2\n" not in text
    # The earlier code, of which there is a run, with other pins.
    change(style, "TEXT_WIDTH = 5.5", "TEXT_WIDTH = 7.2")
    pins.write_text(pinned + "another==1.0\n", "utf-8")
    build(book)
    assert flag.read_text() == before + "xx"
    # The changed code again: its page differs from the last one, its run is stored.
    change(style, "TEXT_WIDTH = 7.2", "TEXT_WIDTH = 5.5")
    pins.write_text(pinned, "utf-8")
    build(book)
    assert flag.read_text() == before + "xx"
    assert ">5.5\n" in html.read_text("utf-8")
    change(style, "TEXT_WIDTH = 5.5", "TEXT_WIDTH = 7.2")


def test_a_failing_chapter_fails_the_build_each_time(small_book, build):
    book, _ = small_book
    chapter = book / "chapters" / "01_tiny.md"
    change(chapter, "print(TEXT_WIDTH)", "1 / 0")
    for _ in range(2):
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            build(book)
    change(chapter, "1 / 0", "print(TEXT_WIDTH)")
