"""Sphinx extension: pages that load fast.

It works on the finished pages and files, last of all. It

- joins the style sheets of theme and extensions into one, without the rules for classes
  that no page and no script has; the font of the icons, with the few that are used, is
  in it;
- joins the scripts into one that waits until the page is there, and leaves the search's
  to the page of the search;
- chooses light or dark before anything is drawn;
- stores the figures as WebP, without loss but for a palette: a quarter of the bytes;
- tells the browser each picture's size, so that nothing moves when it arrives, and lets
  the pictures below the first one wait until the reader comes near.

Where a later theme writes its pages in another way, a step finds nothing and does
nothing: such a page is heavier, and works.
"""

import base64
from concurrent.futures import ThreadPoolExecutor
import hashlib
import html
import io
from pathlib import Path
import posixpath
import re
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx.application import Sphinx
import tinycss2
import twins

STYLES = "_static/all.css"
SCRIPTS = "_static/all.js"
LINK = re.compile(r'\s*<link\b[^>]*\brel="(?:stylesheet|preload)"[^>]*>')
SCRIPT = re.compile(r'\s*<script\b[^>]*?\bsrc="([^"]+)"[^>]*></script>')
# A live figure's own files are for its pages alone, and stay apart.
APART = "_static/live/"
# Only the page of the search needs them: elsewhere its form leads there.
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
# The theme's style sheet has the icons, as a font; this script would draw them again.
UNUSED = ["fontawesome.js"]
# Values for a switch between versions and a search while one types; there is neither.
VALUE = re.compile(r"\s*<script>DOCUMENTATION_OPTIONS\.\w+ = [^<]*</script>")
CHOICE = re.compile(r'<script data-cfasync="false">.*?</script>', re.DOTALL)
CHOOSE = """<script>
    {
      const chosen = document.documentElement.dataset;
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      chosen.mode = localStorage.getItem("mode") || "auto";
      chosen.theme = chosen.mode === "auto" ? (dark ? "dark" : "light") : chosen.mode;
    }
  </script>"""
FONTS = {  # of the icons: a part of the file's name, the classes that need it
    "fa-solid": {"fa-solid", "fas"},
    "fa-regular": {"fa-regular", "far"},
    "fa-brands": {"fa-brands", "fab"},
}
# The theme asks of each box whether it scrolls, and marks it before it asks the next,
# so that the browser lays out the page anew for each. Here all are marked at the end.
SLOW = "{e.tabIndex=e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1}"
QUICK = (
    "{const t=e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1;"
    "queueMicrotask(()=>{e.tabIndex=t})}"
)
ICON = re.compile("[\ue000-\uf8ff]")


def words_of_page(page: str) -> set[str]:
    """Return the classes and names that the elements of a page have."""
    values = re.findall(r"""\b(?:class|id)=(["'])(.*?)\1""", page, re.DOTALL)
    return {word for _, value in values for word in html.unescape(value).split()}


def words_of_script(script: str) -> set[str]:
    """Return all that could be a class or a name in a script."""
    return set(re.findall(r"[\w-]+", script))


def reduce_styles(sheet: str, words: set[str]) -> str:
    """Return a style sheet without the rules for classes and names not in `words`.

    A selector stays if each of its classes and names is among the words. What stands in
    brackets, as in `:not(.this)`, is not looked at, nor are elements and attributes.
    """
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return _reduce(rules, words)


def _reduce(rules: list[Any], words: set[str]) -> str:
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _selectors(rule.prelude) if _names(s) <= words]
            if selectors:
                names = ",".join(_text(tokens) for tokens in selectors)
                kept.append(f"{names}{{{_text(rule.content)}}}")
        elif rule.type == "at-rule" and rule.content is not None:
            start = f"@{rule.at_keyword} {_text(rule.prelude)}"
            if rule.lower_at_keyword in ("media", "supports"):
                inner = tinycss2.parse_rule_list(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                content = _reduce(inner, words)
            else:
                content = _text(rule.content)
            if content:
                kept.append(f"{start}{{{content}}}")
        elif rule.type == "error":
            raise ValueError(f"a style sheet, line {rule.source_line}: {rule.message}")
    return "\n".join(kept)


def _selectors(prelude: list[Any]) -> list[list[Any]]:
    """Split what stands before a rule's brackets at its commas."""
    selectors: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def _names(selector: list[Any]) -> set[str]:
    """Return the classes and names that a selector asks for, outside brackets."""
    names = set()
    before = ""
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before == "."):
            names.add(token.value)
        before = token.value if token.type == "literal" else ""
    return names


def _text(tokens: list[Any]) -> str:
    """Write tokens on one line, without comments. No string holds a line's end."""
    text = tinycss2.serialize([token for token in tokens if token.type != "comment"])
    return re.sub(r"\s*\n\s*", " ", text).strip()


def read_styles(site: Path, name: str) -> str:
    """Read a style sheet and those it imports; addresses in it start at STYLES."""
    sheet = (site / name).read_text("utf-8").replace('@charset "UTF-8";', "")
    folder = posixpath.dirname(name)

    def move(address: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(folder, address[2]))
        return f"url({posixpath.relpath(place, posixpath.dirname(STYLES))})"

    def insert(address: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(folder, address[2]))
        return read_styles(site, place)

    outside = r"(?!data:|https?:|/|#|%23)"
    sheet = re.sub(rf"""url\((["']?){outside}([^"')]+)\1\)""", move, sheet)
    return re.sub(r"""@import\s+(["'])([^"']+)\1\s*;""", insert, sheet)


def embed_icons(site: Path, sheet: str, words: set[str]) -> str:
    """Put each font of the icons into the style sheet, with the icons that it uses."""
    used = set(ICON.findall(sheet))

    def embed(rule: re.Match[str]) -> str:
        source = re.search(r"url\(([^)]*/(fa-\w+)-\d+\.ttf)\)", rule[0])
        if not source:
            return rule[0]
        if not FONTS.get(source[2], set()) & words:
            return ""
        options = subset.Options(layout_features=[], notdef_outline=False)
        options.flavor = "woff"
        options.drop_tables += ["FFTM", "GSUB"]
        with TTFont(site / posixpath.dirname(STYLES) / source[1]) as font:
            subsetter = subset.Subsetter(options)
            subsetter.populate(unicodes=[ord(icon) for icon in used])
            subsetter.subset(font)
            small = io.BytesIO()
            subset.save_font(font, small, options)
        data = base64.b64encode(small.getvalue()).decode()
        address = f'src:url(data:font/woff;base64,{data}) format("woff")'
        return re.sub(r"src:[^;}]*", lambda _: address, rule[0])

    return re.sub(r"@font-face ?\{[^{}]*\}\n?", embed, sheet)


def join_scripts(site: Path, names: list[str]) -> str:
    """Return several scripts as one."""
    # The first semicolon: a file's "use strict" is for that file alone.
    texts = [(site / name).read_text("utf-8") for name in names]
    joined = "".join(f";{text}\n" for text in texts).replace(SLOW, QUICK)
    return re.sub(r"//# sourceMappingURL=.*", "", joined)


class _Head:
    """The style sheets and scripts of a site's pages, joined.

    `styles` and `scripts` are those that newly written pages ask for; they are the same
    on each, apart from a live figure's.
    """

    def __init__(self, site: Path):
        self.site = site
        self.styles: list[str] = []
        self.scripts: list[str] = []

    def rewrite(self, path: Path, page: str) -> str:
        """Return a page with the joined files in place of those that it names."""
        up = "../" * len(path.relative_to(self.site).parts[1:])
        search = path.name == "search.html"
        fresh = 'rel="preload" as="script"' in page
        if not fresh:
            return page
        styles: list[str] = []
        scripts: list[str] = []

        def local(address: str) -> str | None:
            name = address.split("?")[0].removeprefix(up)
            apart = ":" in name or name.startswith(APART)
            return name if not apart and (self.site / name).is_file() else None

        def style(link: re.Match[str]) -> str:
            address = re.search(r'href="([^"]+)"', link[0])
            name = local(address[1]) if address else None
            if not name:
                return link[0]
            if 'rel="preload"' in link[0]:
                return ""
            styles.append(name)
            first = f'\n  <link rel="stylesheet" href="{up}{STYLES}"/>'
            return first if len(styles) == 1 else ""

        def script(element: re.Match[str]) -> str:
            name = local(element[1])
            if not name:
                return element[0]
            if Path(name).name in SEARCH:
                later = f'\n    <script defer src="{element[1]}"></script>'
                return later if search else ""
            if Path(name).name not in UNUSED:
                scripts.append(name)
            first = f'\n    <script defer src="{up}{SCRIPTS}"></script>'
            return first if len(scripts) == 1 and scripts[0] == name else ""

        page = CHOICE.sub(lambda _: CHOOSE, page)
        # Without scripts a page is light; before, it had no colours of its own.
        page = page.replace('data-theme="auto"', 'data-theme="light"', 1)
        page = LINK.sub(style, page)
        page = SCRIPT.sub(script, VALUE.sub("", page))
        self.styles += [name for name in styles if name not in self.styles]
        self.scripts += [name for name in scripts if name not in self.scripts]
        return page


def describe_pictures(site: Path, folder: Path, page: str) -> str:
    """Give the pictures of a page their size, and those after the first one time."""
    start = page.find('<article class="bd-article"')
    first = True

    def describe(element: re.Match[str]) -> str:
        nonlocal first
        tag: str = element[0]
        source = re.search(r'\bsrc="([^"?]+)', tag)
        if not source or ":" in source[1]:
            return tag
        added = ""
        size = _size(folder / source[1])
        if size and not re.search(r'\b(?:width|height)="', tag):
            added += f' width="{size[0]}" height="{size[1]}"'
        if element.start() > start >= 0 and "loading=" not in tag:
            if first and "fetchpriority=" not in tag:
                added += ' fetchpriority="high"'
            elif not first:
                added += ' loading="lazy" decoding="async"'
            first = False
        return f"<img{added}{tag[4:]}" if added else tag

    return re.sub(r"<img\b[^>]*>", describe, page)


def _size(path: Path) -> tuple[int, int] | None:
    if not path.is_file():
        return None
    if path.suffix == ".svg":
        text = path.read_text("utf-8")
        box = re.search(r'\bviewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', text)
        return (round(float(box[1])), round(float(box[2]))) if box else None
    with Image.open(path) as picture:
        return picture.size


def lighten_figure(path: Path) -> None:
    """Store a figure of a page as WebP, with a palette and without further loss."""
    with Image.open(path) as figure:
        light = twins.with_palette(figure).convert("RGB")
    temporary = path.with_suffix(".tmp")
    light.save(temporary, format="WEBP", lossless=True, method=4, quality=60)
    temporary.replace(path.with_suffix(".webp"))
    path.unlink()


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


def _lighten(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lighten_figure, site.glob("_images/*.png")))
    old = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    head = _Head(site)
    new = {}
    for path, page in old.items():
        page = re.sub(r'(?<=_images/)([\w-]+)\.png(?=")', r"\1.webp", page)
        page = describe_pictures(site, path.parent, page)
        new[path] = head.rewrite(path, page)
    if head.styles:  # at least one page was written
        _write_joined(site, head, new.values())
    for name in (STYLES, SCRIPTS):
        if (site / name).is_file():
            digest = hashlib.sha256((site / name).read_bytes()).hexdigest()[:8]
            address = re.compile(rf'{name}(\?v=\w+)?(?=")')
            new = {
                path: address.sub(f"{name}?v={digest}", page)
                for path, page in new.items()
            }
    for path, page in new.items():
        if page != old[path]:
            _write(path, page)


def _write_joined(site: Path, head: _Head, pages: Any) -> None:
    pages = list(pages)
    if not any("sd-tab-set" in page for page in pages):
        head.scripts = [name for name in head.scripts if "design-tabs" not in name]
    scripts = join_scripts(site, head.scripts)
    words = words_of_script(scripts)
    others = [*site.glob("_static/live/*.js"), *site.glob("_static/search*.js")]
    for path in others:
        words |= words_of_script(path.read_text("utf-8"))
    on_pages = set().union(*map(words_of_page, pages))
    sheet = "\n".join(
        reduce_styles(read_styles(site, name), words | on_pages) for name in head.styles
    )
    sheet = embed_icons(site, sheet, on_pages)
    _write(site / STYLES, f'@charset "UTF-8";\n{sheet}\n')
    _write(site / SCRIPTS, scripts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    # After all others: what they write is what is joined.
    app.connect("build-finished", _lighten, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
