"""Chapter 10: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-paddings: the encoder's order
paddings = [(1, 0), (0, 1), (0, 0)]

# %% exercise-paddings: height comes first
paddings = [(0, 0), (1, 0), (0, 1)]

# %% exercise-paddings: 1 doubles the side
paddings = [(1, 1), (1, 0), (0, 1)]

# %% exercise-paddings: write down the sides
paddings = [(1, 1), (1, 1), (1, 1)]

# %% exercise-paddings: three pairs
paddings = 0


# %% exercise-bursts: some bursts are divided
def group(path):
    return path.removesuffix(".jpg")[:-1]


# %% exercise-bursts: in the same second
def group(path):
    return path.split("/")[1].rsplit("_", 1)[0]


# %% exercise-bursts: different bursts
def group(path):
    return path.rsplit("_", 2)[0]


# %% exercise-bursts: return something
def group(path):
    path.rsplit("_", 1)


# %% exercise-cat: the large errors pass
def suspicion(errors, normal):
    return -errors


# %% exercise-cat: compare logarithms
def suspicion(errors, normal):
    return np.log(errors)


# %% exercise-cat: one number for each
def suspicion(errors, normal):
    return np.abs(errors[:, None] - normal)


# %% exercise-map: encode the validation tiles
map_codes = train_images.mean(axis=(1, 2))[:, :2]

# %% exercise-map: two numbers for each
map_codes = validation_images.mean(axis=(1, 2))

# %% exercise-map: the same in one
map_codes = np.zeros((len(validation_images), 2))

# %% exercise-map: light tiles from dark
map_codes = np.random.default_rng(0).normal(size=(len(validation_images), 2))

# %% exchange the two training sets: def check_split
lookup_errors = lookup_errors.rename({"apart": "everywhere", "everywhere": "apart"})

# %% exchange network and PCA: def check_table
table = table.rename({"autoencoder": "PCA", "PCA": "autoencoder"})

# %% exchange network and PCA in the study: def check_ratio
ratio = 1 / ratio

# %% exchange few and many tiles: def check_sizes
study = study.assign(tiles=study["tiles"].replace({"few": "many", "many": "few"}))

# %% exchange JPEG and PCA: def check_jpeg
drawn = {**drawn, "JPEG": drawn["PCA"], "PCA": drawn["JPEG"]}

# %% exchange network and PCA: EASY
areas = areas.rename(columns={"autoencoder": "PCA", "PCA": "autoencoder"})

# %% exchange network and PCA over the seeds: EASY
swap = {"autoencoder": "PCA", "PCA": "autoencoder"}
anomalies = anomalies.assign(method=anomalies["method"].replace(swap))

# %% exchange filter and denoiser: def check_cleaning
decibels = decibels.rename(
    {"denoiser": "Gaussian filter", "Gaussian filter": "denoiser"}
)

# %% exchange filter and denoiser over the photographs: def check_cleaning
swap = {"denoiser": "Gaussian filter", "Gaussian filter": "denoiser"}
cleaning = cleaning.assign(method=cleaning["method"].replace(swap))
