"""Derive each chapter's twin: the plain `.ipynb` beside the MyST source.

    python tools/twins.py [chapters/01_dataset.md ...]

Without names, all chapters. A twin holds the source's code cells with their text
outputs and figures, and its prose with the closed list of MyST constructs turned into
plain Markdown, which Jupyter, Colab and GitHub show as it is meant. The prose is parsed
by the parser that builds the pages; a construct outside the list is an error. Chapters
execute only where no run of the same code is stored (`tools/execution.py`).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
import io
import json
from pathlib import Path
import re
import sys
from typing import Any, NamedTuple

from execution import code_cells, ROOT, run
import jupytext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image
from pybtex.database import BibliographyData, Entry, parse_file
import yaml

# `create_md_parser` and `parse_directive_text` are inner parts of myst-parser 3.0, the
# tokens those of markdown-it-py 3.0; constraints.txt holds both there.
CHAPTERS = ROOT / "chapters"
CHAPTER = re.compile(r"(?:\d\d|[a-z])_\w+\.md")
FIGURE_WIDTH = 720  # pixels, as wide as a page's text column
TWIN_COLORS = 128  # lighter than with 256; on pages figures keep all

PLAIN_BLOCKS = {
    "inline",
    "heading",
    "paragraph",
    "bullet_list",
    "ordered_list",
    "list_item",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
    "math_block",
}
PLAIN_INLINES = {
    "text",
    "text_special",
    "softbreak",
    "hardbreak",
    "em",
    "strong",
    "code_inline",
    "math_inline",
    "image",
    "link",
}
POSTERS = "../static/live"  # the pictures of live figures, as pages name them
LIVE = "On the book's page this figure moves."
COLAB_TAG = "colab"
COLAB_CELL = """\
import sys

if "google.colab" in sys.modules:
    %pip install -q "aelib @ git+{address}"
"""
SOLUTION_TAG = "exercise-solution"  # code cells have it in the source
# Mark a solution's begin and end while a cell is converted.
SOLUTION_START, SOLUTION_END = "\0start", "\0end"
ADMONITIONS = {"note", "tip", "important", "warning", "admonition"}


class UnknownConstructError(ValueError):
    """A chapter uses MyST that the twins' closed list does not hold."""


@dataclass
class Labels:
    """What a reference anywhere in the book may point to.

    Attributes
    ----------
    figures
        Name → number, e.g. "2.1".
    exercises
        Label → (number, file name of its twin).
    sections
        Label → (title, file name of its twin).
    """

    figures: dict[str, str] = field(default_factory=dict)
    exercises: dict[str, tuple[str, str]] = field(default_factory=dict)
    sections: dict[str, tuple[str, str]] = field(default_factory=dict)


def chapter_sources(folder: Path = CHAPTERS) -> list[Path]:
    """Return the sources in order: chapters (01_name.md), appendices (a_name.md)."""
    return [
        path for path in sorted(folder.glob("*.md")) if CHAPTER.fullmatch(path.name)
    ]


def chapter_label(name: str) -> str:
    """Return what stands before the numbers of a source's figures, e.g. "2" or "A"."""
    return name.split("_")[0].lstrip("0").upper()


def twin_path(source: Path) -> Path:
    """Return where the twin of a source stands."""
    return source.with_suffix(".ipynb")


def _parser() -> MarkdownIt:
    # The extensions of _config.yml; linkify and substitution play no role in twins.
    extensions = {"colon_fence", "dollarmath"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


class _AnyDirective:
    """What `parse_directive_text` asks of a directive's class."""

    required_arguments, optional_arguments = 0, 1
    final_argument_whitespace = has_content = True
    option_spec = {"options": True}  # noqa: RUF012 (as docutils has it)


class Directive(NamedTuple):
    """A directive: `:::{name} argument`, its options and its body."""

    name: str
    argument: str
    options: dict[str, Any]
    body: str


def directives(text: str) -> list[Directive]:
    """Return the directives of a text, in order; those inside others are in a body."""
    return [found for token in _parser().parse(text) if (found := _directive(token))]


def _directive(token: Token) -> Directive | None:
    """Return the directive that a fence is, or None."""
    match = re.match(r"\{([\w-]+)\}\s*(.*)", token.info.strip())
    if token.type not in ("fence", "colon_fence") or not match:
        return None
    parsed = parse_directive_text(
        _AnyDirective, "", token.content, validate_options=False
    )
    return Directive(match[1], match[2].strip(), parsed.options, "\n".join(parsed.body))


def collect_labels(sources: list[Path]) -> Labels:
    """Collect the targets of references and number them as the book does.

    Parameters
    ----------
    sources
        Every chapter, in order.

    Returns
    -------
    Labels

    Raises
    ------
    UnknownConstructError
        If a name is used twice.
    """
    labels = Labels()
    for source in sources:
        chapter, twin = chapter_label(source.name), twin_path(source).name
        figures = exercises = 0
        for cell in jupytext.read(source).cells:
            if cell.cell_type == "code":
                figure = cell.metadata.get("mystnb", {}).get("figure")
                if figure:
                    figures += 1
                    _add(labels.figures, figure["name"], f"{chapter}.{figures}")
                continue
            waiting = []
            for token in _parser().parse(cell.source):
                directive = _directive(token)
                if token.type == "myst_target":
                    waiting.append(token.content)
                elif token.type == "inline" and waiting:
                    for name in waiting:
                        _add(labels.sections, name, (token.content, twin))
                    waiting = []
                elif directive and directive.name == "exercise":
                    exercises += 1
                    number = f"{chapter}.{exercises}"
                    _add(labels.exercises, directive.options["label"], (number, twin))
    return labels


def _add(names: dict[str, Any], name: str, value: object) -> None:
    if name in names:
        raise UnknownConstructError(f"the name {name!r} is used twice")
    names[name] = value


class Converter:
    """Turn a chapter's MyST prose into plain Markdown.

    Parameters
    ----------
    labels
        Targets of references, from `collect_labels`.
    bibliography
        Entries that citations may name.
    """

    def __init__(self, labels: Labels, bibliography: BibliographyData) -> None:
        self.labels = labels
        self.bibliography = bibliography
        self.in_solution = False

    def convert_cell(self, text: str) -> list[tuple[str, bool]]:
        """Convert the text of one Markdown cell; fold what it says of a solution.

        Returns
        -------
        list
            The text in parts, and whether each belongs to a solution.

        Raises
        ------
        UnknownConstructError
            As `convert`.
        """
        begins_inside = self.in_solution
        rest, solution = self.convert(text), ""
        if begins_inside:
            solution, _, rest = rest.partition(SOLUTION_END)
        prose, _, rest = rest.partition(SOLUTION_START)
        title, _, rest = rest.lstrip("\n").partition("\n")
        next_solution, _, after = rest.partition(SOLUTION_END)
        parts = [
            (_fold(solution), True),
            (prose, False),
            (f"{title}\n\n{_fold(next_solution)}", True),
            (after, False),
        ]
        return [(part.strip("\n"), inside) for part, inside in parts if part.strip()]

    def convert(self, text: str) -> str:
        """Convert prose.

        Raises
        ------
        UnknownConstructError
            If the text holds MyST outside the closed list, or a reference whose
            target does not exist.
        """
        lines = text.split("\n")
        # (first line, line after the last) → new text
        edits: dict[tuple[int, int], str] = {}
        # The same → up to where it is done: table cells share a line.
        place: dict[tuple[int, int], int] = {}
        for token in _parser().parse(text):
            first, last = token.map or (0, 0)
            span = (first, last)
            if token.type == "inline":
                old = edits.get(span, "\n".join(lines[slice(*span)]))
                edits[span], place[span] = self._inline(token, old, place.get(span, 0))
            elif directive := _directive(token):
                if token.level:
                    raise UnknownConstructError(
                        f"{{{directive.name}}} stands inside a list or a quotation; "
                        "move it out"
                    )
                edits[span] = "\n".join(self._block(*directive))
            elif token.type in ("myst_target", "myst_line_comment"):
                edits[span] = ""
            elif token.type == "fence":
                pass  # a listing, plain Markdown
            elif re.sub("_(open|close)$", "", token.type) not in PLAIN_BLOCKS:
                raise UnknownConstructError(_advice(token.type, token.content))
        for (first, last), new in sorted(edits.items(), reverse=True):
            lines[first:last] = new.split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _block(
        self, name: str, argument: str, options: dict[str, Any], body: str
    ) -> list[str]:
        if name in ADMONITIONS:
            title = self.convert(argument) if argument else name.capitalize()
            return _quote(title, self.convert(body))
        if name == "margin":
            return _quote(self.convert(argument), self.convert(body))
        if name == "hint":
            return _details("Hint (open it here)", self.convert(body))
        if name == "exercise":
            number = self.labels.exercises[options["label"]][0]
            title = f"**Exercise {number}: {self.convert(argument)}**"
            return [title, "", *self.convert(body).split("\n")]
        if name == "solution-start" and not self.in_solution:
            self.in_solution = True
            number = self._find(self.labels.exercises, argument)[0]
            title = f"**Solution to exercise {number}** (folded; try it first)"
            return [SOLUTION_START, title]
        if name == "solution-end" and self.in_solution:
            self.in_solution = False
            return [SOLUTION_END]
        if name == "live":
            picture = f"![{options['alt']}]({POSTERS}/{options['name']}.webp)"
            said = f"*{LIVE}* {self.convert(body)}"
            return [picture, "", *said.split("\n")]
        raise UnknownConstructError(_advice(f"{{{name}}} {argument}".strip(), body))

    def _inline(self, token: Token, text: str, place: int) -> tuple[str, int]:
        """Replace the roles and links of one inline token, from left to right."""
        for child in token.children or ():
            kind = re.sub("_(open|close)$", "", child.type)
            if child.type == "code_inline":
                place = text.index(child.content, place) + len(child.content)
            elif child.type == "myst_role":
                old = f"{{{child.meta['name']}}}`{child.content}`"
                new = self._role(child.meta["name"], child.content)
                text, place = _replace_once(text, old, new, place)
            elif child.type == "link_open":
                page, mark, anchor = str(child.attrs["href"]).partition("#")
                if CHAPTER.fullmatch(page):
                    old = f"]({child.attrs['href']})"
                    new = f"]({twin_path(Path(page))}{mark}{anchor})"
                    text, place = _replace_once(text, old, new, place)
            elif kind not in PLAIN_INLINES:
                raise UnknownConstructError(_advice(child.type, child.content))
        return text, place

    def _role(self, name: str, content: str) -> str:
        match = re.fullmatch(r"(.*?)\s*<(.+)>", content, re.DOTALL)
        shown, target = (match[1], match[2]) if match else (None, content)
        if name == "numref" and not shown:
            return f"Figure {self._find(self.labels.figures, target)}"
        if name == "ref" and target in self.labels.exercises:
            number, twin = self.labels.exercises[target]
            return shown or f"Exercise {number}"
        if name == "ref":
            title, twin = self._find(self.labels.sections, target)
            return f"[{shown or title}]({twin})"
        if name == "term":
            return f"[{shown or target}](glossary.md)"
        if name in ("cite:t", "cite:p"):
            keys = [key.strip() for key in content.split(",")]
            entries = [self._find(self.bibliography.entries, key) for key in keys]
            if name == "cite:t":
                return ", ".join(_citation(entry, "{} ({})") for entry in entries)
            return f"({'; '.join(_citation(entry, '{}, {}') for entry in entries)})"
        raise UnknownConstructError(_advice(f"{{{name}}}", content))

    def _find(self, names: Mapping[str, Any], name: str) -> Any:
        if name not in names:
            raise UnknownConstructError(f"the reference {name!r} has no target")
        return names[name]


def _advice(construct: str, content: str) -> str:
    return (
        f"{construct} ({content[:40]!r}) is not in the closed list of constructs that "
        "twins can show; see CONTRIBUTING.md, or write it as plain Markdown"
    )


def _replace_once(text: str, old: str, new: str, start: int) -> tuple[str, int]:
    place = text.find(old, start)
    if place < 0:
        raise UnknownConstructError(
            f"{old!r} is broken over two lines or has several backticks; "
            "write it on one line with single ones"
        )
    return text[:place] + new + text[place + len(old) :], place + len(new)


def _quote(title: str, body: str) -> list[str]:
    lead = [f"**{title}**", ""] if title else []
    return [f"> {line}".rstrip() for line in [*lead, *body.split("\n")]]


def _details(summary: str, body: str) -> list[str]:
    opening = f"<details><summary>{summary}</summary>"
    return [opening, "", *body.split("\n"), "", "</details>"]


def _fold(solution: str) -> str:
    if not solution.strip():
        return ""
    return "\n".join(_details("Solution in words (open it here)", solution.strip("\n")))


def _citation(entry: Entry, form: str) -> str:
    names = [" ".join(person.last_names) for person in entry.persons["author"]]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    fields = entry.fields
    if "doi" in fields:
        address = f"https://doi.org/{fields['doi']}"
    elif "eprint" in fields:
        address = f"https://arxiv.org/abs/{fields['eprint']}"
    else:
        address = fields["url"]
    return f"[{form.format(' and '.join(names), fields['year'])}]({address})"


def repository_address() -> str:
    """Return the repository's address from `_config.yml`; empty if not known."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"]


def derive(
    source: Path, labels: Labels, bibliography: BibliographyData, address: str
) -> NotebookNode:
    """Derive a twin without outputs.

    Parameters
    ----------
    source
        A chapter.
    labels, bibliography
        As in `Converter`.
    address
        The repository's address. If it is not empty, a first cell installs `aelib`
        from there when the notebook runs in Colab, which opens only the one file.

    Returns
    -------
    nbformat.NotebookNode
        Code cells as in the source, prose converted, after each figure a cell with
        its number and caption. Cell ids are positions, so that they are stable.

    Raises
    ------
    UnknownConstructError
        If the source holds MyST outside the closed list.
    """
    notebook = jupytext.read(source)
    converter = Converter(labels, bibliography)
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for text, inside in converter.convert_cell(cell.source):
                metadata = {"tags": [SOLUTION_TAG]} if inside else {}
                cells.append(_attach(new_markdown_cell(text, metadata=metadata)))
            continue
        figure = cell.metadata.pop("mystnb", {}).get("figure")
        if converter.in_solution:
            cell.metadata["jupyter"] = {"outputs_hidden": True, "source_hidden": True}
        elif {"hide-input", "hide-cell"} & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        cells.append(cell)
        if figure:
            number = labels.figures[figure["name"]]
            caption = converter.convert(figure["caption"].strip())
            cells.append(new_markdown_cell(f"*Figure {number}.* {caption}"))
    if converter.in_solution:
        raise UnknownConstructError(f"{source.name} has a solution-start without end")
    if address:
        code = COLAB_CELL.format(address=address)
        cells.insert(0, new_code_cell(code, metadata={"tags": [COLAB_TAG]}))
    for position, cell in enumerate(cells):
        cell.id = f"cell-{position:03d}"
    kernel = notebook.metadata["kernelspec"]
    language = {"name": "python"}
    about = {"kernelspec": kernel, "language_info": language}
    return new_notebook(cells=cells, metadata=about)


def _attach(cell: NotebookNode) -> NotebookNode:
    """Put the pictures of live figures into a cell: a twin may be a single file."""
    for name in re.findall(rf"\]\({re.escape(POSTERS)}/([\w.-]+)\)", cell.source):
        picture = base64.b64encode((CHAPTERS / POSTERS / name).read_bytes()).decode()
        cell.setdefault("attachments", {})[name] = {"image/webp": picture}
        cell.source = cell.source.replace(f"{POSTERS}/{name}", f"attachment:{name}")
    return cell


def add_outputs(twin: NotebookNode, executed: NotebookNode) -> None:
    """Copy execution counts, text outputs and figures into a twin, in place."""
    cells = [
        cell
        for cell in code_cells(twin)
        if COLAB_TAG not in cell.metadata.get("tags", [])
    ]
    pairs = zip(cells, code_cells(executed), strict=True)
    for position, (cell, run_cell) in enumerate(pairs, start=1):
        cell.execution_count = position
        cell.outputs = _joined(run_cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = position
            if "data" in output:
                output["metadata"] = {}
                output["data"] = {
                    kind: light_png(content) if kind == "image/png" else content
                    for kind, content in output["data"].items()
                    if kind == "image/png" or kind.startswith("text/")
                }


def light_png(content: str) -> str:
    """Make a figure light: at most `FIGURE_WIDTH` wide, with a palette.

    Parameters
    ----------
    content
        A PNG in base64, as notebooks store it.

    Returns
    -------
    str
        The same, without what differs from machine to machine beside the pixels.
    """
    with Image.open(io.BytesIO(base64.b64decode(content))) as figure:
        image = figure.convert("RGB")
    if image.width > FIGURE_WIDTH:
        height = round(image.height * FIGURE_WIDTH / image.width)
        image = image.resize((FIGURE_WIDTH, height), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    with_palette(image, TWIN_COLORS).save(file, format="PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def with_palette(image: Image.Image, colors: int = 256) -> Image.Image:
    """Return an image with a palette of so many colours, the nearest for each pixel.

    The palette covers all colours, also those of few pixels: with Pillow's default, two
    classes of a map had the same one.
    """
    return image.convert("RGB").quantize(
        colors, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE
    )


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream; where it was cut is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.get("name") and output["name"] == last.get("name"):
            last["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def write_twin(source: Path, labels: Labels, bibliography: BibliographyData) -> None:
    """Derive, execute and write the twin of one source."""
    twin = derive(source, labels, bibliography, repository_address())
    add_outputs(twin, run(source))
    text = json.dumps(twin, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    temporary = twin_path(source).with_suffix(".ipynb.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(twin_path(source))
    print(f"wrote {twin_path(source).relative_to(ROOT)}", flush=True)


def main(names: list[str]) -> None:
    """Write the named chapters' twins, or all."""
    sources = chapter_sources()
    chosen = [Path(name).resolve() for name in names] or sources
    unknown = [path.name for path in chosen if path not in sources]
    if unknown:
        known = ", ".join(path.name for path in sources)
        raise SystemExit(f"no chapters: {', '.join(unknown)}; there are: {known}")
    labels = collect_labels(sources)
    bibliography = parse_file(str(CHAPTERS / "references.bib"))
    for source in chosen:
        write_twin(source, labels, bibliography)


if __name__ == "__main__":
    main(sys.argv[1:])
