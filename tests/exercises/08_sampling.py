"""Chapter 8: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-divergence: the half is missing
nats = 4.62

# %% exercise-divergence: asks for variances
nats = 1.20

# %% exercise-divergence: the natural logarithm
nats = 1.005

# %% exercise-divergence: the square of the mean
nats = 1.81

# %% exercise-divergence: the number is off
nats = 2.0

# %% exercise-divergence: to one number
nats = None

# %% exercise-mixture: that it was fitted to
components = 50

# %% exercise-mixture: describe unseen codes much better
components = 2

# %% exercise-mixture: has the larger score
components = 20

# %% exercise-mixture: give one of
components = 7

# %% exercise-bags: a pair
fitting_labels = train_labels[:20_000]


def draw(label, count):
    own = codes["plain"][fitting_labels == label]
    return GaussianMixture(5).fit(own).sample(count)


# %% exercise-bags: as many points
fitting_labels = train_labels[:20_000]


def draw(label, count):
    own = codes["plain"][fitting_labels == label]
    return own[: count // 2]


# %% exercise-bags: should spread
fitting_labels = train_labels[:20_000]


def draw(label, count):
    own = codes["plain"][fitting_labels == label]
    return own[[0] * count]


# %% exercise-bags: should spread
fitting_labels = train_labels[:20_000]


def draw(label, count):
    own = codes["plain"][fitting_labels == label]
    return own[0] + np.random.normal(0, 1e-3, (count, 2))


# %% exercise-bags: whatever label is asked for
fitting_labels = train_labels[:20_000]


def draw(label, count):
    own = codes["plain"][fitting_labels == 8]
    return GaussianMixture(5).fit(own).sample(count)[0]


# %% exercise-bags: of the points lie among bags
fitting_labels = train_labels[:20_000]


def draw(label, count):
    own = codes["plain"][fitting_labels == label]
    return GaussianMixture(5).fit(codes["plain"]).sample(count)[0]


# %% exchange one normal distribution for ten: gains = {
mixtures, normals = normals, mixtures

# %% exchange scales of the divergence: assert by_beta[1].min()
by_beta = {1: by_beta[PIXELS], PIXELS: by_beta[1]}

# %% exchange plain for variational: assert ( ⏎     max(metrics.kl_from_standard_normal
divergences = {title: 7.0 for title in divergences}

# %% exchange kinds of networks: def check_table
of = column


def column(kind, way, name):
    other = {"bce-2d-seed": "vae-2d-seed", "vae-2d-seed": "bce-2d-seed"}
    return of(other[kind], way, name)


# %% exchange the order of beta: def check_curve
rates = rates[::-1]

# %% exchange likelihoods: def check_likelihoods
given = look_up


def look_up(measure, beta=1, likelihood="binary_crossentropy"):
    other = {
        "gaussian": "continuous_bernoulli",
        "continuous_bernoulli": "gaussian",
    }
    return given(measure, beta, other.get(likelihood, likelihood))


# %% exchange ways with 64 numbers: def check_ways
scores = dict(zip(scores, [*scores.values()][::-1]))
