"""The live figure "forming": what it shows is what the study stored, and it moves."""

import gzip
import io
import json

from aelib import datasets, models, pretrained
from aelib.plotting.style import CLASS_COLORS
from axe_playwright_python.sync_playwright import Axe
import forming_study
import numpy as np
from PIL import Image, ImageColor
import pytest
from sklearn.neighbors import KNeighborsClassifier

pytestmark = pytest.mark.deep

PAGE, NAME = "chapters/05_training", "live-forming"
FILES = forming_study.TARGET
COUNT = forming_study.COUNT
LEFT, BOTTOM, TOP, RIGHT = 50, 30, 8, 8  # of the map, as in static/live/forming.js
TRIM, MARGIN = 0.005, 0.04  # as in static/live/live.js
STILL = {"reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def stored():
    text = (FILES / "forming.js").read_text("utf-8")
    return json.loads(text[text.index(",") + 1 : text.rindex(")")])


@pytest.fixture(scope="module")
def clouds(stored):
    return dict(
        zip(stored["steps"], map(forming_study.unpack, stored["codes"]), strict=True)
    )


@pytest.fixture(scope="module")
def images():
    return datasets.load_fashion_mnist()[2][0][:COUNT]


@pytest.fixture(scope="module")
def labels():
    return datasets.load_fashion_mnist()[2][1][:COUNT]


@pytest.fixture(scope="module")
def rows():
    """Rows of the sheet, 28×28 values: one for each look, and the originals."""
    ink = np.asarray(Image.open(FILES / "forming.avif").convert("L"), "float32")
    return 1 - ink.reshape(-1, 28, 10, 28).swapaxes(1, 2) / 255


def correct(codes, labels):
    """Tell which images their five nearest neighbours classify correctly."""
    nearest = KNeighborsClassifier(5).fit(codes, labels).kneighbors()[1]
    votes = [np.bincount(labels[five], minlength=10).argmax() for five in nearest]
    return np.array(votes) == labels


def text(figure, name):
    return figure.locator(f"[data-part={name}]").inner_text()


def bitmap(figure, name="map"):
    """Return what a canvas shows, as text that can be compared."""
    return figure.locator(f"canvas[data-part={name}]").evaluate("c => c.toDataURL()")


def check_words(figure, stored, moment):
    step = stored["steps"][moment]
    epoch = f"{step / stored['stepsPerEpoch']:.2f}".rstrip("0").rstrip(".")
    assert text(figure, "step") == f"Step {step:,} of 1,500, epoch {epoch}"
    assert float(text(figure, "validation")) == pytest.approx(
        stored["validation"][moment], abs=0.00051
    )
    batch = f"{stored['batches'][step - 1]:.3f}" if step else "\N{EN DASH}"
    assert text(figure, "batch") == batch
    wanted = stored["accuracy"][moment]
    accuracy = text(figure, "accuracy")
    assert float(accuracy.removesuffix(" %")) / 100 == pytest.approx(wanted, abs=0.0051)
    time = figure.locator("[data-part=time]")
    assert time.input_value() == str(moment)
    assert time.get_attribute("aria-valuetext") == f"step {step:,}, epoch {epoch}"
    for name in ("loss", "neighbors", "garments"):
        label = figure.locator(f"canvas[data-part={name}]").get_attribute("aria-label")
        assert f"after {step:,} steps" in label


# What is stored.


def test_the_stored_data_are_small_and_tell_their_settings(stored):
    assert len(gzip.compress((FILES / "forming.js").read_bytes())) < 250_000
    assert (FILES / "forming.avif").stat().st_size < 150_000
    settings = stored["settings"]
    assert (settings["recipe"], settings["seed"], settings["epochs"]) == ("plain", 0, 3)
    assert {"keras", "tensorflow"} <= set(settings["versions"])
    assert stored["steps"] == forming_study.choose_steps(1_500)
    assert len(stored["batches"]) == 1_500
    for name in ("codes", "validation", "accuracy"):
        assert len(stored[name]) == len(stored["steps"]) == 41


def test_the_stored_accuracies_are_those_of_the_stored_codes(stored, clouds, labels):
    for codes, told in zip(clouds.values(), stored["accuracy"], strict=True):
        # Where votes are tied, scikit-learn's neighbours and ours may be in another
        # order.
        assert np.mean(correct(codes, labels)) == pytest.approx(told, abs=0.002)


def test_before_the_first_step_the_codes_are_those_of_the_untrained_network(
    clouds, images
):
    recipe = forming_study.training.get_recipe("plain")
    encoder, _ = models.split_autoencoder(forming_study.training.build(recipe))
    codes = models.encode(encoder, images)
    size = np.ptp(codes, axis=0) / forming_study.STEPS_CLOUD
    assert (np.abs(clouds[0] - codes) <= size).all()


def test_the_sheet_ends_with_the_originals(rows, stored, images, labels):
    garments = stored["garments"]
    assert labels[garments].tolist() == list(range(10))
    assert len(rows) == 42
    error = np.abs(rows[-1] - images[garments][:, 2:30, 2:30, 0]).mean()
    assert error < 0.02


# What the chapter says of it.


def test_until_step_40_there_is_one_picture_for_all(stored, clouds, rows, labels):
    looks = dict(zip(stored["steps"], range(41), strict=True))
    assert 0.69 < stored["validation"][0] < 0.695
    assert round(stored["validation"][looks[42]], 2) == 0.39
    early, late = rows[looks[42]], rows[looks[1500]]
    assert early.std(axis=0).mean() < 0.03 < 0.1 < late.std(axis=0).mean()
    sizes = {step: np.sqrt(codes.var(axis=0).sum()) for step, codes in clouds.items()}
    assert 55 < sizes[16] / sizes[0] < 65
    assert sizes[16] == max(sizes[step] for step in sizes if step < 60)
    assert 0.45 < sizes[36] / sizes[16] < 0.55
    for step in (7, 16, 36):
        along = np.linalg.eigvalsh(np.cov(clouds[step].T))
        assert along[1] > 0.98 * along.sum()  # nearly on a line
    early = [
        a for s, a in zip(stored["steps"], stored["accuracy"], strict=True) if s < 45
    ]
    assert 0.25 < early[0] < 0.31 and max(early) < 0.40


def test_between_steps_40_and_80_the_code_begins_to_matter(stored, clouds, rows):
    looks = dict(zip(stored["steps"], range(41), strict=True))
    accuracy, loss = stored["accuracy"], stored["validation"]
    assert round(accuracy[looks[42]], 2) == 0.37
    assert 0.48 < accuracy[looks[80]] < 0.52
    assert loss[looks[49]] > stored["meanImage"] > loss[looks[80]]
    shares = {}
    for step in (36, 80, 111):
        along = np.linalg.eigvalsh(np.cov(clouds[step].T))
        shares[step] = along[1] / along.sum()
    assert shares[80] < 0.8 < 0.98 < shares[36] and shares[111] < 0.8
    # First the map, then the pictures.
    assert accuracy[looks[58]] > 0.45 and rows[looks[58]].std(axis=0).mean() < 0.03
    assert rows[looks[95]].std(axis=0).mean() > 0.08


def test_afterwards_details_change(stored, clouds, rows, labels):
    boots, shirts = (
        labels == datasets.CLASS_NAMES.index(n) for n in ("Ankle boot", "Shirt")
    )
    sizes = {step: np.sqrt(codes.var(axis=0).sum()) for step, codes in clouds.items()}
    assert max(sizes, key=sizes.get) == 131
    assert 0.45 < sizes[1500] / sizes[131] < 0.55
    right = {step: correct(clouds[step], labels) for step in (154, 347, 1500)}
    assert right[154][boots].mean() < 0.65 < 0.8 < right[347][boots].mean()
    assert right[1500][shirts].mean() < 0.25
    assert 0.59 < right[1500].mean() < 0.62
    pictures = np.pad(rows[-2], ((0, 0), (2, 2), (2, 2)))[..., None]
    _, logits = pretrained.load_classifier().predict(pictures, verbose=0)
    drawn = logits.argmax(axis=1)
    names = dict(enumerate(datasets.CLASS_NAMES))
    assert names[drawn[3]] == "Trouser"  # the dress


# The figure.


def test_it_starts_at_the_end_and_tells_every_look(visit, stored):
    page = visit(PAGE, disk=True, **STILL)
    figure = page.start_figure(NAME)
    check_words(figure, stored, 40)
    for moment in range(40, -1, -1):
        check_words(figure, stored, moment)
        figure.locator("[data-part=time]").press("ArrowLeft")
    check_words(figure, stored, 0)


def test_the_garments_lie_where_their_codes_are(visit, stored, clouds):
    page = visit(PAGE, **STILL)
    figure = page.start_figure(NAME)
    canvas = figure.locator("[data-part=map]")
    box = canvas.bounding_box()
    size = np.array([box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM])
    seen = 0
    for moment in (0, 12, 24, 40):
        figure.locator("[data-part=time]").fill(str(moment))
        page.page.wait_for_timeout(200)
        codes = clouds[stored["steps"][moment]]
        low, high = np.quantile(codes, [TRIM, 1 - TRIM], axis=0)
        low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
        places = (codes[stored["garments"]] - low) / (high - low)
        for kind, (x, y) in enumerate(places):
            others = np.abs((places - (x, y)) * size).max(axis=1)
            if not (min(x, y) > 0.02 and max(x, y) < 0.98) or np.sum(others < 14) > 1:
                continue  # outside, or below another
            place = [LEFT + x * size[0], TOP + (1 - y) * size[1]]
            colour = canvas.evaluate(
                "(c, [x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data]",
                place,
            )
            assert tuple(colour[:3]) == ImageColor.getrgb(CLASS_COLORS[kind])
            seen += 1
    assert seen > 20


def test_the_reconstructions_are_those_of_the_moment(visit, rows, stored):
    page = visit(PAGE, **STILL)
    figure = page.start_figure(NAME)
    canvas = figure.locator("canvas[data-part=garments]")
    for moment in (0, 22, 40):
        figure.locator("[data-part=time]").fill(str(moment))
        page.page.wait_for_timeout(300)
        ink = Image.open(io.BytesIO(canvas.screenshot())).convert("L")
        shown = 1 - np.asarray(ink, "float32") / 255
        height, width = shown.shape
        side = round(min(width / 10 - 2, (height - 6) / 2))
        for kind in range(10):
            middle = round((kind + 0.5) * width / 10)
            columns = slice(middle - side // 4, middle + side // 4)
            upper, lower = shown[:side, columns], shown[-side:, columns]
            for part, row in ((upper, 41), (lower, moment)):
                wanted = rows[row, kind, :, 7:21].mean()
                assert part.mean() == pytest.approx(wanted, abs=0.05)


def test_the_mouse_moves_the_slider(visit, stored):
    page = visit(PAGE)
    figure = page.start_figure(NAME)
    slider = figure.locator("[data-part=time]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
    page.page.mouse.up()
    moment = int(slider.input_value())
    assert 18 <= moment <= 22
    check_words(figure, stored, moment)
    page.page.mouse.click(box["x"] + 2, middle)
    check_words(figure, stored, 0)


def test_a_click_on_a_curve_goes_to_its_moment(visit, stored):
    page = visit(PAGE, **STILL)
    figure = page.start_figure(NAME)
    for name in ("loss", "neighbors"):
        canvas = figure.locator(f"canvas[data-part={name}]")
        width = canvas.bounding_box()["width"]
        for moment in (20, 3):
            x = 44 + moment / 40 * (width - 44 - 8)  # as PLOT in forming.js
            canvas.click(position={"x": x, "y": 60})
            check_words(figure, stored, moment)


def test_the_keyboard_moves_the_slider_and_plays(visit, stored):
    page = visit(PAGE, **STILL)
    slider = page.page.locator(f"#{NAME} [data-part=time]")
    slider.focus()  # a touch, by keyboard
    page.page.wait_for_selector(f"#{NAME}[data-state=ready]")
    figure = page.page.locator(f"#{NAME}")
    for key, moment in (("Home", 0), ("ArrowRight", 1), ("End", 40), ("ArrowLeft", 39)):
        page.page.keyboard.press(key)
        check_words(figure, stored, moment)
    page.page.keyboard.press("Shift+Tab")
    page.page.keyboard.press("Space")
    assert text(figure, "play") == "Pause"
    page.page.wait_for_function(
        "document.querySelector('[data-part=time]').value == 40"
    )
    page.page.wait_for_timeout(100)
    assert text(figure, "play") == "Play"


def test_play_begins_anew_at_the_end_and_pause_stops(visit, stored):
    page = visit(PAGE)
    figure = page.start_figure(NAME)
    play = figure.locator("[data-part=play]")
    assert text(figure, "play") == "Play"
    page.page.wait_for_timeout(800)
    check_words(figure, stored, 40)  # nothing plays by itself
    play.click()
    slider = "document.querySelector('[data-part=time]').value"
    page.page.wait_for_function(f"{slider} > 2 && {slider} < 30")
    play.click()
    assert text(figure, "play") == "Play"
    moment = int(figure.locator("[data-part=time]").input_value())
    check_words(figure, stored, moment)
    page.page.wait_for_timeout(600)
    before = bitmap(figure)
    page.page.wait_for_timeout(700)
    check_words(figure, stored, moment)
    assert bitmap(figure) == before
    play.click()
    page.page.wait_for_function(f"{slider} > {moment}")
    figure.locator("[data-part=time]").fill("5")  # the slider stops it
    assert text(figure, "play") == "Play"
    check_words(figure, stored, 5)


def test_a_finger_that_taps_play_first_need_not_tap_again(visit, stored):
    page = visit(PAGE, width=360, has_touch=True)
    play = page.page.locator(f"#{NAME} [data-part=play]")
    play.tap()
    page.page.wait_for_function(
        f"document.querySelector('#{NAME} [data-part=play]').textContent == 'Pause'"
    )
    page.page.wait_for_function(
        f"document.querySelector('#{NAME} [data-part=time]').value == 2"
    )
    play.tap()
    assert play.inner_text() == "Play"


def test_the_first_touch_may_move_the_slider(visit, stored):
    page = visit(PAGE)
    slider = page.page.locator(f"#{NAME} [data-part=time]")
    slider.evaluate("input => { input.value = 7; }")  # before the figure can listen
    check_words(page.start_figure(NAME), stored, 7)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_points_move_smoothly_unless_motion_is_reduced(visit, motion):
    page = visit(PAGE, reduced_motion=motion)
    figure = page.start_figure(NAME)
    maps = figure.evaluate(
        """async (figure) => {
          const slider = figure.querySelector('[data-part=time]');
          const map = figure.querySelector('canvas[data-part=map]');
          const seen = new Set();
          slider.value = 39;
          slider.dispatchEvent(new Event('input', {bubbles: true}));
          const begin = performance.now();
          await new Promise(requestAnimationFrame);
          while (performance.now() - begin < 900) {
            await new Promise(requestAnimationFrame);
            seen.add(map.toDataURL());
          }
          return seen.size;
        }"""
    )
    assert maps == 1 if motion == "reduce" else maps > 2


def test_with_reduced_motion_playing_jumps_from_look_to_look(visit):
    page = visit(PAGE, **STILL)
    figure = page.start_figure(NAME)
    figure.locator("[data-part=time]").fill("30")
    figure.locator("[data-part=play]").click()
    pairs = figure.evaluate(
        """async (figure) => {
          const slider = figure.querySelector('[data-part=time]');
          const map = figure.querySelector('canvas[data-part=map]');
          const seen = {};
          const begin = performance.now();
          while (performance.now() - begin < 1500) {
            await new Promise(requestAnimationFrame);
            (seen[slider.value] ??= new Set()).add(map.toDataURL());
          }
          return Object.values(seen).map((maps) => maps.size);
        }"""
    )
    # A frame may show the last map beside the slider's next value.
    assert len(pairs) > 2 and max(pairs) <= 2


def test_classes_are_hidden_and_shown(visit):
    page = visit(PAGE, **STILL)
    figure = page.start_figure(NAME)
    count = """(canvas, colour) => {
      const {data} = canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (colour.every((value, c) => data[i + c] === value)) found++;
      }
      return found;
    }"""
    canvas = figure.locator("canvas[data-part=map]")
    orange = list(ImageColor.getrgb(CLASS_COLORS[1]))
    button = figure.get_by_role("button", name="Trouser")
    for pressed in ("false", "true"):
        assert (canvas.evaluate(count, orange) > 0) == (pressed == "false")
        button.click()
        assert button.get_attribute("aria-pressed") == pressed
        page.page.wait_for_timeout(200)
    assert canvas.evaluate(count, orange) > 0


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_is_loaded_before_a_touch_and_nothing_shifts(visit, width):
    page = visit(PAGE, width=width)
    page.page.wait_for_load_state("networkidle")
    figure = page.page.locator(f"#{NAME}")
    figure.scroll_into_view_if_needed()
    page.page.wait_for_load_state("networkidle")
    loaded = [r for r in page.requests if "/live/" in r and ".webp" not in r]
    assert sorted(r.rsplit("/", 1)[1].split("?")[0] for r in loaded) == [
        "live.css",
        "live.js",
    ]
    boxes = "f => [...f.querySelectorAll('*')].map((e) => e.offsetTop)"
    tall, before = figure.bounding_box()["height"], figure.evaluate(boxes)
    page.start_figure(NAME)
    page.page.wait_for_timeout(300)
    assert figure.bounding_box()["height"] == pytest.approx(tall, abs=1)
    shifts = np.abs(np.subtract(figure.evaluate(boxes), before))
    assert (shifts <= 1).all()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("forming.js", "data/forming.js could not be loaded"),
        ("forming.avif", "The garments could not be loaded"),
    ],
)
def test_a_missing_file_ends_in_a_line(visit, file, told):
    page = visit(PAGE, **STILL)
    page.page.route(f"**/data/{file}", lambda route: route.abort())
    figure = page.page.locator(f"#{NAME}")
    figure.dispatch_event("pointerenter")
    page.page.wait_for_function(
        f"document.querySelector('#{NAME} [data-part=status]').textContent"
    )
    assert told in text(figure, "status")
    if file == "forming.js":
        assert figure.locator("[data-part=poster]").first.is_visible()
    page.errors.clear()  # the browser's own word on the missing file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_it_is_accessible_and_fits(visit, width, scheme):
    page = visit(PAGE, width=width, scheme=scheme, **STILL)
    figure = page.start_figure(NAME)
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    for control in figure.locator("button, input").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}, "preload": False}
    found = Axe().run(page.page, context=f"#{NAME}", options=options)
    assert found.response["violations"] == []
    assert page.page.evaluate(
        f"""[...document.querySelectorAll('#{NAME} :is(p, button, span, b)')]
          .every((e) => parseFloat(getComputedStyle(e).fontSize) >= 12)"""
    )
