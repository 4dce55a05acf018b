"""Chapter 4: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it. After an exchange the cell that begins with the words must
fail.
"""

# %% exchange the two networks: mse, bce = errors["mse_28"], errors["bce_28"]
errors = errors.iloc[::-1].set_axis(errors.index)

# %% exchange BCE and the absolute error: best = [best_prediction(loss, ten_pixels)
losses = losses | {"binary cross-entropy": absolute_error}

# %% exchange a majority of low pixels: best = [best_prediction(loss, ten_pixels)
ten_pixels = [0.9] * 3 + [0.1] * 7

# %% exchange the means of other images: def compare(reconstructions, local_means):
local_means = local_means[::-1]

# %% exchange the reconstructions for the images: def compare(reconstructions, local
by_bce = images

# %% exchange the two networks: assert np.round(list(floors.values()), 4)
errors = errors.iloc[::-1].set_axis(errors.index)

# %% exchange the two sizes of images: assert np.round(list(floors.values()), 4)
floors = dict(zip(floors, reversed(floors.values()), strict=True))

# %% exchange the squared error for BCE: assert np.round(list(floors.values()), 4)
cross_entropy = squared_error

# %% exchange clipped for plain BCE: import warnings
cross_entropy = safe_cross_entropy

# %% exchange images of black and white: x = np.linspace(0, 1, 100_001)
test_images = np.round(test_images)

# %% exchange the two losses: def is_lopsided(loss):
losses = dict(zip(losses, reversed(losses.values()), strict=True))

# %% exchange an even grey for reconstructions: is_zero = images == 0
by_bce = np.full_like(images, 0.3)

# %% exchange the two paths: last = { ⏎     name: [float
paths = {
    name: dict(zip(curves, reversed(curves.values()), strict=True))
    for name, curves in paths.items()
}

# %% exchange the two optimizers: last = { ⏎     name: [float
paths = dict(zip(paths, reversed(paths.values()), strict=True))

# %% exchange the two gradients: last = { ⏎     name: [float
bce_gradient, squared_gradient = squared_gradient, bce_gradient

# %% exchange shift and reconstruction: of_shift, of_network = mse_of_each(shifted)
shifted, by_mse = by_mse, shifted

# %% exchange the two latent dimensions: def gradient_energy(images):
sharpness = sharpness.iloc[[0, 1, 3, 2]]

# %% exchange their reconstructions: def gradient_energy(images):
by_2d, by_64d = by_64d, by_2d

# %% exchange MSE and absolute error: of_shift, of_network = mse_of_each(shifted)
absolute_error = squared_error

# %% exchange the two losses of the longer training: def gradient_energy(images):
by_mse = by_64d

# %% exchange BCE and MSE: def separate(study):
study = study.assign(loss=study["loss"].replace({"bce": "mse", "mse": "bce"}))

# %% exchange BCE and RMSE: def separate(study):
study = study.assign(loss=study["loss"].replace({"bce": "rmse", "rmse": "bce"}))

# %% exchange the originals for reconstructions: garment = images > 0
by_mse = images

# %% exchange images that are all alike: mean_image = train_images.mean(axis=0)
images = np.repeat(images[:1], 2_000, axis=0)

# %% exchange BCE and MSE: lowest = metrics.entropy_floor(datasets.crop(validation
means = means.rename(index={"bce": "mse", "mse": "bce"})

# %% exchange MSE and RMSE: costs = cross_entropy(0.7, np.array([0.6, 0.7, 0.8]))
study = study.assign(loss=study["loss"].replace({"mse": "rmse", "rmse": "mse"}))

# %% exercise-pixel: one of the three has its minimum at the median
with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, 0.32

# %% exercise-pixel: BCE does not pull towards 0.5
with_squares, with_cross_entropy, with_absolute = 0.32, 0.5, 0.0

# %% exercise-pixel: the mean of all ten pixels
with_squares, with_cross_entropy, with_absolute = 0.4, 0.4, 0.0

# %% exercise-pixel: which value is in the middle
with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, 0.4

# %% exercise-pixel: the mean of all ten pixels
with_squares, with_cross_entropy, with_absolute = float("nan"), 0.32, 0.0

# %% exercise-pixel: give three numbers
with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, None

# %% exercise-pixel: give three numbers
with_squares, with_cross_entropy, with_absolute = "0.32", "0.32", "0"


# %% exercise-roots: take their mean
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sqrt(keras.ops.mean(squares, axis=(1, 2, 3)))


# %% exercise-roots: the RMSE of the whole batch
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sqrt(keras.ops.mean(squares))


# %% exercise-roots: of each pixel
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.mean(keras.ops.sqrt(squares))


# %% exercise-roots: without any root
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.mean(squares)


# %% exercise-roots: should be one number
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.mean(squares, axis=1)


# %% exercise-roots: the value is off
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sum(squares)


# %% exercise-roots: use keras.ops
def mean_of_roots(images, reconstructions):
    squares = (np.asarray(images) - np.asarray(reconstructions)) ** 2
    return np.sqrt(squares.mean(axis=(1, 2, 3))).mean()


# %% exercise-quantile: the same for both misses
high_decoder = "trained"


# %% exercise-quantile: where the output is too high
def lopsided(images, reconstructions):
    missing = images - reconstructions
    return keras.ops.mean(keras.ops.maximum(missing, -9 * missing))


high_decoder = "trained"


# %% exercise-quantile: should cost 0.9 and 0.1
def lopsided(images, reconstructions):
    missing = images - reconstructions
    return keras.ops.mean(keras.ops.maximum(3 * missing, -missing))


high_decoder = "trained"


# %% exercise-quantile: what train_decoder returns
def lopsided(images, reconstructions):
    missing = images - reconstructions
    return keras.ops.mean(keras.ops.maximum(9 * missing, -missing))


high_decoder = train_decoder


# %% exercise-quantile: train it with lopsided
def lopsided(images, reconstructions):
    missing = images - reconstructions
    return keras.ops.mean(keras.ops.maximum(9 * missing, -missing))


high_decoder = pretrained.load("bce-2d")[1]
