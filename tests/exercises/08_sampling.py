"""Chapter 8: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-divergence: the half is missing
nats = 4.62

# %% exercise-divergence: take variances
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

# %% exercise-mixture: describe held-out codes much better
components = 2

# %% exercise-mixture: has the higher score
components = 20

# %% exercise-mixture: give one of
components = 7


# %% exercise-bags: a pair
def sample_class(label, count):
    own = codes[labels_of_codes == label]
    return GaussianMixture(5).fit(own).sample(count)


# %% exercise-bags: as many points
def sample_class(label, count):
    return codes[labels_of_codes == label][: count // 2]


# %% exercise-bags: should spread
def sample_class(label, count):
    return codes[labels_of_codes == label][[0] * count]


# %% exercise-bags: should spread
def sample_class(label, count):
    own = codes[labels_of_codes == label]
    return own[0] + np.random.normal(0, 1e-3, (count, 2))


# %% exercise-bags: whatever label is asked for
def sample_class(label, count):
    own = codes[labels_of_codes == 8]
    return GaussianMixture(5).fit(own).sample(count)[0]


# %% exercise-bags: of the points lie among bags
def sample_class(label, count):
    return mixture.sample(count)[0]


# %% exercise-eight: 8 latent dimensions
wide_encoder = models.build_variational_encoder(4)

# %% exercise-eight: compile wide_vae
wide_encoder = models.build_variational_encoder(8)
wide_decoder = models.build_decoder(8)
wide_vae = models.build_variational_autoencoder(wide_encoder, wide_decoder)

# %% exercise-eight: three epochs
wide_encoder = models.build_variational_encoder(8)
wide_decoder = models.build_decoder(8)
wide_vae = models.build_variational_autoencoder(wide_encoder, wide_decoder)
wide_vae.compile("adam", "binary_crossentropy", jit_compile=False)
wide_vae.fit(part[:90], part[:90], 30, verbose=0)

# %% exchange one Gaussian for ten: def check_fit
gaussian, mixture = mixture, gaussian

# %% exchange samplers in the plane: def check_plane
plane = plane.assign(coverage=plane["coverage"].to_numpy()[::-1])

# %% exchange samplers in 64 dimensions: def check_long
long_study = long_study.assign(coverage=long_study["coverage"].to_numpy()[::-1])

# %% exchange the first epoch for the last: last = log.iloc
log = log.iloc[::-1]

# %% exchange the decoder: again = decode
loaded_decoder = plain_decoder

# %% exchange scales of the KL term: def check_collapse
own_codes, collapsed_codes = collapsed_codes, own_codes

# %% exchange beta of the posteriors: def check_three
posteriors = dict(zip(posteriors, [*posteriors.values()][::-1], strict=True))

# %% exchange kinds of networks on paths: spaces = results.table
stored = results


class Exchanged:
    """Stands in for `results`."""

    @staticmethod
    def table(name):
        rows = stored.table(name)
        kinds = rows["network"].str.replace("bce", "?").str.replace("vae", "bce")
        return rows.assign(network=kinds.str.replace("?", "vae"))


results = Exchanged

# %% exchange the order of beta: def check_curve
with_bce = with_bce.assign(beta=with_bce["beta"].to_numpy()[::-1])

# %% exchange likelihoods: def check_likelihoods
vae_study = vae_study.replace(
    {
        "likelihood": {
            "gaussian": "continuous_bernoulli",
            "continuous_bernoulli": "gaussian",
        }
    }
)

# %% exchange kinds of networks: def check_table
mean = mean.rename(columns={"bce-2d": "vae-2d", "vae-2d": "bce-2d"})

# %% exchange labels for bags: classifier = pretrained
ordered = draw


def draw(class_name, codes):
    return ordered("Bag", codes)


# %% exchange two dimensions for 64: every = study
study = study.replace({"bce-64d": "bce-2d-medium", "bce-2d-medium": "bce-64d"})
