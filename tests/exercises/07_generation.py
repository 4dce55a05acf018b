"""Chapter 7: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-read-map: you exchanged the axes
predicted = ["T-shirt/top", "Bag", "Bag"]

# %% exercise-read-map: at least one is wrong
predicted = ["Trouser", "Sandal", "Bag"]

# %% exercise-read-map: as in datasets.CLASS_NAMES
predicted = ["Trousers", "Sandals", "Sneakers"]

# %% exercise-read-map: give three names
predicted = ["Trouser", "Sandal"]

# %% exercise-hole: in the square from −3 to 3
hole = codes.max(axis=0)

# %% exercise-hole: a code lies there
hole = codes[4]

# %% exercise-hole: exchange the two coordinates
hole = (3.0, -0.7)

# %% exercise-hole: can be found
hole = (0.0, 2.9)


# %% exercise-one-class: it should be (4000, 2)
def sample_class(k, count, rng):
    return decode(np.zeros((count, 2)))


# %% exercise-one-class: the mean is not that of the codes
def sample_class(k, count, rng):
    return rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), count)


# %% exercise-one-class: the covariance is not that
def sample_class(k, count, rng):
    own = codes[labels == k]
    return rng.normal(own.mean(axis=0), 1, size=(count, 2))


# %% exercise-penalty: the decoder no longer gets the code itself
def build_penalized(strength):
    encoder, decoder = models.build_encoder(), models.build_decoder()
    code = keras.layers.ActivityRegularization(l2=strength)(encoder.output)
    return encoder, decoder, keras.Model(encoder.input, decoder(0.1 * code))


# %% exercise-penalty: added
def build_penalized(strength):
    encoder, decoder = models.build_encoder(), models.build_decoder()
    code = keras.layers.ActivityRegularization(l1=strength)(encoder.output)
    return encoder, decoder, keras.Model(encoder.input, decoder(code))


# %% exercise-penalty: added
def build_penalized(strength):
    encoder, decoder = models.build_encoder(), models.build_decoder()
    image = decoder(encoder.output)
    image = keras.layers.ActivityRegularization(l2=strength)(image)
    return encoder, decoder, keras.Model(encoder.input, image)


# %% exchange classes: def check_areas
areas = areas.set_axis(areas.index[::-1])

# %% exchange networks of equal areas: def check_seeds
by_seed = by_seed * 0 + 0.1

# %% exchange standard normal points for codes: def check_place
place = place.copy()
place.iloc[:-1] = place.loc["standard normal"].to_numpy()

# %% exchange codes for normal points: def check_met
nearest = labels

# %% exchange round clouds for codes in the ellipse: def check_empty
empty = empty[empty.columns[::-1]].set_axis(empty.columns, axis=1)

# %% exchange any points for empty ones: learned = models.encode
is_empty = ~is_empty

# %% exchange an even decoder: def check_steps
change = np.full_like(change, 0.03)


# %% exchange a decoder with a jump: def check_steepness
def decode(points):
    jump = np.asarray(points)[:, :1] > worst[0, 0]
    return np.ones((len(points), 4)) * jump


# %% exchange samples of a box for lines: def check_between
between = [0.66] * 6

# %% exchange the dimensions: from collections import Counter
wide_encoder, wide_decoder = encoder, decoder


# %% exchange precision for coverage: def check_coverage
def coverage(real, generated, n_neighbors=5):
    return metrics.prdc(real, generated, n_neighbors).precision


# %% exchange reconstructions for samples: from math import comb
covered = covered.set_axis(covered.index[::-1])

# %% exchange ways: def check_ways
plain = plain.assign(way=plain["way"].to_numpy()[::-1])

# %% exchange sizes: def check_sizes
study = study.assign(dimension=study["dimension"].to_numpy()[::-1])

# %% exchange the normal distribution for the mixture: def check_sizes
study = study.assign(**{"coverage mixture of 10": study["coverage fitted normal"]})

# %% exchange boxes for the fitted normal: def check_sizes
study = study.assign(
    **{
        "coverage fitted normal": study["coverage trimmed box"],
        "coverage trimmed box": study["coverage fitted normal"],
    }
)

# %% exchange errors: expected = {
by_size = by_size[::-1].set_axis(by_size.index)
