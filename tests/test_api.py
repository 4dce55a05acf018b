"""The names of aelib: what chapters use is public and documented, the rest is used."""

import ast
import importlib
from pathlib import Path
import pkgutil
import re

import aelib
import jupytext
import pytest
import twins

MODULES = {
    name: importlib.import_module(name)
    for _, name, _ in pkgutil.walk_packages(aelib.__path__, "aelib.")
    if not name.endswith("__main__")
}
API = (twins.CHAPTERS / "aelib.md").read_text("utf-8")
LISTED = re.findall(r"automodule:: (\S+)", API)


def chapter_code():
    return {
        source.stem: "\n\n".join(
            cell.source for cell in twins.code_cells(jupytext.read(source))
        )
        for source in twins.chapter_sources()
    }


def names_used(code):
    """Yield (module, name) for each `module.name` and each name imported from one."""
    tree = ast.parse(code)
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aelib"):
            for alias in node.names:
                if f"{node.module}.{alias.name}" in MODULES:
                    known[alias.name] = f"{node.module}.{alias.name}"
                else:
                    yield node.module, alias.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", None)
            if owner in known:
                yield known[owner], node.attr


@pytest.mark.parametrize(("chapter", "code"), chapter_code().items())
def test_every_name_that_a_chapter_uses_is_public(chapter, code):
    used = set(names_used(code))
    assert used
    for module, name in used:
        assert name in MODULES[module].__all__, f"{module}.{name}"


def test_every_public_name_is_on_the_page_with_its_docstring():
    documented = set()
    for module in LISTED:
        for name in MODULES[module].__all__:
            assert (module, name) not in documented
            documented.add((module, name))
            value = getattr(MODULES[module], name)
            if callable(value):
                assert value.__doc__, f"{module}.{name}"
    public = {name for module in MODULES.values() for name in module.__all__}
    assert public == {name for _, name in documented}


def test_every_public_name_is_used():
    root = twins.ROOT
    paths = [*root.glob("aelib/**/*.py"), *root.glob("tools/*.py")]
    paths += [*root.glob("studies/*.py"), *twins.CHAPTERS.glob("*.md")]
    paths += [Path(root, "conftest.py"), Path(root, ".binder", "postBuild")]
    words: dict[str, int] = {}
    for path in paths:
        for word in re.findall(r"\w+", path.read_text("utf-8")):
            words[word] = words.get(word, 0) + 1
    for module in LISTED:
        is_part = module.count(".") > 1  # named again in its package, twice
        for name in MODULES[module].__all__:
            # In __all__ and where it is defined.
            assert words[name] > (4 if is_part else 2), f"nobody uses {module}.{name}"
