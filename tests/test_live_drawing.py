"""The live figure "drawing": its numbers against Keras and NumPy, and its use."""

import base64
import io
import re

from aelib import datasets, metrics, models, pretrained
from axe_playwright_python.sync_playwright import Axe
import live_data
import numpy as np
from PIL import Image, ImageDraw
import pytest

pytestmark = pytest.mark.deep

PAGE, NAME = "chapters/05_training", "live-drawing"
SIDE = 28
TROUSERS = 1  # of the twenty test images

# The greys of a canvas of 28×28 squares, read in the middle of each.
READ = """canvas => {
  const context = canvas.getContext("2d");
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  const at = i => Math.floor((i + 0.5) * canvas.width / 28);
  return Array.from({length: 28}, (_, y) => Array.from({length: 28}, (_, x) => {
    const place = 4 * (at(y) * canvas.width + at(x));
    return Array.from(data.slice(place, place + 3));
  }));
}"""


class Figure:
    """The figure on its page, as a reader uses and sees it."""

    def __init__(self, visit, **options):
        self.visit = visit(PAGE, **options)
        self.page = self.visit.page
        self.figure = self.visit.start_figure(NAME)
        self.sheet = self.part("sheet")
        self.settle()

    def part(self, name):
        return self.figure.locator(f'[data-part="{name}"]')

    def settle(self):
        """Wait until two frames are drawn."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame("
            "() => requestAnimationFrame(done)))"
        )

    def press(self, name):
        self.figure.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def start(self, index):
        self.figure.locator(f'[data-part="start"][value="{index}"]').click()
        self.settle()

    def canvas(self, name):
        """Return a canvas' colours, uint8 (28, 28, 3)."""
        return np.array(self.part(name).evaluate(READ), "uint8")

    def ink(self):
        """Return the picture on the sheet, uint8 (28, 28)."""
        return 255 - self.canvas("sheet")[..., 0]

    def copy(self):
        return 255 - self.canvas("copy")[..., 0]

    def numbers(self):
        """Return the code and the three losses that stand there."""
        code = self.part("code").inner_text().replace("−", "-")
        found = re.match(r"Code \((-?[\d.]+), (-?[\d.]+)\)", code).groups()
        losses = [self.part(p).inner_text() for p in ("loss", "floor", "excess")]
        return np.array(found, float), np.array(losses, float)

    def place(self, x, y):
        """Return where a pixel of the sheet is on the page."""
        box = self.sheet.bounding_box()
        step = box["width"] / SIDE
        return box["x"] + (x + 0.5) * step, box["y"] + (y + 0.5) * step

    def draw(self, *points):
        """Draw a line with the mouse."""
        mouse = self.page.mouse
        mouse.move(*self.place(*points[0]))
        mouse.down()
        for point in points[1:]:
            mouse.move(*self.place(*point))
        mouse.up()
        mouse.move(0, 0)
        self.settle()

    def take(self, name, content):
        """Choose a file; return what the figure says of it."""
        file = {"name": name, "mimeType": "image/png", "buffer": content}
        said = self.part("file-said")
        said.evaluate("element => { element.textContent = '' }")
        self.part("file").set_input_files(file)
        self.page.wait_for_function(
            "element => /(\\.|:.*)\\.$/.test(element.textContent)",
            arg=said.element_handle(),
        )
        self.settle()
        return said.inner_text()


@pytest.fixture
def figure(visit):
    return Figure(visit)


@pytest.fixture(scope="module")
def network():
    return pretrained.load("bce-2d")


@pytest.fixture(scope="module")
def test_images():
    images, labels = datasets.load_fashion_mnist()[2]
    return images[: live_data.IMAGES], labels[: live_data.IMAGES]


@pytest.fixture(scope="module")
def pictures():
    return live_data.pictures_data()["pictures"]


@pytest.fixture(scope="module")
def twenty(pictures, test_images):
    return test_images[0][[picture["index"] for picture in pictures]]


def pad(ink):
    """Return pictures of bytes as the network's input."""
    return datasets.preprocess(np.asarray(ink, "uint8").reshape(-1, SIDE, SIDE))


def errors_of(images, copies):
    """Return the mean binary cross-entropy of each image."""
    pairs = zip(images[:, None], copies[:, None], strict=True)
    return np.array([metrics.binary_cross_entropy(*pair) for pair in pairs])


def line_picture(*lines, width=1):
    """Return a picture with lines through given points, full ink."""
    canvas = Image.new("L", (SIDE, SIDE))
    for points in lines:
        ImageDraw.Draw(canvas).line(points, 255, width)
    return np.array(canvas)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


# What it shows is what Keras and NumPy compute.


def test_the_twenty_images_are_test_images_middle_and_worst_of_their_class(
    pictures, twenty, test_images, network
):
    images, labels = test_images
    copies = models.build_autoencoder(*network).predict(
        images, batch_size=500, verbose=0
    )
    errors = np.mean(datasets.crop(images - copies) ** 2, axis=(1, 2, 3))
    for i, picture in enumerate(pictures):
        own = errors[labels == picture["label"]]
        error = errors[picture["index"]]
        assert picture["label"] == labels[picture["index"]] == i % 10
        share = np.mean(own < error)
        assert abs(share - 0.5) < 0.01 if i < 10 else error == own.max()
        pixels = np.frombuffer(base64.b64decode(picture["pixels"]), "uint8")
        np.testing.assert_allclose(pad(pixels)[0], twenty[i], atol=1e-6)


def test_codes_copies_and_losses_of_the_twenty_images_are_those_of_keras(
    figure, twenty, network
):
    encoder, decoder = network
    codes = models.encode(encoder, twenty)
    copies = decoder.predict(codes, verbose=0)
    losses = errors_of(twenty, copies)
    floors = errors_of(twenty, twenty)
    deviations = []
    for i, image in enumerate(twenty):
        figure.start(i)
        np.testing.assert_array_equal(
            figure.ink(), np.rint(255 * datasets.crop(image[None])[0, ..., 0])
        )
        code, shown = figure.numbers()
        spread = np.hypot(*(code - codes[i]))
        assert spread < 0.02 * np.hypot(*codes[i]) + 0.03, (i, code, codes[i])
        deviations.append(figure.copy() - 255 * datasets.crop(copies)[i, ..., 0])
        wanted = [losses[i], floors[i], losses[i] - floors[i]]
        np.testing.assert_allclose(shown, wanted, rtol=0.02, atol=0.003)
    deviations = np.abs(deviations)
    print(f"in grey levels: mean {deviations.mean():.2f}, max {deviations.max():.1f}")
    # Half of the twenty are the worst of their class, and more sensitive than others.
    assert deviations.mean() < 1.6
    assert deviations.max() < 60


COMPUTE = """async ([images]) => {
  const data = {};
  const text = await (await fetch("../_static/live/data/bce-2d.js")).text();
  new Function("live", text)({provide: (name, content) => { data[name] = content; }});
  const encoder = core.unpackLayers(data["bce-2d"].encoder);
  const decoder = core.unpackLayers(data["bce-2d"].decoder);
  return images.map((image) => {
    const z = core.run(encoder, Float32Array.from(image), [32, 32, 1]).pop();
    return [Array.from(z), Array.from(core.run(decoder, z, [2]).pop())];
  });
}"""


@pytest.mark.parametrize("kind", ["test images", "noise", "scribbles"])
def test_network_in_the_browser_keeps_within_its_bounds(
    figure, test_images, network, kind
):
    encoder, decoder = network
    rng = np.random.default_rng(0)
    images = {
        "test images": test_images[0][:300],
        "noise": pad(rng.integers(0, 256, (20, SIDE, SIDE))),
        "scribbles": pad(scribbles(20)),
    }[kind]
    found = figure.page.evaluate(COMPUTE, [images.reshape(len(images), -1).tolist()])
    codes = np.array([one[0] for one in found])
    copies = np.array([one[1] for one in found]).reshape(-1, 32, 32, 1)
    exact_codes = models.encode(encoder, images)
    exact = decoder.predict(exact_codes, verbose=0)
    gaps = np.abs(codes - exact_codes)
    misses = np.abs(datasets.crop(copies - exact))
    print(
        f"{kind}: codes differ by {gaps.mean():.4f} on average, {gaps.max():.4f} at "
        f"most; copies by {255 * misses.mean():.2f}, {255 * misses.max():.1f} greys"
    )
    # Between two kinds of garments a tiny step of the code changes much.
    assert misses.mean() < (1 if kind == "test images" else 2) / 255
    assert gaps.max() < 0.02 * np.abs(exact_codes).max() + 0.02
    assert misses.max() < 60 / 255


def test_loss_of_what_is_drawn_is_numpys_and_error_has_its_colours(figure):
    figure.part("ink").fill("0.7")
    figure.draw((5, 5), (22, 22))
    figure.draw((5, 22), (22, 5))
    image = pad(figure.ink())
    [[code, copy]] = figure.page.evaluate(COMPUTE, [image.reshape(1, -1).tolist()])
    copy = np.reshape(copy, image.shape)
    loss = metrics.binary_cross_entropy(image, copy)
    floor = metrics.entropy_floor(image)
    shown_code, shown = figure.numbers()
    np.testing.assert_allclose(shown, [loss, floor, loss - floor], atol=0.00051)
    np.testing.assert_allclose(shown_code, code, atol=0.0051)
    error, ink = figure.canvas("error").astype(int), figure.ink().astype(int)
    difference = figure.copy().astype(int) - ink  # of one grey level or less
    more = difference >= 0
    np.testing.assert_allclose(error[more, 0], 255 - difference[more], atol=2)
    np.testing.assert_allclose(error[more, 0], error[more, 1], atol=0)
    wanted = 255 + difference[~more] * (255 - 42) / 255  # towards red
    np.testing.assert_allclose(error[~more, 1], wanted, atol=2)
    assert (error[~more, 0] >= error[~more, 1]).all() and (~more).sum() > 50


# Drawing.


def test_mouse_draws_what_it_should(figure):
    figure.press("Clear")
    assert figure.ink().sum() == 0
    figure.part("brush").first.check()  # thin
    figure.draw((3, 10), (24, 10))
    wanted = np.zeros((SIDE, SIDE), "uint8")
    wanted[10, 3:25] = 255
    np.testing.assert_array_equal(figure.ink(), wanted)
    figure.part("brush").last.check()  # thick, half the ink
    figure.part("ink").fill("0.5")
    figure.draw((5, 20), (5, 20))
    wanted[19:22, 4:7] = 128
    np.testing.assert_array_equal(figure.ink(), wanted)
    figure.part("eraser").check()
    figure.draw((0, 0), (27, 0))  # nothing there, and a corner is no error
    figure.draw((10, 10), (12, 10))
    wanted[9:12, 9:14] = 0
    np.testing.assert_array_equal(figure.ink(), wanted)


def test_a_fast_line_has_no_gaps_and_may_leave_the_sheet(figure):
    figure.press("Clear")
    figure.part("brush").first.check()
    figure.draw((2, 3), (20, 12), (40, 12))
    ink = figure.ink()
    assert (ink[:, 2:].sum(axis=0) > 0).all()
    assert ink[12, 20:].min() == 255


def test_keyboard_draws_erases_and_undoes(figure):
    figure.press("Clear")
    figure.part("brush").first.check()
    keyboard = figure.page.keyboard
    figure.sheet.focus()
    for _ in range(4):
        keyboard.press("ArrowLeft")
    keyboard.press("ArrowUp")
    assert figure.ink().sum() == 0
    keyboard.down("Space")
    for _ in range(3):
        keyboard.press("ArrowRight")
    keyboard.up("Space")
    keyboard.press("ArrowDown")
    figure.settle()
    wanted = np.zeros((SIDE, SIDE), "uint8")
    wanted[13, 10:14] = 255
    np.testing.assert_array_equal(figure.ink(), wanted)
    assert "column 14, row 15" in figure.part("cursor").inner_text()
    keyboard.press("ArrowUp")
    keyboard.press("Delete")
    figure.settle()
    wanted[13, 13] = 0
    np.testing.assert_array_equal(figure.ink(), wanted)
    keyboard.press("Control+z")
    figure.settle()
    wanted[13, 13] = 255
    np.testing.assert_array_equal(figure.ink(), wanted)
    keyboard.press("Control+z")
    figure.settle()
    assert figure.ink().sum() == 0
    for _ in range(40):
        keyboard.press("ArrowLeft")
    keyboard.press("Enter")
    figure.settle()
    assert figure.ink()[13, 0] == 255  # the cursor stays on the sheet


def test_undo_goes_back_through_strokes_shifts_clear_and_starts(figure):
    states = [figure.ink()]
    figure.draw((3, 3), (8, 8))
    states.append(figure.ink())
    figure.press("Move the picture down")
    states.append(figure.ink())
    figure.press("Clear")
    states.append(figure.ink())
    figure.start(9)
    for state in reversed(states):
        figure.press("Undo")
        np.testing.assert_array_equal(figure.ink(), state)
    figure.press("Undo")  # nothing is left to undo
    np.testing.assert_array_equal(figure.ink(), states[0])


@pytest.mark.parametrize(
    ("side", "right", "down"),
    [("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1)],
)
def test_shift_moves_by_a_pixel_and_loses_the_rim(figure, side, right, down):
    before = np.pad(figure.ink(), 1)
    figure.press(f"Move the picture {side}")
    after = np.roll(before, (down, right), axis=(0, 1))[1:-1, 1:-1]
    np.testing.assert_array_equal(figure.ink(), after)


def test_finger_draws_on_the_sheet_and_scrolls_beside_it(visit):
    figure = Figure(visit, width=360, has_touch=True, is_mobile=True)
    figure.press("Clear")
    figure.sheet.scroll_into_view_if_needed()
    session = figure.page.context.new_cdp_session(figure.page)

    def swipe(*places):
        kinds = ["touchStart"] + ["touchMove"] * (len(places) - 1)
        for kind, (x, y) in zip(kinds, places, strict=True):
            points = [{"x": x, "y": y}]
            session.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
            )
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
        )
        figure.page.wait_for_timeout(200)

    scrolled = "() => document.scrollingElement.scrollTop"
    before = figure.page.evaluate(scrolled)
    swipe(*(figure.place(14, y) for y in (20, 15, 10, 5)))
    assert figure.page.evaluate(scrolled) == before
    assert figure.ink()[5:21, 14].min() == 255
    ink = figure.ink()
    box = figure.sheet.bounding_box()
    x = box["x"] + box["width"] + 25  # beside the sheet
    swipe(*((x, box["y"] + y) for y in range(240, 60, -20)))
    assert figure.page.evaluate(scrolled) > before + 50
    np.testing.assert_array_equal(figure.ink(), ink)


# A picture of one's own.


def garment_photo(paper=235, garment=40, size=(300, 400)):
    photo = np.full((*size, 3), paper, "uint8")
    photo[80:260, 150:250] = garment
    photo[80:120, 100:300] = garment
    return photo


@pytest.mark.parametrize("disk", [False, True])
@pytest.mark.parametrize(("paper", "garment"), [(235, 40), (20, 215)])
def test_a_picture_of_ones_own_becomes_ink_that_fills_the_sheet(
    visit, disk, paper, garment
):
    figure = Figure(visit, disk=disk)
    said = figure.take("shirt.png", png(garment_photo(paper, garment)))
    word = "dark" if garment < paper else "light"
    assert f"shirt.png: its {word} parts became ink" in said
    share = abs(garment - paper) / (paper if garment < paper else 255 - paper)
    ink = figure.ink()
    # 200×180 pixels become 28×25, one row below the upper rim.
    assert ink[0].max() == ink[26:].max() == 0
    wanted = round(255 * share)
    assert abs(int(ink[1:6].min()) - wanted) < 2
    assert abs(int(ink[8:25, 8:20].min()) - wanted) < 2
    assert ink[8:26, :6].max() == ink[8:26, 22:].max() == 0


def test_a_picture_of_28_pixels_is_taken_as_it_is(figure, twenty):
    boot = np.rint(255 * datasets.crop(twenty)[9, ..., 0]).astype("uint8")
    boot[:, 0] = 0
    figure.take("boot.png", png(boot))
    found = figure.ink().astype(int)
    assert np.abs(found - np.where(boot > 12, boot, 0)).max() <= 1


def test_a_bad_file_changes_nothing_and_the_figure_goes_on(figure):
    rng = np.random.default_rng(0)
    noise = png(rng.integers(0, 256, (200, 200, 3), "uint8"))
    before = figure.ink()
    for name, content, reason in (
        ("text.png", b"This is a text.\n", "no picture that this browser can read"),
        ("half.png", noise[: len(noise) // 2], "missing or broken"),
        ("empty.png", b"", "no picture that this browser can read"),
        ("grey.png", png(np.full((40, 40), 90, "uint8")), "nothing on it differs"),
        ("huge.png", png(np.zeros((20_000, 20_000), bool)), "20000×20000 pixels"),
    ):
        said = figure.take(name, content)
        assert reason in said and "stays as it was" in said, (name, said)
        np.testing.assert_array_equal(figure.ink(), before)
    large = np.kron(garment_photo()[::20, ::20], np.ones((300, 300, 1), "uint8"))
    assert "became ink" in figure.take("large.png", png(large))  # 4,500×6,000
    assert figure.ink().max() > 200
    figure.press("Clear")
    figure.draw((5, 5), (9, 9))
    assert figure.ink()[5:10, 5:10].min() >= 0 and figure.ink()[7, 7] == 255


def test_a_dropped_picture_is_taken(figure):
    content = base64.b64encode(png(garment_photo())).decode()
    figure.sheet.evaluate(
        """(sheet, content) => {
          const bytes = Uint8Array.from(atob(content), byte => byte.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([bytes], "dropped.png", {type: "image/png"}));
          for (const type of ["dragover", "drop"]) sheet.dispatchEvent(
            new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
        }""",
        content,
    )
    figure.figure.get_by_text("dropped.png: its dark parts became ink").wait_for()


# Layers, and the page around.


def test_layers_are_shown_on_demand_and_follow_the_picture(figure):
    figure.figure.get_by_text("What each layer makes of it").click()
    figure.settle()
    lines = figure.part("layer-list").locator("p").all_inner_texts()
    assert lines[0] == "Encoder, convolution: 32 feature maps of 16×16"
    assert lines[3].startswith("Encoder, dense layer: the code (−0.1")
    assert lines[4] == "Decoder, dense layer: 128 feature maps of 4×4"
    assert lines[-1] == "Decoder, convolution: the reconstruction, 32×32"
    assert len(lines) == 9
    canvases = figure.part("layer-list").locator("canvas:visible")
    assert canvases.count() == 8
    before = [c.evaluate("c => c.toDataURL()") for c in canvases.all()]
    assert len(set(before)) == 8
    figure.press("Clear")
    after = [c.evaluate("c => c.toDataURL()") for c in canvases.all()]
    assert not set(before) & set(after)


def test_nothing_is_loaded_before_the_reader_touches_it(visit):
    visited = visit(PAGE, disk=True)
    poster = visited.page.locator(f"figure#{NAME} [data-part=poster]")
    poster.scroll_into_view_if_needed()  # it waits for the reader to come near
    poster.evaluate("image => image.decode()")
    loaded = [url for url in visited.requests if "/live/" in url]
    names = {url.split("/")[-1].split("?")[0] for url in loaded}
    own = {name for name in names if not name.startswith("live-forming")}
    assert own == {"live.js", "live.css", f"{NAME}.webp"}


@pytest.mark.parametrize(("width", "end"), [(1280, ""), (360, "-narrow")])
def test_without_scripts_its_picture_is_there(visit, width, end):
    page = visit(PAGE, width=width, java_script_enabled=False).page
    poster = page.locator(f"figure#{NAME} img")
    poster.scroll_into_view_if_needed()
    size = poster.evaluate("p => [p.clientWidth, p.clientHeight, p.naturalWidth]")
    assert size[0] > 300 and size[1] > 500 and size[2] > 600
    assert poster.evaluate("p => p.currentSrc").endswith(f"{NAME}{end}.webp")
    for part in ("sheet", "undo", "file"):
        assert not page.locator(f'figure#{NAME} [data-part="{part}"]').is_visible()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figure_has_its_place_from_the_start_and_is_accessible(visit, width, scheme):
    visited = visit(PAGE, width=width, scheme=scheme)
    place = visited.page.locator(f"figure#{NAME}")
    place.scroll_into_view_if_needed()
    before = place.bounding_box()["height"]
    figure = visited.start_figure(NAME)
    visited.page.wait_for_timeout(300)
    assert abs(figure.bounding_box()["height"] - before) < 1.5
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    figure.get_by_text("What each layer makes of it").click()
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": rules}, "preload": False}
    found = Axe().run(visited.page, f"figure#{NAME}", options)
    assert not found.response["violations"], found.generate_report()
    for control in figure.locator("button, input, summary").all():
        box = control.evaluate(
            "c => { const b = (c.closest('label') ?? c).getBoundingClientRect();"
            " return [b.width, b.height] }"
        )
        assert min(box) >= 24, (control.get_attribute("data-part"), box)


# What the caption and the text beside it claim, by the real network.


def scribbles(count):
    """Return random scribbles with both brushes, uint8 (count, 28, 28)."""
    rng = np.random.default_rng(0)
    return np.stack(
        [
            line_picture(
                *(
                    [tuple(map(int, p)) for p in rng.integers(2, 26, (corners, 2))]
                    for corners in rng.integers(2, 6, rng.integers(1, 5))
                ),
                width=int(rng.choice([1, 3])),
            )
            for _ in range(count)
        ]
    )


@pytest.fixture(scope="module")
def see(network, test_images):
    """Run the network on images: codes, copies, excess, class of each copy, ..."""
    encoder, decoder = network
    classifier = pretrained.load_classifier()

    def run(images):
        codes = models.encode(encoder, images)
        copies = decoder.predict(codes, batch_size=500, verbose=0)
        _, logits = classifier.predict(copies, batch_size=500, verbose=0)
        excess = errors_of(images, copies) - errors_of(images, images)
        names = np.array(datasets.CLASS_NAMES)[logits.argmax(axis=1)]
        return codes, copies, excess, names

    return run


def shift_right(images, pixels):
    inner = datasets.crop(images)
    shifted = np.zeros_like(images)
    shifted[:, 2:30, 2 + pixels : 30] = inner[:, :, : SIDE - pixels]
    return shifted


def test_moved_trousers_come_back_pale_without_legs_and_jump(see, twenty, figure):
    trousers = twenty[[TROUSERS]]
    codes, copies, _, names = see(np.concatenate([trousers, shift_right(trousers, 3)]))
    assert names[0] == "Trouser" and names[1] in ("T-shirt/top", "Dress")
    still, moved = datasets.crop(copies)[..., 0]
    ink = [copy[copy > 0.2].mean() for copy in (still, moved)]
    assert ink[0] > 0.7 and ink[1] < 0.55
    row = 20  # between the legs is paper, in the other none
    legs = still[row, 8:20] > 0.4
    assert np.abs(np.diff(legs.astype(int))).sum() >= 3
    body = np.flatnonzero(moved[row] > 0.25)
    assert len(body) == body[-1] - body[0] + 1 >= 10
    y = codes[:, 1]
    extent = figure.page.evaluate(
        """async () => {
          const text = await (await fetch("../_static/live/data/bce-2d.js")).text();
          let sides;
          new Function("live", text)({provide: (_, data) => {
            sides = live.sides(core.unpack(data.codes)); }});
          return sides.y.high - sides.y.low;
        }"""
    )
    assert 0.45 < abs(y[1] - y[0]) / extent < 0.55
    for _ in range(3):
        figure.press("Move the picture right")
    code, _ = figure.numbers()
    np.testing.assert_allclose(code, codes[1], atol=0.1)


def test_trousers_of_the_training_set_stand_in_the_middle():
    images, labels = datasets.load_fashion_mnist()[0]
    trousers = datasets.crop(images[labels == 1])[..., 0]
    columns = trousers.sum(axis=1)
    centers = (columns * np.arange(SIDE)).sum(axis=1) / columns.sum(axis=1)
    assert np.quantile(centers, 0.99) - np.quantile(centers, 0.01) < 1.6
    assert np.mean(np.abs(centers - 13.5) < 2.5) > 0.999  # moved by three, none is


def test_moved_dress_and_bag_come_back_as_boots_and_shoes_stay_shoes(see, twenty):
    *_, names = see(shift_right(twenty[:10], 3))
    assert names[3] == names[8] == "Ankle boot"
    assert set(names[[5, 7, 9]]) <= {"Sandal", "Sneaker", "Ankle boot"}


def test_the_empty_sheet_comes_back_as_a_sandal(see, figure):
    codes, *_, names = see(np.zeros((1, 32, 32, 1), "float32"))
    assert names[0] == "Sandal"
    figure.press("Clear")
    np.testing.assert_allclose(figure.numbers()[0], codes[0], atol=0.1)


def test_the_excess_is_ranked_among_the_test_images(see, twenty, test_images, figure):
    *_, excess, _ = see(twenty)
    *_, known, _ = see(test_images[0])
    for i in (0, 5, 13):
        figure.start(i)
        said = figure.part("rank").inner_text()
        share = float(re.search(r"(\d+) %", said)[1])
        assert share == pytest.approx(100 * np.mean(known < excess[i]), abs=3)


def test_scribbles_get_codes_among_garments_and_a_large_excess(see, test_images):
    codes, copies, excess, _ = see(pad(scribbles(200)))
    known, known_copies, known_excess, _ = see(test_images[0])
    gaps = np.linalg.norm(codes[:, None] - known[None], axis=2)
    reach = np.quantile(metrics.nearest_neighbor_distances(known), 0.99)
    assert np.mean(gaps.min(axis=1) < reach) > 0.95  # such places are not empty
    near = known_copies[gaps.argmin(axis=1)]
    assert np.mean((near - copies) ** 2) < 0.1 * known_copies.var(axis=0).mean()
    assert np.mean(excess > np.quantile(known_excess, 0.95)) > 0.95


def test_a_level_line_comes_back_as_a_flat_shoe_with_a_small_excess(see, test_images):
    lines = pad([line_picture([(3, 14), (24, 14)], width=w) for w in (1, 3)])
    *_, excess, names = see(lines)
    *_, known_excess, _ = see(test_images[0])
    assert set(names) <= {"Sandal", "Sneaker"}
    for one in excess:
        assert 0.13 < np.mean(known_excess > one) < 0.18  # one in six
