"""The chapters as chapters: frame, exercises, figures, twins, claims."""

import ast
import base64
import io
from pathlib import Path
import re

from aelib import results
import execution
import jupytext
import nbformat
from PIL import Image
from pybtex.database import parse_file
import pytest
import twins

SOURCES = twins.chapter_sources()
BY_NAME = {source.stem: source for source in SOURCES}
LABELS = twins.collect_labels(SOURCES)
BIBLIOGRAPHY = parse_file(str(twins.CHAPTERS / "references.bib"))

TESTS = Path(__file__).parent
APPENDICES = [source for source in SOURCES if source.name[0].isalpha()]

each_chapter = pytest.mark.parametrize("source", SOURCES, ids=BY_NAME)


def tags(cell):
    return cell.metadata.get("tags", [])


def prose(source):
    cells = jupytext.read(source).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def own_cells(notebook):
    """Return the code cells that the source has: without the one for Colab."""
    cells = twins.code_cells(notebook)
    return [cell for cell in cells if twins.COLAB_TAG not in tags(cell)]


def twin(source):
    path = twins.twin_path(source)
    assert path.is_file(), f"{path.name} is missing: run python tools/twins.py"
    return nbformat.read(path, as_version=4)


def output_text(cell):
    return "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    )


@each_chapter
def test_twin_is_what_its_source_gives(source):
    address = twins.repository_address()
    stored, wanted = twin(source), twins.derive(source, LABELS, BIBLIOGRAPHY, address)
    for cell in twins.code_cells(stored) + twins.code_cells(wanted):
        cell.execution_count, cell.outputs = None, []
    assert stored == wanted, (
        f"{source.stem}.ipynb is not what its source gives: run python tools/twins.py"
    )


@each_chapter
def test_twin_was_executed_from_top_to_bottom(source):
    cells = own_cells(twin(source))
    counts = [cell.execution_count for cell in cells]
    assert counts == list(range(1, len(cells) + 1)), "run python tools/twins.py"
    for cell in cells:
        if re.search(r"^print\(", cell.source, re.MULTILINE):
            assert output_text(cell), f"printed nothing:\n{cell.source}"


@each_chapter
def test_twin_holds_text_and_figures_with_a_palette(source):
    for cell in twins.code_cells(twin(source)):
        for output in cell.outputs:
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output.text
            kinds = set(output.get("data", {}))
            assert kinds <= {"text/plain", "text/html", "image/png"}
            if "image/png" in kinds:
                content = base64.b64decode(output.data["image/png"])
                with Image.open(io.BytesIO(content)) as figure:
                    assert figure.mode == "P"
                    assert figure.width <= twins.FIGURE_WIDTH
        if "<Figure size" in output_text(cell):
            assert any("image/png" in o.get("data", {}) for o in cell.outputs)


def test_twins_weigh_two_thirds_of_a_megabyte_on_average():
    sizes = [twins.twin_path(source).stat().st_size for source in SOURCES]
    assert sum(sizes) < 667_000 * len(sizes)
    assert max(sizes) < 1_000_000


@each_chapter
def test_seed_is_set_in_the_first_cell(source):
    first = twins.code_cells(jupytext.read(source))[0].source
    assert re.search(r"^SEED = \d+\b", first, re.MULTILINE)
    assert "keras.utils.set_random_seed(SEED)" in first


@each_chapter
def test_every_figure_has_name_caption_and_alt_text(source):
    cells = twins.code_cells(jupytext.read(source))
    for cell, run_cell in zip(cells, own_cells(twin(source)), strict=True):
        if "<Figure size" not in output_text(run_cell):
            continue
        options = cell.metadata.get("mystnb", {})
        assert options.get("figure", {}).get("name", "").startswith("fig-"), cell.source
        assert options["figure"].get("caption"), cell.source
        assert options.get("image", {}).get("alt"), cell.source
        assert f"{{numref}}`{options['figure']['name']}`" in prose(source) or (
            cells.index(cell) == 1  # the result that opens the chapter
        )


# Tags of cells that a page folds: all others teach.
FOLDED = {"check", "setup", "hide-input", "hide-cell", "remove-input"}


def teaching_cells(source):
    return [
        cell
        for cell in twins.code_cells(jupytext.read(source))
        if not FOLDED & set(tags(cell))
        and not any(tag.startswith("exercise-") for tag in tags(cell))
    ]


def has_assert(cell):
    code = re.sub(r"^[%!].*", "", cell.source, flags=re.MULTILINE)
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code)))


@each_chapter
def test_teaching_cells_teach_and_checks_stand_apart(source):
    cells = teaching_cells(source)
    assert not [cell.source for cell in cells if has_assert(cell)]
    lines = sorted(len(cell.source.splitlines()) for cell in cells)
    assert lines[int(0.9 * (len(lines) - 1))] <= 12, lines
    for cell in twins.code_cells(jupytext.read(source)):
        if "check" in tags(cell):
            assert "hide-input" in tags(cell) and has_assert(cell), cell.source
            assert "print(" not in cell.source, cell.source
        if "exercise-check" in tags(cell):
            assert "remove-output" in tags(cell), "the page shows no verdict"


@each_chapter
def test_chapter_has_the_whole_frame(source):
    text = prose(source)
    if source in APPENDICES:
        return
    for part in ("**You will learn**", "**Before you start**", "## Numbers to expect"):
        assert text.count(part) == 1, part
    assert text.index("## Exercises") < text.index("## What we learned")
    assert "# noqa" not in text


def exercises(source):
    """Return each exercise: its label, text, starter, check and solution cells."""
    found, label = {}, None
    for cell in jupytext.read(source).cells:
        if cell.cell_type == "markdown":
            for directive in twins.directives(cell.source):
                if directive.name == "exercise":
                    label = directive.options["label"]
                    found[label] = {"text": directive.body, "solution": []}
                elif directive.name == "solution-start":
                    assert directive.argument == label, (
                        "a solution follows its exercise"
                    )
                    assert directive.options["class"] == "dropdown", "it is folded"
                elif directive.name == "solution-end":
                    label = None
        elif label:
            (kind,) = {tag for tag in tags(cell) if tag.startswith("exercise-")}
            if kind == "exercise-solution":
                found[label]["solution"].append(cell)
            else:
                found[label][kind.removeprefix("exercise-")] = cell
    return found


@each_chapter
def test_every_exercise_has_hint_starter_check_and_solution(source):
    found = exercises(source)
    assert len(found) >= (0 if source in APPENDICES else 3)
    for label, parts in found.items():
        assert "{hint}" in parts["text"] and ":class: dropdown" in parts["text"], label
        assert parts["solution"], label
        assert "hide-input" in tags(parts["check"]), label
        assert '"Correct."' in parts["check"].source, label
        assert parts["starter"], label


def parts_of(source):
    """Return the parts of a chapter's file in tests/exercises, (title, said, code)."""
    text = (TESTS / "exercises" / f"{source.stem}.py").read_text("utf-8")
    parts = re.split(r"^# %% (.+?): (.+)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def claims(source):
    """Return each exchange of data: name, exchanging code, cell that must then fail."""
    cells = [cell.source for cell in twins.code_cells(jupytext.read(source))]
    for title, beginning, code in parts_of(source):
        if title.startswith("exchange "):
            begins = beginning.replace(" ⏎ ", "\n")
            (cell,) = [text for text in cells if text.startswith(begins)]
            yield title, code, cell


@each_chapter
def test_wrong_answers_belong_to_exercises_and_exchanges_to_cells(source):
    mistakes = [t for t, _, _ in parts_of(source) if not t.startswith("exchange ")]
    assert set(mistakes) == set(exercises(source))
    assert all(mistakes.count(label) >= 2 for label in mistakes)
    assert len(list(claims(source))) == len(parts_of(source)) - len(mistakes)


# Code runs in a copy of the chapter's names; what the last piece prints is returned.
VERDICT = """
def _verdict(codes):
    import contextlib, io
    import matplotlib.pyplot as plt

    names = dict(globals())
    try:
        for code in codes:
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(code, names)
    except AssertionError:
        return "AssertionError"
    finally:
        plt.close("all")
    return said.getvalue()
"""


@pytest.fixture(scope="module", params=SOURCES, ids=list(BY_NAME))
def chapter(request):
    """Execute a chapter once; the book's build takes the run, and the tests ask on."""
    with execution.live(request.param) as say:
        say(VERDICT)

        def verdict(*codes):
            return say(f"print(_verdict({list(codes)!r}), end='')")

        yield request.param, say, verdict


@pytest.mark.deep
def test_checks_refuse_the_starter_accept_the_solution_and_name_mistakes(chapter):
    source, _, verdict = chapter
    found = exercises(source)
    for label, parts in found.items():
        starter, check = parts["starter"].source, parts["check"].source
        assert verdict(starter, check).startswith("Not yet: "), label
        solution = [cell.source for cell in parts["solution"]]
        assert verdict(starter, *solution, check) == "Correct.\n", label
    for label, answer, mistake in parts_of(source):
        if label in found:
            starter, check = (
                found[label][part].source for part in ("starter", "check")
            )
            said = verdict(starter, mistake, check)
            assert said.startswith("Not yet: ") and answer in said, (label, said)


@pytest.mark.deep
def test_taught_equals_imported(chapter):
    source, say, _ = chapter
    say(f"import sys\nsys.path.insert(0, {str(TESTS)!r})\nimport taught")
    say(f"taught.check({source.stem!r}, globals())")


@pytest.mark.deep
def test_claims_fail_with_exchanged_data(chapter):
    source, _, verdict = chapter
    for name, code, cell in claims(source):
        assert verdict(cell) != "AssertionError", name  # as it stands it holds
        assert verdict(code, cell) == "AssertionError", f"stands all the same: {name}"


def test_losses_in_the_prose_are_those_of_the_stored_study():
    import numpy as np

    expected = {
        "base": "loss after the short training",
        "16 dimensions": "with latent dimension 16",
    }
    rows = prose(BY_NAME["02_encoder"]).split("## Numbers to expect")[1].splitlines()
    for variant, text in expected.items():
        study = results.table("encoder_study")
        losses = study.loc[study["variant"] == variant, "loss"]
        (row,) = [row for row in rows if text in row]
        assert f"| {np.mean(losses):.3f} ± {np.std(losses, ddof=1):.3f} |" in row
