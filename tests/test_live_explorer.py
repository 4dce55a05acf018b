"""The latent explorer in a real browser: operated, and its numbers compared."""

import re

from aelib import datasets, metrics, models, pretrained
import numpy as np
import pytest

pytestmark = pytest.mark.deep

MARGIN, TRIM = 0.04, 0.005  # as in static/live/explorer.js
LEFT, BOTTOM, TOP, RIGHT = 34, 30, 8, 8
PIXELS = """canvas => {
  const context = canvas.getContext("2d");
  const step = canvas.width / 28;
  const middle = (place) => Math.floor((Math.floor(place) + 0.5) * step);
  return Array.from({length: 784}, (_, i) =>
    context.getImageData(middle(i % 28), middle(i / 28), 1, 1).data[0]);
}"""


@pytest.fixture(scope="module")
def spaces():
    """Encoder, decoder, and codes of the 5,000 test images, of each network."""
    _, _, (images, labels) = datasets.load_fashion_mnist()
    networks = {}
    for name in ("bce-2d", "bce-2d-medium", "vae-2d"):
        encoder, decoder = pretrained.load(name)
        networks[name] = encoder, decoder, models.encode(encoder, images[:5_000])
    return networks, labels[:5_000]


def extent(codes):
    low, high = np.asarray(metrics.bounding_box(codes, TRIM), "float64")
    margin = MARGIN * (high - low)
    return low - margin, high + margin


def shown_point(figure):
    text = figure.locator("[data-part=readout]").inner_text().replace("−", "-")
    return np.array(re.findall(r"-?\d+\.\d+", text)[:2], "float64")


def place_on_map(figure, codes, point):
    """Return where a point of the latent space is on the map, in CSS pixels."""
    box = figure.locator("[data-part=map]").bounding_box()
    low, high = extent(codes)
    x, y = (np.asarray(point) - low) / (high - low)
    return {
        "x": LEFT + x * (box["width"] - LEFT - RIGHT),
        "y": TOP + (1 - y) * (box["height"] - TOP - BOTTOM),
    }


def check_numbers(figure, space, labels, point):
    """Compare all that the figure says of a point with Python's values."""
    encoder, decoder, codes = space
    point = np.asarray(point, "float32")
    distances = np.linalg.norm(codes - point, axis=1)
    near = datasets.CLASS_NAMES[labels[distances.argmin()]]
    readout = figure.locator("[data-part=readout]").inner_text()
    assert near in readout
    reach = np.quantile(metrics.nearest_neighbor_distances(codes), 0.99)
    gap = figure.locator("[data-part=gap-text]").inner_text()
    away, limit = (float(number) for number in re.findall(r"\d+\.\d+", gap))
    assert away == pytest.approx(distances.min(), abs=0.02)
    assert limit == pytest.approx(reach, abs=0.006)
    assert ("not empty" in gap) == (away <= limit)
    image = decoder.predict(point[None], verbose=0)
    shown = np.array(figure.locator("[data-part=decoded]").evaluate(PIXELS))
    wanted = 255 * (1 - image[0, 2:30, 2:30, 0].ravel())
    assert np.abs(shown - wanted).mean() < 3
    back = encoder.predict(image, verbose=0)
    back = back[0] if isinstance(back, list) else back
    trip = float(re.findall(r"\d+\.\d+ away", readout)[0].split()[0])
    spread = float(np.ptp(codes, axis=0).max())
    assert trip == pytest.approx(np.linalg.norm(back[0] - point), abs=0.01 * spread)


def test_empty_places_are_shaded_and_their_share_is_pythons(visit, spaces):
    figure = visit("chapters/08_sampling", disk=True).start_figure("live-two-spaces")
    for label, name in (("plain", "bce-2d-medium"), ("variational", "vae-2d")):
        figure.get_by_label(label).check()
        figure.page.wait_for_timeout(300)
        codes = spaces[0][name][2].astype("float64")
        axes = np.linspace(*extent(codes), 200).T
        grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
        said = figure.locator("[data-part=share]").inner_text()
        share = 100 * metrics.empty_fraction(codes, grid)
        assert abs(float(said.removesuffix(" %")) - share) < 2


def test_a_choice_made_before_the_figure_has_loaded_counts(visit, spaces):
    one = visit("chapters/08_sampling")
    figure = one.page.locator("#live-two-spaces")
    figure.get_by_label("variational").evaluate("radio => radio.checked = true")
    one.start_figure("live-two-spaces")
    code = spaces[0]["vae-2d"][2][1]
    np.testing.assert_allclose(shown_point(figure), code, atol=0.01)
    # A click that wakes a figure is made again when it is awake.
    one = visit("chapters/index")
    figure = one.page.locator("#live-latent-map")
    figure.locator("[data-part=map]").evaluate("""map => {
      const box = map.getBoundingClientRect();
      const place = {clientX: box.left + box.width / 2, clientY: box.top + 60};
      map.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true, ...place}));
      map.dispatchEvent(new PointerEvent("click", {bubbles: true, ...place}));
    }""")
    one.page.wait_for_selector("#live-latent-map[data-state=ready]")
    one.page.wait_for_timeout(300)
    middle = np.mean(extent(spaces[0]["bce-2d"][2]), axis=0)
    assert shown_point(figure)[0] == pytest.approx(middle[0], abs=1.5)


def test_a_handle_outside_the_map_is_grasped_at_its_edge(visit, spaces):
    one = visit("chapters/07_generation")
    figure = one.start_figure("live-gaps")
    codes = spaces[0]["bce-2d"][2]
    figure.get_by_label("zoom in").check()  # A, a sandal far to the right, is outside
    one.page.wait_for_timeout(300)
    low, high = np.asarray(metrics.bounding_box(codes, 0.1), "float64")
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    y = (codes[3428][1] - low[1]) / (high[1] - low[1])
    assert codes[3428][0] > high[0] and 0.02 < y < 0.98
    surface = figure.locator("[data-part=map]")
    box = surface.bounding_box()
    edge = box["x"] + box["width"] - RIGHT
    height = box["y"] + TOP + (1 - y) * (box["height"] - TOP - BOTTOM)
    before = figure.locator("canvas[data-part=walk]").get_attribute("aria-label")
    one.page.mouse.move(edge - 2, height)
    one.page.mouse.down()
    one.page.mouse.move(box["x"] + box["width"] / 2, height, steps=4)
    one.page.mouse.up()
    one.page.wait_for_timeout(200)
    assert figure.get_by_label("A", exact=True).is_checked()
    after = figure.locator("canvas[data-part=walk]").get_attribute("aria-label")
    assert after != before


def test_a_ring_between_the_codes_keeps_its_place_on_the_map(visit):
    figure = visit("chapters/08_sampling").start_figure("live-two-spaces")
    figure.locator("[data-part=map]").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        figure.page.keyboard.press(key)
    figure.page.wait_for_timeout(200)
    before = shown_point(figure)
    for label in ("variational", "plain"):
        figure.get_by_label(label).check()
        figure.page.wait_for_timeout(200)
    np.testing.assert_allclose(shown_point(figure), before, atol=0.01)


def test_arrow_keys_move_the_point_and_all_numbers_are_pythons(visit, spaces):
    networks, labels = spaces
    page = visit("chapters/07_generation", disk=True).page
    low, high = extent(networks["bce-2d"][2])
    page.locator("#live-gaps [data-part=round-trip]").focus()  # a touch, by keyboard
    page.wait_for_selector("#live-gaps[data-state=ready]")
    page.keyboard.press("Space")
    figure = page.locator("#live-gaps")
    start = shown_point(figure)
    np.testing.assert_allclose(start, networks["bce-2d"][2][0], atol=0.01)
    figure.locator("[data-part=map]").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_timeout(200)
    point = start + [0.04, -0.05] * (high - low)
    np.testing.assert_allclose(shown_point(figure), point, atol=0.02)
    check_numbers(figure, networks["bce-2d"], labels, shown_point(figure))


def test_a_drag_moves_the_point_there(visit, spaces):
    networks, labels = spaces
    one = visit("chapters/07_generation")
    figure = one.start_figure("live-gaps")
    figure.locator("[data-part=round-trip]").check()
    codes = networks["bce-2d"][2]
    surface = figure.locator("[data-part=map]")
    box = surface.bounding_box()
    for target in ([15, -9], [-5, 2]):  # an empty place, a crowded one
        begin = place_on_map(figure, codes, shown_point(figure))
        end = place_on_map(figure, codes, target)
        one.page.mouse.move(box["x"] + begin["x"], box["y"] + begin["y"])
        one.page.mouse.down()
        one.page.mouse.move(box["x"] + end["x"], box["y"] + end["y"], steps=5)
        one.page.mouse.up()
        one.page.wait_for_timeout(200)
        np.testing.assert_allclose(shown_point(figure), target, atol=0.06)
        check_numbers(figure, networks["bce-2d"], labels, shown_point(figure))


def test_a_finger_moves_the_ring_and_elsewhere_scrolls(visit, spaces):
    one = visit("chapters/index", width=360, has_touch=True)
    figure = one.start_figure("live-latent-map")
    codes = spaces[0]["bce-2d"][2]
    surface = figure.locator("[data-part=map]")
    surface.tap(position=place_on_map(figure, codes, [-5, 2]))
    one.page.wait_for_timeout(200)
    np.testing.assert_allclose(shown_point(figure), [-5, 2], atol=0.15)
    stopped = """(map, [x, y]) => {
      const box = map.getBoundingClientRect();
      const touch = new Touch({identifier: 1, target: map,
        clientX: box.left + x, clientY: box.top + y});
      return !map.dispatchEvent(new TouchEvent("touchstart",
        {touches: [touch], cancelable: true, bubbles: true}));
    }"""
    ring, elsewhere = (
        list(place_on_map(figure, codes, point).values())
        for point in ([-5, 2], [15, -9])
    )
    assert surface.evaluate(stopped, ring)
    assert not surface.evaluate(stopped, elsewhere)


def test_the_walk_says_how_many_of_its_images_are_in_empty_places(visit, spaces):
    networks, labels = spaces
    figure = visit("chapters/07_generation").start_figure("live-gaps")
    codes = networks["bce-2d"][2]
    line = np.linspace(codes[3428], codes[3710], 9)
    reach = np.quantile(metrics.nearest_neighbor_distances(codes), 0.99)
    empty = int(np.sum(metrics.nearest_neighbor_distances(codes, line) > reach))
    said = figure.locator("canvas[data-part=walk]").get_attribute("aria-label")
    ends = [datasets.CLASS_NAMES[labels[i]] for i in (3428, 3710)]
    assert f"from A, {ends[0]}, to B, {ends[1]}; {empty} of them" in said
    assert empty >= 2
    # The other end, by keyboard: it goes from code to code.
    figure.get_by_label("B", exact=True).check()
    figure.locator("[data-part=map]").focus()
    for _ in range(3):
        figure.page.keyboard.press("ArrowUp")
    figure.page.wait_for_timeout(200)
    moved = figure.locator("canvas[data-part=walk]").get_attribute("aria-label")
    assert moved != said


def test_the_other_network_shows_the_same_image(visit, spaces):
    networks, labels = spaces
    figure = visit("chapters/08_sampling").start_figure("live-two-spaces")
    figure.locator("[data-part=round-trip]").check()
    for label, name in (("variational", "vae-2d"), ("plain", "bce-2d-medium")):
        figure.get_by_label(label).check()
        figure.page.wait_for_timeout(300)
        np.testing.assert_allclose(shown_point(figure), networks[name][2][1], atol=0.01)
        check_numbers(figure, networks[name], labels, networks[name][2][1])


def test_a_class_can_be_switched_off_and_on(visit):
    figure = visit("chapters/06_latent_space").start_figure("live-neighbors")
    figure.locator("[data-part=tiles]").uncheck()
    count = """canvas => {
      const context = canvas.getContext("2d");
      const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [red, green, blue] = data.slice(i, i + 3);
        count += red > 200 && green > 120 && green < 210 && blue < 90;
      }
      return count;
    }"""
    surface = figure.locator("[data-part=map]")

    def orange():
        figure.page.wait_for_timeout(200)
        return surface.evaluate(count)

    trouser = figure.get_by_role("button", name="Trouser")
    before = orange()
    trouser.click()
    assert trouser.get_attribute("aria-pressed") == "false"
    assert before > 500 and orange() < before / 5  # shirts are orange, too
    trouser.press("Enter")
    assert orange() == before
    figure.get_by_label("colours").uncheck()
    assert orange() == 0


@pytest.mark.parametrize("lost", ["data/bce-2d.js", "core.js"])
def test_a_missing_file_leaves_the_picture_and_says_so(visit, lost):
    one = visit("chapters/index")
    one.page.route(f"**/live/{lost}*", lambda route: route.abort())
    figure = one.page.locator("#live-latent-map")
    figure.dispatch_event("pointerenter")
    status = figure.locator("[data-part=status]")
    status.get_by_text("cannot move here").wait_for()
    assert lost in status.inner_text()
    assert figure.locator("[data-part=poster]").is_visible()
    one.errors.clear()  # the browser's own line on the lost file
    one.page.unroute_all()
    one.start_figure("live-latent-map")  # another touch tries again
    assert status.inner_text() == ""


def test_data_of_another_version_leave_the_picture_and_say_so(visit):
    one = visit("chapters/index")
    one.page.route(
        "**/live/data/bce-2d.js",
        lambda route: route.fulfill(
            body='live.provide("bce-2d", {codes: {shape: [9], text: "", steps: []}})',
            content_type="text/javascript",
        ),
    )
    figure = one.page.locator("#live-latent-map")
    figure.dispatch_event("pointerenter")
    figure.get_by_text("cannot move here: 0 values for an array of 9").wait_for()
    assert figure.locator("[data-part=poster]").is_visible()


def test_without_scripts_there_are_the_picture_and_the_caption(visit):
    one = visit("chapters/index", java_script_enabled=False)
    figure = one.page.locator("#live-latent-map")
    assert figure.locator("[data-part=poster]").is_visible()
    assert figure.get_by_text(
        "The latent space of an autoencoder as a map"
    ).is_visible()
    assert not figure.locator("button").first.is_visible()
    assert figure.locator("noscript p").is_visible()
