"""Sphinx extension of this book: no stale page, no script for formulas.

`_config.yml` loads it. It

- executes the chapters that have no stored run, and reads their pages again;
- writes formulas as MathML, which browsers render without a script;
- says of a folded cell what it is: a check, a set-up, the check of an exercise;
- puts a set-up below the picture that opens the page, and says how to run the chapter;
- numbers the figures of an appendix as A.1, A.2;
- lets code in tables break where a reader would break it;
- offers each chapter's twin notebook as the page's notebook download;
- shows the buttons that need the repository's address once `_config.yml` has it.
"""

import hashlib
from pathlib import Path
import re
import shutil
from typing import Any

from docutils import nodes
import execution
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from latex2mathml.converter import convert as latex_to_mathml
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
import twins

# This leans on inner parts of jupyter-cache 1.0, MyST-NB 1.4, sphinx-book-theme 1.3 and
# pydata-sphinx-theme 0.17; constraints.txt holds them there.
CACHE = Path("_build", ".jupyter_cache")  # where MyST-NB looks for executed pages
PROMPTS = {
    "check": "✓ checked",
    "setup": "Set-up: imports, seed, data",
    "exercise-check": "How the answer is checked",
}
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


def _prepare(app: Sphinx, config: Config) -> None:
    if config.html_theme_options.get("repository_url"):
        config.html_theme_options |= BUTTONS
    source = Path(app.srcdir)
    config.nb_execution_cache_path = str(source / CACHE)
    # While no page is out of date Sphinx copies no style sheet; with this they all are.
    digest = hashlib.sha256()
    for path in sorted((source / "static").rglob("*.*")):
        digest.update(path.read_bytes())
    config.static_fingerprint = digest.hexdigest()


def _execute(
    app: Sphinx,
    env: BuildEnvironment,
    added: set[str],
    changed: set[str],
    removed: set[str],
) -> list[str]:
    """Hand MyST-NB each page's run; name the pages whose run is not the one shown."""
    shown: dict[str, str] = getattr(env, "aelib_runs", {})
    env.aelib_runs = {}  # type: ignore[attr-defined]  # stored with the environment
    outdated = []
    for page in sorted(env.found_docs):
        source = Path(env.doc2path(page))
        if not twins.CHAPTER.fullmatch(source.name):
            continue
        key = execution.fingerprint(source)
        env.aelib_runs[page] = key  # type: ignore[attr-defined]
        if page in added | changed or shown.get(page) != key:
            bundle = CacheBundleIn(execution.run(source), str(source))
            cache = get_cache(app.config.nb_execution_cache_path)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            outdated.append(page)
    return outdated


def _visit_inline_math(translator: Any, node: nodes.math) -> None:
    translator.body.append(latex_to_mathml(node.astext()))
    raise nodes.SkipNode


def _visit_block_math(translator: Any, node: nodes.math_block) -> None:
    mathml = latex_to_mathml(node.astext(), display="block")
    translator.body.append(f'<div class="math-block">{mathml}</div>\n')
    raise nodes.SkipNode


def _arrange_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Name the folded cells; put a set-up below the picture that it is for."""
    for cell in list(doctree.findall(nodes.container)):
        for tag, prompt in PROMPTS.items():
            if f"tag_{tag}" in cell["classes"]:
                cell["prompt_show"] = cell["prompt_hide"] = prompt
        if "tag_setup" in cell["classes"]:
            place = cell.parent.index(cell)
            following = cell.parent[place + 1 : place + 2]
            if following and "cell" in following[0].get("classes", ()):
                cell.parent[place : place + 2] = [following[0], cell]


def _say_how_to_run(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Add a line with links to what `Before you start` says, on a chapter's page."""
    if app.builder.format != "html" or not _twin(app, page).is_file():
        return
    for paragraph in doctree.findall(nodes.paragraph):
        if paragraph.astext().startswith("Before you start"):
            line = nodes.paragraph("", "Run this chapter: ", classes=["run-this"])
            up = "../" * page.count("/")
            targets = {"download the notebook": f"{up}_sources/{page}.ipynb"}
            targets |= _launch_addresses(app, page)
            for position, (text, address) in enumerate(targets.items()):
                if position:
                    line += nodes.Text(", ")
                line += nodes.reference("", text, refuri=address)
            line += nodes.Text("; ")
            ways = f"{up}chapters/index.html#ways-to-run-it"
            line += nodes.reference("", "how to open it", refuri=ways)
            line += nodes.Text(".")
            paragraph.parent.insert(paragraph.parent.index(paragraph) + 1, line)
            return


def _launch_addresses(app: Sphinx, page: str) -> dict[str, str]:
    """Return where Colab and Binder open a twin; none while there is no address."""
    repository = app.config.html_theme_options.get("repository_url", "").rstrip("/")
    if not repository.startswith("https://github.com/"):
        return {}
    place = repository.removeprefix("https://github.com/")
    branch = app.config.html_theme_options.get("repository_branch") or "main"
    colab = f"https://colab.research.google.com/github/{place}/blob/{branch}"
    binder = f"https://mybinder.org/v2/gh/{place}/{branch}?urlpath=lab/tree"
    return {
        "open it in Colab": f"{colab}/{page}.ipynb",
        "open it in Binder": f"{binder}/{page}.ipynb",
    }


def _number_appendices(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give figures of an appendix the numbers A.1, A.2, where Sphinx counts on."""
    for page, kinds in env.toc_fignumbers.items():
        source = Path(env.doc2path(page)).name
        if twins.CHAPTER.fullmatch(source) and source[0].isalpha():
            label = twins.chapter_label(source)
            for numbers in kinds.values():
                for count, name in enumerate(numbers, start=1):
                    numbers[name] = (label, count)  # type: ignore[assignment]
    return []


def _twin(app: Sphinx, page: str) -> Path:
    return Path(app.srcdir, page).with_suffix(".ipynb")


def _offer_twin(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    if _twin(app, pagename).is_file():
        context["ipynb_source"] = f"{pagename}.ipynb"


def _break_code_in_tables(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let long code in a table break after a dot, a bracket or a comma."""

    def mark(cell: re.Match[str]) -> str:
        return re.sub(
            r'(?<=<span class="pre">)[^<]+',
            lambda code: re.sub(r"([.(,_=/])(?=\S)", r"\1<wbr>", code[0]),
            cell[0],
        )

    if "body" in context:
        context["body"] = re.sub(r"<td>.*?</td>", mark, context["body"], flags=re.S)


def _copy_twins(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    for page in app.env.found_docs:
        if _twin(app, page).is_file():
            target = Path(app.outdir, "_sources", f"{page}.ipynb")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_twin(app, page), target)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_config_value("static_fingerprint", "", "html", str)
    app.connect("config-inited", _prepare)
    app.connect("env-get-outdated", _execute)
    app.connect("doctree-read", _arrange_cells)
    app.connect("doctree-resolved", _say_how_to_run)
    app.connect("env-get-updated", _number_appendices, priority=900)
    # Earlier than the theme, which then puts the download button on the page.
    app.connect("html-page-context", _offer_twin, priority=100)
    app.connect("html-page-context", _break_code_in_tables)
    # Later than the theme, which copies a notebook of its own to the same place.
    app.connect("build-finished", _copy_twins, priority=900)
    app.add_html_math_renderer(
        "mathml", (_visit_inline_math, None), (_visit_block_math, None)
    )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
