"""What the chapters get from aelib.datasets, and what it says of wrong input."""

import gzip

from aelib import datasets, validation
import numpy as np
import pytest
from scipy import stats


@pytest.fixture(scope="module")
def split():
    return datasets.load_fashion_mnist()


@pytest.fixture
def images():
    return np.full((3, 32, 32, 1), 0.5, "float32")


def test_split_has_50000_10000_and_10000_images_in_the_promised_form(split):
    for (images, labels), count in zip(split, (50_000, 10_000, 10_000), strict=True):
        assert images.shape == (count, 32, 32, 1)
        assert images.dtype == np.float32
        assert (images.min(), images.max()) == (0, 1)
        assert labels.shape == (count,)
        assert labels.dtype == np.uint8
        validation.check_images(images)
        validation.check_labels(labels, count)


def test_every_class_has_6000_images_to_learn_from_and_1000_to_test(split):
    (_, train), (_, validation), (_, test) = split
    both = np.concatenate([train, validation])
    assert np.bincount(both).tolist() == [6000] * 10
    assert np.bincount(test).tolist() == [1000] * 10


def test_split_keeps_the_order_of_the_files(split):
    folder = datasets.ensure_available()
    content = {}
    for name in datasets.FILES:
        with gzip.open(folder / name) as file:
            content[name[:12]] = file.read()
    (train_images, train_labels), (validation_images, validation_labels), test = split
    labels = content["train-labels"][8:]
    assert train_labels.tobytes() + validation_labels.tobytes() == labels
    assert test[1].tobytes() == content["t10k-labels-"][8:]
    for image, where, part in (
        (train_images[0], 0, "train-images"),
        (train_images[-1], 49_999, "train-images"),
        (validation_images[0], 50_000, "train-images"),
        (validation_images[-1], 59_999, "train-images"),
        (test[0][-1], 9_999, "t10k-images-"),
    ):
        start = 16 + 784 * where
        expected = list(content[part][start : start + 784])
        assert np.rint(image[2:30, 2:30, 0] * 255).ravel().tolist() == expected


def test_pixels_have_the_mean_and_spread_that_are_published(split):
    # 0.2860 and 0.3530 stand in countless normalisation lines for Fashion-MNIST.
    pixels = np.concatenate([split[0][0], split[1][0]])[:, 2:30, 2:30]
    assert pixels.mean(dtype="float64") == pytest.approx(0.2860, abs=5e-5)
    assert pixels.std(dtype="float64") == pytest.approx(0.3530, abs=5e-5)


def test_class_names_are_ten_in_the_order_of_the_labels(split):
    assert len(datasets.CLASS_NAMES) == len(set(datasets.CLASS_NAMES)) == 10
    assert (
        datasets.CLASS_NAMES[9] == "Ankle boot"
    )  # the first training image, as published
    assert split[0][1][0] == 9
    # Trousers leave the picture's corners and sides emptier than bags do.
    trousers, bags = (
        split[2][0][split[2][1] == datasets.CLASS_NAMES.index(name)].mean()
        for name in ("Trouser", "Bag")
    )
    assert trousers < bags


def test_preprocess_equals_placing_each_image_into_zeros():
    raw = np.random.default_rng(0).integers(0, 256, (5, 28, 28), "uint8")
    expected = np.zeros((5, 32, 32, 1), "float32")
    for index, row, column in np.ndindex(raw.shape):
        expected[index, row + 2, column + 2, 0] = float(raw[index, row, column]) / 255.0
    result = datasets.preprocess(raw)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, expected)


def test_preprocess_leaves_its_input_alone():
    raw = np.full((1, 28, 28), 200, "uint8")
    datasets.preprocess(raw)
    assert (raw == 200).all()


@pytest.mark.parametrize(
    ("raw", "error", "message"),
    [
        ([[0]], TypeError, "list; give a NumPy array"),
        (None, TypeError, "NoneType; give a NumPy array"),
        (np.zeros((2, 28, 28), "float32"), TypeError, "float32.*lready preprocessed"),
        (np.zeros((2, 28, 28), "int64"), TypeError, "int64.*wants uint8"),
        (np.zeros((28, 28), "uint8"), ValueError, r"single image.*images\[None\]"),
        (np.zeros((2, 28, 28, 1), "uint8"), ValueError, r"\(2, 28, 28, 1\).*wants"),
        (np.zeros((2, 27, 28), "uint8"), ValueError, r"\(2, 27, 28\).*wants"),
        (np.zeros((2, 784), "uint8"), ValueError, r"\(2, 784\).*wants \(n, 28, 28\)"),
        (np.zeros((0, 28, 28), "uint8"), ValueError, "empty"),
    ],
)
def test_preprocess_says_what_is_wrong_with_its_input(raw, error, message):
    with pytest.raises(error, match=message):
        datasets.preprocess(raw)


def test_crop_takes_off_exactly_the_padding():
    raw = np.random.default_rng(1).integers(0, 256, (2, 28, 28), "uint8")
    cropped = datasets.crop(datasets.preprocess(raw))
    assert cropped.shape == (2, 28, 28, 1)
    np.testing.assert_array_equal(np.rint(cropped[..., 0] * 255), raw)


def test_crop_takes_reconstructions_of_any_value(images):
    images[1, 5, 6] = -3
    assert datasets.crop(images)[1, 3, 4, 0] == -3


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ("images", TypeError, "str; give a NumPy array"),
        (np.zeros((32, 32, 1)), ValueError, r"single image.*\[None\]"),
        (np.zeros((2, 28, 28, 1)), ValueError, r"\(2, 28, 28, 1\); wanted is"),
        (np.zeros((0, 32, 32, 1)), ValueError, "empty"),
    ],
)
def test_crop_says_what_is_wrong_with_its_input(wrong, error, message):
    with pytest.raises(error, match=message):
        datasets.crop(wrong)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floating_images_from_0_to_1_are_right(images, dtype):
    images[0], images[1] = 0, 1
    assert validation.check_images(images.astype(dtype)) is None


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ([0.5], TypeError, "faces is of type list; give a NumPy array"),
        (np.zeros((2, 32, 32, 1), "uint8"), TypeError, "faces.*uint8.*preprocess"),
        (np.zeros((2, 32, 32)), ValueError, r"\(2, 32, 32\).*faces\[..., None\]"),
        (np.zeros((2, 3, 9, 9)), ValueError, r"faces.transpose\(0, 2, 3, 1\)"),
        (np.zeros((2, 9, 9, 5)), ValueError, r"\(2, 9, 9, 5\).*1 to 4 channels"),
        (np.zeros((2, 784)), ValueError, r"\(2, 784\); wanted is"),
        (np.zeros((32, 32, 1)), ValueError, r"give faces\[None\]"),
        (np.zeros((0, 32, 32, 1)), ValueError, "faces is empty"),
    ],
)
def test_wrong_images_are_refused_by_name(wrong, error, message):
    with pytest.raises(error, match=message):
        validation.check_images(wrong, "faces")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, "NaN or infinity"),
        (np.inf, "NaN or infinity"),
        (-np.inf, "NaN or infinity"),
        (255, "to 255.*divide by 255"),
        (1.001, "to 1.001.*clip"),
        (-0.25, "from -0.25.*clip"),
    ],
)
def test_one_bad_pixel_is_enough_to_refuse_images(images, value, message):
    images[2, 31, 31, 0] = value
    with pytest.raises(ValueError, match=message):
        validation.check_images(images)


def test_labels_are_one_for_each_image():
    assert validation.check_labels(np.arange(10), 10) is None
    for labels in (np.arange(9), np.zeros((10, 10))):
        with pytest.raises(ValueError, match=r"labels have shape .* 10"):
            validation.check_labels(labels, 10)


@pytest.mark.parametrize("deviation", [0.02, 0.1])
def test_noise_has_the_deviation_asked_for_where_nothing_is_clipped(deviation):
    grey = np.full((50, 32, 32, 1), 0.5, "float32")
    noise = datasets.add_noise(grey, deviation, np.random.default_rng(0)) - grey
    assert noise.dtype == np.float32
    assert np.mean(noise) == pytest.approx(0, abs=4e-3)
    assert np.std(noise) == pytest.approx(deviation, rel=0.02)


def test_noise_on_an_empty_background_adds_what_the_half_normal_says():
    empty = np.zeros((50, 32, 32, 1), "float32")
    noisy = datasets.add_noise(empty, 0.2, np.random.default_rng(0))
    assert noisy.min() == 0 and noisy.max() <= 1
    assert np.mean(noisy) == pytest.approx(stats.halfnorm.mean(scale=0.2) / 2, rel=0.02)


def test_each_image_gets_its_own_deviation_and_zero_leaves_it_alone(images):
    before = images.copy()
    noisy = datasets.add_noise(images, [0.0, 0.1, 0.4], np.random.default_rng(0))
    np.testing.assert_array_equal(noisy[0], images[0])
    assert np.std(noisy[1] - images[1]) < np.std(noisy[2] - images[2])
    again = datasets.add_noise(images, [0.0, 0.1, 0.4], np.random.default_rng(0))
    np.testing.assert_array_equal(noisy, again)
    np.testing.assert_array_equal(before, images)


@pytest.mark.parametrize(
    ("deviation", "message"),
    [(-0.1, "negative"), (np.nan, "not finite"), ([0.1, 0.1], "one an image")],
)
def test_noise_that_makes_no_sense_is_refused(images, deviation, message):
    with pytest.raises(ValueError, match=message):
        datasets.add_noise(images, deviation, np.random.default_rng(0))
