"""Measures of a latent space, on clouds whose answer is known."""

from aelib import latent
import numpy as np
import pytest


@pytest.fixture
def clouds():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40)
    codes = 10 * np.eye(3)[labels] + rng.normal(size=(120, 3))
    return codes, labels


def test_separate_clouds_are_always_recognised(clouds):
    codes, labels = clouds
    half = np.arange(120) % 2 == 0
    train, test = (codes[half], labels[half]), (codes[~half], labels[~half])
    assert latent.neighbour_accuracy(*train, *test) == 1
    assert latent.neighbour_accuracy(*train, test[0], (test[1] + 1) % 3) == 0


def test_the_majority_of_the_neighbours_decides():
    train = np.array([[0.0], [1.0], [2.0], [10.0]])
    labels = np.array([0, 1, 1, 0])
    # Nearest to 0.1 is a 0; of the three nearest, two are 1.
    for neighbours, right in ((1, 0), (3, 1)):
        accuracy = latent.neighbour_accuracy(
            train, labels, np.array([[0.1]]), np.array([right]), neighbours
        )
        assert accuracy == 1


def by_definition(points, codes, k):
    """Venna and Kaski (2001): penalties for neighbours that are none of the points."""
    n = len(points)
    ranks = [
        np.argsort(np.linalg.norm(x - x[:, None], axis=2), axis=1)
        for x in (points, codes)
    ]
    penalty = 0
    for i in range(n):
        rank = {j: r for r, j in enumerate(ranks[0][i])}
        penalty += sum(max(rank[j] - k, 0) for j in ranks[1][i][1 : k + 1])
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty


def test_trustworthiness_is_its_definition():
    points = np.random.default_rng(1).normal(size=(60, 4))
    expected = by_definition(points, points[:, :2], 5)
    assert 0.5 < expected < 0.95
    assert latent.trustworthiness(points, points[:, :2]) == pytest.approx(expected)


def test_a_copy_is_trustworthy_and_a_shuffle_is_not():
    points = np.random.default_rng(1).normal(size=(60, 2))
    assert latent.trustworthiness(points, 3 * points - 7) == 1
    assert latent.trustworthiness(points, np.roll(points, 1, axis=0)) < 0.7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:, 0], r"codes has shape \(120,\)"),
        (lambda x: x[:0], r"codes has shape \(0, 3\)"),
        (lambda x: np.where(x > 9, np.nan, x), "codes holds NaN"),
    ],
)
def test_bad_codes_are_refused(clouds, change, message):
    codes, labels = clouds
    with pytest.raises(ValueError, match=message):
        latent.trustworthiness(codes, change(codes))
    with pytest.raises(ValueError, match=message):
        latent.neighbour_accuracy(change(codes), labels, codes, labels)


def test_more_neighbours_than_points_are_refused(clouds):
    codes, labels = clouds
    with pytest.raises(ValueError, match="neighbours is 5, there are 4 training"):
        latent.neighbour_accuracy(codes[:4], labels[:4], codes, labels)
    with pytest.raises(ValueError, match="neighbours is 5 for 10 codes"):
        latent.trustworthiness(codes[:10], codes[:10])
    with pytest.raises(ValueError, match="120 images and 119 codes"):
        latent.trustworthiness(codes, codes[1:])
