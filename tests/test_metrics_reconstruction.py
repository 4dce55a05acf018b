"""Errors and sharpness, against other libraries and closed forms."""

from aelib import datasets, metrics
import keras
import numpy as np
import pytest
import sklearn.metrics


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    return tuple(rng.random((2_500, 32, 32, 1), dtype="float32") for _ in range(2))


def test_mean_squared_error_is_that_of_scikit_learn(pair):
    images, others = pair
    expected = sklearn.metrics.mean_squared_error(images.ravel(), others.ravel())
    assert metrics.mean_squared_error(*pair) == pytest.approx(expected, rel=1e-6)


def test_binary_cross_entropy_is_that_of_keras(pair):
    expected = float(np.mean(keras.losses.binary_crossentropy(*pair)))
    assert metrics.binary_cross_entropy(*pair) == pytest.approx(expected, rel=1e-5)


def test_a_confident_miss_is_clipped_as_keras_does():
    black, white = np.ones((1, 2, 2, 1)), np.zeros((1, 2, 2, 1))
    expected = float(np.mean(keras.losses.binary_crossentropy(black, white)))
    assert metrics.binary_cross_entropy(black, white) == pytest.approx(
        expected, rel=1e-3
    )
    assert metrics.binary_cross_entropy(black, white) == pytest.approx(-np.log(1e-7))


def test_entropy_of_the_test_set_is_the_published_one():
    # Computed for the course from the files, beside published errors.
    _, _, (images, _) = datasets.load_fashion_mnist()
    assert metrics.entropy_floor(datasets.crop(images)) == pytest.approx(
        0.2422, abs=5e-5
    )
    assert metrics.entropy_floor(images) == pytest.approx(0.1854, abs=5e-5)


def test_no_reconstruction_is_below_the_entropy(pair):
    images, others = pair
    assert metrics.binary_cross_entropy(images, others) > metrics.entropy_floor(images)


def test_errors_on_both_sizes_differ_by_the_share_of_the_border(pair):
    images, others = (
        np.pad(x[:, 2:30, 2:30], [(0, 0), (2, 2), (2, 2), (0, 0)]) for x in pair
    )
    errors = metrics.reconstruction_errors(images, others)
    assert set(errors) == {"mse_28", "bce_28", "mse_32", "bce_32"}
    share = 28**2 / 32**2
    assert errors["mse_32"] == pytest.approx(errors["mse_28"] * share, rel=1e-6)
    assert errors["bce_32"] == pytest.approx(errors["bce_28"] * share, rel=1e-5)


def test_sharpness_of_a_ramp_is_its_slope():
    down, across = np.mgrid[0:8, 0:8] / 10
    assert metrics.sharpness(across[None, ..., None]) == pytest.approx(0.1)
    both = (across + down)[None, ..., None]
    assert metrics.sharpness(both) == pytest.approx(0.1 * np.sqrt(2))


def test_blurring_lowers_sharpness(pair):
    images = pair[0][:10]
    blurred = (images[:, 1:] + images[:, :-1]) / 2
    assert metrics.sharpness(blurred) < metrics.sharpness(images)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: metrics.mean_squared_error(x, x[1:]), "one reconstruction for"),
        (lambda x: metrics.binary_cross_entropy(x[:0], x[:0]), "empty"),
        (lambda x: metrics.reconstruction_errors(x, x + 1), "reconstructions has"),
        (lambda x: metrics.reconstruction_errors(x, x * np.nan), "NaN"),
        (lambda x: metrics.reconstruction_errors(x[0], x[0]), "single image"),
        (lambda x: metrics.sharpness(x[0]), r"shape \(32, 32, 1\)"),
        (lambda x: metrics.sharpness(x[:, :1]), "two rows"),
    ],
)
def test_wrong_images_are_refused(pair, call, message):
    with pytest.raises(ValueError, match=message):
        call(pair[0])


def test_the_peak_signal_to_noise_ratio_is_the_mean_of_the_images_ratios(pair):
    images = np.zeros((2, 4, 4, 1))
    copies = images + np.array([0.1, 0.01]).reshape(2, 1, 1, 1)
    ratio = metrics.peak_signal_to_noise_ratio(images, copies)
    assert ratio == pytest.approx((20 + 40) / 2)
    assert metrics.peak_signal_to_noise_ratio(images, images) == np.inf
    pooled = -10 * np.log10(metrics.mean_squared_error(*pair))
    assert metrics.peak_signal_to_noise_ratio(*pair) > pooled
