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

# %% exercise-divergence: compare the two parts
nats, costs_more = 2.31, "distance"

# %% exercise-mixture: that it was fitted to
components = 20

# %% exercise-mixture: describe held-out codes better
components = 1

# %% exercise-mixture: has a higher score
components = 10

# %% exercise-mixture: give one of
components = 50


# %% exercise-temperature: as many codes
def sample_prior(count, temperature, rng):
    return temperature * rng.normal(size=2)


# %% exercise-temperature: the mean should be 0
def sample_prior(count, temperature, rng):
    return temperature + rng.normal(size=(count, 2))


# %% exercise-temperature: not the variance
def sample_prior(count, temperature, rng):
    return np.sqrt(temperature) * rng.normal(size=(count, 2))


# %% exercise-temperature: should be T
def sample_prior(count, temperature, rng):
    return rng.normal(size=(count, 2)) / temperature


# %% exercise-temperature: most crowded
def sample_prior(count, temperature, rng):
    return rng.normal(0, temperature, (count, 2))


fewest_empty, most_covered = 1, 1


# %% exercise-temperature: every kind of garment
def sample_prior(count, temperature, rng):
    return rng.normal(0, temperature, (count, 2))


fewest_empty, most_covered = 0.25, 0.25

# %% exercise-eight: 8 latent dimensions
wide_encoder = models.build_variational_encoder(4)

# %% exercise-eight: compile wide_vae
wide_encoder = models.build_variational_encoder(8)
wide_decoder = models.build_decoder(8)
wide_vae = models.build_variational_autoencoder(wide_encoder, wide_decoder)

# %% exercise-eight: four epochs
wide_encoder = models.build_variational_encoder(8)
wide_decoder = models.build_decoder(8)
wide_vae = models.build_variational_autoencoder(wide_encoder, wide_decoder)
wide_vae.compile("adam", "binary_crossentropy")
wide_vae.fit(part[:90], part[:90], 30, verbose=0)

# %% exchange one Gaussian for ten: def check_fit
gaussian, mixture = mixture, gaussian

# %% exchange samplers in the plane: def check_plane
seeds = seeds.assign(coverage=seeds["coverage"].to_numpy()[::-1])

# %% exchange samplers in 64 dimensions: def check_long
seeds = seeds.replace(
    {"model": {"plain, 2-D": "plain, 64-D", "plain, 64-D": "plain, 2-D"}}
)

# %% exchange the first epoch for the last: last = terms.iloc
terms = terms.iloc[::-1]

# %% exchange the decoder: again = decode
loaded_decoder = plain_decoder

# %% exchange scales of the KL term: def check_collapse
own_codes, collapsed_codes = collapsed_codes, own_codes

# %% exchange beta of the posteriors: def check_three
posteriors = dict(zip(posteriors, [*posteriors.values()][::-1], strict=True))

# %% exchange kinds of networks on paths: steadiness = results.table
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
mean = mean.rename(
    columns={
        "plain, 2-D": "variational, 2-D",
        "variational, 2-D": "plain, 2-D",
    }
)

# %% exchange a row of the table: def check_rows
table = table.rename(index={"reconstructions": "trimmed box"})

# %% exchange labels for bags: classifier = pretrained
of_class = generate


def generate(class_name, codes):
    return of_class("Bag", codes)


# %% exchange two dimensions for 64: every = study
study = study.replace({"bce-64d": "bce-2d-medium", "bce-2d-medium": "bce-64d"})
