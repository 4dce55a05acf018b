"""The pretrained models: what is loaded is what its card says, or nothing is."""

from dataclasses import asdict, replace
import hashlib
from pathlib import Path
import shutil

from aelib import datasets, metrics, models, pretrained, training
from distributed import Client, LocalCluster
import joblib
import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.metrics import accuracy_score


@pytest.fixture(scope="module")
def dataset():
    return datasets.load_fashion_mnist()


MEASURED = ("bce-2d",)  # in the quick tier; the rest in the deep one


@pytest.mark.parametrize(
    "name",
    [
        name if name in MEASURED else pytest.param(name, marks=pytest.mark.deep)
        for name in pretrained.MODELS
    ],
)
def test_card_tells_the_recipe_and_the_errors_of_the_stored_weights(name, dataset):
    card = pretrained.card(name)
    recipe = asdict(pretrained.MODELS[name].recipe)
    assert card["recipe"] == recipe, f"python -m aelib.pretrained {name}"
    assert len(card["history"]) == recipe["epochs"]
    images = dataset[2][0]
    for key, value in pretrained.evaluate(*pretrained.load(name), images).items():
        assert value == pytest.approx(card["metrics"]["test"][key], abs=2e-6), key


def test_card_tells_neighbours_as_scikit_learn_counts_them(dataset):
    (images, labels), _, (test_images, test_labels) = dataset
    encoder, _ = pretrained.load("bce-2d")
    codes, test_codes = (
        models.encode(encoder, images),
        models.encode(encoder, test_images),
    )
    accuracy = metrics.knn_accuracy(codes, labels, test_codes, test_labels)
    told = pretrained.card("bce-2d")["metrics"]["test"]
    assert accuracy == pytest.approx(told["accuracy_5nn"], abs=5e-4)
    assert 0.5 < told["trustworthiness"] < 1


def test_long_training_beats_every_short_one():
    errors = {
        name: pretrained.card(name)["metrics"]["test"]["mse_28"]
        for name in pretrained.MODELS
    }
    assert max(errors["bce-2d"], errors["mse-2d"]) < min(
        error for name, error in errors.items() if "seed" in name
    )


def test_more_numbers_and_more_epochs_reconstruct_better():
    names = ("bce-64d", "bce-2d", "bce-2d-medium", "bce-2d-seed0")
    errors = [pretrained.card(name)["metrics"]["test"]["mse_28"] for name in names]
    assert errors == sorted(errors)
    assert errors[0] < 0.0050  # published, by a network 26 times as large: 0.0054


@pytest.mark.parametrize("name", [*pretrained.MODELS, pretrained.CLASSIFIER])
def test_weights_are_stored_in_half_precision_and_little_else(name):
    path = pretrained.WEIGHTS / pretrained.card(name)["weights"]
    tensors = load_file(path)
    assert {array.dtype for array in tensors.values()} == {np.dtype("float16")}
    count = sum(array.size for array in tensors.values())
    parts = (
        [pretrained.load_classifier()]
        if name == pretrained.CLASSIFIER
        else pretrained.load(name)
    )
    assert count == sum(part.count_params() for part in parts)
    assert path.stat().st_size < 2 * count + 8_000
    assert path.name[:-12].endswith(pretrained.card(name)["sha256"][:8])


def test_only_what_a_card_names_is_in_the_folder():
    names = [*pretrained.MODELS, pretrained.CLASSIFIER]
    named = {pretrained.card(name)["weights"] for name in names}
    cards = {f"{name}.json" for name in names}
    paths = list(pretrained.WEIGHTS.iterdir())
    assert {path.name for path in paths} == named | cards
    assert sum(path.stat().st_size for path in paths) < 12e6


def test_classifier_is_as_accurate_as_its_card_says(dataset):
    images, labels = dataset[2]
    features, logits = pretrained.load_classifier().predict(
        images, batch_size=500, verbose=0
    )
    told = pretrained.card(pretrained.CLASSIFIER)["metrics"]["test"]["accuracy"]
    assert accuracy_score(labels, logits.argmax(axis=1)) == pytest.approx(told)
    assert told > 0.9
    assert features.shape == (10_000, 64) and features.min() == 0


def test_unknown_name_is_refused_with_the_names_of_those_there_are():
    for ask in (pretrained.load, pretrained.card, pretrained.retrain):
        with pytest.raises(ValueError, match=r"'vae'; there are: bce-2d, mse-2d"):
            ask("vae")


def test_codes_of_another_size_are_refused():
    with pytest.raises(ValueError, match="latent dimension 2, not 16"):
        pretrained.load("bce-2d", latent_dim=16)
    assert pretrained.load("bce-2d", latent_dim=2)[0].output_shape == (None, 2)


def test_weights_with_another_hash_are_refused(tmp_path, monkeypatch):
    card = pretrained.card("bce-2d")
    for name in ("bce-2d.json", card["weights"]):
        shutil.copy(pretrained.WEIGHTS / name, tmp_path)
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path)
    pretrained.load("bce-2d")
    weights = tmp_path / card["weights"]
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(RuntimeError, match=r"not the file .*aelib.pretrained bce-2d"):
        pretrained.load("bce-2d")
    weights.unlink()
    with pytest.raises(RuntimeError, match="missing"):
        pretrained.load("bce-2d")
    with pytest.raises(RuntimeError, match="no card; train it"):
        pretrained.load("mse-2d")


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Return a folder for the states of trainings: what is done is not done again."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def tiny(dataset, state, tmp_path, monkeypatch):
    """Give the package one model that trains in a second, in a folder of its own."""
    recipe = replace(training.get_recipe("fast"), epochs=1, batch_size=100)
    monkeypatch.setattr(pretrained, "MODELS", {"tiny": pretrained.Spec(recipe)})
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path / "weights")
    parts = [(images[:200], labels[:200]) for images, labels in dataset]
    monkeypatch.setattr(datasets, "load_fashion_mnist", lambda: parts)

    def train(seed):
        pretrained.MODELS["tiny"] = pretrained.Spec(replace(recipe, seed=seed))
        pretrained.retrain("tiny", checkpoints=state, verbose=0)
        return pretrained.card("tiny")

    return train


def test_training_again_replaces_weights_and_card_together(tiny):
    first, second = tiny(seed=0), tiny(seed=1)
    assert first["sha256"] != second["sha256"]
    assert {path.name for path in pretrained.WEIGHTS.iterdir()} == {
        "tiny.json",
        second["weights"],
    }
    content = (pretrained.WEIGHTS / second["weights"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == second["sha256"]
    images = datasets.load_fashion_mnist()[2][0]
    measured = pretrained.evaluate(*pretrained.load("tiny"), images)
    assert measured["bce_32"] == pytest.approx(second["metrics"]["test"]["bce_32"])


def test_a_training_cut_off_while_it_stores_leaves_the_old_pair(tiny, monkeypatch):
    old = tiny(seed=0)
    weights = pretrained.load("tiny")[0].get_weights()
    replace_file = Path.replace

    for done in (0, 1):  # neither of the two files, or one of them
        left = [done]

        def stop(path, target, left=left):
            if Path(target).parent == pretrained.WEIGHTS:
                if not left[0]:
                    raise KeyboardInterrupt
                left[0] -= 1
            return replace_file(path, target)

        monkeypatch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            tiny(seed=1)
        monkeypatch.setattr(Path, "replace", replace_file)
        assert pretrained.card("tiny") == old
        for one, other in zip(
            weights, pretrained.load("tiny")[0].get_weights(), strict=True
        ):
            np.testing.assert_array_equal(one, other)
    tiny(seed=1)  # and the next attempt leaves nothing behind
    assert len(list(pretrained.WEIGHTS.iterdir())) == 2
    assert models.layer_shapes(pretrained.load("tiny")[0])[-1] == ("Dense", (2,))


def test_an_unknown_model_among_several_trains_none(tiny):
    tiny(seed=0)
    before = sorted(pretrained.WEIGHTS.iterdir())
    with pytest.raises(ValueError, match="no model is called 'other'"):
        pretrained.retrain("tiny", "other", verbose=0)
    assert sorted(pretrained.WEIGHTS.iterdir()) == before


def use_few_images():
    parts = [(x[:200], y[:200]) for x, y in datasets.load_fashion_mnist()]
    datasets.load_fashion_mnist = lambda: parts


@pytest.mark.deep
def test_a_cluster_of_two_workers_trains_the_same_models(
    tiny, state, tmp_path, monkeypatch
):
    one = tiny(seed=0)
    recipe = pretrained.MODELS["tiny"].recipe
    pretrained.MODELS["other"] = pretrained.Spec(replace(recipe, seed=1))
    pretrained.retrain("other", checkpoints=state, verbose=0)
    alone = [one, pretrained.card("other")]
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path / "from the cluster")
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        client.run(use_few_images)
        pretrained.retrain("tiny", "other", checkpoints=tmp_path / "new", verbose=0)
        assert len(client.scheduler_info()["workers"]) == 2
    # With another number of threads sums are added in another order, and their last
    # digits differ, so the same settings and nearly the same errors are what must hold.
    for name, wanted in zip(("tiny", "other"), alone, strict=True):
        found = pretrained.card(name)
        for part in ("name", "split", "versions", "latent_dim", "recipe"):
            assert found[part] == wanted[part]
        for error in ("mse_28", "bce_28"):
            measured, expected = (
                card["metrics"]["test"][error] for card in (found, wanted)
            )
            assert measured == pytest.approx(expected, rel=0.01)
        assert (pretrained.WEIGHTS / found["weights"]).is_file()
