"""The networks: counts and names of the course, and clear errors."""

from aelib import models
import keras
import numpy as np
import pytest
from scipy import integrate, stats
import tensorflow


def test_parameter_counts_are_those_of_the_course():
    encoder, decoder = models.build_encoder(), models.build_decoder()
    assert encoder.count_params() == 96_770
    assert decoder.count_params() == 246_273
    assert models.build_autoencoder(encoder, decoder).count_params() == 343_043


def test_inputs_and_outputs_have_the_names_of_the_course():
    encoder, decoder = models.build_encoder(), models.build_decoder()
    assert encoder.layers[0].name == "encoder_input"
    assert encoder.layers[-1].name == "encoder_output"
    assert decoder.layers[0].name == "decoder_input"
    assert decoder.layers[-1].name == "decoder_output"


def test_shapes_halve_and_double():
    encoder, decoder = models.build_encoder(), models.build_decoder()
    assert models.layer_shapes(encoder) == [
        ("Input", (32, 32, 1)),
        ("Conv2D", (16, 16, 32)),
        ("Conv2D", (8, 8, 64)),
        ("Conv2D", (4, 4, 128)),
        ("Flatten", (2048,)),
        ("Dense", (2,)),
    ]
    assert [shape for _, shape in models.layer_shapes(decoder)] == [
        (2,),
        (2048,),
        (4, 4, 128),
        (8, 8, 128),
        (16, 16, 64),
        (32, 32, 32),
        (32, 32, 1),
    ]


def test_operations_are_two_for_each_weight_and_place():
    encoder = models.build_encoder(3, filters=(4, 8))
    first, second = 2 * 9 * 1 * 4 * 16 * 16, 2 * 9 * 4 * 8 * 8 * 8
    assert models.count_operations(encoder) == first + second + 2 * 8 * 8 * 8 * 3
    with pytest.raises(ValueError, match="'decoder_conv_transpose_1' is a Conv2DTr"):
        models.count_operations(models.build_decoder())


def test_first_convolution_equals_windows_summed_by_numpy():
    keras.utils.set_random_seed(1)
    layer = models.build_encoder().get_layer("encoder_conv_1")
    layer.bias.assign(np.linspace(-0.1, 0.1, 32))
    kernel, bias = layer.get_weights()
    image = np.random.default_rng(1).random((32, 32), dtype=np.float32)
    # Keras pads an even side with one row of zeros after it, none before.
    padded = np.pad(image, ((0, 1), (0, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijk->rck", windows, kernel[:, :, 0]) + bias
    got = np.asarray(layer(image[None, ..., None]))[0]
    np.testing.assert_allclose(got, np.maximum(sums, 0), atol=1e-6)


SIDES = (8, 9, 13, 16, 23, 31, 64, 97, 104, 140, 200, 259, 300)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("height", SIDES)
def test_every_shape_comes_back(height, channels):
    for width in SIDES:
        shape = (height, width, channels)
        options = {"filters": (2, 3, 2), "image_shape": shape}
        encoder = models.build_encoder(2, **options)
        decoder = models.build_decoder(2, **options)
        autoencoder = models.build_autoencoder(encoder, decoder)
        assert autoencoder.output_shape == (None, *shape)
        if height in (8, 23, 300) and width in (13, 64, 259):
            assert autoencoder(np.zeros((2, *shape), "float32")).shape == (2, *shape)


@pytest.mark.parametrize("side", [23, 104, 140, 259, 300])
def test_sides_that_break_other_decoders_come_back(side):
    shape = (side, side, 1)
    autoencoder = models.build_autoencoder(
        models.build_encoder(image_shape=shape), models.build_decoder(image_shape=shape)
    )
    images = np.zeros((1, *shape), "float32")
    assert autoencoder.predict(images, verbose=0).shape == images.shape


def test_one_layer_may_double_one_side_and_stop_one_short_of_it_on_the_other():
    # 7×10 → 4×5 → 7×10: by hand, each pixel stamps its 3×3 kernel at twice its place.
    decoder = models.build_decoder(1, filters=(2,), image_shape=(7, 10, 1))
    layer = decoder.get_layer("decoder_conv_transpose_1")
    rng = np.random.default_rng(0)
    small = rng.normal(size=(4, 5, 2)).astype("float32")
    kernel = layer.get_weights()[0]  # 3×3, to 2 filters, from 2
    canvas = np.zeros((9, 11, 2))
    for row, column in np.ndindex(4, 5):
        stamp = kernel @ small[row, column]
        canvas[2 * row : 2 * row + 3, 2 * column : 2 * column + 3] += stamp
    # Of two rows too many one is cut above; of one column too many none on the left.
    wanted = np.maximum(canvas[1:8, :10], 0)
    np.testing.assert_allclose(layer(small[None])[0], wanted, atol=1e-5)


def test_the_default_network_has_no_output_padding():
    layers = models.build_decoder().layers
    options = [layer.get_config().get("output_padding") for layer in layers]
    assert options == [None] * len(layers)


def test_parameters_of_other_shapes_by_hand():
    encoder = models.build_encoder(16, (8, 16), (23, 40, 3))  # → 12×20 → 6×10
    first, second = (9 * 3 + 1) * 8, (9 * 8 + 1) * 16
    assert encoder.count_params() == first + second + (6 * 10 * 16 + 1) * 16
    decoder = models.build_decoder(16, filters=(8, 16), image_shape=(23, 40, 3))
    dense, last = (16 + 1) * 6 * 10 * 16, (9 * 8 + 1) * 3
    between = (9 * 16 + 1) * 16 + (9 * 16 + 1) * 8
    assert decoder.count_params() == dense + between + last


@pytest.mark.parametrize("build", [models.build_encoder, models.build_decoder])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"image_shape": (32, 32)}, ValueError, "height, width and channels"),
        ({"image_shape": (32, 0, 1)}, ValueError, r"image_shape\[1\] is 0"),
        ({"image_shape": (32.0, 32, 1)}, TypeError, r"image_shape\[0\] is 32.0"),
        ({"image_shape": (1, 9, 1)}, ValueError, "at least 2×2 pixels"),
        (
            {"image_shape": (4, 40, 3)},
            ValueError,
            r"give 1 to 2, .* side of 4 can be halved 2 times.*filters=\(32, 64\), or "
            "images of at least 5 pixels a side",
        ),
        (
            {"image_shape": (64, 64, 3), "filters": (8,) * 7},
            ValueError,
            "give 1 to 6.*at least 65 pixels",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_refused_with_what_fits(
    build, options, error, message
):
    with pytest.raises(error, match=message):
        build(**options)


def test_the_smallest_side_for_three_layers_is_5():
    shape = (5, 6, 1)
    assert models.build_decoder(image_shape=shape).output_shape == (None, *shape)


def test_halves_of_different_images_are_not_joined():
    decoder = models.build_decoder(image_shape=(28, 28, 1))
    with pytest.raises(ValueError, match=r"\(32, 32, 1\), .* puts out \(28, 28, 1\)"):
        models.build_autoencoder(models.build_encoder(), decoder)


def test_the_divergence_of_colour_images_is_divided_by_all_their_values(tmp_path):
    shape = (9, 12, 3)
    network = models.build_variational_autoencoder(
        models.build_variational_encoder(2, (4,), shape),
        models.build_decoder(2, filters=(4,), image_shape=shape),
        beta=2.0,
    )
    network.save(tmp_path / "model.keras")
    for model in (network, keras.models.load_model(tmp_path / "model.keras")):
        encoder, _ = models.split_autoencoder(model)
        images = np.full((5, *shape), 0.5, "float32")
        means, log_variances = (np.asarray(part) for part in encoder(images))
        model(images)
        # The divergence of N(m, v) from N(0, 1), summed over the two numbers.
        wanted = (np.exp(log_variances) + means**2 - 1 - log_variances).sum(1).mean()
        np.testing.assert_allclose(model.losses[0], wanted / (9 * 12 * 3), rtol=1e-5)


def test_a_photo_denoiser_begins_as_a_copy_and_takes_any_even_size():
    denoiser = models.build_photo_denoiser()
    # 3×3 kernels: 3 to 32 channels, 32 to 32 twice, 32 to 3; and biases
    assert denoiser.count_params() == 9 * (3 * 32 + 2 * 32**2 + 32 * 3) + 3 * 32 + 3
    images = np.random.default_rng(0).random((2, 10, 16, 3), "float32")
    np.testing.assert_array_equal(denoiser(images), images)
    assert models.build_photo_denoiser(4, 1).output_shape == (None, None, None, 1)


def test_large_images_are_encoded_few_at_a_time():
    assert models.inference_batch_size((32, 32, 1)) == 500
    assert models.inference_batch_size((8, 8, 1)) == 500
    assert models.inference_batch_size((320, 320, 3)) == 5
    assert models.inference_batch_size((4000, 3000, 3)) == 1


def test_parts_share_the_weights_of_the_autoencoder():
    encoder, decoder = models.build_encoder(), models.build_decoder()
    autoencoder = models.build_autoencoder(encoder, decoder)
    images = np.random.default_rng(0).random((3, 32, 32, 1), dtype=np.float32)
    before = np.asarray(encoder(images))
    autoencoder.set_weights([weight + 0.01 for weight in autoencoder.get_weights()])
    assert not np.allclose(encoder(images), before)
    joined = decoder(encoder(images))
    np.testing.assert_allclose(autoencoder(images), joined, atol=1e-6)


def test_an_autoencoder_is_taken_apart_also_after_loading(tmp_path):
    autoencoder = models.build_autoencoder(
        models.build_encoder(3), models.build_decoder(3)
    )
    autoencoder.save(tmp_path / "model.keras")
    images = np.random.default_rng(0).random((3, 32, 32, 1), dtype=np.float32)
    for model in (autoencoder, keras.models.load_model(tmp_path / "model.keras")):
        encoder, decoder = models.split_autoencoder(model)
        assert encoder.output_shape == (None, 3)
        joined = decoder(encoder(images))
        np.testing.assert_allclose(autoencoder(images), joined, atol=1e-6)


def test_reconstructions_lie_between_zero_and_one():
    codes = np.array([[0, 0], [1e3, -1e3]], dtype=np.float32)
    images = np.asarray(models.build_decoder()(codes))
    assert images.shape == (2, 32, 32, 1)
    assert images.min() >= 0 and images.max() <= 1


@pytest.mark.parametrize("build", [models.build_encoder, models.build_decoder])
def test_latent_dimension_zero_is_refused(build):
    with pytest.raises(ValueError, match=r"latent_dim is 0; give 1 or more"):
        build(0)


@pytest.mark.parametrize("build", [models.build_encoder, models.build_decoder])
@pytest.mark.parametrize("latent_dim", [2.0, "2", None, True])
def test_latent_dimension_that_is_no_integer_is_refused(build, latent_dim):
    with pytest.raises(TypeError, match=r"latent_dim is .*; give an integer"):
        build(latent_dim)


def test_numpy_integer_is_a_latent_dimension():
    assert models.build_encoder(np.int64(3)).output_shape == (None, 3)


@pytest.mark.parametrize("filters", [(), (8,) * 6])
def test_too_few_or_too_many_layers_are_refused(filters):
    with pytest.raises(ValueError, match="give 1 to 5, one for each layer"):
        models.build_encoder(filters=filters)


def test_a_layer_without_filters_is_refused():
    with pytest.raises(ValueError, match=r"filters\[1\] is 0"):
        models.build_encoder(filters=(8, 0))
    with pytest.raises(TypeError, match=r"filters\[0\] is 8.5"):
        models.build_encoder(filters=(8.5,))


def test_halves_of_different_latent_dimensions_are_not_joined():
    with pytest.raises(ValueError, match=r"latent dimension is 2.*is 3"):
        models.build_autoencoder(models.build_encoder(2), models.build_decoder(3))


def test_tensorflow_is_quiet_about_retracing_and_about_nothing_else(caplog):
    many = [models.build_encoder(1, (1,)) for _ in range(6)]
    for model in many:
        model.predict(np.zeros((1, 32, 32, 1), "float32"), verbose=0)
    assert "retracing" not in caplog.text
    tensorflow.get_logger().warning("something else")
    assert "something else" in caplog.text


def test_a_variational_encoder_has_one_layer_more():
    encoder = models.build_variational_encoder(3)
    plain = models.build_encoder(3)
    assert encoder.count_params() == plain.count_params() + 2_048 * 3 + 3
    assert encoder.output_shape == [(None, 3), (None, 3)]


def test_codes_are_drawn_with_the_mean_and_variance_of_each_image():
    layer = models.SampleCode()
    means = np.repeat([[1.0, -2.0]], 20_000, axis=0).astype("float32")
    log_variances = np.repeat([[np.log(0.25), 0.0]], 20_000, axis=0).astype("float32")
    codes = np.asarray(layer([means, log_variances]))
    np.testing.assert_allclose(codes.mean(axis=0), [1, -2], atol=0.03)
    np.testing.assert_allclose(codes.std(axis=0), [0.5, 1], atol=0.03)
    assert not np.array_equal(codes, layer([means, log_variances]))


def test_the_kl_term_is_the_divergence_by_integration():
    layer = models.SampleCode(beta=2.0)
    mean, deviation = 0.7, 0.3
    layer([np.full((4, 1), mean, "float32"), np.full((4, 1), 2 * np.log(deviation))])
    one, standard = stats.norm(mean, deviation), stats.norm()

    def density(x):
        return one.pdf(x) * (one.logpdf(x) - standard.logpdf(x))

    divergence, _ = integrate.quad(density, mean - 3, mean + 3)
    assert float(layer.losses[0]) == pytest.approx(2 * divergence / 1_024, rel=1e-4)


def test_a_variational_autoencoder_is_taken_apart_also_after_loading(tmp_path):
    encoder, decoder = models.build_variational_encoder(), models.build_decoder()
    whole = models.build_variational_autoencoder(encoder, decoder, beta=0.5)
    whole.save(tmp_path / "whole.keras")
    loaded = keras.models.load_model(tmp_path / "whole.keras")
    assert loaded.get_layer("sample_code").beta == 0.5
    images = np.random.default_rng(0).uniform(size=(3, 32, 32, 1)).astype("float32")
    again, again_decoder = models.split_autoencoder(loaded)
    codes = encoder.predict(images, verbose=0)
    for one, other in zip(codes, again.predict(images, verbose=0), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(
        decoder.predict(codes[0], verbose=0), again_decoder.predict(codes[0], verbose=0)
    )


def test_variational_halves_and_beta_that_make_no_sense_are_refused():
    encoder = models.build_variational_encoder(2)
    with pytest.raises(ValueError, match="latent dimension is 2, the decoder"):
        models.build_variational_autoencoder(encoder, models.build_decoder(3))
    for beta in (-1.0, np.nan):
        with pytest.raises(ValueError, match="give 0 or more"):
            models.build_variational_autoencoder(encoder, models.build_decoder(), beta)


@pytest.mark.parametrize("logit", [-60.0, -4.0, -0.011, -0.009, 0.0, 0.02, 3.0, 40.0])
def test_the_continuous_bernoulli_is_a_density_with_the_mean_that_is_told(logit):
    likelihood = models.LIKELIHOODS["continuous_bernoulli"]
    x = np.linspace(0, 1, 400_001)
    nats = keras.ops.convert_to_numpy(likelihood.loss(x, np.full_like(x, logit)))
    density = np.exp(-nats.astype("float64"))
    assert integrate.simpson(density, x=x) == pytest.approx(1, rel=1e-4)
    mean = float(likelihood.mean(np.float32(logit)))
    assert integrate.simpson(x * density, x=x) == pytest.approx(mean, abs=1e-4)


def test_the_continuous_bernoulli_is_binary_cross_entropy_less_its_normalizer():
    x, logits = np.meshgrid([0.0, 0.3, 1.0], [-3.0, 0.5, 2.0])
    parameters = 1 / (1 + np.exp(-logits))
    # The constant as Loaiza-Ganem and Cunningham (2019) write it.
    normalizer = 2 * np.arctanh(1 - 2 * parameters) / (1 - 2 * parameters)
    bce = -x * np.log(parameters) - (1 - x) * np.log1p(-parameters)
    loss = models.LIKELIHOODS["continuous_bernoulli"].loss(x, logits)
    np.testing.assert_allclose(loss, bce - np.log(normalizer), atol=1e-6)


def test_the_gradient_of_the_continuous_bernoulli_is_its_mean_less_the_pixel():
    likelihood = models.LIKELIHOODS["continuous_bernoulli"]
    logits = tensorflow.constant([-30.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 30.0])
    with tensorflow.GradientTape() as tape:
        tape.watch(logits)
        loss = tensorflow.reduce_sum(likelihood.loss(0.3, logits))
    slope = tape.gradient(loss, logits).numpy()
    np.testing.assert_allclose(slope, likelihood.mean(logits) - 0.3, atol=1e-4)


def test_the_gaussian_is_that_of_the_batchs_own_variance():
    rng = np.random.default_rng(0)
    images, means = rng.uniform(size=(2, 8, 32, 32, 1)).astype("float32")
    spread = np.sqrt(np.mean((images - means) ** 2))
    wanted = -stats.norm(means, spread).logpdf(images).mean()
    loss = models.LIKELIHOODS["gaussian"].loss(images, means)
    assert float(loss) == pytest.approx(wanted, rel=1e-5)
    for worse in (0.9 * spread, 1.1 * spread):
        assert -stats.norm(means, worse).logpdf(images).mean() > wanted


def test_classifier_gives_features_and_logits():
    classifier = models.build_classifier()
    assert classifier.count_params() == 101_578
    images = np.random.default_rng(0).random((3, 32, 32, 1), "float32")
    features, logits = classifier.predict(images, verbose=0)
    assert features.shape == (3, 64) and features.min() == 0 < features.max()
    kernel, bias = classifier.get_layer("classifier_output").get_weights()
    np.testing.assert_allclose(logits, features @ kernel + bias, atol=1e-5)
