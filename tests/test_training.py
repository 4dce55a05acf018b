"""Training: recipes, the order of images, and what happens when it is cut off."""

from dataclasses import replace
from pathlib import Path
import subprocess
import sys
import time

from aelib import datasets, models, training
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
    return datasets.load_fashion_mnist()[0][0][:600]


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


def test_the_first_weights_are_the_seeds_with_the_encoder_built_first():
    autoencoder = training.build(TINY)
    keras.utils.set_random_seed(TINY.seed)
    parts = models.build_encoder(), models.build_decoder()
    for built, wanted in zip(models.split_autoencoder(autoencoder), parts, strict=True):
        for one, other in zip(built.get_weights(), wanted.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_fraction_of_an_epoch_is_trained(images):
    recipe = replace(TINY, epochs=1.3, steps_per_execution=7)
    autoencoder, history = training.fit(recipe, images)
    assert int(autoencoder.optimizer.iterations) == recipe.count_steps(600) == 39
    assert len(history) == 2
    assert replace(TINY, epochs=0.5, batch_size=24).count_steps(600) == 13


@pytest.fixture(scope="module")
def trained(images, tmp_path_factory):
    """Return a network, its history and the folder with its state."""
    folder = tmp_path_factory.mktemp("state")
    return *training.fit(TINY, images, images[:100], checkpoints=folder), folder


def test_training_lowers_the_loss_and_validates(trained):
    _, history, _ = trained
    assert history[2]["val_loss"] < history[0]["val_loss"]
    assert history[2]["loss"] < 0.45


def test_several_steps_at_once_give_the_same_result_and_another_seed_another(images):
    recipe = replace(TINY, epochs=1)
    one, several, other = (
        training.fit(each, images)[1][0]["loss"]
        for each in (
            recipe,
            replace(recipe, steps_per_execution=7),
            replace(recipe, seed=2),
        )
    )
    assert one == several != other


def test_an_unknown_recipe_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(ValueError, match=r"'slow'; there are: plain, fast"):
        training.get_recipe("slow")
    assert training.get_recipe("fast").epochs < 1


@pytest.mark.parametrize("loss", models.LIKELIHOODS)
def test_every_likelihood_is_trained_and_reconstructs_better(images, loss):
    recipe = replace(TINY, loss=loss, beta=1.0, learning_rate=1e-3)
    likelihood = models.LIKELIHOODS[loss]
    before, after = training.build(recipe), training.fit(recipe, images)[0]
    errors = []
    for autoencoder in (before, after):
        encoder, decoder = models.split_autoencoder(autoencoder)
        outputs = decoder.predict(models.encode(encoder, images), verbose=0)
        pictures = likelihood.mean(outputs)
        assert pictures.min() >= 0 and pictures.max() <= 1
        errors.append(np.mean((images - pictures) ** 2))
    assert errors[1] < 0.6 * errors[0]


def test_a_training_can_begin_at_the_mean_grey(images):
    mean = images.mean()
    logit = float(np.log(mean / (1 - mean)))
    autoencoder = training.build(replace(TINY, output_bias=logit))
    drawn = autoencoder(np.zeros((1, 32, 32, 1), "float32")).numpy()
    np.testing.assert_allclose(drawn, mean, atol=1e-5)


def test_an_unknown_loss_is_refused_with_the_likelihoods_there_are(images):
    with pytest.raises(ValueError, match=r"'bernouli'; likelihoods are: .*gaussian"):
        training.fit(replace(TINY, loss="bernouli"), images)


@pytest.mark.parametrize("beta", [-1.0, float("nan")])
def test_a_negative_beta_is_refused(images, beta):
    with pytest.raises(ValueError, match="give 0 or more"):
        training.fit(replace(TINY, beta=beta), images)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda x: (255 * x).astype("uint8"), TypeError, "Divide bytes by 255"),
        (lambda x: 255 * x, ValueError, "from 0 to 255.*divide by 255"),
        (
            lambda x: x.transpose(0, 3, 1, 2),
            ValueError,
            r"\(9, 3, 32, 32\).*images.transpose\(0, 2, 3, 1\)",
        ),
    ],
)
def test_colour_images_as_bytes_or_channels_first_are_refused(change, error, message):
    images = np.random.default_rng(0).random((9, 32, 32, 3), "float32")
    images[0, 0, 0] = [0, 0, 1]
    with pytest.raises(error, match=message):
        training.fit(TINY, change(images))
    _, history = training.fit(replace(TINY, epochs=1), images, filters=(4,))
    assert history[0]["loss"] > 0


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
        (lambda x: x[..., 0], ValueError, r"\(600, 32, 32\).*\[..., None\]"),
        (lambda x: x / 255, ValueError, "divided by 255 twice"),
        (
            lambda x: x.transpose(0, 3, 1, 2),
            ValueError,
            r"\(600, 1, 32, 32\).*images.transpose\(0, 2, 3, 1\)",
        ),
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
import sys
sys.path.insert(0, "{tests}")
from aelib import datasets, training
from test_training import TINY
images = datasets.load_fashion_mnist()[0][0][:600]
training.fit(TINY, images, images[:100], checkpoints=Path("{folder}"))
Path("{folder}", "finished").touch()
"""


def start(folder):
    code = CHILD.format(tests=Path(__file__).parent, folder=folder)
    return subprocess.Popen([sys.executable, "-c", code])


def test_a_killed_training_goes_on_to_the_same_result(
    images, trained, tmp_path, capsys
):
    victim = start(tmp_path)
    end = time.monotonic() + 120
    while not list(tmp_path.glob("*.weights.h5")) and time.monotonic() < end:
        time.sleep(0.002)
    victim.kill()
    victim.wait()
    assert list(tmp_path.glob("*.weights.h5")), "it was killed before it had begun"
    assert not (tmp_path / "finished").exists(), "it was killed too late"
    killed, history = training.fit(
        TINY, images, images[:100], checkpoints=tmp_path, verbose=2
    )
    output = capsys.readouterr().out
    assert "Epoch 3/3" in output and "Epoch 1/1" not in output  # it went on
    whole, told, _ = trained
    assert history == told
    for one, other in zip(whole.get_weights(), killed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_finished_training_is_not_repeated(images, trained, capsys):
    first, history, folder = trained
    again, same = training.fit(TINY, images, images[:100], 2, folder, verbose=2)
    assert "Epoch" not in capsys.readouterr().out
    assert same == history
    for one, other in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_recipe_or_other_images_do_not_take_up_the_state(images, tmp_path):
    recipe = replace(TINY, epochs=1, loss=keras.losses.mean_squared_error)
    training.fit(recipe, images, checkpoints=tmp_path)
    for other, part in ((replace(recipe, seed=5), images), (recipe, images[1:])):
        _, history = training.fit(other, part, checkpoints=tmp_path)
        assert len(history) == 1
    assert len(list(tmp_path.glob("*.weights.h5"))) == 3


@pytest.mark.parametrize("change", [{"noise": 0.5}, {"beta": 1.0}], ids=str)
def test_denoisers_and_variational_autoencoders_go_on_to_the_same_result(
    images, tmp_path, monkeypatch, change
):
    recipe = replace(TINY, epochs=2, **change)
    whole, told = training.fit(recipe, images, images[:100])
    save = training._save

    def stop(*state):
        save(*state)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_save", stop)
    with pytest.raises(KeyboardInterrupt):
        training.fit(recipe, images, images[:100], checkpoints=tmp_path)
    monkeypatch.setattr(training, "_save", save)
    again, history = training.fit(recipe, images, images[:100], checkpoints=tmp_path)
    assert history == told
    for one, other in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_denoiser_reads_noisy_images_and_its_target_is_clean(images, monkeypatch):
    seen, batches = [], training._batches

    def watch(*arguments):
        seen.append(batches(*arguments))
        return seen[-1]

    monkeypatch.setattr(training, "_batches", watch)
    training.fit(replace(TINY, epochs=1, noise=0.5), images, images[:100])
    for dataset, clean in zip(seen, (images[:100], images), strict=True):
        parts = zip(*dataset.as_numpy_iterator(), strict=True)
        inputs, targets = map(np.concatenate, parts)
        assert np.sort(targets.mean(axis=(1, 2, 3))) == pytest.approx(
            np.sort(clean.mean(axis=(1, 2, 3)))
        )
        spread = np.std(inputs[:, :2] - targets[:, :2], axis=(1, 2, 3))  # background
        assert spread.min() < 0.1 and 0.2 < spread.max() < 0.5


def losses_of_one_name():
    def loss(images, reconstructions):
        return keras.ops.mean((images - reconstructions) ** 2)

    first = loss

    def loss(images, reconstructions):
        return keras.ops.mean(abs(images - reconstructions))

    return first, loss


def test_a_loss_redefined_under_its_old_name_does_not_take_up_the_state(
    images, tmp_path, capsys
):
    first, second = losses_of_one_name()
    again, _ = losses_of_one_name()  # the same code, defined once more
    recipe = replace(TINY, epochs=1)
    for loss, epochs in ((first, 1), (second, 1), (first, 0), (again, 0)):
        mine = replace(recipe, loss=loss)
        training.fit(mine, images, checkpoints=tmp_path, verbose=2)
        assert capsys.readouterr().out.count("/step") == epochs
    assert len(list(tmp_path.glob("*.weights.h5"))) == 2


class Scaled(keras.losses.Loss):
    """A loss that no file could name: neither registered nor with a config."""

    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def call(self, images, reconstructions):
        return self.scale * keras.ops.mean((images - reconstructions) ** 2, axis=-1)


@pytest.mark.parametrize(
    "loss",
    [
        losses_of_one_name()[0],
        lambda images, drawn: keras.ops.mean((images - drawn) ** 2),
        Scaled(3.0),
    ],
    ids=["function", "lambda", "class"],
)
def test_a_cut_off_training_with_a_loss_of_ones_own_goes_on(
    images, tmp_path, monkeypatch, loss
):
    recipe = replace(TINY, epochs=2, batch_size=60, loss=loss)
    whole, told = training.fit(recipe, images)
    save = training._save

    def stop(*state):
        save(*state)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_save", stop)
    with pytest.raises(KeyboardInterrupt):
        training.fit(recipe, images, checkpoints=tmp_path)
    monkeypatch.setattr(training, "_save", save)
    again, history = training.fit(recipe, images, checkpoints=tmp_path)
    assert history == told
    for one, other in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


BASE = "def loss(x, y): return a * keras.ops.mean((x - y) ** 2)"


def define(code=BASE, a=2.0):
    """Define a loss as a notebook's cell does; `a` is a global that it may read."""
    scope = {"__name__": "__main__", "keras": keras, "np": np, "a": a}
    exec(code, scope)
    return scope["loss"]


SAME = {
    "defined once more": (define(), define("# below a comment\n\n" + BASE)),
    "Keras' loss": (keras.losses.Huber(0.5), keras.losses.Huber(0.5)),
    "a set of names": tuple(
        define("def loss(x, y): return y if x.dtype in {'a', 'b', 'c'} else x")
        for _ in range(2)
    ),
}
OTHER = {
    "another operation": (define(), define(BASE.replace("-", "+"))),
    "another constant": (define(), define(BASE.replace("2", "4"))),
    "another function": (define(), define(BASE.replace("mean", "max"))),
    "another global": (define(), define(a=3.0)),
    "another global array": tuple(
        define(a=np.r_[np.zeros(999), value, np.zeros(999)]) for value in (0.0, 1.0)
    ),
    "another default": tuple(
        define(f"def loss(x, y, *, scale={value}): return scale * (x - y) ** 2")
        for value in (1, 2)
    ),
    "another function that it calls": tuple(
        define(f"def part(x): return x ** {value}\ndef loss(x, y): return part(x - y)")
        for value in (2, 4)
    ),
    "another lambda": tuple(
        define(f"loss = lambda x, y: {value} * (x - y)") for value in (2, 4)
    ),
    "another closure": tuple(
        define(f"def make(k): return lambda x, y: k * (x - y)\nloss = make({value})")
        for value in (2, 4)
    ),
    "another setting of Keras' loss": (
        keras.losses.Huber(0.5),
        keras.losses.Huber(0.7),
    ),
    "another class of the same name": (
        keras.losses.MeanSquaredError(name="loss"),
        keras.losses.MeanAbsoluteError(name="loss"),
    ),
    "another value in a class without config": tuple(
        define(
            "class Own(keras.losses.Loss):\n"
            "    def __init__(self, k):\n"
            "        super().__init__()\n"
            "        self.k = k\n"
            "    def call(self, x, y): return self.k * (x - y) ** 2\n"
            f"loss = Own({value})"
        )
        for value in (2, 4)
    ),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_the_same_loss_has_the_same_state(pair, tmp_path):
    one, other = (replace(TINY, loss=loss) for loss in pair)
    state = training._stem(tmp_path, one, {}, np.zeros((1, 2, 2, 1)))
    assert state == training._stem(tmp_path, other, {}, np.zeros((1, 2, 2, 1)))


@pytest.mark.parametrize("pair", OTHER.values(), ids=OTHER)
def test_another_loss_has_another_state(pair, tmp_path):
    one, other = (replace(TINY, loss=loss) for loss in pair)
    state = training._stem(tmp_path, one, {}, np.zeros((1, 2, 2, 1)))
    assert state != training._stem(tmp_path, other, {}, np.zeros((1, 2, 2, 1)))


def test_a_loss_that_refers_to_itself_is_described():
    code = "def loss(x, y, depth=1): return loss(x, y, 0) if depth else x - y"
    assert training._describe(define(code), []) == training._describe(define(code), [])


def test_a_loss_that_can_not_be_compared_is_refused_only_with_checkpoints(
    images, tmp_path
):
    recipe = replace(TINY, epochs=0.1, loss=define(BASE.replace("a *", "a() *"), Odd()))
    assert len(training.fit(recipe, images)[1]) == 1
    with pytest.raises(TypeError, match="an object of type Odd, which can't be"):
        training.fit(recipe, images, checkpoints=tmp_path)


class Odd:
    def __call__(self):
        return 1.0
