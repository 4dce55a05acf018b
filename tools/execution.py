"""Run chapters: one engine for the twins, the book and the tests.

A run is stored in `_build/runs` under a name that tells its code and all that its
outputs depend on. Whoever needs an executed chapter takes it from there; a chapter
executes only where no such run is stored.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import hashlib
import os
from pathlib import Path
import sys
import tempfile
import time

from aelib.datasets import ensure_available
import jupytext
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "_build" / "runs"
KEPT = 4  # runs of one chapter: those of other branches need not execute again
TIMEOUT = 600  # seconds a cell, as in _config.yml
PINS = ("requirements.txt", "constraints.txt")


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def fingerprint(source: Path, root: Path = ROOT) -> str:
    """Hash all that a chapter's outputs depend on.

    That is the code of its cells; the code of those modules of `aelib` that it imports,
    directly or through others, without docstrings and comments; the data files beside
    them, weights by their cards; the pinned versions, and Python's.

    Parameters
    ----------
    source
        A chapter.
    root
        Folder that holds `aelib` and the files with the pinned versions.

    Returns
    -------
    str
        16 hexadecimal digits; another value means: execute the chapter again.
    """
    cells = "\n\n".join(cell.source for cell in code_cells(jupytext.read(source)))
    digest = hashlib.sha256(f"{sys.version_info[:2]}\n{cells}".encode())
    for path in sorted(_imported(cells, root)):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(ast.dump(_without_docstrings(path)).encode())
        if path.name == "__init__.py":
            for other in sorted(path.parent.iterdir()):
                _hash_data(other, digest)
    for name in PINS:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()[:16]


def _imported(code: str, root: Path) -> set[Path]:
    """Return the files of `aelib` that code imports, and those that these import."""
    found: set[Path] = set()
    waiting = [ast.parse(code)]
    while waiting:
        for node in ast.walk(waiting.pop()):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                below = [f"{node.module}.{alias.name}" for alias in node.names]
                names = [node.module, *below]
            for name in names:
                for path in _files(name, root) - found:
                    found.add(path)
                    waiting.append(ast.parse(path.read_text("utf-8")))
    return found


def _files(name: str, root: Path) -> set[Path]:
    """Return the files that an import of a dotted name executes."""
    if name.split(".")[0] != "aelib":
        return set()
    parts = name.split(".")
    places = [root.joinpath(*parts[:end]) for end in range(1, len(parts) + 1)]
    candidates = [place / "__init__.py" for place in places]
    candidates.append(places[-1].with_suffix(".py"))
    return {path for path in candidates if path.is_file()}


def _without_docstrings(path: Path) -> ast.Module:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return tree


def _hash_data(path: Path, digest: "hashlib._Hash") -> None:
    if path.is_dir() and not (path / "__init__.py").exists():
        for other in sorted(path.iterdir()):
            _hash_data(other, digest)
    elif path.suffix in (".csv", ".json"):  # a card holds the hash of its weights
        digest.update(path.name.encode() + path.read_bytes())


def run(source: Path) -> NotebookNode:
    """Return a chapter as an executed notebook, from the stored runs if it is there.

    Parameters
    ----------
    source
        A chapter.

    Returns
    -------
    nbformat.NotebookNode
        The source's cells and metadata as they are now, with the outputs of the run.

    Raises
    ------
    RuntimeError
        If a cell fails or the kernel dies; the message has what it said.
    """
    path = _stored(source)
    if not path.is_file():
        with live(source):
            pass
    if not path.is_file():
        raise RuntimeError(
            f"what {source.name} depends on changed while it was executed; try again"
        )
    os.utime(path)
    notebook = jupytext.read(source)
    executed = nbformat.read(path, as_version=4)
    for cell, other in zip(code_cells(notebook), code_cells(executed), strict=True):
        cell.outputs, cell.execution_count = other.outputs, other.execution_count
    return notebook


@contextmanager
def live(source: Path) -> Iterator[Callable[[str], str]]:
    """Execute a chapter, store the run, and go on in its kernel.

    Parameters
    ----------
    source
        A chapter.

    Yields
    ------
    callable
        Runs code in the kernel and returns what it prints; an error in it raises
        nbclient.exceptions.CellExecutionError.

    Raises
    ------
    RuntimeError
        If a cell fails or the kernel dies; the message has what it said.
    """
    ensure_available()
    notebook = jupytext.read(source)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(source.parent)}},
        # What libraries write to the process' error output is no output of a cell.
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],
    )
    client.reset_execution_trackers()
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("MPLBACKEND", None)  # draw inline, whatever the shell says
    begin, whole = time.monotonic(), False
    print(f"executing {source.name} ...", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            with client.setup_kernel(stderr=said, env=environment):
                for position, cell in enumerate(notebook.cells):
                    client.execute_cell(cell, position)
                _store(source, notebook)
                whole = True
                seconds = time.monotonic() - begin
                print(f"executed {source.name} in {seconds:.0f} s", flush=True)
                yield lambda code: _say(client, code)
        except DeadKernelError as error:
            said.seek(0)
            raise RuntimeError(
                f"{source.name}: the kernel died. It said:\n{said.read()[-4_000:]}"
            ) from error
        except CellExecutionError as error:
            if whole:
                raise  # it is the caller's code that fails
            raise RuntimeError(f"{source.name} fails:\n{error}") from error


def _say(client: NotebookClient, code: str) -> str:
    cell = new_code_cell(code)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1)
    finally:
        client.nb.cells.pop()
    return "".join(o.text for o in cell.outputs if o.get("name") == "stdout")


def _stored(source: Path) -> Path:
    return RUNS / f"{source.stem}-{fingerprint(source)}.ipynb"


def _store(source: Path, notebook: NotebookNode) -> None:
    path = _stored(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    nbformat.write(notebook, temporary)
    temporary.replace(path)
    runs = RUNS.glob(f"{source.stem}-*.ipynb")
    for old in sorted(runs, key=lambda run: run.stat().st_mtime)[:-KEPT]:
        old.unlink()
