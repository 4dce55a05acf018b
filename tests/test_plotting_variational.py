"""Drawings of a variational autoencoder: ellipses are where and as wide as told."""

from aelib import plotting
import matplotlib.pyplot as plt
import numpy as np
import pytest

NAMES = ("dark", "light")
MEANS = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, -5.0]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def ellipses_of(axis):
    return axis.collections[-1]


def test_an_outline_is_two_standard_deviations_from_its_mean():
    _, axis = plt.subplots()
    plotting.draw_ellipses(axis, MEANS, np.full((3, 2), [0.25, 1.0]))
    ellipses = ellipses_of(axis)
    np.testing.assert_array_equal(ellipses.get_offsets(), MEANS)
    np.testing.assert_allclose(ellipses.get_widths(), 2.0)  # 2 × 2 × 0.5
    np.testing.assert_allclose(ellipses.get_heights(), 4.0)
    np.testing.assert_allclose(np.mod(ellipses.get_angles(), 180), 0)


def test_the_long_axis_points_along_the_correlation():
    _, axis = plt.subplots()
    covariance = np.array([[[2.5, 1.5], [1.5, 2.5]]])  # variances 1 and 4
    plotting.draw_ellipses(axis, MEANS[:1], covariance, scale=1)
    ellipses = ellipses_of(axis)
    np.testing.assert_allclose(ellipses.get_widths(), 2.0)
    np.testing.assert_allclose(ellipses.get_heights(), 4.0)
    # The width lies along the falling diagonal, so the height along the rising one.
    np.testing.assert_allclose(np.mod(ellipses.get_angles(), 180), 135)


@pytest.mark.parametrize(
    ("covariances", "message"),
    [
        (np.ones((2, 2)), "give \\(n, 2\\) and \\(n, 2, 2\\)"),
        (np.full((3, 2), -1.0), "negative or NaN"),
        (np.full((3, 2), np.nan), "negative or NaN"),
    ],
)
def test_what_is_no_covariance_is_refused(covariances, message):
    _, axis = plt.subplots()
    with pytest.raises(ValueError, match=message):
        plotting.draw_ellipses(axis, MEANS, covariances)


def test_each_posterior_has_the_colour_of_its_class_in_every_panel():
    pair = MEANS, np.ones((3, 2))
    axes = plotting.show_posteriors({"a": pair, "b": pair}, [1, 0, 1], NAMES, count=2)
    assert [axis.get_title() for axis in axes] == ["a", "b"]
    for axis in axes:
        ellipses = ellipses_of(axis)
        np.testing.assert_array_equal(ellipses.get_offsets(), MEANS[:2])
        expected = plt.matplotlib.colors.to_rgba_array(plotting.CLASS_COLORS[:2])
        np.testing.assert_array_equal(ellipses.get_edgecolors(), expected[::-1])
    (legend,) = axes[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(NAMES)


def test_labels_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="from 0 to 2 for 2 names"):
        plotting.show_posteriors({"a": (MEANS, MEANS**2)}, [0, 1, 2], NAMES)


def test_the_diagram_names_both_terms_of_the_loss():
    image = np.zeros((4, 4, 1))
    axis = plotting.draw_variational_autoencoder(image, image)
    written = " ".join(text.get_text() for text in axis.texts)
    for part in ("encoder", "decoder", "KL term", "reconstruction term", "z = μ + σ ε"):
        assert part in written
    assert len(axis.get_images()) == 2


def test_a_diagram_wants_one_image_and_one_reconstruction():
    with pytest.raises(ValueError, match="give \\(height, width\\)"):
        plotting.draw_variational_autoencoder(np.zeros((2, 4, 4)), np.zeros((4, 4)))
