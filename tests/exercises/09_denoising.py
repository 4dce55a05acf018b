"""Chapter 9: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-clipped: without clipping
empty, middle, full = 0.0, 0.5, 1.0

# %% exercise-clipped: are cut to 0 and count as well
empty, middle, full = 0.24, 0.5, 0.76

# %% exercise-clipped: no pixel is above 1
empty, middle, full = 0.12, 0.5, 1.12

# %% exercise-clipped: both sides are cut alike
empty, middle, full = 0.12, 0.62, 0.88

# %% exercise-clipped: the formula for an empty pixel
empty, middle, full = 0.3, 0.5, 0.7

# %% exercise-clipped: set three numbers
empty, middle, full = None, 0.5, 0.88


# %% exercise-median-filter: run into each other
def median(noisy):
    return ndimage.median_filter(noisy, 3)


# %% exercise-median-filter: of the same shape
def median(noisy):
    return noisy[:, ::2, ::2]


# %% exercise-median-filter: the mean of the neighbourhood
def median(noisy):
    return ndimage.uniform_filter(noisy, (1, 3, 3, 1))


# %% exercise-median-filter: the median of 3×3 pixels
def median(noisy):
    return ndimage.median_filter(noisy, (1, 5, 5, 1))


# %% exercise-strength: solve for
def estimate(noisy):
    padding = np.ones((32, 32), bool)
    padding[2:-2, 2:-2] = False
    return noisy[:, padding, 0].mean(axis=1)


# %% exercise-strength: narrowed the spread
def estimate(noisy):
    padding = np.ones((32, 32), bool)
    padding[2:-2, 2:-2] = False
    return noisy[:, padding, 0].std(axis=1)


# %% exercise-strength: look at the padding only
def estimate(noisy):
    padding = np.ones((32, 32), bool)
    padding[2:-2, 2:-2] = False
    return np.sqrt(2 * np.pi) * noisy.mean(axis=(1, 2, 3))


# %% exercise-strength: one number for each
def estimate(noisy):
    padding = np.ones((32, 32), bool)
    padding[2:-2, 2:-2] = False
    return noisy[:, padding, 0].mean()


# %% exercise-noisy-target: noise of its own
class NoisyTargets(NoisyImages):
    def __getitem__(self, index):
        noisy, _ = super().__getitem__(index)
        return noisy, noisy


# %% exercise-noisy-target: do not clip
class NoisyTargets(NoisyImages):
    def __getitem__(self, index):
        noisy, clean = super().__getitem__(index)
        return noisy, add_noise(clean, 0.3, self.rng)


# %% exercise-noisy-target: the input must be noisy
class NoisyTargets(NoisyImages):
    def __getitem__(self, index):
        noisy, clean = super().__getitem__(index)
        return clean, noisy


# %% exercise-noisy-target: must have strength 0.3
class NoisyTargets(NoisyImages):
    def __getitem__(self, index):
        noisy, clean = super().__getitem__(index)
        return noisy, clean + self.rng.standard_normal(clean.shape, "float32")


# %% exercise-noisy-target: a pair of arrays
class NoisyTargets(NoisyImages):
    def __getitem__(self, index):
        noisy, _ = super().__getitem__(index)
        return noisy


# %% exchange denoisers for autoencoders: noisy = datasets.add_noise(images, 0.3
through = reconstruct


def reconstruct(name, images):
    kinds = {"denoiser": "autoencoder", "autoencoder": "denoiser"}
    size, kind = name.split()
    return through(f"{size} {kinds[kind]}", images)


# %% exchange grain and offset: def check_parts
views = {
    **views,
    "grey offset alone": views["not clipped"],
    "not clipped": views["grey offset alone"],
}

# %% exchange a dark garment for an empty pixel: empty = np.mean(noisy_images
images = 1 - images

# %% exchange fresh noise for the same noise: def squared_error
again = first

# %% exchange input and target: def squared_error
first, again = first[::-1], again[::-1]

# %% exchange filter and noisy image: def check_baselines
baselines = baselines.iloc[[2, 1, 0, 3]]

# %% exchange filters: def check_starts
baselines = baselines.rename(
    index={
        "Gaussian filter": "corrected filter",
        "corrected filter": "Gaussian filter",
    }
)

# %% exchange sizes under the ceilings: def ceiling_of
study = study.assign(numbers=study["numbers"].replace({2: 64, 64: 2}))

# %% exchange searched codes for the encoder's: def added_error
swap = {"grain 0.2": "grain 0.2, best code", "none": "none, best code"}
swap |= {new: old for old, new in swap.items()}
is_pca = study["network"] == "PCA"
study = study.assign(view=study["view"].where(is_pca, study["view"].replace(swap)))

# %% exchange sizes of codes: def added_error
study = study.assign(numbers=study["numbers"].replace({2: 64, 64: 2}))

# %% exchange found codes for the encoder's: def added_error
found = {name: reconstruct(name, grainy) for name in found}

# %% exchange denoiser for autoencoder: def typical_move
moves = dict(zip(moves, list(moves.values())[::-1]))

# %% exchange any line for Tweedie's formula: assert np.abs(tweedie
tweedie = noisy_value

# %% exchange coverage of the two densities: def check_coverage
by_size = by_size.rename(
    columns={"coverage": "mixture coverage", "mixture coverage": "coverage"}
)
