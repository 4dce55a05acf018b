"""The live figure of chapter 3: three views of a transposed convolution, in a browser.

What it shows is compared with Keras, and it is operated by mouse, finger and keyboard.
"""

import ast
from itertools import product
import re

from keras import layers
import numpy as np
import pytest

pytestmark = pytest.mark.deep

PAGE, NAME = "chapters/03_transposed_convolution", "live-three-views"
COMBINATIONS = list(
    product(range(1, 5), range(1, 5), (1, 2, 3), ("same", "valid"), (None, 0, 1, 2))
)
# Choose options and numbers as a reader does, and return what the figure then says; and
# what each view's own arithmetic gives.
OPERATE = """async ([figure, settings]) => {
  const part = (name) => figure.querySelector(`[data-part="${name}"]`);
  const change = (element, value) => {
    element.value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const said = [];
  for (const { options, image, kernel } of settings) {
    for (const [name, value] of Object.entries(options)) change(part(name), value);
    const fill = (name, numbers) => {
      const fields = [...figure.querySelectorAll(`[data-part="${name}-number"]`)];
      fields.filter((field) => !field.hidden).forEach((field, i) => {
        change(field, numbers[i]);
      });
    };
    fill("image", image);
    fill("kernel", kernel);
    for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
    const extra = options.extra === "" ? null : Number(options.extra);
    const { side, size, stride, padding } = options;
    const layer = { side, size, stride, padding, extra };
    const ways = ["byStamps", "byMatrix", "byZeros"];
    const refused = transposed.refusal(layer) !== "";
    said.push({
      refusal: part("refusal").textContent,
      equal: part("equal").textContent,
      sizes: part("sizes").textContent,
      numbers: part("numbers").textContent,
      results: refused ? [] : ways.map((way) => transposed[way](image, kernel, layer)),
    });
  }
  return said;
}"""


def by_keras(image, kernel, stride, padding, extra):
    """The output of a layer of one channel; None where Keras refuses it."""
    try:
        layer = layers.Conv2DTranspose(
            1, len(kernel), stride, padding, output_padding=extra, use_bias=False
        )
        layer.build((None, *image.shape, 1))
        layer.kernel.assign(kernel[..., np.newaxis, np.newaxis])
        output = layer(image[np.newaxis, ..., np.newaxis]).numpy()[0, ..., 0]
    except Exception:
        return None
    return output if output.size else None


def operate(figure, settings):
    """Choose settings (image, kernel, stride, padding, extra) one after another."""
    asked = [
        {
            "options": {
                "side": len(image),
                "size": len(kernel),
                "stride": stride,
                "padding": padding,
                "extra": "" if extra is None else extra,
            },
            "image": np.ravel(image).tolist(),
            "kernel": np.ravel(kernel).tolist(),
        }
        for image, kernel, stride, padding, extra in settings
    ]
    element = figure.element_handle()
    return element.owner_frame().evaluate(OPERATE, [element, asked])


def part(figure, name):
    return figure.locator(f"[data-part={name}]")


def result(figure):
    """The whole output that the figure writes."""
    text = part(figure, "numbers").text_content()
    return np.array(ast.literal_eval(text.split("\n\n")[1]))


def settle(page):
    """Wait until the figure has drawn, in the second frame from now at the latest."""
    page.evaluate(
        "async () => { for (let n = 0; n < 2; n++) "
        "await new Promise(requestAnimationFrame); }"
    )


def place(figure):
    return part(figure, "place").text_content()


def test_all_three_views_give_keras_numbers_or_refuse_with_it(visit):
    generator = np.random.default_rng(0)
    settings = []
    for side, size, stride, padding, extra in COMBINATIONS:
        image = generator.normal(size=(side, side)).round(3).astype("float32")
        kernel = generator.normal(size=(size, size)).round(3).astype("float32")
        settings.append((image, kernel, stride, padding, extra))
    figure = visit(PAGE).start_figure(NAME)
    refused = 0
    for setting, said in zip(settings, operate(figure, settings), strict=True):
        wanted = by_keras(*setting)
        about = (len(setting[0]), len(setting[1]), *setting[2:])
        if wanted is None:
            refused += 1
            assert said["refusal"].startswith("Keras refuses this"), about
            continue
        assert said["refusal"] == "", about
        assert said["equal"].startswith("The three results are equal"), about
        shown = np.array(ast.literal_eval(said["numbers"].split("\n\n")[1]))
        np.testing.assert_allclose(shown, wanted, atol=1e-5, err_msg=str(about))
        for values in said["results"]:
            square = np.reshape(values, wanted.shape)
            np.testing.assert_allclose(square, wanted, atol=1e-5, err_msg=str(about))
        # The layer that it writes, as code, is the one that was asked for.
        call = said["numbers"].split("\n\n")[0]
        layer = eval(call, {"layers": layers})
        assert (layer.kernel_size[0], layer.strides[0]) == about[1:3]
        assert layer.padding == about[3]
        extra = layer.output_padding
        assert (extra if extra is None else extra[0]) == about[4]
        # And so are the sides.
        side = len(wanted)
        assert re.search(rf"= {side}; ", said["sizes"]), (about, said["sizes"])
        formula = re.search(r"output (.+?) = ", said["sizes"])[1]
        assert eval(formula.replace("·", "*").replace("−", "-")) == side
    assert 50 < refused < len(COMBINATIONS) / 2


def test_every_product_and_every_count_of_stamps_is_right(visit):
    figure = visit(PAGE).start_figure(NAME)
    generator = np.random.default_rng(1)
    for side, size, stride, padding in (
        (3, 3, 2, "same"),
        (3, 4, 2, "same"),
        (2, 3, 1, "valid"),
        (2, 2, 3, "valid"),
    ):
        image = generator.integers(-3, 4, size=(side, side)).astype("float32")
        kernel = generator.integers(-3, 4, size=(size, size)).astype("float32")
        operate(figure, [(image, kernel, stride, padding, None)])
        wanted = by_keras(image, kernel, stride, padding, None)
        ones = np.ones_like(image), np.ones_like(kernel)
        overlap = by_keras(*ones, stride, padding, None)
        slider = part(figure, "step")
        assert int(slider.get_attribute("max")) == wanted.size
        for step in range(wanted.size):
            slider.fill(str(step + 1))
            settle(figure.page)
            assert place(figure) == f"{step + 1} of {wanted.size}"
            for view in ("stamps", "matrix", "zeros"):
                text = part(figure, f"said-{view}").text_content().replace("−", "-")
                said, value = re.search(
                    r": (.*?)\s*(?:=|stays|is) ([-\d]+)\.$", text
                ).groups()
                assert int(value) == wanted.flat[step], text
                if "·" in said:
                    assert eval(said.replace("·", "*")) == int(value), text
            count = part(figure, "said-stamps").text_content().split(" stamp")[0]
            assert int(count.replace("No", "0")) == overlap.flat[step]


def test_it_opens_with_the_chapters_example(visit):
    one = visit(PAGE)
    figure = one.page.locator(f"#{NAME}")
    figure.scroll_into_view_if_needed()
    boxes = [figure.bounding_box(), figure.locator(".live-stage").bounding_box()]
    names = ("said-stamps", "said-matrix", "said-zeros", "equal", "sizes", "place")
    words = [part(figure, name).inner_html() for name in names]
    loaded = {re.sub(r".*/|\?.*", "", request) for request in one.requests}
    assert "transposed.js" not in loaded and "live.js" in loaded
    one.start_figure(NAME)
    assert boxes == [
        figure.bounding_box(),
        figure.locator(".live-stage").bounding_box(),
    ]
    # The page's words are those of the figure, but for how a colour is written.
    tags = re.compile(r' style="[^"]*"')
    assert [tags.sub("", text) for text in words] == [
        tags.sub("", part(figure, name).inner_html()) for name in names
    ]
    image = np.array([[1, 2, 0], [0, 3, 0], [0, 0, 4]], dtype="float32")
    kernel = np.array([[1, 2, 3], [0, 1, 2], [0, 0, 1]], dtype="float32")
    assert np.array_equal(result(figure), by_keras(image, kernel, 2, "same", None))
    assert place(figure) == "3 of 36"
    said = part(figure, "said-stamps").text_content()
    assert said == "2 stamps meet on this square: 1·3 + 2·1 = 5."
    assert "image 3 → canvas 2·(3 − 1) + 3 = 7 → output 2·3 = 6" in (
        part(figure, "sizes").text_content()
    )


def test_the_line_can_say_that_the_views_differ(visit):
    one = visit(PAGE)
    figure = one.start_figure(NAME)
    one.page.evaluate("transposed.byMatrix = () => new Array(36).fill(0)")
    part(figure, "on").click()
    equal = part(figure, "equal")
    one.page.wait_for_function(
        "element => element.textContent.includes('differ')", arg=equal.element_handle()
    )
    assert "by up to 11" in equal.text_content()


def test_it_works_by_mouse(visit):
    one = visit(PAGE)
    figure = one.start_figure(NAME)
    part(figure, "on").click()
    part(figure, "on").click()
    part(figure, "back").click()
    settle(one.page)
    assert place(figure) == "4 of 36"
    # The last square of the first view's output.
    stage = part(figure, "views").bounding_box()
    view, width = stage["height"], stage["width"]
    at = {"x": 8 + 0.44 * (view - 71) - 5, "y": view - 6 - 5}
    part(figure, "views").click(position=at)
    settle(one.page)
    assert place(figure) == "36 of 36"
    # The middle of the third view: a window.
    part(figure, "views").click(position={"x": width * 2 / 3 + 60, "y": 100})
    settle(one.page)
    assert place(figure) not in ("36 of 36", "4 of 36")
    # One stamp at a time: the step becomes an image number.
    before = part(figure, "views").screenshot()
    figure.get_by_label("image numbers").check()
    settle(one.page)
    assert place(figure).endswith("of 9")
    assert part(figure, "views").screenshot() != before
    part(figure, "views").click(position={"x": 20, "y": 55})
    settle(one.page)
    assert place(figure) == "1 of 9"
    assert "so far from 1 of the image's 9" in part(figure, "equal").text_content()
    before = part(figure, "views").screenshot()
    figure.get_by_label("count the stamps").check()
    settle(one.page)
    assert part(figure, "views").screenshot() != before


def test_play_runs_only_when_it_is_pressed_and_pauses(visit):
    one = visit(PAGE)
    figure = one.start_figure(NAME)
    one.page.wait_for_timeout(1_000)
    assert place(figure) == "3 of 36"
    button = part(figure, "play")
    button.click()
    assert button.text_content() == "Pause"
    one.page.wait_for_timeout(1_500)
    button.click()
    assert button.text_content() == "Play"
    stopped = place(figure)
    assert 4 <= int(stopped.split()[0]) < 36
    one.page.wait_for_timeout(1_000)
    assert place(figure) == stopped
    # It stops at the end, and then begins anew.
    part(figure, "step").fill("35")
    button.click()
    one.page.wait_for_timeout(1_500)
    assert place(figure) == "36 of 36" and button.text_content() == "Play"
    button.click()
    settle(one.page)
    assert place(figure) in ("1 of 36", "2 of 36")


def test_the_first_press_counts(visit):
    one = visit(PAGE, width=360, has_touch=True)
    figure = one.page.locator(f"#{NAME}")
    part(figure, "play").tap()  # nothing is loaded yet
    one.page.wait_for_function(
        "element => element.textContent.startsWith('5 of')",
        arg=part(figure, "place").element_handle(),
    )
    assert part(figure, "play").text_content() == "Pause"


def test_without_scripts_the_whole_picture_is_there(visit):
    one = visit(PAGE, width=360, java_script_enabled=False)
    figure = one.page.locator(f"#{NAME}")
    box = figure.locator("[data-part=poster]").bounding_box()
    assert box["width"] <= 360 and abs(box["width"] / box["height"] - 1.6) < 0.02
    assert not part(figure, "play").is_visible()


def test_with_reduced_motion_play_jumps(visit):
    one = visit(PAGE, reduced_motion="reduce")
    figure = one.start_figure(NAME)
    button = part(figure, "play")
    assert button.text_content() == "To the end"
    button.click()
    settle(one.page)
    assert place(figure) == "36 of 36"
    one.page.wait_for_timeout(1_000)
    assert place(figure) == "36 of 36"


def test_it_works_by_keyboard(visit):
    one = visit(PAGE)
    keyboard = one.page.keyboard
    field = one.page.get_by_label("Image, row 1, column 1")
    field.focus()  # this starts the figure
    one.page.wait_for_selector(f"figure#{NAME}[data-state=ready]")
    figure = one.page.locator(f"figure#{NAME}")
    keyboard.press("Control+A")
    keyboard.type("-")
    settle(one.page)
    assert part(figure, "refusal").text_content() == ""  # still being typed
    keyboard.type("2.5")
    settle(one.page)
    assert result(figure)[0, 0] == -2.5
    said = part(figure, "said-zeros").text_content()
    assert "(−2.5)·3 + 2·1 = −5.5." in said
    keyboard.press("ArrowUp")
    settle(one.page)
    assert result(figure)[0, 0] == -1.5
    # Nothing in a field, or too much.
    for text in ("", "100"):
        keyboard.press("Control+A")
        keyboard.press("Backspace")
        keyboard.type(text)
        keyboard.press("Tab")
        refusal = part(figure, "refusal").text_content()
        assert "a number from −99 to 99; look at “Image, row 1, column 1”" in refusal
        field.focus()
    assert result(figure)[0, 0] == 10  # before the second 0 of 100
    keyboard.press("Control+A")
    keyboard.type("1")
    # A stride, by its list.
    part(figure, "stride").focus()
    keyboard.press("ArrowUp")
    settle(one.page)
    assert result(figure).shape == (3, 3)
    # On the views and on the slider.
    part(figure, "views").focus()
    keyboard.press("Home")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft"):
        keyboard.press(key)
    settle(one.page)
    assert place(figure) == "7 of 9"
    part(figure, "step").focus()
    keyboard.press("ArrowLeft")
    settle(one.page)
    assert place(figure) == "6 of 9"
    text = part(figure, "step").get_attribute("aria-valuetext")
    assert text == "output number 6 of 9, row 2, column 3"
    part(figure, "play").focus()
    keyboard.press("Space")
    assert part(figure, "play").text_content() == "Pause"
    keyboard.press("Space")
    assert part(figure, "play").text_content() == "Play"
    part(figure, "reset").focus()
    keyboard.press("Enter")
    settle(one.page)
    assert result(figure).shape == (6, 6) and result(figure)[0, 2] == 5


def test_a_refused_setting_leaves_the_views_as_they_are(visit):
    one = visit(PAGE)
    figure = one.start_figure(NAME)
    before = result(figure)
    part(figure, "extra").select_option("2")
    settle(one.page)
    assert part(figure, "refusal").text_content() == (
        "Keras refuses this: the output padding, 2, must be smaller than the stride, "
        "2. The views keep the last possible setting."
    )
    part(figure, "extra").select_option("0")
    part(figure, "size").select_option("4")
    settle(one.page)
    refusal = part(figure, "refusal").text_content()
    assert "the output has side 4" in refusal and "makes 2 of 4, not 3" in refusal
    assert result(figure).shape == (5, 5)  # of kernel 3 with output padding 0
    part(figure, "reset").click()
    settle(one.page)
    assert part(figure, "refusal").text_content() == ""
    assert np.array_equal(result(figure), before)


def test_on_a_narrow_screen_one_view_at_a_time_and_the_steps_in_reach(visit):
    one = visit(PAGE, width=360, has_touch=True)
    stage = one.page.locator(f"#{NAME} .live-stage")
    figure = one.page.locator(f"#{NAME}")
    figure.scroll_into_view_if_needed()
    boxes = [figure.bounding_box(), stage.bounding_box()]
    one.start_figure(NAME)
    assert boxes == [figure.bounding_box(), stage.bounding_box()]
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 360
    pictures = []
    for label in ("stamps", "matrix", "zeros"):
        figure.get_by_label(label, exact=True).tap()
        settle(one.page)
        pictures.append(part(figure, "views").screenshot())
    assert len(set(pictures)) == 3
    for field in ("image", "kernel"):
        one.page.locator(f"#{NAME} [data-part={field}-fields] input").first.tap()
    # While the image's first row is at the top, the steps are at the bottom.
    figure.evaluate("element => element.scrollIntoView()")
    bar = figure.locator(".live-transposed-bar").bounding_box()
    assert bar["y"] > 0 and bar["y"] + bar["height"] <= 900.5
    for part_name in ("back", "play", "on", "step"):
        box = part(figure, part_name).bounding_box()
        assert min(box["width"], box["height"]) >= 24
    operate(figure, [(np.ones((4, 4)), np.ones((4, 4)), 3, "valid", None)])
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")]
)
def test_axe_finds_nothing_in_the_figure(visit, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    one = visit(PAGE, width, scheme)
    figure = one.start_figure(NAME)
    part(figure, "extra").select_option("2")
    figure.locator("summary").click()
    found = Axe().run(
        one.page,
        context=f"#{NAME}",
        options={
            "preload": False,  # it would ask for style sheets at a wrong address
            "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
        },
    )
    assert found.violations_count == 0, found.generate_report()
