"""Figures: what they show follows from the arrays, and bad arrays are refused."""

from aelib import plotting
import matplotlib.pyplot as plt
import numpy as np
import pytest

NAMES = ("dark", "light")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def images():
    return np.linspace(0, 1, 4 * 5 * 5).reshape(4, 5, 5)


def test_images_are_drawn_as_given_with_zero_white_and_one_black(images):
    plotting.use_style()
    axes = plotting.show_images(images, titles=list("abcd"), columns=3)
    assert len(axes) == 4
    for axis, image, title in zip(axes, images, "abcd", strict=True):
        (drawn,) = axis.get_images()
        np.testing.assert_array_equal(drawn.get_array(), image)
        assert drawn.get_clim() == (0, 1)
        assert axis.get_title() == title
    assert plt.get_cmap(plt.rcParams["image.cmap"])(0.0)[:3] == (1.0, 1.0, 1.0)


def test_colour_images_are_drawn_in_their_colours():
    images = np.random.default_rng(0).random((4, 6, 9, 3))
    (first, *_), rows = plotting.show_images(images), plotting.show_rows([images], "a")
    for axis in (first, rows[0, 0]):
        np.testing.assert_array_equal(axis.images[0].get_array(), images[0])
    with pytest.raises(ValueError, match="divide by 255"):
        plotting.show_images(255 * images)


def test_an_image_may_have_a_channel_axis(images):
    assert len(plotting.show_images(images[..., None])) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[0], r"shape \(5, 5\).*one image: images\[None\]"),
        (lambda x: x[:0], "n of 1 or more"),
        (lambda x: x * 255, r"range from 0.0 to 255.0.*divide by 255"),
        (lambda x: np.where(x > 0.5, np.nan, x), "without NaN"),
        (lambda x: x - 0.1, "range from -0.1"),
    ],
)
def test_bad_images_are_refused(images, change, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_images(change(images))


def test_titles_must_match_the_images(images):
    with pytest.raises(ValueError, match="3 titles for 4 images"):
        plotting.show_images(images, titles=list("abc"))


def test_class_samples_are_the_first_of_each_class(images):
    axes = plotting.show_class_samples(images, [1, 0, 1, 0], NAMES, per_class=2)
    shown = [[axis.get_images()[0].get_array() for axis in row] for row in axes]
    np.testing.assert_array_equal(shown, images[[[1, 3], [0, 2]]])
    assert [row[0].texts[0].get_text() for row in axes] == list(NAMES)


def test_labels_that_do_not_match_the_images_are_refused(images):
    with pytest.raises(ValueError, match=r"labels have shape \(3,\) for 4"):
        plotting.show_class_samples(images, [0, 1, 0], NAMES)


def test_a_class_without_enough_images_is_named(images):
    with pytest.raises(ValueError, match=r"class 1 \(light\) has 1 images, 2 are"):
        plotting.show_class_samples(images, [0, 0, 0, 1], NAMES, per_class=2)


def test_histogram_bars_are_the_shares_of_the_bytes():
    pixels = np.array([0, 0, 0, 7, 255, 255, 9, 9], dtype=np.uint8)
    heights = [
        bar.get_height() for bar in plotting.show_pixel_histogram(pixels).patches
    ]
    assert sum(heights) == pytest.approx(100)
    assert (heights[0], heights[7], heights[9], heights[255]) == (37.5, 12.5, 25, 25)


def test_strip_above_the_histogram_has_the_shares_of_0_grey_and_255():
    pixels = np.array([0, 0, 0, 7, 255, 255, 9, 9], dtype=np.uint8)
    strip, _ = plotting.show_pixel_histogram(pixels).figure.axes
    widths = [bar.get_width() for bar in strip.patches]
    assert widths == [37.5, 37.5, 25]
    assert [bar.get_x() for bar in strip.patches] == [0, 37.5, 75]


def test_histogram_wants_bytes():
    with pytest.raises(TypeError, match="dtype float64; give the bytes, uint8"):
        plotting.show_pixel_histogram(np.zeros(3))
    with pytest.raises(ValueError, match="empty"):
        plotting.show_pixel_histogram(np.zeros(0, np.uint8))


def test_feature_maps_are_scaled_each_to_its_own_maximum():
    maps = np.arange(3 * 3 * 2, dtype=float).reshape(3, 3, 2)
    maps[..., 1] = 0
    axes = plotting.show_feature_maps([maps], ["layer"], count=2)
    first, empty = (axis.get_images()[0] for axis in axes[0])
    assert first.get_clim() == (0, 16)
    assert empty.get_clim() == (0, 1)  # stays white


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (np.zeros((3, 3)), r"layer has shape \(3, 3\)"),
        (np.zeros((3, 3, 1)), "at least 2 channels"),
        (np.full((3, 3, 2), -1.0), "negative value or NaN"),
        (np.full((3, 3, 2), np.nan), "negative value or NaN"),
    ],
)
def test_bad_feature_maps_are_refused(maps, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_feature_maps([maps], ["layer"], count=2)


def test_rows_have_names_and_columns_titles(images):
    axes = plotting.show_rows([images, 1 - images], ["up", "down"], list("abcd"))
    assert axes.shape == (2, 4)
    (drawn,) = axes[1, 2].get_images()
    np.testing.assert_array_equal(drawn.get_array(), 1 - images[2])
    assert drawn.get_clim() == (0, 1)
    assert [row[0].texts[0].get_text() for row in axes] == ["up", "down"]
    assert [axis.get_title() for axis in axes.flat] == [*"abcd", *[""] * 4]


@pytest.mark.parametrize(
    ("rows", "titles", "message"),
    [
        ([4, 3], None, r"rows have \[4, 3\] images; give as many"),
        ([4, 4], "abc", r"\[4, 4\] images, and there are 3 titles"),
        ([4], None, "1 rows and 2 names"),
    ],
)
def test_rows_of_different_lengths_are_refused(images, rows, titles, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_rows([images[:count] for count in rows], ["a", "b"], titles)


def test_curves_of_one_name_look_the_same_in_every_panel():
    x = np.arange(3.0)
    panels = {"loss": {"a": x, "b": 2 * x}, "gradient": {"b": x}}
    first, second = plotting.show_curves(panels, x, "guess", {"loss": {"floor": 0.5}})
    assert [axis.get_ylabel() for axis in (first, second)] == ["loss", "gradient"]
    b, again = first.lines[1], second.lines[0]
    np.testing.assert_array_equal(b.get_ydata(), 2 * x)
    assert (b.get_color(), b.get_linestyle()) == (
        *(again.get_color(), again.get_linestyle()),
    )
    assert first.lines[0].get_linestyle() != b.get_linestyle()
    assert first.lines[2].get_ydata()[0] == 0.5
    assert [text.get_text() for text in first.texts] == ["floor"]
    assert len(second.lines) == 1
    (legend,) = first.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]


def test_legend_of_long_names_stays_within_the_figure():
    names = [f"a long name of curve {number}" for number in range(5)]
    (axis,) = plotting.show_curves(
        {"y": dict.fromkeys(names, np.ones(3))}, np.arange(3), "x"
    )
    figure = axis.figure
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width


def test_curves_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match=r"'a' has shape \(2,\), x_values \(3,\)"):
        plotting.show_curves({"y": {"a": np.ones(2)}}, np.ones(3), "x")
    with pytest.raises(ValueError, match="0 curves; give 1 to 6"):
        plotting.show_curves({}, np.ones(3), "x")
    with pytest.raises(ValueError, match="levels for 'z'; the panels are 'y'"):
        plotting.show_curves({"y": {"a": np.ones(3)}}, np.ones(3), "x", {"z": {"b": 1}})


def test_each_row_of_feature_maps_needs_a_name():
    with pytest.raises(ValueError, match="1 rows and 0 names"):
        plotting.show_feature_maps([np.zeros((3, 3, 8))], [])


def test_numbers_stand_in_their_squares():
    matrix = np.array([[1, -2.5], [0, 3]])
    (axis,) = plotting.show_numbers([matrix], ["m"], [[(0, 1, 2)]])
    texts = {text.get_position(): text.get_text() for text in axis.texts}
    assert texts == {(0, 0): "1", (1, 0): "-2.5", (0, 1): "0", (1, 1): "3"}
    (frame,) = axis.patches
    assert (frame.get_xy(), frame.get_width()) == ((0.5, -0.5), 2)


@pytest.mark.parametrize(
    ("given", "titles", "message"),
    [
        ([np.ones((2, 2))], [], "1 matrices, 0 titles"),
        ([np.ones(2)], ["m"], r"'m' has shape \(2,\)"),
        ([np.ones((0, 2))], ["m"], r"'m' has shape \(0, 2\)"),
        ([np.full((2, 2), np.nan)], ["m"], "without NaN"),
    ],
)
def test_bad_matrices_are_refused(given, titles, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_numbers(given, titles)


def test_pixels_are_shown_beside_the_part_of_the_image_that_they_come_from():
    image = np.arange(12 * 12, dtype="uint8").reshape(12, 12)
    whole, part = plotting.show_pixels(image, row=3, column=5, side=2)
    texts = {text.get_position(): text.get_text() for text in part.texts}
    assert texts == {(0, 0): "41", (1, 0): "42", (0, 1): "53", (1, 1): "54"}
    (frame,) = whole.patches
    assert (frame.get_xy(), frame.get_width()) == ((4.5, 2.5), 2)
    for axis in (whole, part):
        (drawn,) = axis.get_images()
        assert drawn.get_clim() == (0, 255)  # one scale: the frame is that part


@pytest.mark.parametrize(
    ("image", "place", "error", "message"),
    [
        (np.zeros((28, 28)), (0, 0, 10), TypeError, "dtype float64"),
        (np.zeros((1, 28, 28), "uint8"), (0, 0, 10), ValueError, r"\(1, 28, 28\)"),
        (np.zeros((28, 28), "uint8"), (0, 0, 13), ValueError, "side is 13"),
        (np.zeros((28, 28), "uint8"), (20, 0, 10), ValueError, "not inside"),
        (np.zeros((28, 28), "uint8"), (0, -1, 10), ValueError, "not inside"),
    ],
)
def test_parts_outside_an_image_of_bytes_are_refused(image, place, error, message):
    with pytest.raises(error, match=message):
        plotting.show_pixels(image, *place)


def test_signed_images_share_a_scale_with_white_zero_and_red_below():
    images = np.array([[[-4, 0, 4]], [[0, 1, 2]]])
    axes = plotting.show_signed(images, ["a", "b"], limit=4)
    assert [axis.get_title() for axis in axes] == ["a", "b"]
    for axis, image in zip(axes, images, strict=True):
        (drawn,) = axis.get_images()
        np.testing.assert_array_equal(drawn.get_array(), image)
        below, zero, above = drawn.cmap(drawn.norm([-4, 0, 4]))[:, :3]
        assert below[0] > 0.7 > below[1]
        assert zero.min() > 0.98
        assert above.max() < 0.01


@pytest.mark.parametrize(
    ("images", "titles", "message"),
    [
        (np.zeros((2, 2)), ["a"], r"shape \(2, 2\)"),
        (np.full((1, 2, 2), 256), ["a"], "range from 256 to 256"),
        (np.full((1, 2, 2), np.nan), ["a"], "without NaN"),
        (np.zeros((1, 2, 2)), ["a", "b"], "2 titles for 1 images"),
    ],
)
def test_bad_signed_images_are_refused(images, titles, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_signed(images, titles)


def test_matrices_stand_in_rows_with_masked_squares_blank():
    matrix = np.ma.masked_where([[False, True], [False, False]], [[1, 2], [3, 4]])
    axes = plotting.show_numbers([matrix] * 3, ["a", "b", "c"], columns=2)
    assert [text.get_text() for text in axes[0].texts] == ["1", "3", "4"]
    first, second, third = (axis.get_position() for axis in axes)
    assert first.y0 == pytest.approx(second.y0) and first.x1 < second.x0
    assert third.y1 < first.y0 and third.x0 == pytest.approx(first.x0)


def test_frames_may_be_oblong_and_squares_tinted():
    tint = np.array([[True, False, False], [False, False, False]])
    (axis,) = plotting.show_numbers(
        [np.ones((2, 3))], ["m"], [[(1, 0, 1, 3)]], tints=[tint]
    )
    (frame,) = axis.patches
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == (
        (-0.5, 0.5),
        3,
        1,
    )
    _, colours = (image.get_array() for image in axis.get_images())
    np.testing.assert_array_equal(colours[..., 3] > 0, tint)
    with pytest.raises(ValueError, match=r"tint of 'm' has shape \(2,\)"):
        plotting.show_numbers([np.ones((2, 3))], ["m"], tints=[np.array([True, True])])


def test_stages_show_as_many_maps_as_fit_the_most_similar_first():
    image = np.zeros((4, 4, 1))
    image[:2, :2] = 1
    maps = np.zeros((2, 2, 3))
    maps[..., 0] = 1  # constant
    maps[1, 1, 1] = 1  # elsewhere
    maps[0, 0, 2] = 1  # as the image
    axis = plotting.show_stages([np.array([0.5, -1]), maps, image], ["a", "b", "c"])
    shown = [picture.get_array() for picture in axis.get_images()]
    assert len(shown) == 2 + 1
    np.testing.assert_array_equal(shown[0], maps[..., 2])
    np.testing.assert_array_equal(shown[1], maps[..., 0])
    assert "0.50\n−1.00" in [text.get_text() for text in axis.texts]


@pytest.mark.parametrize(
    ("stages", "names", "message"),
    [
        ([np.ones((4, 4, 1))], [], "1 stages and 0 names"),
        ([np.ones((4, 4))], ["a"], r"'a' has shape \(4, 4\)"),
        ([np.full((4, 4, 1), np.nan)], ["a"], "without NaN"),
        ([np.ones((3, 3, 1)), np.ones((4, 4, 1))], ["a", "b"], r"sides \[3, 4\]"),
        ([np.ones((4, 4, 1)), np.ones(2)], ["a", "b"], "last stage must be an image"),
    ],
)
def test_bad_stages_are_refused(stages, names, message):
    with pytest.raises(ValueError, match=message):
        plotting.show_stages(stages, names)


ENCODER = [("Input", (32, 32, 1)), ("Dense", (2,))]
DECODER = [("Input", (2,)), ("Conv2DTranspose", (32, 32, 1))]


def test_network_shows_every_layer_with_its_shape():
    axis = plotting.draw_network(ENCODER, DECODER)
    texts = [text.get_text() for text in axis.texts]
    assert texts.count("32×32\n×1") == 2
    for text in ("Input", "Conv2DTranspose", "2", "code", "encoder", "decoder"):
        assert text in texts
    (dots,) = axis.collections
    assert len(dots.get_offsets()) == 2


def test_halves_of_two_networks_are_not_drawn_as_one():
    with pytest.raises(ValueError, match=r"ends with shape \(2,\).*begins with \(3,\)"):
        plotting.draw_network(ENCODER, [("Input", (3,)), DECODER[1]])
    with pytest.raises(ValueError, match="at least two layers"):
        plotting.draw_network(ENCODER[:1], DECODER)


@pytest.mark.parametrize("rows", [1, 3])
def test_rows_of_images_lie_inside_the_figure(rows):
    axes = plotting.show_rows([np.zeros((8, 4, 4))] * rows, ["16×16×32"] * rows)
    axes[0, 0].figure.draw_without_rendering()
    for axis in axes.flat:
        box = axis.get_position()
        assert 0.05 < box.x0 < box.x1 < 1
        assert 0 < box.y0 < box.y1 < 1


def test_neighbors_stand_beside_their_query_with_their_titles(images):
    found = images[[[1, 2], [3, 0]]]  # (2, 2, 5, 5)
    ranks = np.array([[1, 2], [7, 1_036]])
    axes = plotting.show_neighbors(
        images[:2], {"codes": found, "pixels": found[:, :1]}, {"codes": ranks}
    )
    assert axes.shape == (2, 4)
    shown = [[axis.get_images()[0].get_array() for axis in row] for row in axes]
    for row, positions in zip(shown, ([0, 1, 2, 1], [1, 3, 0, 3]), strict=True):
        np.testing.assert_array_equal(row, images[positions])
    titles = [[axis.get_title().strip() for axis in row] for row in axes]
    assert titles == [["", "1", "2", ""], ["", "7", "1036", ""]]
    headings = [part.get_suptitle() for part in axes[0, 0].figure.figure.subfigs]
    assert headings == ["query", "codes", "pixels"]


def test_neighbors_that_do_not_match_their_queries_are_refused(images):
    with pytest.raises(ValueError, match="there are no neighbours"):
        plotting.show_neighbors(images, {})
    with pytest.raises(ValueError, match=r"'codes' has shape \(4, 5, 5\) for 2"):
        plotting.show_neighbors(images[:2], {"codes": images})
    with pytest.raises(ValueError, match=r"'codes' has shape \(1, 4, 5, 5\) for 2"):
        plotting.show_neighbors(images[:2], {"codes": images[None]})
    with pytest.raises(ValueError, match=r"titles of 'codes' have shape \(4,\)"):
        plotting.show_neighbors(
            images[:1], {"codes": images[None]}, {"codes": np.arange(4)}
        )
