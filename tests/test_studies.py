"""How the studies come by their networks, and which tables they have left."""

from aelib import datasets, models, pretrained, results, training
from aelib.pretrained import Spec
import networks
import numpy as np
import pytest

SPECS = [
    Spec(training.Recipe(epochs=1, batch_size=50, seed=seed), latent_dim)
    for seed, latent_dim in ((0, 2), (1, 3))
]


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Train on few images, in a folder of its own; count the trainings."""
    few = [(x[:100], y[:100]) for x, y in datasets.load_fashion_mnist()]
    monkeypatch.setattr(datasets, "load_fashion_mnist", lambda: few)
    monkeypatch.setattr(networks, "KEPT", tmp_path / "kept")
    train, calls = networks._train, []
    monkeypatch.setattr(
        networks, "_train", lambda spec: calls.append(spec) or train(spec)
    )
    return calls


def drawn(networks_of_a_study):
    images = datasets.load_fashion_mnist()[2][0][:5]
    return [
        decoder.predict(models.encode(encoder, images), verbose=0)
        for _, encoder, decoder in networks_of_a_study
    ]


def test_a_network_is_trained_once_and_is_the_same_afterwards(trained):
    first, second = drawn(networks.train(SPECS)), drawn(networks.train(SPECS))
    assert trained == SPECS
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.allclose(*first)


def test_a_study_that_was_interrupted_goes_on_where_it_stopped(trained, monkeypatch):
    train = networks._train

    def stop(spec):
        if spec == SPECS[1]:
            raise KeyboardInterrupt
        return train(spec)

    with monkeypatch.context() as patch:
        patch.setattr(networks, "_train", stop)
        with pytest.raises(KeyboardInterrupt):
            list(networks.train(SPECS))
    assert trained == SPECS[:1]
    assert [path.suffix for path in networks.KEPT.iterdir()] == [".safetensors"]
    assert len(list(networks.train(SPECS))) == 2
    assert trained == SPECS


def test_damaged_weights_are_told_and_trained_again(trained, capsys):
    wanted = drawn(networks.train(SPECS[:1]))
    (path,) = networks.KEPT.iterdir()
    path.write_bytes(path.read_bytes()[:1_000])
    again = drawn(networks.train(SPECS[:1]))
    assert "is damaged" in capsys.readouterr().out
    assert trained == SPECS[:1] * 2
    np.testing.assert_allclose(*wanted, *again, atol=1e-3)


def test_a_pretrained_model_is_not_trained_again(trained):
    spec = pretrained.MODELS["bce-2d-seed0"]
    ((told, encoder, _),) = networks.train([spec])
    assert trained == [] and told == spec
    wanted, _ = pretrained.load("bce-2d-seed0")
    for one, other in zip(encoder.get_weights(), wanted.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("name", "columns", "groups", "seeds"),
    [
        ("time_to_quality", ("recipe",), 2, 10),
        ("recipe_changes", ("change",), 6, 5),
        ("loss_study", ("loss",), 3, 3),
        ("size_study", ("numbers",), 6, 5),
        ("size_control", ("numbers",), 6, 20),
        ("variational_study", ("likelihood", "beta"), 7, 5),
    ],
)
def test_every_group_of_a_study_has_all_its_seeds(name, columns, groups, seeds):
    rows = results.table(name).groupby(list(columns)).size()
    assert len(rows) == groups and set(rows) == {seeds}


def test_the_denoising_study_has_five_seeds_of_every_network_and_view():
    study = results.table("denoising_study").query("network != 'PCA'")
    rows = study.groupby(["network", "numbers", "view"]).size()
    assert set(rows) == {5}
    sizes = {(network, size) for network, size, _ in rows.index}
    assert sizes == {
        *(("clean", size) for size in (2, 4, 16, 64)),
        *(("denoiser", size) for size in (2, 64)),
    }


def test_the_tile_study_has_five_seeds_of_every_network():
    errors = results.table("tile_errors")
    rows = errors.groupby(["tiles", "latent_dim", "method"]).size()
    assert set(rows) == {5}
    sizes = {(tiles, size) for tiles, size, _ in rows.index}
    assert sizes == {("few", 8), *(("many", size) for size in (2, 4, 8, 16, 32))}
    anomalies = results.table("tile_anomalies")
    rows = anomalies.groupby(["kind", "method", "score"]).size()
    assert set(rows) == {5} and len(rows) == 7 * (2 * 2 + 1 + 1)
    cleaning = results.table("tile_cleaning")
    seeds = cleaning.groupby("photograph")["seed"].nunique()
    assert len(seeds) == 8 and seeds["coffee"] == 5
