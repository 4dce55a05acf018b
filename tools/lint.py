"""Check formatting, code, types and spelling of the project, code cells included.

    python tools/lint.py [--fix] [chapters/01_dataset.md ...]

Ruff reads no MyST, so each chapter's cells are handed to it as a notebook; `--fix`
puts the formatted cells back into the source. With names, only the cells of these
chapters are looked at. Of a chapter that is long for its readers
it only warns.
"""

from pathlib import Path
import subprocess
import sys
import tempfile

import jupytext
from twins import chapter_sources, code_cells, ROOT

CONFIG = ROOT / "pyproject.toml"
WORDS, LINES = 2_500, 20


def _succeeds(*command: str, folder: Path = ROOT) -> bool:
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


def check_cells(sources: list[Path], folder: Path, fix: bool) -> bool:
    """Write chapters as notebooks below `folder` and let ruff look at them."""
    notebooks = folder / "chapters"  # so that the settings for chapters/* apply
    notebooks.mkdir()
    for source in sources:
        jupytext.write(jupytext.read(source), notebooks / f"{source.stem}.ipynb")
    # As wide as a page's text column.
    ruff = ("ruff", "--config", str(CONFIG), "--config", "line-length = 79")
    names = sorted(str(path.relative_to(folder)) for path in notebooks.iterdir())
    if fix:
        _succeeds(*ruff, "check", "--fix", "--quiet", *names, folder=folder)
        _succeeds(*ruff, "format", "--quiet", *names, folder=folder)
        for source in sources:
            _put_back(source, notebooks / f"{source.stem}.ipynb")
    formatted = _succeeds(*ruff, "format", "--check", *names, folder=folder)
    return _succeeds(*ruff, "check", *names, folder=folder) and formatted


def _put_back(source: Path, notebook: Path) -> None:
    old, new = (code_cells(jupytext.read(path)) for path in (source, notebook))
    text, place = source.read_text(encoding="utf-8"), 0
    for before, after in zip(old, new, strict=True):
        place = text.index(before.source, place)
        text = text[:place] + after.source + text[place + len(before.source) :]
        place += len(after.source)
    source.write_text(text, encoding="utf-8", newline="\n")


def warn_of_size(sources: list[Path]) -> None:
    """Say which chapters and cells are long, and where little output is compared."""
    for source in sources:
        cells = jupytext.read(source).cells
        prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
        words = len("\n".join(prose).split("\n## Exercises")[0].split())
        if words > WORDS:
            print(f"{source.name}: {words} words before the exercises, over {WORDS}")
        code = [cell for cell in cells if cell.cell_type == "code"]
        for cell in code:
            lines = len([line for line in cell.source.splitlines() if line])
            if lines > LINES:
                first = cell.source.splitlines()[0]
                print(f"{source.name}: a cell of {lines} lines, over {LINES}: {first}")
        tags = [tag for cell in code for tag in cell.metadata.get("tags", [])]
        ignored = tags.count("nbval-ignore-output")
        if ignored > len(code) / 2:
            print(f"{source.name}: of {ignored} cells no output is compared")


def main(names: list[str], fix: bool) -> bool:
    """Run every check, also after one has failed; True if all pass."""
    sources = [Path(name).resolve() for name in names] or chapter_sources()
    warn_of_size(sources)
    results = []
    if not names:
        if fix:
            _succeeds("ruff", "check", "--fix", "--quiet")
            _succeeds("ruff", "format", "--quiet")
        results = [
            _succeeds("ruff", "format", "--check"),
            _succeeds("ruff", "check"),
            _succeeds("mypy"),
            _succeeds("codespell"),
        ]
    with tempfile.TemporaryDirectory() as folder:
        results.append(check_cells(sources, Path(folder), fix))
    return all(results)


if __name__ == "__main__":
    chosen = [name for name in sys.argv[1:] if name != "--fix"]
    sys.exit(0 if main(chosen, "--fix" in sys.argv[1:]) else 1)
