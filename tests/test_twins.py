"""The twins: what the converter turns MyST into, and what it refuses."""

import base64
import io
from pathlib import Path

from aelib import plotting
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class
from matplotlib.colors import to_rgb
import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pybtex.database import parse_string
import pytest
import twins

BIBLIOGRAPHY = parse_string(
    """
    @misc{three, author={Xi, A and Ra, B and Vo, C}, title={T}, year={2017},
          eprint={1708.07747}}
    @article{two, author={Hin, A and Sal, B}, title={T}, year={2006}, doi={10.1/x}}
    @book{one, author={van Go, C}, title={T}, year={1999}, url={https://a.example}}
    """,
    "bibtex",
)
LABELS = twins.Labels(
    figures={"fig-a": "1.2"},
    exercises={"ex-a": ("1.3", "01_a.ipynb")},
    sections={"sec-a": ("A title", "01_a.ipynb")},
)


def convert(text):
    return twins.Converter(LABELS, BIBLIOGRAPHY).convert(text)


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("See {numref}`fig-a`.", "See Figure 1.2."),
        ("See {ref}`sec-a`.", "See [A title](01_a.ipynb)."),
        ("See {ref}`this <sec-a>`.", "See [this](01_a.ipynb)."),
        ("See {ref}`ex-a`.", "See Exercise 1.3."),
        (
            "By {cite:t}`three`.",
            "By [Xi et al. (2017)](https://arxiv.org/abs/1708.07747).",
        ),
        ("So {cite:p}`two`.", "So ([Hin and Sal, 2006](https://doi.org/10.1/x))."),
        (
            "So {cite:p}`two,one`.",
            "So ([Hin and Sal, 2006](https://doi.org/10.1/x); "
            "[Go, 1999](https://a.example)).",
        ),
        ("A {term}`code`.", "A [code](glossary.md)."),
        ("Two {term}`codes <code>`.", "Two [codes](glossary.md)."),
        ("To [two](02_b.md#x).", "To [two](02_b.ipynb#x)."),
        ("To [words](glossary.md).", "To [words](glossary.md)."),
        ("(sec-a)=\n# A title", "# A title"),
        ("a\n\n% a comment\n\nb", "a\n\nb"),
        (":::{note}\nMind {numref}`fig-a`.\n:::", "> **Note**\n>\n> Mind Figure 1.2."),
        (":::{admonition} Own\nText\n:::", "> **Own**\n>\n> Text"),
        (":::{margin} Aside\nText\n:::", "> **Aside**\n>\n> Text"),
        (
            "```{hint}\n:class: dropdown\nLook.\n```",
            "<details><summary>Hint (open it here)</summary>\n\nLook.\n\n</details>",
        ),
        (
            "```{exercise} Count\n:label: ex-a\n\nHow many?\n```",
            "**Exercise 1.3: Count**\n\nHow many?",
        ),
        (
            ":::{live} explorer\n:name: live-a\n:alt: A map.\n\n"
            "Drag a {term}`code`.\n:::",
            "![A map.](../static/live/live-a.webp)\n\n*On the book's page this figure "
            "moves.* Drag a [code](glossary.md).",
        ),
        (
            "| a | b |\n|---|---|\n| {numref}`fig-a` | {term}`code` and {term}`code` |",
            "| a | b |\n|---|---|\n| Figure 1.2 | [code](glossary.md) and "
            "[code](glossary.md) |",
        ),
        (
            "- {numref}`fig-a`\n  - {term}`code`",
            "- Figure 1.2\n  - [code](glossary.md)",
        ),
        ("`{term}` and {term}`code`", "`{term}` and [code](glossary.md)"),
        ("Inline $x^2$.\n\n$$\ny\n$$", "Inline $x^2$.\n\n$$\ny\n$$"),
        ("```python\n{not} = 'a role'\n```", "```python\n{not} = 'a role'\n```"),
    ],
)
def test_a_construct_of_the_closed_list_becomes_plain_markdown(myst, plain):
    assert convert(myst) == plain


def test_a_hint_inside_an_exercise_is_converted_too():
    text = convert(
        "````{exercise} T\n:label: ex-a\n\nDo.\n\n"
        ":::{hint}\n:class: dropdown\nTry {term}`code`.\n:::\n````"
    )
    assert (
        "Do.\n\n<details><summary>Hint (open it here)</summary>\n\n"
        "Try [code](glossary.md)." in text
    )
    assert ":::" not in text and "{" not in text


@pytest.mark.parametrize(
    "myst",
    [
        "```{figure} a.png\nCaption\n```",
        "::::{grid} 2\n:::{card}\nA\n:::\n::::",
        "{doc}`02_b`",
        "{cite}`two`",
        "{sub}`2`",
        "```{raw} html\n<b>no file</b>\n```",
        "```{math}\nx\n```",
        "Term\n\n<div>raw</div>",
        "a <b>raw</b> word",
        "a[^1]\n\n[^1]: foot",
        "```{solution-end}\n```",
    ],
)
def test_a_construct_outside_the_closed_list_is_refused(myst):
    with pytest.raises(twins.UnknownConstructError, match="not in the closed list"):
        convert(myst)


@pytest.mark.parametrize(
    ("myst", "message"),
    [
        ("{numref}`fig-b`", "'fig-b' has no target"),
        ("{ref}`sec-b`", "'sec-b' has no target"),
        ("{cite:t}`four`", "'four' has no target"),
        ("{term}`a\nb`", "broken over two lines"),
        ("- a\n\n  :::{note}\n  b\n  :::", "inside a list"),
    ],
)
def test_a_reference_or_place_that_cannot_work_is_refused(myst, message):
    with pytest.raises(twins.UnknownConstructError, match=message):
        convert(myst)


CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

(sec-one)=
# One

```{code-cell}
---
mystnb:
  figure:
    name: fig-one
    caption: A line, see {numref}`fig-one`.
  image:
    alt: A line.
tags: [keep]
---
1 + 1
```

```{exercise} Add
:label: ex-one

Add.
```

```{code-cell}
answer = None
```

```{code-cell}
:tags: [hide-input]

print("check")
```

````{solution-start} ex-one
:class: dropdown
````

Like this:

```{code-cell}
answer = 2
print(answer)
```

It was easy.

````{solution-end}
````

After.
"""


FOLDED = "<details><summary>Solution in words (open it here)</summary>\n\n"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "01_one.md"
    path.write_text(CHAPTER, encoding="utf-8")
    return path


def derived(source, address=""):
    labels = twins.collect_labels([source])
    return twins.derive(source, labels, BIBLIOGRAPHY, address)


def test_twin_numbers_figures_and_exercises_and_hides_solutions(source):
    cells = derived(source).cells
    assert [cell.source for cell in cells] == [
        "# One",
        "1 + 1",
        "*Figure 1.1.* A line, see Figure 1.1.",
        "**Exercise 1.1: Add**\n\nAdd.",
        "answer = None",
        'print("check")',
        "**Solution to exercise 1.1** (folded; try it first)\n\n"
        + FOLDED
        + "Like this:\n\n</details>",
        "answer = 2\nprint(answer)",
        FOLDED + "It was easy.\n\n</details>",
        "After.",
    ]
    hidden = [cell.metadata.get("jupyter", {}) for cell in cells]
    folded = {"outputs_hidden": True, "source_hidden": True}
    assert hidden == [{}] * 5 + [{"source_hidden": True}, {}, folded, {}, {}]
    tagged = [cell.metadata.get("tags") == ["exercise-solution"] for cell in cells]
    assert tagged == [False] * 6 + [True, False, True, False]  # code: by the source
    assert cells[1].metadata == {"tags": ["keep"]}
    nbformat.validate(derived(source))


def test_with_an_address_the_first_cell_installs_aelib_in_colab(source):
    plain, twin = derived(source), derived(source, "https://a.example/course")
    first, *others = twin.cells
    assert first.source.splitlines() == [
        "import sys",
        "",
        'if "google.colab" in sys.modules:',
        '    %pip install -q "aelib @ git+https://a.example/course"',
    ]
    assert [cell.source for cell in others] == [cell.source for cell in plain.cells]
    executed = new_notebook(cells=[new_code_cell(str(n)) for n in range(4)])
    twins.add_outputs(twin, executed)
    counts = [cell.execution_count for cell in twins.code_cells(twin)]
    assert counts == [None, 1, 2, 3, 4]


def test_twin_has_no_pairing_so_that_saving_it_rewrites_no_source(source):
    twin = derived(source)
    assert "jupytext" not in twin.metadata
    path = twins.twin_path(source)
    nbformat.write(twin, path)
    before = source.read_text(encoding="utf-8")
    manager = build_sync_jupytext_contents_manager_class(FileContentsManager)()
    manager.root_dir = str(source.parent)
    model = manager.get(path.name)
    model["content"]["cells"][0]["source"] = "# Changed in the browser"
    manager.save(model, path.name)
    assert "Changed" in path.read_text(encoding="utf-8")
    assert source.read_text(encoding="utf-8") == before
    # With pairing the same save does rewrite it: the test can fail.
    model["content"]["metadata"]["jupytext"] = {"formats": "ipynb,md:myst"}
    manager.save(model, path.name)
    assert source.read_text(encoding="utf-8") != before


def test_a_solution_that_is_never_closed_is_refused(source):
    source.write_text(CHAPTER.replace("````{solution-end}\n````\n", ""), "utf-8")
    with pytest.raises(twins.UnknownConstructError, match="solution-start without end"):
        derived(source)


def test_a_name_used_twice_is_refused(source):
    source.write_text(CHAPTER + "\n(sec-one)=\n## Again\n", encoding="utf-8")
    with pytest.raises(twins.UnknownConstructError, match="'sec-one' is used twice"):
        twins.collect_labels([source])


def figure(width, height):
    """Return a PNG in base64, as Matplotlib writes it: colours, and who made it."""
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), "uint8")
    about = PngInfo()
    about.add_text("Software", "Matplotlib")
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=about)
    return base64.b64encode(file.getvalue()).decode()


def test_a_figure_is_kept_with_a_palette_and_not_wider_than_the_text():
    data = {"text/plain": "<Figure size 10x10>", "image/png": figure(1_080, 90)}
    shown = new_output(
        "display_data", data=data, metadata={"needs_background": "light"}
    )
    said = new_output("stream", name="stdout", text="2\n")
    executed = new_notebook(cells=[new_code_cell("x", outputs=[shown, said])])
    twin = new_notebook(cells=[new_code_cell("x")])
    twins.add_outputs(twin, executed)
    first, second = twin.cells[0].outputs
    assert first["data"]["text/plain"] == "<Figure size 10x10>"
    assert first["metadata"] == {}
    assert second["text"] == "2\n"
    assert twin.cells[0].execution_count == 1
    with Image.open(io.BytesIO(base64.b64decode(first["data"]["image/png"]))) as kept:
        assert (kept.mode, kept.size) == ("P", (720, 60))
        assert "Software" not in kept.info


def test_a_figure_gives_the_same_bytes_each_time_and_a_small_one_keeps_its_size():
    content = figure(200, 50)
    assert twins.light_png(content) == twins.light_png(content)
    with Image.open(io.BytesIO(base64.b64decode(twins.light_png(content)))) as kept:
        assert kept.size == (200, 50)


def test_the_classes_keep_their_colours_among_many_others():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (400, 400, 1)) * np.ones(3, int)
    pixels[:200] = rng.normal((190, 95, 50), 40, (200, 400, 3)).clip(0, 255)
    for row, colour in enumerate(plotting.CLASS_COLORS):
        pixels[10 * row, :20] = 255 * np.array(to_rgb(colour))
    kept = twins.with_palette(Image.fromarray(pixels.astype("uint8")), 128)
    dots = np.asarray(kept.convert("RGB"), int)[:100:10, 5]
    assert len({tuple(dot) for dot in dots}) == 10
    assert np.abs(dots - pixels[:100:10, 5]).max() < 40


def test_pieces_of_a_stream_are_joined():
    pieces = [
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stdout", text="b\n"),
    ]
    executed = new_notebook(cells=[new_code_cell("x", outputs=pieces)])
    twin = new_notebook(cells=[new_code_cell("x")])
    twins.add_outputs(twin, executed)
    assert [output["text"] for output in twin.cells[0].outputs] == ["a\nb\n"]


def test_an_unknown_chapter_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(
        SystemExit, match=r"no chapters: 77_x.md; there are: 01_dataset"
    ):
        twins.main([str(Path("chapters/77_x.md"))])
