"""Maps of a latent space: points and pictures stand where their numbers say."""

from aelib import plotting
import matplotlib.pyplot as plt
import numpy as np
import pytest

NAMES = ("dark", "light")
CODES = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, -5.0]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_codes_without_labels_are_black_points_at_their_place():
    (points,) = plotting.show_codes(CODES).collections
    np.testing.assert_array_equal(points.get_offsets(), CODES)
    np.testing.assert_array_equal(points.get_facecolors(), [[0, 0, 0, 1]])


def test_each_class_has_its_points_its_colour_and_its_name():
    axis = plotting.show_codes(CODES, [1, 0, 1], NAMES)
    dark, light = axis.collections
    np.testing.assert_array_equal(dark.get_offsets(), CODES[[1]])
    np.testing.assert_array_equal(light.get_offsets(), CODES[[0, 2]])
    (legend,) = axis.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(NAMES)
    assert len(set(plotting.CLASS_COLORS)) == 10


@pytest.mark.parametrize(
    ("codes", "labels", "message"),
    [
        (CODES[:, :1], None, r"shape \(3, 1\); a map wants \(n, 2\)"),
        (CODES[0], None, r"shape \(2,\)"),
        (CODES[:0], None, "n of 1 or more"),
        (np.where(CODES > 3, np.nan, CODES), None, "NaN or infinity"),
        (np.where(CODES > 3, np.inf, CODES), None, "NaN or infinity"),
        (CODES, [0, 1], r"shape \(2,\) for 3 codes"),
        (CODES, [0, 1, 2], "from 0 to 2 for 2 names"),
        (CODES, [0, 1, -1], "from -1 to 1 for 2 names"),
    ],
)
def test_bad_codes_and_labels_are_refused(codes, labels, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_codes(codes, labels, NAMES)


def test_each_decoded_image_is_centred_on_its_code():
    axis = plotting.show_codes(CODES)
    x_values, y_values = np.array([0.0, 2.0, 4.0]), np.array([-5.0, 3.0])
    images = np.arange(6.0).reshape(2, 3, 1, 1) / 5 * np.ones((4, 4))
    plotting.draw_decoded(axis, images, x_values, y_values)
    (sheet,) = axis.get_images()
    left, right, bottom, top = sheet.get_extent()
    drawn = np.asarray(sheet.get_array())  # its first row is at the top
    height, width = drawn.shape
    for (row, column), y, x in (((0, 0), -5, 0), ((1, 0), 3, 0), ((1, 2), 3, 4)):
        down = int((top - y) / (top - bottom) * height)
        along = int((x - left) / (right - left) * width)
        assert drawn[down, along] == images[row, column, 0, 0]
    assert axis.get_xlim() == (-1, 5) and axis.get_ylim() == (-9, 7)


@pytest.mark.parametrize(
    ("x_values", "shape", "message"),
    [
        ([0, 1, 3], (2, 3, 4, 4), "do not rise at equal distances"),
        ([2, 1, 0], (2, 3, 4, 4), "do not rise"),
        ([1], (2, 1, 4, 4), "two or more"),
        ([0, 1, 2], (3, 2, 4, 4), r"want \(2, 3, height, width\)"),
        ([0, 1, 2], (6, 4, 4), r"shape \(6, 4, 4\)"),
    ],
)
def test_a_grid_that_does_not_match_its_images_is_refused(x_values, shape, message):
    axis = plotting.show_codes(CODES)
    with pytest.raises(ValueError, match=message):
        plotting.draw_decoded(axis, np.zeros(shape), x_values, [0, 1])


def test_a_trimmed_map_ends_where_the_box_does():
    codes = np.random.default_rng(0).normal(size=(500, 2))
    codes[0] = [90, -50]
    axis = plotting.show_codes(codes, trim=0.01)
    low, high = np.quantile(codes, [0.01, 0.99], axis=0)
    np.testing.assert_allclose(
        [axis.get_xlim(), axis.get_ylim()], np.array([low, high]).T
    )
    assert plotting.show_codes(codes).get_xlim()[1] > 90


def test_each_class_gets_a_map_of_its_own_before_all_others():
    codes = np.arange(24.0).reshape(12, 2)
    labels = np.arange(12) % 3
    axes = plotting.show_each_class(codes, labels, ["a", "b", "c"])
    assert [axis.get_title() for axis in axes] == ["a", "b", "c"]
    for label, axis in enumerate(axes):
        others, own = (points.get_offsets() for points in axis.collections)
        np.testing.assert_array_equal(own, codes[labels == label])
        assert len(others) == 8


def test_several_maps_of_the_same_images_have_one_legend():
    rng = np.random.default_rng(0)
    clouds = {name: rng.normal(size=(30, 2)) for name in "abcd"}
    axes = plotting.show_maps(clouds, np.arange(30) % 2, ["x", "y"])
    for axis, codes in zip(axes, clouds.values(), strict=True):
        np.testing.assert_array_equal(axis.collections[1].get_offsets(), codes[1::2])
    (legend,) = axes[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["x", "y"]


def test_maps_refuse_what_one_map_refuses():
    codes = np.zeros((4, 2))
    with pytest.raises(ValueError, match="there are no clouds"):
        plotting.show_maps({}, np.zeros(0), ["a"])
    with pytest.raises(ValueError, match="give each one label"):
        plotting.show_maps({"a": codes}, np.zeros(3, int), ["a"])
    with pytest.raises(ValueError, match=r"codes have shape \(4, 1\)"):
        plotting.show_each_class(codes[:, :1], np.zeros(4, int), ["a"])
    with pytest.raises(ValueError, match="trim is 0"):
        plotting.show_codes(codes, trim=0.7)


X, Y = np.linspace(0, 3, 4), np.linspace(0, 2, 3)


def test_class_regions_are_shaded_upright_with_a_legend_of_names():
    classes = np.arange(12).reshape(3, 4) % 2
    axis = plotting.show_class_regions(classes, X, Y, ["a", "b"])
    (image,) = axis.images
    np.testing.assert_array_equal(image.get_array(), classes)
    assert image.origin == "lower" and image.get_extent() == [0, 3, 0, 2]
    (legend,) = axis.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]


def test_distances_have_a_line_where_the_reach_ends():
    distances = np.add.outer(Y, X)  # rises from 0 to 5
    axis = plotting.show_distances(distances, X, Y, reach=2.5)
    border = next(c for c in axis.collections if hasattr(c, "levels"))
    np.testing.assert_allclose(border.levels, [2.5])
    for points in border.get_paths()[0].vertices[None]:
        np.testing.assert_allclose(points.sum(axis=1), 2.5)


def test_balls_are_filled_where_a_generated_point_lies_inside():
    real, generated = np.array([[0, 0], [5, 0]]), np.array([[0.5, 0]])
    axis = plotting.show_neighborhoods(real, generated, np.array([1, 2]))
    filled, empty = axis.patches
    assert filled.get_facecolor()[3] > 0 == empty.get_facecolor()[3]
    assert filled.radius == 1 and tuple(empty.center) == (5, 0)


def test_shaded_maps_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match=r"want \(3, 4\)"):
        plotting.show_class_regions(np.zeros((4, 3), int), X, Y, ["a"])
    with pytest.raises(ValueError, match="give a name for each"):
        plotting.show_class_regions(np.ones((3, 4), int), X, Y, ["a"])
    with pytest.raises(ValueError, match="give a distance above 0"):
        plotting.show_distances(np.ones((3, 4)), X, Y, 0)
    with pytest.raises(ValueError, match="give each one"):
        plotting.show_neighborhoods(np.ones((3, 2)), np.ones((1, 2)), np.ones(2))
    with pytest.raises(ValueError, match="real has shape"):
        plotting.show_neighborhoods(np.ones((3, 3)), np.ones((1, 2)), np.ones(3))


def test_pictures_stand_at_their_codes_and_inside_the_map():
    rng = np.random.default_rng(0)
    codes, images = rng.normal(size=(5, 2)), rng.random((5, 8, 10, 3))
    axis = plotting.show_pictures_at(codes, images, height=0.5)
    boxes = [artist for artist in axis.artists if hasattr(artist, "offsetbox")]
    np.testing.assert_allclose([box.xy for box in boxes], codes)
    np.testing.assert_array_equal(boxes[3].offsetbox.get_data(), images[3])
    (left, right), (bottom, top) = axis.get_xlim(), axis.get_ylim()
    assert left < codes[:, 0].min() and codes[:, 0].max() < right
    assert bottom < codes[:, 1].min() and codes[:, 1].max() < top
    axis.figure.canvas.draw()
    height = boxes[0].get_window_extent().height / axis.figure.dpi
    assert height == pytest.approx(0.5, rel=0.1)


def test_pictures_without_a_code_are_refused():
    with pytest.raises(ValueError, match="4 images for 5 codes"):
        plotting.show_pictures_at(np.zeros((5, 2)), np.zeros((4, 8, 8, 3)))
    with pytest.raises(ValueError, match=r"\(5, 3\); a map wants"):
        plotting.show_pictures_at(np.zeros((5, 3)), np.zeros((5, 8, 8, 3)))
