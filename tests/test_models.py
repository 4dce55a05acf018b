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
