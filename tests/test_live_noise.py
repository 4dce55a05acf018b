"""Noise on one garment in a real browser: operated, and its numbers compared."""

import re

from aelib import datasets, metrics, models, pretrained
import live_data
import numpy as np
import pytest
from scipy import ndimage

pytestmark = pytest.mark.deep

# A generator of Lehmer's kind in place of the browser's, to have the same noise here.
FACTOR, MODULUS = 16_807, 2**31 - 1
SEEDED = f"""window.seed = 1;
Math.random = () => (window.seed = (window.seed * {FACTOR}) % {MODULUS}) / {MODULUS};"""


def grain(seed, count=1_024):
    """Return the numbers of Box and Muller's formula that the figure draws."""
    uniform = []
    for _ in range(2 * count):
        seed = seed * FACTOR % MODULUS
        uniform.append(seed / MODULUS)
    first, second = np.reshape(uniform, (count, 2)).T
    return np.sqrt(-2 * np.log1p(-first)) * np.cos(2 * np.pi * second)


def set_value(figure, name, value):
    slider = figure.locator(f"[data-part={name}]")
    slider.evaluate(
        """(slider, value) => {
          slider.value = value;
          slider.dispatchEvent(new Event("input", {bubbles: true}));
        }""",
        str(value),
    )
    figure.page.wait_for_timeout(150)


def shown(figure):
    """Return the decibels that the figure says: name of a picture → PSNR."""
    said = figure.locator("[data-part=said]").inner_text()
    said = said.replace("∞", "inf").replace("−", "-")
    pairs = re.findall(r"([A-Za-z][A-Za-z ]*?) (-?[\d.]+\d|inf)[,.]", said)
    best = said.rsplit(": ", 1)[1].rstrip(".")
    return {name: float(number) for name, number in pairs}, best


@pytest.fixture(scope="module")
def parts():
    _, _, (images, _) = datasets.load_fashion_mnist()
    pictures = live_data.pictures_data()["pictures"]
    index = [picture["index"] for picture in pictures]
    networks = [
        models.build_autoencoder(*pretrained.load(name))
        for name in ("bce-2d-medium", "denoise-2d")
    ]
    return images[index], networks


def psnr(clean, image):
    return metrics.peak_signal_to_noise_ratio(*map(datasets.crop, (clean, image)))


def test_all_decibels_are_pythons(visit, parts):
    images, (autoencoder, denoiser) = parts
    one = visit("chapters/09_denoising", disk=True)
    page = one.page
    page.evaluate(SEEDED)
    figure = one.start_figure("live-noise")
    for garment, strength, width in ((0, 0.3, 1), (7, 0.15, 0.6), (13, 0.6, 2.3)):
        figure.locator("select").select_option(str(garment))
        set_value(figure, "strength", strength)
        set_value(figure, "width", width)
        page.evaluate("window.seed = 5")
        figure.get_by_role("button", name="New noise").click()
        page.wait_for_timeout(200)
        clean = images[garment : garment + 1]
        noise = strength * grain(5).reshape(clean.shape)
        noisy = np.clip(clean + noise, 0, 1).astype("float32")
        views = {
            "noisy": noisy,
            "Gaussian filter": ndimage.gaussian_filter(noisy, (0, width, width, 0)),
            "copy of clean": autoencoder.predict(clean, verbose=0),
            "autoencoder": autoencoder.predict(noisy, verbose=0),
            "denoiser": denoiser.predict(noisy, verbose=0),
        }
        wanted = {name: psnr(clean, image) for name, image in views.items()}
        numbers, best = shown(figure)
        assert numbers == pytest.approx(wanted, abs=0.25)
        for name in ("noisy", "Gaussian filter"):  # no rounded weights
            assert numbers[name] == pytest.approx(wanted[name], abs=0.051)
        del numbers["copy of clean"]
        assert numbers[best] == max(numbers.values())


def test_without_noise_nothing_beats_the_noisy_image(visit):
    figure = visit("chapters/09_denoising").start_figure("live-noise")
    figure.locator("[data-part=strength]").focus()
    figure.page.keyboard.press("Home")
    figure.page.wait_for_timeout(200)
    numbers, best = shown(figure)
    assert best == "noisy" and numbers["noisy"] == np.inf
    assert numbers["autoencoder"] == numbers["copy of clean"]
    figure.locator("[data-part=strength]").focus()
    figure.page.keyboard.press("End")
    figure.page.wait_for_timeout(200)
    assert shown(figure)[1] != "noisy"
