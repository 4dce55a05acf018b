"""Measures of what is drawn from a latent space, against closed forms and clouds."""

from math import comb

from aelib import metrics
import numpy as np
import pytest
from scipy import linalg, stats


def lattice(side=11):
    return np.stack(np.meshgrid(*[np.arange(side)] * 2), -1).reshape(-1, 2) * 1.0


def test_a_box_is_sampled_evenly_and_nowhere_else():
    codes = np.array([[0.0, -3.0], [2.0, 5.0], [1.0, 1.0]])
    points = metrics.sample_box(codes, 4_000, np.random.default_rng(0))
    assert points.shape == (4_000, 2)
    assert (points >= [0, -3]).all() and (points <= [2, 5]).all()
    np.testing.assert_allclose(points.mean(axis=0), [1, 1], atol=0.15)
    np.testing.assert_allclose(points.var(axis=0), [4 / 12, 64 / 12], rtol=0.1)
    middle = metrics.sample_box(codes, 100, np.random.default_rng(0), trim=0.25)
    low, high = metrics.bounding_box(codes, 0.25)
    assert (middle >= low).all() and (middle <= high).all()


def test_no_part_of_a_lattice_is_empty():
    points = metrics.sample_box(lattice(), 5_000, np.random.default_rng(0))
    # No point is further than half a diagonal, 0.71, from a code; codes are 1 apart.
    assert metrics.empty_fraction(lattice(), points) == 0


def test_one_outlier_leaves_its_box_nearly_empty():
    codes = np.vstack([lattice(), [[110.0, 10.0]]])
    points = metrics.sample_box(codes, 20_000, np.random.default_rng(0))
    # All but the lattice and less than a step around it.
    share = metrics.empty_fraction(codes, points)
    assert share == pytest.approx(99 / 110, abs=0.01)
    trimmed = metrics.sample_box(codes, 2_000, np.random.default_rng(0), trim=0.01)
    assert metrics.empty_fraction(codes, trimmed) == 0


def test_empty_fractions_of_normal_clouds_lie_in_the_published_range():
    shares = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        codes = rng.normal(size=(5_000, 2))
        points = metrics.sample_box(codes, 5_000, rng)
        shares.append(metrics.empty_fraction(codes, points))
    assert 0.25 < min(shares) < 0.40 < max(shares) < 0.60


def test_a_round_trip_is_the_distance_from_where_it_began():
    points = np.random.default_rng(0).normal(size=(7, 2))
    images = lambda z: np.repeat(z[:, None, :], 4, axis=1)  # noqa: E731
    there = metrics.round_trip(points, images, lambda x: x[:, 0])
    assert np.allclose(there, 0)
    moved = metrics.round_trip(points, images, lambda x: x[:, 0] + [3.0, 4.0])
    assert np.allclose(moved, 5)
    halved = metrics.round_trip(points, images, lambda x: x[:, 0] / 2)
    np.testing.assert_allclose(halved, np.linalg.norm(points, axis=1) / 2)


def test_volume_element_of_a_linear_decoder_is_that_of_its_matrix():
    matrix = np.random.default_rng(0).normal(size=(30, 3))
    expected = np.log(np.linalg.svd(matrix, compute_uv=False)).sum()
    for step in (0.01, 1.0):
        found = metrics.log_volume_element(
            np.zeros((4, 3)), lambda z: (z @ matrix.T).reshape(-1, 5, 6), step
        )
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_volume_element_of_polar_coordinates_is_the_logarithm_of_the_radius():
    def polar(z):
        return np.stack([z[:, 0] * np.cos(z[:, 1]), z[:, 0] * np.sin(z[:, 1])], -1)

    points = np.array([[0.5, 0.1], [1.0, 2.0], [4.0, -1.0]])
    found = metrics.log_volume_element(points, polar, 1e-4)
    np.testing.assert_allclose(found, np.log([0.5, 1, 4]), atol=1e-6)


def test_a_decoder_that_ignores_a_dimension_has_no_volume_element():
    flat = metrics.log_volume_element(
        np.ones((3, 2)), lambda z: z[:, :1] * np.ones((1, 9))
    )
    assert (flat == -np.inf).all()


def test_path_unevenness_is_1_for_even_steps_and_10_for_a_leap():
    starts, ends = np.zeros((2, 2)), np.array([[1.0, 0.0], [4.0, 2.0]])
    even = metrics.path_unevenness(starts, ends, lambda z: z @ np.ones((2, 6)))
    np.testing.assert_allclose(even, 1)
    leap = metrics.path_unevenness(
        starts, ends, lambda z: (z[:, :1] > 0.55) * np.ones(6)
    )
    np.testing.assert_allclose(leap, 10)
    still = metrics.path_unevenness(starts, ends, lambda z: np.ones((len(z), 6)))
    np.testing.assert_allclose(still, 1)
    # x² at 0, 0.1, … 1: the last step is 0.19, the mean 0.1.
    square = metrics.path_unevenness(starts[:1], ends[:1], lambda z: z**2)
    np.testing.assert_allclose(square, 1.9)


def by_definition(real, generated, k):
    """Naeem et al. (2020), equations 3 to 6, sample by sample."""

    def radius(part):
        return [sorted(np.linalg.norm(part - x, axis=1))[k] for x in part]

    def within(balls, radii, points):
        return np.array(
            [
                [np.linalg.norm(p - b) <= r for p in points]
                for b, r in zip(balls, radii, strict=True)
            ]
        )

    inside = within(real, radius(real), generated)
    swapped = within(generated, radius(generated), real)
    n, m = inside.shape
    return (
        sum(inside[:, j].any() for j in range(m)) / m,
        sum(swapped[:, i].any() for i in range(n)) / n,
        inside.sum() / (k * m),
        sum(inside[i].any() for i in range(n)) / n,
    )


def test_prdc_is_its_definition():
    rng = np.random.default_rng(3)
    real, generated = rng.normal(size=(60, 3)), 0.6 * rng.normal(size=(45, 3)) + 0.5
    expected = by_definition(real, generated, 4)
    assert len({round(value, 3) for value in expected}) == 4
    assert metrics.prdc(real, generated, 4) == pytest.approx(expected)


def test_samples_of_one_distribution_have_the_expected_density_and_coverage():
    rng = np.random.default_rng(0)
    n, k = 1_500, 5
    found = metrics.prdc(rng.normal(size=(n, 8)), rng.normal(size=(n, 8)), k)
    # Of the 2n - 1 others in random order, the first k are all real.
    assert found.coverage == pytest.approx(
        1 - comb(n - 1, k) / comb(2 * n - 1, k), abs=0.03
    )
    assert found.density == pytest.approx(1, abs=0.1)
    assert found.precision == pytest.approx(found.recall, abs=0.05)


def test_a_lost_mode_costs_recall_and_coverage_and_an_invented_one_precision():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(300, 4)), rng.normal(size=(300, 4)) + 40
    both = np.vstack([one, other])
    lost = metrics.prdc(both, rng.normal(size=(600, 4)))
    assert lost.recall < 0.52 and lost.coverage < 0.52 and lost.precision > 0.9
    invented = metrics.prdc(one, np.vstack([one + 1e-3, other]))
    assert invented.precision == 0.5 and invented.recall == 1
    apart = metrics.prdc(one, other)
    assert apart == (0, 0, 0, 0)


POINTS = np.random.default_rng(0).normal(size=(20, 2))


def as_images(z):
    return z @ np.ones((2, 9))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: metrics.empty_fraction(POINTS, POINTS[:, 0]),
            r"points has shape \(20,\)",
        ),
        (lambda: metrics.empty_fraction(POINTS * np.nan, POINTS), "codes holds NaN"),
        (lambda: metrics.empty_fraction(np.ones((9, 2)), POINTS), "collapsed"),
        (lambda: metrics.sample_box(POINTS[0], 5, None), r"shape \(2,\)"),
        (lambda: metrics.log_volume_element(POINTS, as_images, 0), "distance above 0"),
        (
            lambda: metrics.log_volume_element(POINTS, np.sum),
            r"decode returned shape \(\)",
        ),
        (
            lambda: metrics.log_volume_element(POINTS, lambda z: as_images(z)[:5]),
            r"decode returned shape \(5, 9\) for 20 points",
        ),
        (
            lambda: metrics.round_trip(POINTS, as_images, lambda x: x),
            r"encode returned shape \(20, 9\) for points \(20, 2\)",
        ),
        (lambda: metrics.round_trip(POINTS[0], as_images, as_images), "shape"),
        (lambda: metrics.path_unevenness(POINTS, POINTS[:4], as_images), "give pairs"),
        (lambda: metrics.path_unevenness(POINTS, POINTS, as_images, 2), "three points"),
        (lambda: metrics.path_unevenness(POINTS, POINTS, lambda z: z[0]), "decode"),
        (
            lambda: metrics.prdc(POINTS, POINTS[:5]),
            "n_neighbors is 5 for 20 real",
        ),
        (lambda: metrics.prdc(POINTS, POINTS[:, :1]), "real has 2 features"),
        (lambda: metrics.prdc(POINTS / 0, POINTS), "real holds NaN"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_input_is_refused_and_told_what_is_wanted(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_frechet_distance_is_the_formula_for_diagonal_covariances():
    rng = np.random.default_rng(0)
    spreads = np.array([[1.0, 2.0, 0.5], [2.0, 0.5, 0.5]])
    shift = np.array([1.0, 0.0, -2.0])
    real, generated = (rng.normal(size=(200_000, 3)) * spread for spread in spreads)
    expected = np.sum(shift**2) + np.sum((spreads[0] - spreads[1]) ** 2)
    distance = metrics.frechet_distance(real, generated + shift)
    assert distance == pytest.approx(expected, rel=0.01)


def test_the_frechet_distance_is_that_of_the_matrix_square_root():
    rng = np.random.default_rng(1)
    real, generated = (
        rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6)) for _ in range(2)
    )
    first, second = np.cov(real.T), np.cov(generated.T)
    expected = np.sum((real.mean(axis=0) - generated.mean(axis=0)) ** 2) + np.trace(
        first + second - 2 * linalg.sqrtm(first @ second).real
    )
    assert metrics.frechet_distance(real, generated) == pytest.approx(expected)
    assert metrics.frechet_distance(generated, real) == pytest.approx(expected)


def test_equal_samples_have_no_distance_and_turning_both_changes_nothing():
    rng = np.random.default_rng(2)
    real, generated = rng.normal(size=(2, 300, 4)) * [1, 2, 3, 0]  # one never varies
    turn = stats.ortho_group.rvs(4, random_state=0)
    assert metrics.frechet_distance(real, real) == pytest.approx(0, abs=1e-9)
    distance = metrics.frechet_distance(real, generated)
    assert metrics.frechet_distance(real @ turn, generated @ turn) == pytest.approx(
        distance
    )


def test_a_frechet_distance_of_unlike_samples_is_refused():
    rng = np.random.default_rng(3)
    with pytest.raises(ValueError, match="real has 3 features, generated 2"):
        metrics.frechet_distance(rng.normal(size=(9, 3)), rng.normal(size=(9, 2)))
    with pytest.raises(ValueError, match="two samples or more"):
        metrics.frechet_distance(rng.normal(size=(9, 3)), rng.normal(size=(1, 3)))
    with pytest.raises(ValueError, match="NaN"):
        metrics.frechet_distance(np.full((9, 3), np.nan), rng.normal(size=(9, 3)))


def test_an_ellipsoid_is_sampled_evenly_and_holds_its_share_of_the_codes():
    rng = np.random.default_rng(0)
    matrix = np.array([[3.0, 0.0], [2.0, 0.5]])
    codes = rng.normal(size=(4_000, 2)) @ matrix + [5, -7]
    points = metrics.sample_ellipsoid(codes, 20_000, rng, trim=0.1)
    radii = np.linalg.norm(metrics.whiten(codes, points), axis=1)
    edge = np.quantile(np.linalg.norm(metrics.whiten(codes), axis=1), 0.9)
    assert radii.max() <= edge * (1 + 1e-9)
    # Uniform in a disc: the squared radii are uniform.
    assert stats.kstest((radii / edge) ** 2, "uniform").pvalue > 0.01


def test_turning_a_latent_space_does_not_change_what_is_empty_in_its_ellipsoid():
    rng = np.random.default_rng(1)
    codes = rng.exponential(size=(2_000, 2)) * [1, 4]
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    shares = [
        metrics.empty_fraction(
            cloud, metrics.sample_ellipsoid(cloud, 20_000, np.random.default_rng(2))
        )
        for cloud in (codes, 3 * codes @ turn)
    ]
    assert shares[0] == pytest.approx(shares[1], abs=0.015)


def test_a_trim_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="less than 1"):
        metrics.sample_ellipsoid(lattice(), 5, np.random.default_rng(0), trim=1.0)
