"""Sphinx extension of this book: data first, no stale page, no script for formulas.

`_config.yml` loads it. It

- makes the verified data files available before any chapter's kernel starts;
- keys the cache of executed chapters on everything their outputs depend on;
- writes formulas as MathML, which browsers render without a script;
- says of a hidden cell that it is the check of an exercise;
- offers each chapter's twin notebook as the page's notebook download;
- stores the pages' figures with a palette, at a third of their size;
- drops the icons that no page uses, more than half of a page's weight;
- shows the buttons that need the repository's address once `_config.yml` has it.
"""

import hashlib
import os
from pathlib import Path
import re
import shutil
import sys

from aelib.files import ensure_available
from docutils import nodes
from latex2mathml.converter import convert as latex_to_mathml
from PIL import Image
from sphinx.application import Sphinx
from sphinx.config import Config

# Chapters' kernels draw inline, whatever the shell that builds the book says.
os.environ.pop("MPLBACKEND", None)

ROOT = Path(__file__).resolve().parent.parent
CACHES = Path("_build/.jupyter_cache")
ICONS = Path("_static", "scripts", "fontawesome.js")
# An entry of the icons' table: its name, width, height, other names, code, outline.
ICON = re.compile(
    r'"?(?P<name>[\w-]+)"?:\[\d+,\d+,\[(?P<others>[^]]*)],"\w*",'
    r'(?:"[^"]*"|\[[^]]*])],?'
)
BUTTONS = {
    "use_repository_button": True,
    "use_issues_button": True,
    "use_edit_page_button": True,
    "launch_buttons": {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
    },
}


def fingerprint(root: Path = ROOT) -> str:
    """Hash all that a chapter's outputs depend on beside its own code cells.

    Parameters
    ----------
    root
        Folder that holds `aelib` and the files with the pinned versions.

    Returns
    -------
    str
        16 hexadecimal digits; another value means: execute the chapters again.
    """
    package = sorted(
        path
        for path in (root / "aelib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    digest = hashlib.sha256(".".join(map(str, sys.version_info[:2])).encode())
    for path in [*package, root / "requirements.txt", root / "constraints.txt"]:
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def execution_cache(root: Path = ROOT) -> Path:
    """Return the folder of executed chapters that belongs to the current state."""
    return root / CACHES / fingerprint(root)


def _prepare(app: Sphinx, config: Config) -> None:
    ensure_available()
    if config.html_theme_options.get("repository_url"):
        config.html_theme_options |= BUTTONS
    source = Path(app.srcdir)
    current = execution_cache(source)
    # Sphinx reads every page again when this setting changes, so a page can't be
    # stale; a change of prose leaves it alone, so nothing executes.
    config.nb_execution_cache_path = str(current)
    # While no page is out of date Sphinx copies no style sheet; with this they all are.
    digest = hashlib.sha256()
    for path in sorted((source / "static").rglob("*.*")):
        digest.update(path.read_bytes())
    config.static_fingerprint = digest.hexdigest()
    for old in (source / CACHES).glob("*"):
        if old.is_dir() and old != current:
            shutil.rmtree(old)


def _visit_inline_math(translator, node: nodes.math) -> None:
    translator.body.append(latex_to_mathml(node.astext()))
    raise nodes.SkipNode


def _visit_block_math(translator, node: nodes.math_block) -> None:
    mathml = latex_to_mathml(node.astext(), display="block")
    translator.body.append(f'<div class="math-block">{mathml}</div>\n')
    raise nodes.SkipNode


def _name_checks(app: Sphinx, doctree: nodes.document) -> None:
    for cell in doctree.findall(nodes.container):
        if "tag_exercise-check" in cell["classes"]:
            cell["prompt_show"] = "Show how the answer is checked"
            cell["prompt_hide"] = "Hide how the answer is checked"


def _twin(app: Sphinx, page: str) -> Path:
    return Path(app.srcdir, page).with_suffix(".ipynb")


def _offer_twin(app: Sphinx, pagename: str, templatename: str, context: dict, doctree):
    if _twin(app, pagename).is_file():
        context["ipynb_source"] = f"{pagename}.ipynb"


def _copy_twins(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    for page in app.env.found_docs:
        if _twin(app, page).is_file():
            target = Path(app.outdir, "_sources", f"{page}.ipynb")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_twin(app, page), target)


def _lighten_figures(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir, "_images").glob("*.png"):
        with Image.open(path) as figure:
            if figure.mode == "P":
                continue
            light = figure.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        temporary = path.with_suffix(".tmp")
        light.save(temporary, format="PNG", optimize=True)
        temporary.replace(path)


def _drop_icons(app: Sphinx, exception: Exception | None) -> None:
    icons = Path(app.outdir, ICONS)
    if exception or app.builder.format != "html" or not icons.is_file():
        return
    used = set()
    for path in Path(app.outdir).rglob("*"):
        if path.suffix in (".html", ".js") and path != icons:
            used |= set(re.findall(r"\bfa-([\w-]+)", path.read_text("utf-8")))

    def keep(icon: re.Match) -> str:
        names = {icon["name"], *re.findall(r"[\w-]+", icon["others"])}
        return icon[0] if names & used else ""

    light = ICON.sub(keep, icons.read_text("utf-8"))
    temporary = icons.with_suffix(".tmp")
    temporary.write_text(light, "utf-8")
    temporary.replace(icons)


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_config_value("static_fingerprint", "", "html", str)
    app.connect("config-inited", _prepare)
    app.connect("doctree-read", _name_checks)
    # Earlier than the theme, which then puts the download button on the page.
    app.connect("html-page-context", _offer_twin, priority=100)
    # Later than the theme, which copies a notebook of its own to the same place.
    app.connect("build-finished", _copy_twins, priority=900)
    app.connect("build-finished", _lighten_figures)
    app.connect("build-finished", _drop_icons)
    app.add_html_math_renderer(
        "mathml", (_visit_inline_math, None), (_visit_block_math, None)
    )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
