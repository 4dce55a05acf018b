"""The live figures' numeric core in a real browser, against Keras."""

import json

from aelib import datasets, models, pretrained
import keras
from keras import layers
import live_data
import numpy as np
import pytest

pytestmark = pytest.mark.deep

RUN = """([name, part, inputs, shape]) => {
  const network = core.unpackLayers(data[name][part]);
  return inputs.map((input) => Array.from(
    core.run(network, Float32Array.from(input), shape).pop()));
}"""


@pytest.fixture
def page(visit, site):
    """A page with the core, and with the data that `live.provide` was given."""
    page = visit("genindex").page
    scripts = site / "_static" / "live"
    live = "var data = {}; var live = {provide: (name, value) => data[name] = value}"
    page.add_script_tag(content=live)
    page.add_script_tag(path=scripts / "core.js")
    for name in live_data.NETWORKS:
        page.add_script_tag(path=scripts / "data" / f"{name}.js")
    return page


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Dense(7), (12,)),
        (layers.Dense(7, activation="sigmoid"), (12,)),
        (layers.Conv2D(5, 3, padding="same", activation="relu"), (6, 7, 3)),
        (layers.Conv2D(5, 3, strides=2, padding="same"), (6, 7, 3)),
        (layers.Conv2D(4, 4, strides=2, padding="same"), (8, 5, 2)),
        (layers.Conv2D(4, 2, strides=3, padding="same"), (8, 5, 2)),
        (layers.Conv2DTranspose(5, 3, strides=2, padding="same"), (4, 3, 6)),
        (layers.Conv2DTranspose(3, 4, strides=2, padding="same"), (4, 3, 2)),
        (layers.Conv2DTranspose(3, 3, strides=1, padding="same"), (4, 3, 2)),
        (layers.Conv2DTranspose(3, 2, strides=3, padding="same"), (4, 3, 2)),
    ],
)
def test_a_layer_with_random_weights_computes_what_keras_computes(page, layer, shape):
    rng = np.random.default_rng(0)
    inputs = keras.Input(shape)
    network = keras.Model(inputs, layer(inputs))
    network.set_weights([rng.normal(size=w.shape) for w in network.weights])
    [kernel, bias], [packed] = layer.get_weights(), live_data.pack_layers(network)
    # The exact weights: what rounding does is another test's question.
    if isinstance(layer, layers.Conv2DTranspose):
        kernel = np.moveaxis(kernel, 2, 3)
    for name, values in (("kernel", kernel), ("bias", bias)):
        packed[name] = {"shape": values.shape, "values": values.ravel().tolist()}
    image = rng.normal(size=shape).astype("float32")
    found = page.evaluate(
        """([layer, input, shape]) => {
          const values = (part) => Float32Array.from(part.values);
          const unpacked = {...layer, kernelShape: layer.kernel.shape,
            kernel: values(layer.kernel), bias: values(layer.bias)};
          return Array.from(core.run([unpacked], Float32Array.from(input), shape)[0]);
        }""",
        [packed, image.ravel().tolist(), shape],
    )
    wanted = network.predict(image[None], verbose=0)[0]
    assert np.shape(found) == (wanted.size,)
    np.testing.assert_allclose(found, wanted.ravel(), atol=1e-4)


def test_packed_numbers_are_read_to_half_a_step(page):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(40, 30)) * np.geomspace(0.001, 100, 30)
    steps = np.abs(values).max(axis=0) / np.geomspace(1, 20_000, 30)
    packed = json.loads(json.dumps(live_data.pack(values, steps)))
    found = page.evaluate("packed => Array.from(core.unpack(packed))", packed)
    error = np.abs(np.reshape(found, values.shape) - values)
    # Float32 in the browser, and steps of nine digits.
    assert (error <= 0.5 * steps + 2e-7 * np.abs(values) + 20_000 * 1e-9).all()
    with pytest.raises(ValueError, match="larger steps"):
        live_data.pack(values, steps / 1e4)


def test_an_array_of_another_size_is_refused(page):
    packed = live_data.pack(np.zeros((2, 3)), np.ones(1)) | {"shape": [2, 4]}
    read = "packed => { try { core.unpack(packed) } catch (e) { return e.message } }"
    said = page.evaluate(read, packed)
    assert said == "6 values for an array of 8"


@pytest.mark.parametrize("name", live_data.NETWORKS)
def test_a_network_in_the_browser_differs_by_less_than_a_grey_level(page, name):
    encoder, decoder = pretrained.load(name)
    _, _, (images, _) = datasets.load_fashion_mnist()
    images = images[:200]
    codes = models.encode(encoder, images)
    wanted = decoder.predict(codes, verbose=0).reshape(200, -1)

    def decode(points):
        points = np.asarray(points, "float64").tolist()
        return np.array(page.evaluate(RUN, [name, "decoder", points, [2]]))

    flat = images.reshape(200, -1).astype("float64").tolist()
    found_codes = page.evaluate(RUN, [name, "encoder", flat, [32, 32, 1]])
    decoded = 255 * np.abs(decode(codes) - wanted)
    both = 255 * np.abs(decode(found_codes) - wanted)
    away = np.linalg.norm(found_codes - codes, axis=1)
    print(
        f"{name}: decoder {decoded.mean():.2f} grey levels in the mean "
        f"and {decoded.max():.0f} at most, both halves {both.mean():.2f} and "
        f"{both.max():.0f}; "
        f"codes {away.mean():.4f} away in the mean"
    )
    assert decoded.mean() < 1 and both.mean() < 1
    assert away.mean() < 0.005 * np.ptp(codes, axis=0).max()


@pytest.mark.parametrize("name", live_data.NETWORKS)
def test_a_network_is_light(site, name):
    import gzip

    script = (site / "_static" / "live" / "data" / f"{name}.js").read_bytes()
    assert len(gzip.compress(script)) < 350_000


def test_a_decode_is_fast_enough_for_a_drag(page):
    milliseconds = page.evaluate(
        """() => {
          const network = core.unpackLayers(data["bce-2d"].decoder);
          const times = Array.from({length: 60}, (_, i) => {
            const begin = performance.now();
            core.run(network, Float32Array.of(i / 10 - 3, 1), [2]);
            return performance.now() - begin;
          });
          return times.sort((a, b) => a - b)[30];
        }"""
    )
    print(f"one decode: {milliseconds:.1f} ms in the median")
    assert milliseconds < 40  # 8 on an idle machine
