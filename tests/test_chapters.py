"""The chapters as chapters: frame, exercises, figures, twins, numbers."""

import contextlib
import io
import re

from aelib import datasets, metrics, models, results
from chapter_code import run_cells
import jupytext
import nbformat
from pybtex.database import parse_file
import pytest
import twins

SOURCES = twins.chapter_sources()
BY_NAME = {source.stem: source for source in SOURCES}
LABELS = twins.collect_labels(SOURCES)
BIBLIOGRAPHY = parse_file(str(twins.CHAPTERS / "references.bib"))

LONG = {"03_transposed_convolution", "07_generation"}  # by agreement

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
def test_twin_holds_text_only(source):
    for cell in twins.code_cells(twin(source)):
        for output in cell.outputs:
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output.text
            assert set(output.get("data", {})) <= {"text/plain", "text/html"}


@each_chapter
def test_half_of_the_code_cells_have_output_that_is_compared(source):
    cells = own_cells(twin(source))
    compared = [
        cell
        for cell in cells
        if cell.outputs and not {"nbval-ignore-output", "nbval-skip"} & set(tags(cell))
    ]
    assert len(compared) >= len(cells) / 2, f"{len(compared)} of {len(cells)}"


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
        assert len(options["figure"].get("caption", "").split()) >= 8, cell.source
        assert len(options.get("image", {}).get("alt", "").split()) >= 8, cell.source
        assert f"{{numref}}`{options['figure']['name']}`" in prose(source) or (
            cells.index(cell) == 1  # the result that opens the chapter
        )


@each_chapter
def test_chapter_has_the_whole_frame(source):
    text = prose(source)
    for part in ("**You will learn**", "**Before you start**", "## Numbers to expect"):
        assert text.count(part) == 1, part
    assert text.index("## Exercises") < text.index("## What we learned")
    assert "# noqa" not in text
    # What fails on purpose is executed, and it is an error if it does not fail.
    code = [cell.source for cell in twins.code_cells(jupytext.read(source))]
    assert any("except" in cell and "raise AssertionError" in cell for cell in code)


def is_open(cell):
    return not {"hide-input", "exercise-solution"} & set(tags(cell))


@each_chapter
def test_prose_and_cells_have_the_agreed_size(source):
    text = prose(source).split("\n## Exercises")[0]
    words = len(re.sub(r"\$\$.*?\$\$|\{[\w:]+\}", "", text, flags=re.DOTALL).split())
    assert 1_000 <= words <= (2_500 if source.stem in LONG else 1_800)
    cells = twins.code_cells(jupytext.read(source))
    lines = [[line for line in cell.source.splitlines() if line] for cell in cells]
    assert max(map(len, lines)) <= 20
    # Of the cells that a reader sees without opening them, most are short.
    seen = [len(own) for cell, own in zip(cells, lines, strict=True) if is_open(cell)]
    assert sum(length <= 6 for length in seen) > len(seen) / 2


def exercises(source):
    """Return each exercise: its label, text, starter, check and solution cells."""
    found, label = {}, None
    for cell in jupytext.read(source).cells:
        if cell.cell_type == "markdown":
            for token in twins._parser().parse(cell.source):
                directive = twins._directive(token)
                if directive and directive[0] == "exercise":
                    label = directive[2]["label"]
                    found[label] = {"text": directive[3], "solution": []}
                elif directive and directive[0] == "solution-start":
                    assert directive[1] == label, "a solution follows its exercise"
                    assert directive[2]["class"] == "dropdown", "solutions are folded"
                elif directive and directive[0] == "solution-end":
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
    assert len(found) >= 3
    for label, parts in found.items():
        assert "{hint}" in parts["text"] and ":class: dropdown" in parts["text"], label
        assert parts["solution"], label
        assert "hide-input" in tags(parts["check"]), label
        # At least one branch for a common mistake, beside untouched and plain wrong.
        assert parts["check"].source.count('"Not yet: ') >= 3, label
        assert '"Correct."' in parts["check"].source, label
        assert parts["starter"], label


FEATURE_MAPS = """
def feature_maps(image, kernel, bias):
    padded = np.pad(image, (({before}, {after}),) * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijf->rcf", windows, kernel[:, :, 0]) + bias
    return {result}
"""

BALANCED = (
    "validation_index = np.sort(np.concatenate("
    "[np.flatnonzero(labels == c)[-1_000:] for c in range(10)]))\n"
    "train_index = np.setdiff1d(np.arange(60_000), validation_index)\n"
)
SIDES = "valid_sides = [32, 15, 7, 3]\n"
VALID = (
    SIDES
    + "valid_encoder = keras.Sequential([keras.Input((32, 32, 1)),"
    + "*(layers.Conv2D(n, 3, 2, activation={}) for n in (32, 64, 128)),"
    + "layers.Flatten(), layers.Dense(2, activation={})])"
)

DECODER_28 = """
hidden = codes_in = keras.Input((2,))
hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(hidden))
for count, extra in zip({filters}, {extras}):
    up = layers.Conv2DTranspose(
        count, 3, 2, "same", output_padding=extra, activation="relu"
    )
    hidden = up(hidden)
last = layers.Conv2D(1, 3, padding="same", activation={last})
decoder_28 = keras.Model(codes_in, last(hidden))
"""

LOSS = """
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return {}
"""

LOOK_ALIKES = """
def look_alikes(position, count):
    gaps = np.linalg.norm(codes - codes[position], axis=1)
    return {}
"""

WHITE = """
lower = np.linalg.cholesky(np.cov(codes.T, bias=True))
matrix = np.linalg.inv(lower).T
"""

WALK = """
def walk(start, end, count):
    return {}
"""

MEDIAN = """
def median(noisy):
    return {}
"""

ESTIMATE = """
def estimate(noisy):
    padding = np.ones((32, 32), bool)
    padding[2:-2, 2:-2] = False
    return {}
"""

DRAW = """
fitting_labels = train_labels[:20_000]
def draw(label, count):
    own = codes["plain"][fitting_labels == {}]
    return {}
"""

# For each exercise: wrong answers that learners give, and what the check says.
MISTAKES = {
    "exercise-memory": [
        ("bytes_before, bytes_after = 47_040_000, 188_160_000", "padding adds pixels"),
        ("bytes_before, bytes_after = 47_040_000, 61_440_000", "takes four bytes"),
        ("bytes_before, bytes_after = 60_000, 245_760_000", "bytes_before is off"),
        ("bytes_before, bytes_after = 47_040_000, 491_520_000", "that is four bytes"),
    ],
    "exercise-ink": [
        ("most_ink, mean_ink = 'Pullover', 96.1", "fewest empty pixels"),
        ("most_ink, mean_ink = 'Coat', 75.2", "counts the padding"),
        ("most_ink, mean_ink = 'Bag', 90.2", "another class"),
        ("most_ink, mean_ink = 'coat', 98.3", "as in datasets.CLASS_NAMES"),
        ("most_ink, mean_ink = 4, 98.3", "as in datasets.CLASS_NAMES"),
        ("most_ink, mean_ink = 'Coat', '98.3'", "not a text"),
        ("most_ink, mean_ink = 'Coat', 98.2", "its mean is off"),
    ],
    "exercise-balanced": [
        ("train_index = np.arange(60_000)", "in both parts"),
        (
            "validation_index = np.sort(np.concatenate([np.flatnonzero(labels == c)"
            "[:1_000] for c in range(10)]))\n"
            "train_index = np.setdiff1d(np.arange(60_000), validation_index)",
            "not the first or any",
        ),
        (
            "validation_index = np.sort(np.concatenate([np.flatnonzero(labels == c)"
            "[slice(-1_000, None) if c == 0 else slice(1_000)] for c in range(10)]))\n"
            "train_index = np.setdiff1d(np.arange(60_000), validation_index)",
            "not the first or any",
        ),
        ("train_index = np.arange(40_000)", "1,000 images of every class"),
        (
            "validation_index = np.array("
            "[np.flatnonzero(labels == c)[-1_000:] for c in range(10)])",
            "one row of positions",
        ),
        ("validation_index = np.arange(60_000) >= 50_000", "one row of positions"),
        (BALANCED + "train_index = train_index[::-1]", "all other positions"),
        (BALANCED + "train_index = train_index + 60_000", "all other positions"),
        (
            BALANCED + "validation_index = np.random.permutation(validation_index)",
            "sort validation_index",
        ),
    ],
    "exercise-count": [
        ("parameters = 27_280", "biases"),
        ("parameters = 31_492", "64 channels"),
        ("parameters = 96_770", "is off"),
        ("parameters = 23_556", "all 4×4 places"),
        ("parameters = '27,396'", "not a text"),
    ],
    "exercise-valid": [
        ("valid_encoder = None", "valid_sides is off"),
        ("valid_sides = None", "valid_sides is off"),
        (SIDES, "make a keras.Model"),
        (SIDES + "valid_encoder = keras.Input((32, 32, 1))", "make a keras.Model"),
        (
            SIDES + "valid_encoder = keras.Sequential([layers.Dense(2)])",
            "reads an input of 32×32×1",
        ),
        (
            VALID.replace("32, 32, 1", "34, 34, 1").format(None, None),
            "input of 32×32×1",
        ),
        (SIDES + "valid_encoder = models.build_encoder()", "read 3×3×128 numbers"),
        (SIDES + "valid_encoder = models.build_encoder(3)", "and write 2"),
        (VALID.format(None, None), "ReLU for the convolutions only"),
        (VALID.format("'relu'", "'relu'"), "ReLU for the convolutions only"),
        (
            SIDES + "valid_encoder = keras.Sequential([keras.Input((32, 32, 1)),"
            " layers.Conv2D(32, 3), layers.Flatten(), layers.Dense(2)])",
            "three convolutions",
        ),
        (
            SIDES + "valid_encoder = keras.Sequential([keras.Input((32, 32, 1)),"
            "*(layers.Conv2D(16 * n, 3, n, activation='relu') for n in (2, 4, 8)),"
            "layers.Flatten(), layers.Dense(2)])",
            "should read 3×3×128",
        ),
    ],
    "exercise-map": [
        (FEATURE_MAPS.format(before=1, after=0, result="np.maximum(sums, 0)"), "after"),
        (FEATURE_MAPS.format(before=0, after=1, result="sums"), "ReLU"),
        (
            FEATURE_MAPS.format(
                before=0,
                after=1,
                result="np.maximum(sums - bias, 0)",
            ),
            "bias that is passed in has no",
        ),
        ("def feature_maps(image, kernel, bias):\n    return maps", "has no effect"),
        (
            "page_kernel = kernel"
            + FEATURE_MAPS.format(
                before=0, after=1, result="np.maximum(sums, 0)"
            ).replace("kernel[", "page_kernel["),
            "use only what is passed in",
        ),
        (
            FEATURE_MAPS.format(
                before=0, after=1, result="np.maximum(sums, 0).transpose(2, 0, 1)"
            ),
            "the filters are the last axis",
        ),
    ],
    "exercise-by-hand": [
        ("my_canvas = np.ones((4, 4))", "starts one square further"),
        ("my_canvas = [[1, 2], [3, 0]]", "should have 1 · (2 − 1) + 2 = 3 rows"),
        ("my_canvas = [[2, 4, 0], [7, 3, 2], [3, 3, 0]]", "stamps are not turned"),
        ("my_canvas = [[1, 2, 2], [3, 3, 4], [0, 6, 0]]", "add; something is missing"),
        ("my_canvas = [[1, 3, 2], [3, 6, 4], [0, 6, 0]]", "some squares are off"),
    ],
    "exercise-decoder-28": [
        ("decoder_28 = models.build_decoder()", "32 again"),
        ("decoder_28 = models.build_encoder()", "reads two numbers"),
        (
            "decoder_28 = keras.Model("
            "decoder.input, layers.Cropping2D(2)(decoder.output))",
            "not crop",
        ),
        (
            DECODER_28.format(
                filters="(128, 64, 32)", extras="(0, 0, 0)", last="'sigmoid'"
            ),
            "only the first number should be 0",
        ),
        (
            DECODER_28.format(
                filters="(128, 64, 32)", extras="(0, 1, 0)", last="'sigmoid'"
            ),
            "the output is (27, 27, 1)",
        ),
        (
            DECODER_28.format(
                filters="(64, 64, 32)", extras="(0, 1, 1)", last="'sigmoid'"
            ),
            "keep the layers",
        ),
        (
            DECODER_28.format(filters="(128, 64, 32)", extras="(0, 1, 1)", last=None),
            "keep the layers",
        ),
        (
            "decoder_28 = keras.Sequential("
            "[models.build_decoder(), layers.Cropping2D(2)])",
            "keep the layers",
        ),
        ("decoder_28 = keras.Sequential([layers.Dense(2)])", "reads two numbers"),
    ],
    "exercise-even-overlap": [
        ("def is_even(size, stride):\n    return False", "leave the border out"),
        (
            "def is_even(size, stride):\n"
            "    return size < stride or size % stride == 0",
            "leaves holes",
        ),
        (
            "def is_even(size, stride):\n"
            "    ones = np.ones((size, size))\n"
            "    overlap = stamp_and_add(np.ones((12, 12)), ones, stride)\n"
            "    return len(np.unique(overlap)) == 1",
            "leave the border out",
        ),
        (
            "def is_even(size, stride):\n    return size >= stride",
            "wrong for kernel and stride (3, 2)",
        ),
    ],
    "exercise-floor": [
        ("lowest = 0", "costs something even if"),
        ("lowest = 0.562", "that is one grey pixel"),
        ("lowest = 0.203", "in bits"),
        ("lowest = 0.087", "the part with 1 − x is missing"),
        ("lowest = 0.3", "the number is off"),
        ("lowest = float('nan')", "the number is off"),
        ("lowest = '0.141'", "to a number"),
    ],
    "exercise-pixel": [
        (
            "with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, 0.32",
            "one of the three wants the median",
        ),
        (
            "with_squares, with_cross_entropy, with_absolute = 0.32, 0.5, 0.0",
            "BCE does not pull towards 0.5",
        ),
        (
            "with_squares, with_cross_entropy, with_absolute = 0.4, 0.4, 0.0",
            "want the mean of ten pixels",
        ),
        (
            "with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, 0.4",
            "what stands in the middle",
        ),
        (
            "with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, None",
            "give three numbers",
        ),
    ],
    "exercise-loss": [
        (
            LOSS.format("keras.ops.sqrt(keras.ops.mean(squares, axis=(1, 2, 3)))"),
            "take their mean",
        ),
        (LOSS.format("keras.ops.sqrt(keras.ops.mean(squares))"), "the whole batch"),
        (LOSS.format("keras.ops.mean(keras.ops.sqrt(squares))"), "of each pixel"),
        (LOSS.format("keras.ops.mean(squares)"), "there is no root"),
        (LOSS.format("keras.ops.mean(squares, axis=1)"), "should be one number"),
        (LOSS.format("keras.ops.sum(squares)"), "the number is off"),
        (
            "def mean_of_roots(images, reconstructions):\n"
            "    squares = (np.asarray(images) - np.asarray(reconstructions)) ** 2\n"
            "    return np.sqrt(squares.mean(axis=(1, 2, 3))).mean()",
            "use keras.ops",
        ),
    ],
    "exercise-steps": [
        ("steps_64, epochs_64 = 782, 1.92", "that is one epoch"),
        ("steps_64, epochs_64 = 150_000, 1.92", "count batches"),
        ("steps_64, epochs_64 = 2_343.75, 1.92", "are a step too"),
        ("steps_64, epochs_64 = 1_500, 1.92", "steps_64 is off"),
        ("steps_64, epochs_64 = 2_346, 96_000", "those are images"),
        ("steps_64, epochs_64 = 2_346, 0.48", "epochs_64 is off"),
        ("steps_64, epochs_64 = '2,346', '1.92'", "give two numbers"),
    ],
    "exercise-worst": [
        (
            "worst, best = int(np.argmin(errors)), int(np.argmax(errors))",
            "the two are exchanged",
        ),
        ("worst, best = errors.max(), errors.min()", "give positions"),
        ("worst, best = 0, int(np.argmin(errors))", "a larger error than 0"),
        ("worst, best = int(np.argmax(errors)), 0", "a smaller error than 0"),
        ("worst, best = '4,505', 1_395", "give positions"),
    ],
    "exercise-components": [
        ("components = 5", "compare 28×28 pixels"),
        ("components = 8", "are too few"),
        ("components = 64", "fewer are, too"),
        ("components = 10.0", "a whole number"),
        ("components = True", "a whole number"),
    ],
    "exercise-close-classes": [
        ("pair = ('Trouser', 'Sneaker')", "lie farthest apart"),
        ("pair = ('Shirt', 'Coat')", "that is the answer for means"),
        ("pair = ('Pullover', 'Pullover')", "two different names"),
        ("pair = (2, 4)", "as in datasets.CLASS_NAMES"),
        ("pair = 'Coat'", "two different names"),
        ("pair = ('Bag', 'Shirt')", "another pair is closer"),
    ],
    "exercise-look-alikes": [
        (LOOK_ALIKES.format("np.argsort(gaps)[:count]"), "the image itself"),
        (LOOK_ALIKES.format("np.argsort(-gaps)[:count]"), "those are the farthest"),
        (LOOK_ALIKES.format("np.argsort(gaps)[1:count]"), "as many positions"),
        (LOOK_ALIKES.format("np.argsort(gaps)[1:5]"), "as many positions"),
        (LOOK_ALIKES.format("np.argsort(gaps)[count:0:-1]"), "not the nearest first"),
        (
            LOOK_ALIKES.format("np.argsort(gaps)[1:count + 1]").replace(
                "codes", "flatten(images)"
            ),
            "nearest in pixels",
        ),
        (
            LOOK_ALIKES.format("np.argsort(gaps)[1:count + 1]").replace(
                "codes", "codes[:, :1]"
            ),
            "other codes lie nearer",
        ),
        ("def look_alikes(position, count):\n    return None", "as many positions"),
    ],
    "exercise-white": [
        ("matrix = np.diag(1 / codes.std(axis=0))", "the numbers are correlated"),
        (
            "matrix = np.linalg.inv(np.linalg.cholesky(np.cov(codes.T, bias=True)))",
            "is the matrix not transposed",
        ),
        (WHITE, "the mean is not 0"),
        (WHITE + "offset = -codes.mean(axis=0)", "the mean is not 0"),
        ("matrix = np.ones((2, 2))", "the cloud is flat"),
    ],
    "exercise-read-map": [
        ("predicted = ['T-shirt/top', 'Bag', 'Bag']", "you exchanged the axes"),
        ("predicted = ['Trouser', 'Sandal', 'Bag']", "2 of 3 are right"),
        (
            "predicted = ['Trousers', 'Sandals', 'Sneakers']",
            "as in datasets.CLASS_NAMES",
        ),
        ("predicted = ['Trouser', 'Sandal']", "give three names"),
    ],
    "exercise-hole": [
        ("hole = metrics.bounding_box(codes)[1]", "in the square from −3 to 3"),
        ("hole = codes[4]", "a code lies there"),
        ("hole = (3.0, -0.7)", "exchange the two numbers"),
        ("hole = (0.0, 2.9)", "can be found"),
    ],
    "exercise-walk": [
        (WALK.format("np.linspace(start, end, count).T"), "should be the rows"),
        (WALK.format("np.linspace(start, end, count - 1)"), "as many points"),
        (WALK.format("np.linspace(start, end, 5)"), "as many points"),
        (WALK.format("np.linspace(end, start, count)"), "begin at the start"),
        (
            WALK.format("np.linspace(start, end, count, endpoint=False)"),
            "begin and end at the two codes",
        ),
        (
            WALK.format("start + (end - start) * np.linspace(0, 1, count)[:, None]**2"),
            "the steps should be equal",
        ),
        (WALK.format("decode(np.linspace(start, end, count))"), "two numbers each"),
    ],
    "exercise-clipped": [
        ("empty, middle, full = 0.0, 0.5, 1.0", "without clipping"),
        ("empty, middle, full = 0.24, 0.5, 0.76", "are cut to 0 and count as well"),
        ("empty, middle, full = 0.12, 0.5, 1.12", "no pixel is above 1"),
        ("empty, middle, full = 0.12, 0.62, 0.88", "both sides are cut alike"),
        ("empty, middle, full = 0.3, 0.5, 0.7", "the formula for an empty pixel"),
        ("empty, middle, full = None, 0.5, 0.88", "set three numbers"),
    ],
    "exercise-median": [
        (MEDIAN.format("ndimage.median_filter(noisy, 3)"), "run into each other"),
        (MEDIAN.format("noisy[:, ::2, ::2]"), "of the same shape"),
        (
            MEDIAN.format("ndimage.uniform_filter(noisy, (1, 3, 3, 1))"),
            "the mean of the neighbourhood",
        ),
        (
            MEDIAN.format("ndimage.median_filter(noisy, (1, 5, 5, 1))"),
            "the median of 3×3 pixels",
        ),
    ],
    "exercise-strength": [
        (ESTIMATE.format("noisy[:, padding, 0].mean(axis=1)"), "solve for"),
        (ESTIMATE.format("noisy[:, padding, 0].std(axis=1)"), "narrowed the spread"),
        (
            ESTIMATE.format("np.sqrt(2 * np.pi) * noisy.mean(axis=(1, 2, 3))"),
            "look at the padding only",
        ),
        (ESTIMATE.format("noisy[:, padding, 0].mean()"), "one number for each"),
    ],
    "exercise-divergence": [
        ("nats = 4.62", "the half is missing"),
        ("nats = 1.20", "asks for variances"),
        ("nats = 1.005", "the natural logarithm"),
        ("nats = 1.81", "the square of the mean"),
        ("nats = 2.0", "the number is off"),
        ("nats = None", "to one number"),
    ],
    "exercise-mixture": [
        ("components = 50", "that it was fitted to"),
        ("components = 2", "describe unseen codes much better"),
        ("components = 20", "has the larger score"),
        ("components = 7", "give one of"),
    ],
    "exercise-bags": [
        (DRAW.format("label", "GaussianMixture(5).fit(own).sample(count)"), "a pair"),
        (DRAW.format("label", "own[:count // 2]"), "as many points"),
        (DRAW.format("label", "own[[0] * count]"), "should spread"),
        (
            DRAW.format("label", "own[0] + np.random.normal(0, 1e-3, (count, 2))"),
            "should spread",
        ),
        (
            DRAW.format(8, "GaussianMixture(5).fit(own).sample(count)[0]"),
            "whatever label is asked for",
        ),
        (
            DRAW.format(
                "label", "GaussianMixture(5).fit(codes['plain']).sample(count)[0]"
            ),
            "of the points lie among bags",
        ),
    ],
}


# The one long training, and what is told of its course. The notebook's own test and the
# build run it; nothing that is asked of the chapter's names below depends on it.
LEFT_OUT = {
    "05_training": (
        "autoencoder.fit(",
        "history.history",
        "plain_loss",
        "steps_done",
    )
}


@pytest.fixture(scope="module", params=SOURCES, ids=list(BY_NAME))
def executed(request, tmp_path_factory):
    """Run a chapter's code once, in a working directory that holds nothing."""
    without = LEFT_OUT.get(request.param.stem, ())
    with contextlib.chdir(tmp_path_factory.mktemp("elsewhere")):
        return request.param, run_cells(request.param.stem, without=without)


def verdict(namespace, *codes):
    """Run code in a copy of a chapter's names; return what the last one prints."""
    namespace = dict(namespace)
    for code in codes:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(code, namespace)
    return said.getvalue()


@pytest.mark.slow
def test_checks_refuse_the_starter_accept_the_solution_and_name_mistakes(executed):
    source, namespace = executed
    for label, parts in exercises(source).items():
        starter, check = parts["starter"].source, parts["check"].source
        assert verdict(namespace, starter, check).startswith("Not yet: "), label
        solution = [cell.source for cell in parts["solution"]]
        assert verdict(namespace, starter, *solution, check) == "Correct.\n", label
        assert len(MISTAKES[label]) >= 2
        for mistake, answer in MISTAKES[label]:
            said = verdict(namespace, starter, mistake, check)
            assert said.startswith("Not yet: ") and answer in said, (label, said)


def assert_same_network(taught, imported):
    """Compare names, shapes, parameters, and with the same weights the outputs."""
    import numpy as np

    assert [layer.name for layer in taught.layers] == [
        layer.name for layer in imported.layers
    ]
    assert [layer.output.shape for layer in taught.layers] == [
        layer.output.shape for layer in imported.layers
    ]
    assert taught.count_params() == imported.count_params()
    imported.set_weights(taught.get_weights())
    inputs = np.random.default_rng(0).uniform(size=(50, *taught.input_shape[1:]))
    np.testing.assert_allclose(imported(inputs), taught(inputs), atol=1e-6)


def assert_same_variational_network(taught, imported):
    """Compare parameters, and with the same weights and chance outputs and losses."""
    import numpy as np

    assert [weight.shape for weight in taught.get_weights()] == [
        weight.shape for weight in imported.get_weights()
    ]
    imported.set_weights(taught.get_weights())
    for network in (taught, imported):
        (sampler,) = [x for x in network.layers if hasattr(x, "seed_generator")]
        sampler.seed_generator.state.assign([1, 2])
    images = np.random.default_rng(0).uniform(size=(50, 32, 32, 1))
    drawn = [network(images) for network in (taught, imported)]
    np.testing.assert_allclose(*drawn, atol=1e-6)
    (own,), (other,) = taught.losses, imported.losses
    assert float(own) == pytest.approx(float(other), rel=1e-5)


@pytest.mark.slow
def test_taught_equals_imported(executed):
    import numpy as np

    source, names = executed
    if source.stem == "01_dataset":
        (train_images, train_labels), (validation_images, _), _ = (
            datasets.load_fashion_mnist()
        )
        np.testing.assert_array_equal(names["train_images"], train_images)
        np.testing.assert_array_equal(names["train_labels"], train_labels)
        np.testing.assert_array_equal(names["validation_images"], validation_images)
    elif source.stem in ("02_encoder", "03_transposed_convolution"):
        part = "encoder" if source.stem == "02_encoder" else "decoder"
        taught = names[part]
        imported = getattr(models, f"build_{part}")()
        assert_same_network(taught, imported)
    elif source.stem == "04_loss":
        images = names["images"]
        drawn = np.clip(images[::-1], 0.01, 0.99)
        for taught, imported in (
            (names["squared_error"], metrics.mean_squared_error),
            (names["cross_entropy"], metrics.binary_cross_entropy),
        ):
            mean = np.mean(taught(images, drawn), dtype="float64")
            assert imported(images, drawn) == pytest.approx(mean, rel=1e-5)
    elif source.stem == "05_training":
        imported = models.build_autoencoder(
            models.build_encoder(), models.build_decoder()
        )
        assert_same_network(names["autoencoder"], imported)
    elif source.stem in ("06_latent_space", "07_generation"):
        pass  # they measure with `aelib` from the start, and define nothing that it has
    elif source.stem == "08_denoising":
        images = names["images"][:100]
        noisy, imported = (
            add(images, 0.2, np.random.default_rng(0))
            for add in (names["add_noise"], datasets.add_noise)
        )
        np.testing.assert_array_equal(noisy, imported)
        cropped = datasets.crop(names["images"]), datasets.crop(names["inputs"][2])
        assert metrics.peak_signal_to_noise_ratio(*cropped) == pytest.approx(
            names["psnr"](names["inputs"][2]), rel=1e-5
        )
    elif source.stem == "09_repair":
        imported = models.build_variational_autoencoder(
            models.build_variational_encoder(), models.build_decoder()
        )
        assert_same_variational_network(names["variational"], imported)
    else:
        raise AssertionError(f"say here what {source.stem} teaches")


# Exchanged data for what chapters assert: code that exchanges them, and how the cell
# begins that must then fail.
EXCHANGED_7 = {
    "classes": ("won = {'any': won['whole box'][::-1]}", "def check_room"),
    "normal points for codes": ("all_clouds = {'any': control}", "control = np.random"),
    "codes for normal points": ("control = codes", "votes = metrics.knn_predict"),
    "normal points for codes in boxes": (
        "shares = {key: own[::-1] for key, own in shares.items()}",
        "def check_boxes",
    ),
    "any points for codes": (
        "codes = metrics.sample_box(codes, 5_000, rng, TRIM)",
        "points = metrics.sample_box",
    ),
    "places": (
        "trips = dict(zip(trips, list(trips.values())[::-1]))",
        "far = {name",
    ),
    "an even decoder": ("change = np.full_like(change, 0.03)", "pair = np.array"),
    "reconstructions for samples": (
        "scores['trimmed box'], scores['reconstructions'] = ("
        "scores['reconstructions'], scores['trimmed box'])",
        "cover = {name",
    ),
    "sizes": ("errors = errors[::-1]", "def check_errors"),
    "normal points for longer codes": (
        "holes_by = {key: holes_by[key[0], 'standard'] for key in holes_by}",
        "def check_holes",
    ),
    "sizes of samples": (
        "cover_by = {name: values[::-1] for name, values in cover_by.items()}",
        "def check_cover",
    ),
    "boxes for the fitted normal": (
        "cover_by = {**cover_by, 'fitted normal': cover_by['whole box'],"
        " 'whole box': cover_by['fitted normal']}",
        "def check_cover",
    ),
}

EXCHANGED_8 = {
    "sizes": ("added = added[::-1]", "def check_order"),
    "targets": (
        "by_target = {'clean': by_target['noisy'], 'noisy': by_target['clean']}",
        'assert (\n    by_target["clean"]',
    ),
    "grey and grain": (
        "apart = {title: {**told, 'grey': told['grain'], 'grain': told['grey']}"
        " for title, told in apart.items()}",
        "for title, told in apart.items()",
    ),
    "filter and nothing": (
        "ratios = {**ratios, 'filter': ratios['doing nothing'],"
        " 'doing nothing': ratios['filter']}",
        "check = ratios",
    ),
    "clean networks for denoisers": (
        "networks = {title: networks[title.replace('denoiser', 'clean')]"
        " for title in networks}",
        "def moved",
    ),
    "coverage": ("reached = {2: reached[64], 64: reached[2]}", "assert stored[2]"),
}

EXCHANGED_9 = {
    "one normal distribution for ten": (
        "mixtures, normals = normals, mixtures",
        "gains = {",
    ),
    "scales of the divergence": (
        "by_beta = {1: by_beta[PIXELS], PIXELS: by_beta[1]}",
        "assert by_beta[1].min()",
    ),
    "plain for variational": (
        "divergences = {title: 7.0 for title in divergences}",
        "assert max(metrics.moments",
    ),
    "kinds of networks": (
        "of = column\n"
        "def column(kind, way, name):\n"
        "    other = {'bce-2d-seed': 'vae-2d-seed', 'vae-2d-seed': 'bce-2d-seed'}\n"
        "    return of(other[kind], way, name)",
        "def check_table",
    ),
    "ways with 64 numbers": (
        "scores = dict(zip(scores, [*scores.values()][::-1]))",
        "def check_ways",
    ),
}

EXCHANGED = {
    "07_generation": EXCHANGED_7,
    "08_denoising": EXCHANGED_8,
    "09_repair": EXCHANGED_9,
}


@pytest.mark.slow
def test_claims_fail_with_exchanged_data(executed):
    source, names = executed
    cells = [cell.source for cell in twins.code_cells(jupytext.read(source))]
    if source.stem not in EXCHANGED:
        pytest.skip("of this chapter no data are exchanged")
    for exchange, (code, beginning) in EXCHANGED[source.stem].items():
        (cell,) = [text for text in cells if text.startswith(beginning)]
        verdict(names, cell)  # as it stands it holds
        with pytest.raises(AssertionError):
            verdict(names, code, cell)
            pytest.fail(f"the claim stands with exchanged data: {exchange}")


def test_losses_in_the_prose_are_those_of_the_stored_study():
    import numpy as np

    expected = {
        "base": "loss of the base after",
        "16 numbers": "the same with codes of",
    }
    rows = prose(BY_NAME["02_encoder"]).split("## Numbers to expect")[1].splitlines()
    for variant, text in expected.items():
        study = results.load("encoder_study")
        losses = [float(run["loss"]) for run in study if run["variant"] == variant]
        (row,) = [row for row in rows if text in row]
        assert f"| {np.mean(losses):.3f} ± {np.std(losses, ddof=1):.3f} |" in row
