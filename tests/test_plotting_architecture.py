"""The network's diagram with real pictures, and the drawing of a convolution."""

from aelib import plotting
import matplotlib.pyplot as plt
import numpy as np
import pytest

ENCODER = [("Input", (32, 32, 1)), ("Conv2D", (4, 4, 8)), ("Dense", (2,))]
DECODER = [("Input", (2,)), ("Reshape", (4, 4, 8)), ("Conv2D", (32, 32, 1))]
IMAGE = np.zeros((5, 6))
IMAGE[1:4, 3:] = [[0.5, 0.1, 0], [1, 0.2, 0], [0.5, 0.3, 1]]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(axis):
    return [text.get_text() for text in axis.texts]


def test_network_shows_the_image_its_code_and_its_reconstruction():
    image, copy = np.zeros((32, 32, 1)), np.ones((32, 32))
    axis = plotting.draw_network(ENCODER, DECODER, image, (1.234, -0.5), copy)
    first, last = axis.get_images()
    np.testing.assert_array_equal(first.get_array(), image[..., 0])
    np.testing.assert_array_equal(last.get_array(), copy)
    assert first.get_extent()[1] < last.get_extent()[0]
    assert "1.23\n−0.50" in texts(axis)
    assert not axis.collections  # no dots where the numbers stand


def test_a_long_code_is_cut_off():
    halves = [*ENCODER[:2], ("Dense", (5,))], [("Input", (5,)), *DECODER[1:]]
    axis = plotting.draw_network(*halves, code=np.arange(5))
    assert "0.00\n1.00\n2.00\n…" in texts(axis)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"code": [1, 2, 3]}, r"code has shape \(3,\), the encoder's output \(2,\)"),
        ({"image": np.zeros((1, 32, 32, 1))}, r"shape \(1, 32, 32, 1\)"),
        ({"reconstruction": np.full((2, 2), 1.5)}, "values in"),
    ],
)
def test_what_is_not_of_the_network_is_not_drawn(given, message):
    with pytest.raises(ValueError, match=message):
        plotting.draw_network(ENCODER, DECODER, **given)


def test_windows_move_by_the_stride_and_outputs_are_sums_of_products():
    kernel = np.array([[1, 0], [0, 2]])
    axes = plotting.draw_convolution(IMAGE, kernel, (1, 2), 4, stride=2, steps=3)
    whole, filter_axis, *steps = axes
    assert whole.patches[0].get_xy() == (1.5, 0.5)
    assert texts(filter_axis) == ["1", "0", "0", "2"]
    frames = [axis.patches[0].get_xy() for axis in steps[::2]]
    assert frames == [(-0.5, -0.5), (1.5, -0.5), (-0.5, 1.5)]
    # By hand: 1 · 0 + 2 · 1 = 2; 0.1 + 0 = 0.1; 0 + 0 = 0.
    assert texts(steps[1]) == ["2", "", "", ""]
    assert texts(steps[5]) == ["2", "0.1", "0", ""]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image": IMAGE[None]}, "two matrices"),
        ({"kernel": np.ones((5, 5))}, "at most 4×4"),
        ({"corner": (3, 0)}, r"at \(3, 0\) leaves the image"),
        ({"steps": 5}, "steps is 5; there are 4 windows"),
    ],
)
def test_a_convolution_that_cannot_be_drawn_is_refused(change, message):
    given = {"image": IMAGE, "kernel": np.ones((2, 2)), "corner": (0, 0), "size": 4}
    with pytest.raises(ValueError, match=message):
        plotting.draw_convolution(**given | change)
