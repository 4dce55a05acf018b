"""Reports on one's own images: baselines, what is said of them, and the page."""

from html.parser import HTMLParser
import re

from aelib import folders, reports, training
import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA


def stored(images):
    return folders.StoredImages(np.rint(255 * images).astype("uint8"))


def make_images(count, seed=0, shape=(12, 10, 3)):
    """Smooth images with four degrees of freedom, and a little noise."""
    rng = np.random.default_rng(seed)
    basis = np.random.default_rng(9).normal(size=(4, *shape))
    mixed = np.tensordot(rng.uniform(-1, 1, (count, 4)), basis, 1)
    return (0.5 + 0.1 * mixed + 0.01 * rng.normal(size=mixed.shape)).clip(0, 1)


@pytest.fixture(scope="module")
def measured():
    train, validation = stored(make_images(120)), stored(make_images(40, seed=1))
    recipe = training.Recipe(loss="mse", epochs=4, batch_size=10, jit_compile=False)
    network, history = training.fit(recipe, train, validation, 4, filters=(8,))
    return reports.Measurement(network, train, validation), history, train, validation


def test_errors_are_those_of_other_libraries(measured):
    measurement, _, train, validation = measured
    rows = train[:].reshape(120, -1), validation[:].reshape(40, -1)
    pca = PCA(4).fit(rows[0])
    drawn = pca.inverse_transform(pca.transform(rows[1])).clip(0, 1)
    wanted = {
        "PCA": np.mean((drawn - rows[1]) ** 2, axis=1),
        "mean image": np.mean((rows[0].mean(axis=0) - rows[1]) ** 2, axis=1),
    }
    errors = measurement.errors["validation"]
    for name, values in wanted.items():
        np.testing.assert_allclose(errors[name], values, rtol=2e-3)
    drawn = measurement.decoder.predict(measurement.codes, verbose=0)
    np.testing.assert_allclose(
        errors["autoencoder"],
        np.mean((drawn.reshape(40, -1) - rows[1]) ** 2, axis=1),
        rtol=1e-4,
    )


def test_pca_in_batches_is_nearly_pca(monkeypatch):
    images = stored(make_images(200))
    whole = reports._fit_pca(images, 4)
    monkeypatch.setattr(reports, "PCA_VALUES", 60 * 360)
    parts = reports._fit_pca(images, 4)
    assert type(parts).__name__ == "IncrementalPCA"
    rows = images[:].reshape(200, -1)
    errors = [
        np.mean((pca.inverse_transform(pca.transform(rows)) - rows) ** 2)
        for pca in (whole, parts)
    ]
    assert errors[1] == pytest.approx(errors[0], rel=0.02)


def test_pca_has_no_more_components_than_the_images_allow():
    pca = reports._fit_pca(stored(make_images(5)), 16)
    assert pca.n_components_ == 4


def test_one_training_image_is_refused(measured):
    network = training.build(training.Recipe(), 2, (4,), (12, 10, 3))
    with pytest.raises(ValueError, match="1 training images; give two or more"):
        reports.Measurement(network, stored(make_images(1)), stored(make_images(2)))


def frames(own, pca, mean, seen=None, count=50, spread=0.1):
    """Errors around the given means, of training and validation images."""
    rng = np.random.default_rng(0)

    def noisy(value):
        factors = rng.lognormal(0, spread, count)
        return value * factors / factors.mean()

    columns = {"autoencoder": own, "PCA": pca, "mean image": mean}
    train = columns | {"autoencoder": own if seen is None else seen}
    return {
        part: pd.DataFrame({name: noisy(value) for name, value in values.items()})
        for part, values in (("train", train), ("validation", columns))
    }


FALLING = [{"loss": 1 / n, "val_loss": 1 / n} for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        (frames(0.01, 0.02, 0.05), "is better than PCA: its error is 0.01"),
        (frames(0.02, 0.01, 0.05), "is worse than PCA"),
        (frames(0.02, 0.0201, 0.05, spread=0.3), "do not differ clearly"),
        (frames(0.05, 0.01, 0.05), "learned no more than the mean image"),
        (frames(0.04, 0.01, 0.05, count=4, spread=1.0), "not clearly learned more"),
        (frames(0.02, 0.03, 0.05, seen=0.01), "It overfits.* 2.0 times"),
        (frames(1e-4, 2e-4, 5e-4), "nearly all the same.* 5.7 of 255 grey levels"),
    ],
)
def test_findings_say_what_the_errors_mean(errors, words):
    text = " ".join(reports.judge(errors, FALLING))
    assert re.search(words, text), text


def test_a_good_network_gets_one_finding():
    assert len(reports.judge(frames(0.01, 0.02, 0.05), FALLING)) == 1


def test_collapse_copies_and_a_rising_curve_are_told():
    errors = frames(0.01, 0.02, 0.05)
    assert "ignores the code" in reports.judge(errors, FALLING, spread=0.03)[0]
    copies = reports.judge(errors, FALLING, near_copies=7)[-1]
    assert copies.startswith("7 of 50 validation images have a near copy")
    rising = [{"loss": 1.0, "val_loss": value} for value in (0.3, 0.2, 0.25)]
    (text,) = reports.judge(errors, rising)[1:]
    assert "lowest after epoch 2" in text and "--epochs 2" in text


def test_spread_is_1_for_a_copy_and_0_for_one_picture(measured):
    images = stored(make_images(30))
    measurement = measured[0]
    outputs = {
        "copy": lambda batch: {"autoencoder": batch},
        "one": lambda batch: {"autoencoder": np.zeros_like(batch)},
    }
    for name, wanted in (("copy", 1), ("one", 0)):
        measurement.reconstruct, kept = outputs[name], measurement.reconstruct
        assert measurement._measure_spread(images) == pytest.approx(wanted, abs=1e-6)
        measurement.reconstruct = kept


class Page(HTMLParser):
    """Collect elements and their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_the_page_holds_its_pictures_and_escapes_names(measured, tmp_path):
    measurement, history, _, validation = measured
    card = {
        "findings": ["a < b"],
        "history": history,
        "settings": {"size": [12, 10]},
        "data": {"skipped": {"<b>.txt": "is no image"}, "converted": {}},
    }
    names = [f"{number}<i>.png" for number in range(40)]
    reports.write(tmp_path / "r.html", "Mine", card, measurement, validation, names)
    text = (tmp_path / "r.html").read_text("utf-8")
    page = Page(text)
    pictures = [values for tag, values in page.tags if tag == "img"]
    assert len(pictures) == 4
    for picture in pictures:
        assert picture["src"].startswith("data:image/png;base64,") and picture["alt"]
    assert "http" not in text
    assert "<i>" not in text and "<b>" not in text and "&lt;b&gt;.txt" in text
    assert "a &lt; b" in text and "12, 10" in text
    worst = measurement.errors["validation"]["autoencoder"].idxmax()
    assert text.index(f"<li>{worst}&lt;i&gt;.png") < text.index("Latent map")
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_codes_of_any_dimension_become_points(latent_dim):
    codes = np.random.default_rng(0).normal(size=(20, latent_dim))
    points = reports._to_plane(codes)
    assert points.shape == (20, 2)
    if latent_dim == 5:
        np.testing.assert_allclose(
            points.var(axis=0, ddof=1),
            np.sort(np.linalg.eigvalsh(np.cov(codes.T)))[::-1][:2],
        )
