"""The pages on failures and on older tutorials: what they say is so today."""

from dataclasses import replace
import re
import runpy
import shlex
import subprocess
import sys
import warnings

from aelib import datasets, folders, models, pretrained, training
import keras
from keras import layers
import nbformat
import numpy as np
from PIL import Image
import pytest
import setuptools
import tensorflow as tf
import twins

IMAGES = np.random.default_rng(0).uniform(size=(64, 32, 32, 1)).astype("float32")
# Keras' own, for any array with its NumPy, and for any dataset with its defaults.
IDLE = re.compile("__array__|`shuffle=True` was passed")
NAMES = {
    "K": keras.backend,
    "divergence": 0.1,
    "keras": keras,
    "layers": layers,
    "models": models,
    "np": np,
    "tf": tf,
}


def page(name):
    return (twins.CHAPTERS / f"{name}.md").read_text("utf-8")


def run_elsewhere(code):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True
    )
    raise RuntimeError(done.stderr)


def run_setup_with_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    monkeypatch.setattr(setuptools, "setup", lambda: None)
    runpy.run_path(str(twins.ROOT / "setup.py"))


def look_for_data_where_there_is_none(monkeypatch, folder):
    monkeypatch.setattr(datasets, "_find_cache", lambda: (folder, None))
    monkeypatch.setattr(datasets, "_list_sources", lambda *_: [])
    datasets.ensure_available()


def train_with_another_size():
    encoder = models.build_encoder()
    small = layers.Reshape((28, 28, 1))(layers.Dense(28 * 28)(encoder.output))
    network = keras.Model(encoder.input, small)
    network.compile(loss="binary_crossentropy")
    network.fit(IMAGES, IMAGES, verbose=0)


def own_loss(images, drawn):
    return keras.ops.mean((images - drawn) ** 2)


def load_with_a_loss_of_ones_own(folder, **options):
    network = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    network.compile(loss=own_loss)
    network.save(folder / "own.keras")
    return keras.models.load_model(folder / "own.keras", **options)


def load_a_lambda(folder):
    network = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: 2 * x)])
    network.save(folder / "lambda.keras")
    keras.models.load_model(folder / "lambda.keras")


def load_weights_of_another_size(folder):
    models.build_encoder(2).save_weights(folder / "two.weights.h5")
    models.build_encoder(3).load_weights(folder / "two.weights.h5")


def remove_the_weights(monkeypatch, folder):
    monkeypatch.setattr(pretrained, "WEIGHTS", folder)
    pretrained.load("bce-2d")


def damage_weights(monkeypatch, folder):
    card = pretrained.card("bce-2d")
    (folder / "bce-2d.json").write_bytes(
        (pretrained.WEIGHTS / "bce-2d.json").read_bytes()
    )
    (folder / card["weights"]).write_bytes(b"damaged")
    remove_the_weights(monkeypatch, folder)


def read_a_text(folder):
    (folder / "photo.png").write_text("not an image")
    folders.read(folder, 8, on_error="raise")


def split_one_group(folder):
    for level in range(3):
        Image.new("L", (8, 8), level).save(folder / f"{level}.png")
    folders.split(folders.read(folder, 8), group=lambda path: "")


# How each message on the page is provoked; m patches, f is an empty folder.
PROVOKED = {
    "No module named 'aelib'": lambda m, f: run_elsewhere("import aelib"),
    "This course needs Python 3.11, 3.12 or 3.13": (
        lambda m, f: run_setup_with_an_old_python(m)
    ),
    "Fashion-MNIST is not available": look_for_data_where_there_is_none,
    "Expected shape (None, 2), but input has incompatible shape (2,)": (
        lambda m, f: models.build_decoder()(np.array([-1.0, -1.0]))
    ),
    "expected axis -1 of input shape to have value 2048": (
        lambda m, f: models.build_encoder().predict(IMAGES[0], verbose=0)
    ),
    "expected shape=(None, 32, 32, 1), found shape=(32, 28, 28)": (
        lambda m, f: models.build_encoder().predict(
            datasets.crop(IMAGES)[..., 0], verbose=0
        )
    ),
    "Arguments `target` and `output` must have the same shape": (
        lambda m, f: train_with_another_size()
    ),
    "the encoder's latent dimension is 2, the decoder's is 3": (
        lambda m, f: models.build_autoencoder(
            models.build_encoder(2), models.build_decoder(3)
        )
    ),
    "is not connected to `inputs`": (
        lambda m, f: keras.Model(
            keras.Input((32, 32, 1)), models.build_encoder().output
        )
    ),
    "images has values from 0 to 255": (
        lambda m, f: training.fit(
            training.get_recipe("fast"), np.round(255 * IMAGES / IMAGES.max())
        )
    ),
    "images is of dtype uint8": (
        lambda m, f: training.fit(
            training.get_recipe("fast"), (255 * IMAGES).astype("uint8")
        )
    ),
    "preprocess wants uint8": lambda m, f: datasets.preprocess(IMAGES),
    "the loss became NaN or infinite": (
        lambda m, f: training.fit(
            replace(training.get_recipe("plain"), learning_rate=1e30), IMAGES
        )
    ),
    "images holds NaN or infinity": (
        lambda m, f: training.fit(training.get_recipe("fast"), IMAGES * np.nan)
    ),
    "You must call `compile()` before using the model": (
        lambda m, f: models.build_encoder().fit(IMAGES, IMAGES, verbose=0)
    ),
    "the channels come first": (
        lambda m, f: training.fit(
            training.get_recipe("fast"), IMAGES.transpose(0, 3, 1, 2)
        )
    ),
    "is no image that Pillow can open": lambda m, f: read_a_text(f),
    "a side of 4 can be halved 2 times": (
        lambda m, f: models.build_encoder(image_shape=(4, 4, 1))
    ),
    "are in one group, so none can be held out": lambda m, f: split_one_group(f),
    "Invalid filepath extension for saving": (
        lambda m, f: models.build_encoder().save(f / "encoder")
    ),
    "The filepath provided must end in `.keras`": (
        lambda m, f: keras.callbacks.ModelCheckpoint(str(f / "checkpoint"))
    ),
    "File format not supported": lambda m, f: keras.models.load_model(f),
    "File not found: filepath=": (
        lambda m, f: keras.models.load_model(f / "none.keras")
    ),
    "Could not locate function": lambda m, f: load_with_a_loss_of_ones_own(f),
    "Requested the deserialization of a `Lambda` layer": lambda m, f: load_a_lambda(f),
    "A total of 1 objects could not be loaded": (
        lambda m, f: load_weights_of_another_size(f)
    ),
    "no model is called": lambda m, f: pretrained.load("bce"),
    "latent dimension 2, not 16": lambda m, f: pretrained.load("bce-2d", latent_dim=16),
    "has no card; train it": remove_the_weights,
    "is not the file that the card of": damage_weights,
}


@pytest.mark.deep
@pytest.mark.parametrize("message", PROVOKED)
def test_what_the_page_calls_a_message_is_one(message, monkeypatch, tmp_path):
    with pytest.raises((Exception, SystemExit)) as caught:
        PROVOKED[message](monkeypatch, tmp_path)
    assert message in str(caught.value)


def test_every_message_on_the_page_is_provoked():
    heading = re.compile(r"^### (`+)(.+?) ?\1$", re.MULTILINE)
    on_page = [found[2] for found in heading.finditer(page("troubleshooting"))]
    assert on_page == list(PROVOKED)


@pytest.mark.deep
@pytest.mark.parametrize(
    "options", [{"compile": False}, {"custom_objects": {"own_loss": own_loss}}], ids=str
)
def test_both_ways_to_load_a_model_with_a_loss_of_ones_own_work(options, tmp_path):
    assert load_with_a_loss_of_ones_own(tmp_path, **options).output_shape == (None, 2)


def test_table_of_pretrained_networks_is_that_of_their_cards():
    row = r"^\| `([\w-]+)` \| (\d+) \| (\d+) \| (.*?) ?\| (0\.\d+) \|$"
    told = re.findall(row, page("glossary"), re.MULTILINE)
    assert sorted(name for name, *_ in told) == sorted(pretrained.MODELS)
    for name, dimension, epochs, special, error in told:
        card = pretrained.card(name)
        recipe = card["recipe"]
        assert (int(dimension), int(epochs)) == (card["latent_dim"], recipe["epochs"])
        assert float(error) == round(card["metrics"]["test"]["mse_28"], 4)
        assert ("denoiser" in special) == (recipe["noise"] > 0)
        assert ("variational" in special) == (recipe["beta"] is not None)
        assert not recipe["beta"] or f"= {recipe['beta']:g}$" in special
        assert ("squared" in special) == (recipe["loss"] == "mse")


ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)` \|", page("older_tutorials"), re.MULTILINE)


def test_table_of_older_code_was_found():
    table = page("older_tutorials").split("|---|---|---|\n")[1].split("\n\n")[0]
    assert len(ROWS) == len(table.splitlines()) >= 20


@pytest.fixture
def names(tmp_path, monkeypatch):
    """Return what the table's code refers to; files go to a folder of their own."""
    monkeypatch.chdir(tmp_path)
    numbers = np.random.default_rng(0).uniform(size=(8, 3)).astype("float32")
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(3)(layers.Dense(4)(inputs)))
    model.compile(loss="mse")
    batches = tf.data.Dataset.from_tensor_slices((numbers, numbers)).batch(4)
    return {
        **NAMES,
        "batches": batches,
        "model": model,
        "numbers": numbers,
        "x": model.output,
    }


def complaint(code, names):
    """Run code; return the error, or what it was warned of, or None."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, names)
        except Exception as error:
            return error
    return next((w.message for w in caught if not IDLE.search(str(w.message))), None)


@pytest.mark.deep
@pytest.mark.parametrize(("older", "today"), ROWS)
def test_older_code_fails_or_warns_and_todays_runs(older, today, names):
    assert complaint(older, dict(names)) is not None
    problem = complaint(today, dict(names))
    assert problem is None, problem


def test_accuracy_of_a_perfect_copy_is_the_one_told():
    images = datasets.load_fashion_mnist()[2][0]
    accuracy = float(np.mean(keras.metrics.binary_accuracy(images, images)))
    assert f"a perfect copy of the test images gets {accuracy:.2f}." in page(
        "older_tutorials"
    )


def test_accuracy_of_flattened_images_compares_the_largest_pixel_only():
    images = np.random.default_rng(0).uniform(size=(8, 784)).astype("float32")
    model = keras.Sequential([keras.Input((784,)), layers.Activation("linear")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    assert model.evaluate(images, images / 2, verbose=0)[1] == 1
    assert model.evaluate(images, np.roll(images, 1, axis=1), verbose=0)[1] == 0


def test_files_in_the_old_format_are_written_with_a_warning(tmp_path, caplog):
    models.build_encoder(2).save(tmp_path / "encoder.h5")
    assert "considered legacy" in caplog.text


@pytest.mark.deep
def test_command_for_teachers_hands_out_notebooks_without_solutions(tmp_path):
    (command,) = re.findall(r"^jupyter nbconvert .*$", page("teachers"), re.MULTILINE)
    words = [*shlex.split(command)[:-1], str(tmp_path)]
    subprocess.run([sys.executable, "-m", *words], cwd=twins.ROOT, check=True)
    given = nbformat.read(tmp_path / "01_dataset.ipynb", as_version=4)
    whole = nbformat.read(twins.CHAPTERS / "01_dataset.ipynb", as_version=4)
    tags = [
        {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
        for notebook in (given, whole)
    ]
    assert tags[1] - tags[0] == {"exercise-solution"}
    assert {"exercise-starter", "exercise-check"} <= tags[0]
    told = ["Solution" in "".join(c.source for c in n.cells) for n in (given, whole)]
    assert told == [False, True]
