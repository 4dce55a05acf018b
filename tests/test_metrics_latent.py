"""Measures of a latent space, on clouds whose answer is known."""

from aelib import metrics
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
    assert metrics.knn_accuracy(*train, *test) == 1
    assert metrics.knn_accuracy(*train, test[0], (test[1] + 1) % 3) == 0


def test_the_majority_of_the_neighbours_decides():
    train = np.array([[0.0], [1.0], [2.0], [10.0]])
    labels = np.array([0, 1, 1, 0])
    # Nearest to 0.1 is a 0; of the three nearest, two are 1.
    for neighbours, right in ((1, 0), (3, 1)):
        accuracy = metrics.knn_accuracy(
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
    assert metrics.trustworthiness(points, points[:, :2]) == pytest.approx(expected)


def test_continuity_is_the_definition_with_the_roles_exchanged():
    points = np.random.default_rng(1).normal(size=(60, 4))
    expected = by_definition(points[:, :2], points, 5)
    assert expected != pytest.approx(by_definition(points, points[:, :2], 5), abs=0.01)
    assert metrics.continuity(points, points[:, :2]) == pytest.approx(expected)


def test_what_is_torn_apart_is_trustworthy_but_not_continuous():
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cut_open = np.stack([angles, 0 * angles], axis=1)  # its ends were neighbours
    assert metrics.trustworthiness(circle, cut_open) > 0.99
    assert metrics.continuity(circle, cut_open) < 0.98


def test_a_copy_is_trustworthy_and_a_shuffle_is_not():
    points = np.random.default_rng(1).normal(size=(60, 2))
    assert metrics.trustworthiness(points, 3 * points - 7) == 1
    assert metrics.trustworthiness(points, np.roll(points, 1, axis=0)) < 0.7


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
        metrics.trustworthiness(codes, change(codes))
    for measure in (
        metrics.bounding_box,
        metrics.nearest_neighbor_distances,
        metrics.moments,
        metrics.kl_from_standard_normal,
    ):
        with pytest.raises(ValueError, match=message):
            measure(change(codes))
    with pytest.raises(ValueError, match=message):
        metrics.knn_accuracy(change(codes), labels, codes, labels)
    with pytest.raises(ValueError, match=message):
        metrics.class_regions(change(codes), labels)


def test_more_neighbours_than_points_are_refused(clouds):
    codes, labels = clouds
    with pytest.raises(ValueError, match="n_neighbors is 5, there are 4 codes"):
        metrics.knn_accuracy(codes[38:42], labels[38:42], codes, labels)
    with pytest.raises(ValueError, match="n_neighbors is 5 for 10 codes"):
        metrics.trustworthiness(codes[:10], codes[:10])
    with pytest.raises(ValueError, match="120 images and 119 codes"):
        metrics.trustworthiness(codes, codes[1:])


def test_labels_that_do_not_match_or_of_one_class_are_refused(clouds):
    codes, labels = clouds
    with pytest.raises(ValueError, match=r"shape \(119,\) for 120"):
        metrics.knn_predict(codes, labels[1:], codes)
    with pytest.raises(ValueError, match=r"shape \(1,\) for 120"):
        metrics.knn_accuracy(codes, labels, codes, labels[:1])
    with pytest.raises(ValueError, match="all labels are the same"):
        metrics.class_regions(codes[:40, :2], labels[:40])


def test_a_box_reaches_from_quantile_to_quantile():
    codes = np.stack([np.arange(101.0), 7 - 2 * np.arange(101.0)], axis=1)
    low, high = metrics.bounding_box(codes)
    assert low.tolist() == [0, -193] and high.tolist() == [100, 7]
    low, high = metrics.bounding_box(codes, trim=0.05)
    np.testing.assert_allclose([low, high], [[5, -183], [95, -3]])
    for trim in (-0.1, 0.5, np.nan):
        with pytest.raises(ValueError, match=r"less than 0\.5"):
            metrics.bounding_box(codes, trim)


def test_the_nearest_neighbour_of_a_code_is_another_one():
    # 99 codes at distance 1 in a row, and one at distance 51 from the last.
    codes = np.array([*range(99), 149.0])[:, None]
    distances = metrics.nearest_neighbor_distances(codes)
    assert distances.tolist() == [1] * 99 + [51]


def test_points_have_their_distance_from_the_nearest_code():
    codes = np.array([[0.0, 0.0], [10.0, 0.0]])
    points = np.array([[3.0, 4.0], [10.0, 0.0], [7.0, -4.0]])
    distances = metrics.nearest_neighbor_distances(codes, points)
    np.testing.assert_allclose(distances, [5, 0, 5])


def test_one_code_has_no_neighbour():
    with pytest.raises(ValueError, match="one code"):
        metrics.nearest_neighbor_distances(np.ones((1, 2)))


def halves(share, count=4_000):
    """Scatter codes over a unit square; the label says on which side of a line."""
    codes = np.random.default_rng(0).uniform(size=(count, 2))
    codes[:4] = [[0, 0], [0, 1], [1, 0], [1, 1]]
    return codes, (codes[:, 0] > share).astype(int)


def test_class_regions_are_the_areas_of_the_labels():
    codes, labels = halves(0.3)
    whole, near = metrics.class_regions(codes, labels)
    np.testing.assert_allclose(whole, [0.3, 0.7], atol=0.01)
    np.testing.assert_allclose(near, [0.3, 0.7], atol=0.01)
    assert metrics.class_regions(codes, labels + 2).whole.tolist() == [0, 0, *whole]


def test_an_outlier_takes_a_box_but_not_the_region_near_codes():
    codes, labels = halves(0.5)
    codes[0] = [11, 0.5]  # ten squares away, of the left half
    whole, near = metrics.class_regions(codes, labels, n_neighbors=1)
    assert whole[0] > 0.4 and whole.sum() == pytest.approx(1)
    np.testing.assert_allclose(near, [0.5, 0.5], atol=0.05)
    trimmed = metrics.class_regions(codes, labels, trim=0.005).whole
    np.testing.assert_allclose(trimmed, [0.5, 0.5], atol=0.01)


def test_class_regions_are_measured_in_two_dimensions(clouds):
    with pytest.raises(ValueError, match="latent dimension 3; class regions"):
        metrics.class_regions(*clouds)


def whitened(count=500):
    codes = np.random.default_rng(0).gamma(2.0, size=(count, 2))
    codes -= codes.mean(axis=0)
    return codes @ np.linalg.inv(np.linalg.cholesky(np.cov(codes.T, bias=True))).T


def test_divergence_is_its_closed_form():
    codes = whitened()
    assert metrics.kl_from_standard_normal(codes) == pytest.approx(0, abs=1e-9)
    # Independent axes: the sum of (s² + m² - 1 - log s²) / 2.
    moved = codes * [2.0, 0.5] + [3.0, -1.0]
    wanted = (4 + 9 - 1 - np.log(4) + 0.25 + 1 - 1 - np.log(0.25)) / 2
    assert metrics.kl_from_standard_normal(moved) == pytest.approx(wanted)
    angle = np.array([[0.6, -0.8], [0.8, 0.6]])
    turned = (codes * [2.0, 0.5]) @ angle  # a rotation about 0 changes nothing
    assert metrics.kl_from_standard_normal(turned) == pytest.approx((4.25 - 2) / 2)


def test_moments_describe_each_axis():
    codes = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 4.0], [4.0, 1.0]])
    told = metrics.moments(codes)
    assert told["min"].tolist() == [0, 1] and told["max"].tolist() == [4, 4]
    assert told["mean"].tolist() == [1, 2]
    np.testing.assert_allclose(told["std"], np.sqrt([3, 1.5]))
    # Third and fourth moments by hand: (-1 - 1 - 1 + 27) / 4, (1 + 1 + 1 + 81) / 4.
    assert told["skewness"][0] == pytest.approx(6 / 3**1.5)
    assert told["kurtosis"][0] == pytest.approx(21 / 9 - 3)
    np.testing.assert_allclose(told["farthest"], [3 / 3**0.5, 2 / 1.5**0.5])


def test_moments_of_codes_that_do_not_vary_are_refused():
    for codes in (np.ones((9, 2)), np.arange(18.0).reshape(9, 2), np.eye(3)[:2]):
        with pytest.raises(ValueError, match="do not vary in every direction"):
            metrics.moments(codes)


def test_whitened_codes_have_mean_zero_and_covariance_one(clouds):
    codes, _ = clouds
    white = metrics.whiten(codes)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(np.cov(white.T), np.eye(codes.shape[1]), atol=1e-9)
    np.testing.assert_allclose(metrics.whiten(codes, codes[:7]), white[:7])


def test_distances_of_whitened_codes_are_those_of_the_transformed_space(clouds):
    codes, _ = clouds
    rng = np.random.default_rng(0)
    matrix, shift = rng.normal(size=(3, 3)), rng.normal(size=3)
    before, after = metrics.whiten(codes), metrics.whiten(codes @ matrix + shift)
    np.testing.assert_allclose(
        np.linalg.norm(before[:, None] - before, axis=2),
        np.linalg.norm(after[:, None] - after, axis=2),
        atol=1e-6,
    )


def test_codes_that_never_change_in_a_direction_are_not_whitened():
    with pytest.raises(ValueError, match="do not vary in every"):
        metrics.whiten(np.ones((9, 2)) * np.arange(9)[:, None])
