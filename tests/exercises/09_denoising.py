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


# %% exercise-median: run into each other
def median(noisy):
    return ndimage.median_filter(noisy, 3)


# %% exercise-median: of the same shape
def median(noisy):
    return noisy[:, ::2, ::2]


# %% exercise-median: the mean of the neighbourhood
def median(noisy):
    return ndimage.uniform_filter(noisy, (1, 3, 3, 1))


# %% exercise-median: the median of 3×3 pixels
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


# %% exchange what a code lets through for what is misread: def check_projection
through, misread = misread, through

# %% exchange sizes: def check_projection
through = dict(zip(through, list(through.values())[::-1]))

# %% exchange any line for Tweedie's formula: assert np.abs(tweedie
tweedie = noisy_pixel

# %% exchange targets: assert ( ⏎     by_target["clean"]
by_target = {"clean": by_target["noisy"], "noisy": by_target["clean"]}

# %% exchange grey and grain: def check_apart
apart = {
    size: {**told, "grey": told["grain"], "grain": told["grey"]}
    for size, told in apart.items()
}

# %% exchange filter and nothing: def check_baselines
ratios = {
    **ratios,
    "filter": ratios["doing nothing"],
    "doing nothing": ratios["filter"],
}

# %% exchange filters: def check_starts
starts = {
    **starts,
    (64, "filter"): starts[64, "corrected filter"],
    (64, "corrected filter"): starts[64, "filter"],
}

# %% exchange clean networks for denoisers: def moved
networks = {title: networks[title.replace("denoiser", "clean")] for title in networks}

# %% exchange coverage: def check_cover
cover = {
    (network, size): cover[network, 66 - size] if size in (2, 64) else shares
    for (network, size), shares in cover.items()
}
