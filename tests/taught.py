"""What a chapter teaches equals what `aelib` has of it.

Runs in the kernel of the executed chapter, with the chapter's names.
"""

from aelib import datasets, metrics, models, training
import numpy as np
import pytest


def assert_same_network(taught, imported):
    """Compare names, shapes, parameters, and with the same weights the outputs."""
    assert [layer.name for layer in taught.layers] == [
        layer.name for layer in imported.layers
    ]
    assert [layer.output.shape for layer in taught.layers] == [
        layer.output.shape for layer in imported.layers
    ]
    assert taught.count_params() == imported.count_params()
    imported.set_weights(taught.get_weights())
    inputs = np.random.default_rng(0).uniform(size=(50, *taught.input_shape[1:]))
    np.testing.assert_allclose(imported(inputs), taught(inputs), atol=1e-6)


def assert_same_variational_network(taught, imported):
    """Compare parameters, and with the same weights and chance outputs and losses."""
    assert [weight.shape for weight in taught.get_weights()] == [
        weight.shape for weight in imported.get_weights()
    ]
    imported.set_weights(taught.get_weights())
    for network in (taught, imported):
        (sampler,) = [x for x in network.layers if hasattr(x, "seed_generator")]
        sampler.seed_generator.state.assign([1, 2])
    images = np.random.default_rng(0).uniform(size=(50, 32, 32, 1))
    drawn = [network(images) for network in (taught, imported)]
    np.testing.assert_allclose(*drawn, atol=1e-6)
    (own,), (other,) = taught.losses, imported.losses
    assert float(own) == pytest.approx(float(other), rel=1e-5)


def check(chapter, names):
    """Raise AssertionError if the chapter's names and `aelib`'s differ."""

    if chapter == "01_dataset":
        (train_images, train_labels), (validation_images, _), _ = (
            datasets.load_fashion_mnist()
        )
        np.testing.assert_array_equal(names["train_images"], train_images)
        np.testing.assert_array_equal(names["train_labels"], train_labels)
        np.testing.assert_array_equal(names["validation_images"], validation_images)
        images = names["images"][:100]
        np.testing.assert_array_equal(
            names["prepare"](images), datasets.preprocess(images)
        )
    elif chapter in ("02_encoder", "03_transposed_convolution"):
        part = "encoder" if chapter == "02_encoder" else "decoder"
        taught = names[part]
        imported = getattr(models, f"build_{part}")()
        assert_same_network(taught, imported)
    elif chapter == "04_loss":
        images = names["images"]
        others = images[::-1]  # with pixels that are exactly 0 or 1
        inner = np.clip(others, 0.01, 0.99)
        for taught, imported, predicted in (
            (names["squared_error"], metrics.mean_squared_error, others),
            (names["cross_entropy"], metrics.binary_cross_entropy, inner),
            (names["safe_cross_entropy"], metrics.binary_cross_entropy, others),
        ):
            losses = taught(images.astype("float64"), predicted.astype("float64"))
            assert imported(images, predicted) == pytest.approx(losses.mean(), rel=1e-5)
    elif chapter == "05_training":
        imported = models.build_autoencoder(
            models.build_encoder(), models.build_decoder()
        )
        assert_same_network(names["autoencoder"], imported)
    elif chapter == "a_measuring":
        pass  # it measures with `aelib`, and defines nothing that it has
    elif chapter == "b_training":
        network, fast = training.build(names["fast"]), names["fast"]
        training.compile_autoencoder(network, fast, images=50_000)
        for step in (0, 20, 34, 300, 688):
            network.optimizer.iterations.assign(step)
            rate = float(network.optimizer.learning_rate)
            assert names["rates"]["fast"][step] == pytest.approx(rate, abs=1e-9)
    elif chapter == "06_latent_space":
        points, known = names["spaces"]["autoencoder"]
        few, labels = (names["images"][:2_000], points[:2_000]), names["labels"]
        expected = {
            "5-NN accuracy": metrics.knn_accuracy(
                known, names["validation_labels"], points, labels
            ),
            "trustworthiness": metrics.trustworthiness(*few),
            "continuity": metrics.continuity(*few),
        }
        assert names["measure"](points, known) == pytest.approx(expected)
    elif chapter == "07_generation":
        rng = np.random.default_rng(0)
        real, generated = rng.normal(size=(100, 5)), rng.normal(0.5, size=(80, 5))
        expected = metrics.prdc(real, generated).coverage
        assert 0 < expected < 1
        assert names["coverage"](real, generated) == expected
    elif chapter == "10_own_images":
        taught, imported = names["denoiser"], models.build_photo_denoiser()
        assert [type(x) for x in taught.layers] == [type(x) for x in imported.layers]
        imported.set_weights(taught.get_weights())
        images = np.random.default_rng(0).uniform(size=(2, 10, 16, 3))
        np.testing.assert_allclose(imported(images), taught(images), atol=1e-6)
    elif chapter == "09_denoising":
        images = names["images"][:100]
        noisy, imported = (
            add(images, 0.2, np.random.default_rng(0))
            for add in (names["add_noise"], datasets.add_noise)
        )
        np.testing.assert_array_equal(noisy, imported)
    elif chapter == "08_sampling":
        imported = models.build_variational_autoencoder(
            models.build_variational_encoder(), models.build_decoder()
        )
        assert_same_variational_network(names["vae"], imported)
    else:
        raise AssertionError(f"say here what {chapter} teaches")
