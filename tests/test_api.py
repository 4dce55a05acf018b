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


def home(module, name):
    """Return the listed module that a name taken from a package belongs to."""
    return next(
        (
            listed
            for listed in LISTED
            if listed.startswith(module) and name in MODULES[listed].__all__
        ),
        module,
    )


def users():
    """Yield (module, code) of all that may use a name; the module only in aelib."""
    for code in chapter_code().values():
        yield None, code
    root = twins.ROOT
    for path in (*root.glob("studies/*.py"), *root.glob("tools/*.py")):
        yield None, path.read_text("utf-8")
    yield None, (root / "conftest.py").read_text("utf-8")
    for path in root.glob("aelib/**/*.py"):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        # What a package imports from its modules it only passes on.
        if not any(listed.startswith(f"{module}.") for listed in LISTED):
            yield module, path.read_text("utf-8")


def named_in_annotations(module):
    """Return what public functions take and return, and what constants hold."""
    annotations = []
    for node in ast.walk(ast.parse(Path(MODULES[module].__file__).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            annotations += [node.returns, *(a.annotation for a in node.args.args)]
        elif isinstance(node, ast.AnnAssign):
            annotations.append(node.annotation)
    return {
        part.id
        for annotation in filter(None, annotations)
        for part in ast.walk(annotation)
        if isinstance(part, ast.Name)
    }


def test_every_public_name_is_used():
    used = {
        (home(module, name), name)
        for user, code in users()
        for module, name in names_used(code)
        if home(module, name) != user
    }
    pages = "\n".join(path.read_text("utf-8") for path in twins.CHAPTERS.glob("*.md"))
    for module in LISTED:
        known = named_in_annotations(module)
        for name in MODULES[module].__all__:
            on_page = re.search(rf"\baelib(\.\w+)*\.{name}\b", pages)
            is_command = name == "main" and f"python -m {module} " in pages
            assert (module, name) in used or name in known or on_page or is_command, (
                f"nobody uses {module}.{name}"
            )


def test_every_module_is_on_the_page():
    packages = {module.rpartition(".")[0] for module in LISTED}
    assert {*LISTED, *packages - {"aelib"}} == MODULES.keys()
