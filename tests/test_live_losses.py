"""The losses of one pixel in a real browser: operated, and its numbers compared."""

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.deep


def shown(figure):
    """Return the numbers of the table, a list for each loss."""
    figure.page.wait_for_timeout(150)
    return {
        row.get_attribute("data-loss"): [
            float(text.replace("−", "-"))
            for text in row.locator("td").all_inner_texts()
        ]
        for row in figure.locator("tbody tr").all()
    }


def check(figure, pixels, prediction):
    """Compare the table with Keras' losses and gradients by a small difference."""
    pixels = np.array(pixels, "float64")
    grid = np.linspace(0, 1, 10_001)
    named = {
        "bce": keras.losses.binary_crossentropy,
        "squared": keras.losses.mean_squared_error,
        "absolute": keras.losses.mean_absolute_error,
    }
    for name, numbers in shown(figure).items():

        def mean_loss(p, loss=named[name]):
            return float(loss(pixels, np.full_like(pixels, p)))

        def of_logit(a, mean_loss=mean_loss):
            return mean_loss(1 / (1 + np.exp(-a)))

        logit, h = np.log(prediction / (1 - prediction)), 1e-4
        here, lowest, at, gradient, before = numbers
        assert here == pytest.approx(mean_loss(prediction), abs=0.0006)
        coarse = [mean_loss(p) for p in grid[::100]]
        assert lowest <= min(coarse) + 0.0006
        assert mean_loss(at) == pytest.approx(lowest, abs=0.0006)
        slope = (mean_loss(prediction + h) - mean_loss(prediction - h)) / (2 * h)
        assert gradient == pytest.approx(slope, rel=1e-3, abs=0.002)
        slope = (of_logit(logit + h) - of_logit(logit - h)) / (2 * h)
        assert before == pytest.approx(slope, abs=0.002)


def test_the_table_says_what_keras_says(visit):
    keras.config.set_floatx("float64")
    try:
        figure = visit("chapters/04_loss", disk=True).start_figure("live-losses")
        check(figure, [0.9] * 7 + [0.1] * 3, 0.3)
        # By keyboard: other pixels, all alike; a bad prediction.
        for part, key, times in (("first", "ArrowRight", 2), ("count", "End", 1)):
            figure.locator(f"[data-part={part}]").focus()
            for _ in range(times):
                figure.page.keyboard.press(key)
        check(figure, [1] * 10, 0.3)
        figure.locator("[data-part=prediction]").focus()
        figure.page.keyboard.press("Home")
        check(figure, [1] * 10, 0.01)
    finally:
        keras.config.set_floatx("float32")
    # What the caption says.
    before = {name: abs(numbers[-1]) for name, numbers in shown(figure).items()}
    assert before["squared"] < 0.021 < 0.9 < before["bce"] == max(before.values())


def test_the_absolute_error_has_a_kink_and_a_flat_bottom(visit):
    figure = visit("chapters/04_loss").start_figure("live-losses")
    figure.locator("[data-part=prediction]").fill("0.9")
    row = figure.locator("[data-loss=absolute] td")
    figure.page.wait_for_timeout(150)
    assert row.all_inner_texts()[2:] == ["0.90", "kink", "kink"]
    figure.locator("[data-part=count]").fill("5")
    figure.page.wait_for_timeout(150)
    assert row.all_inner_texts()[2] == "0.10–0.90"
    figure.locator("[data-part=prediction]").fill("0.5")
    figure.page.wait_for_timeout(150)
    for text in figure.locator("tbody td").all_inner_texts():
        assert text != "−0.000"


def test_the_table_has_its_numbers_before_the_figure_starts(visit):
    one = visit("chapters/04_loss")
    cells = one.page.locator("#live-losses tbody td")
    before = cells.all_inner_texts()
    figure = one.start_figure("live-losses")
    figure.page.wait_for_timeout(150)
    assert cells.all_inner_texts() == before


def test_a_drag_on_the_plot_moves_the_prediction(visit):
    for width in (1280, 360):
        one = visit("chapters/04_loss", width=width)
        figure = one.start_figure("live-losses")
        box = figure.locator("[data-part=plot]").bounding_box()
        one.page.mouse.move(box["x"] + 60, box["y"] + 50)
        one.page.mouse.down()
        place = box["x"] + 40 + 0.5 * (box["width"] - 52)
        one.page.mouse.move(place, box["y"] + 70, steps=3)
        one.page.mouse.up()
        chosen = figure.locator("[data-part=prediction]").input_value()
        assert float(chosen) == pytest.approx(0.5, abs=0.011)
        said = figure.locator("label:has([data-part=prediction]) output").inner_text()
        assert float(said) == float(chosen)
