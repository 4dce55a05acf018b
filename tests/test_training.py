"""Training: recipes, the order of images, and what happens when it is cut off."""

from dataclasses import replace
from pathlib import Path
import subprocess
import sys
import time

from aelib import data, models, training
import keras
import numpy as np
import pytest

TINY = training.Recipe(
    epochs=3,
    batch_size=20,
    learning_rate=3e-3,
    schedule="cosine",
    beta_2=0.99,
    jit_compile=False,
)


@pytest.fixture(scope="module")
def images():
    return data.load_fashion_mnist()[0][0][:600]


def test_the_plain_recipe_has_the_settings_that_every_tutorial_uses():
    plain = training.RECIPES["plain"]
    assert (plain.epochs, plain.batch_size) == (3, 100)
    assert plain.loss == "binary_crossentropy"
    autoencoder = models.build_autoencoder(
        models.build_encoder(), models.build_decoder()
    )
    training.compile_autoencoder(autoencoder, plain, 50_000)
    optimizer = autoencoder.optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == pytest.approx(1e-3)
    assert optimizer.beta_2 == 0.999


def test_the_cosine_schedule_rises_for_a_twentieth_and_ends_at_zero():
    autoencoder = models.build_autoencoder(
        models.build_encoder(), models.build_decoder()
    )
    recipe = replace(TINY, epochs=2, batch_size=10)
    training.compile_autoencoder(autoencoder, recipe, 1_000)
    rate = autoencoder.optimizer._learning_rate
    values = np.array([float(rate(step)) for step in range(201)])
    np.testing.assert_allclose(values[:11], 3e-3 * np.arange(11) / 10, rtol=1e-5)
    fall = 3e-3 * (1 + np.cos(np.pi * np.arange(191) / 190)) / 2
    np.testing.assert_allclose(values[10:], fall, atol=1e-8)


@pytest.mark.parametrize(("epochs", "steps"), [(1, 30), (0.5, 15), (2.3, 69)])
def test_a_fraction_of_an_epoch_is_trained(images, epochs, steps):
    recipe = replace(TINY, epochs=epochs)
    autoencoder, history = training.fit(recipe, images)
    assert int(autoencoder.optimizer.iterations) == steps
    assert recipe.count_steps(600) == steps
    assert len(history) == np.ceil(epochs)


def test_training_lowers_the_loss_and_validates(images):
    _, history = training.fit(TINY, images, images[:100])
    assert history[2]["val_loss"] < history[0]["val_loss"]
    assert history[2]["loss"] < 0.45


def test_a_seed_gives_the_same_result_and_another_one_another(images):
    recipe = replace(TINY, epochs=1)
    first, again, other = (
        training.fit(replace(recipe, seed=seed), images)[1][0]["loss"]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_an_unknown_recipe_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(ValueError, match=r"'slow'; there are: plain, fast"):
        training.get_recipe("slow")
    assert training.get_recipe("fast") is training.RECIPES["fast"]


def test_a_loss_that_becomes_nan_stops_and_says_what_to_do(images):
    recipe = replace(TINY, learning_rate=1e30, schedule="constant")
    with pytest.raises(FloatingPointError, match=r"epoch 1 .*rate far below 1e"):
        training.fit(recipe, images)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda x: 2 * x - 1, ValueError, "images has values from -1 to 1"),
        (lambda x: 255 * x, ValueError, "divide by 255"),
        (lambda x: np.where(x > 0.9, np.nan, x), ValueError, "NaN"),
        (lambda x: (255 * x).astype("uint8"), TypeError, "uint8"),
        (lambda x: x[:0], ValueError, "empty"),
        (lambda x: x[..., 0], ValueError, r"\(600, 32, 32\)"),
    ],
)
def test_images_that_would_spoil_the_training_are_refused(
    images, change, error, message
):
    with pytest.raises(error, match=message):
        training.fit(TINY, change(images))
    with pytest.raises(error, match="validation_images"):
        training.fit(TINY, images, change(images))


CHILD = """
from pathlib import Path
import sys, numpy as np
sys.path.insert(0, "{tests}")
from aelib import data, training
from test_training import TINY
images = data.load_fashion_mnist()[0][0][:600]
model, history = training.fit(
    TINY, images, images[:100], checkpoints=Path("{folder}"), verbose=2)
np.savez("{folder}/result.npz", *model.get_weights())
print(history)
"""


def start(folder):
    code = CHILD.format(tests=Path(__file__).parent, folder=folder)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )


def weights(folder):
    with np.load(folder / "result.npz") as stored:
        return [stored[name] for name in stored.files]


def test_a_killed_training_goes_on_to_the_same_result(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = start(whole)
    told = process.communicate()[0].splitlines()[-1]
    victim = start(killed)
    end = time.monotonic() + 120
    while not list(killed.glob("*.keras")) and time.monotonic() < end:
        time.sleep(0.002)
    victim.kill()
    victim.wait()
    assert not (killed / "result.npz").exists(), "it was killed too late"
    resumed = start(killed)
    output = resumed.communicate()[0]
    assert resumed.returncode == 0
    assert "Epoch 1/1" not in output  # it did not begin again
    assert output.splitlines()[-1] == told
    for one, other in zip(weights(whole), weights(killed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_finished_training_is_not_repeated(images, tmp_path):
    first, history = training.fit(TINY, images, checkpoints=tmp_path)
    begin = time.monotonic()
    again, same = training.fit(TINY, images, checkpoints=tmp_path)
    assert time.monotonic() - begin < 3
    assert same == history
    for one, other in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_recipe_or_other_images_do_not_take_up_the_state(images, tmp_path):
    recipe = replace(TINY, epochs=1, loss=keras.losses.mean_squared_error)
    training.fit(recipe, images, checkpoints=tmp_path)
    for other, part in ((replace(recipe, seed=5), images), (recipe, images[1:])):
        _, history = training.fit(other, part, checkpoints=tmp_path)
        assert len(history) == 1
    assert len(list(tmp_path.glob("*.keras"))) == 3
