"""Chapter 2: wrong answers to its exercises.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-count: biases
parameters = 27_280

# %% exercise-count: 64 channels
parameters = 31_492

# %% exercise-count: is off
parameters = 96_770

# %% exercise-count: all 4×4 places
parameters = 23_556

# %% exercise-count: not a text
parameters = "27,396"

# %% exercise-valid: valid_sides is off
valid_encoder = None

# %% exercise-valid: valid_sides is off
valid_sides = None

# %% exercise-valid: make a keras.Model
valid_sides = [32, 15, 7, 3]

# %% exercise-valid: make a keras.Model
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Input((32, 32, 1))

# %% exercise-valid: reads an input of 32×32×1
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential([layers.Dense(2)])

# %% exercise-valid: input of 32×32×1
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential(
    [
        keras.Input((34, 34, 1)),
        *(layers.Conv2D(n, 3, 2, activation=None) for n in (32, 64, 128)),
        layers.Flatten(),
        layers.Dense(2, activation=None),
    ]
)

# %% exercise-valid: read 3×3×128 numbers
valid_sides = [32, 15, 7, 3]
valid_encoder = models.build_encoder()

# %% exercise-valid: and write 2
valid_sides = [32, 15, 7, 3]
valid_encoder = models.build_encoder(3)

# %% exercise-valid: ReLU for the convolutions only
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential(
    [
        keras.Input((32, 32, 1)),
        *(layers.Conv2D(n, 3, 2, activation=None) for n in (32, 64, 128)),
        layers.Flatten(),
        layers.Dense(2, activation=None),
    ]
)

# %% exercise-valid: ReLU for the convolutions only
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential(
    [
        keras.Input((32, 32, 1)),
        *(layers.Conv2D(n, 3, 2, activation="relu") for n in (32, 64, 128)),
        layers.Flatten(),
        layers.Dense(2, activation="relu"),
    ]
)

# %% exercise-valid: three convolutions
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential(
    [keras.Input((32, 32, 1)), layers.Conv2D(32, 3), layers.Flatten(), layers.Dense(2)]
)

# %% exercise-valid: should read 3×3×128
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential(
    [
        keras.Input((32, 32, 1)),
        *(layers.Conv2D(16 * n, 3, n, activation="relu") for n in (2, 4, 8)),
        layers.Flatten(),
        layers.Dense(2),
    ]
)


# %% exercise-map: after
def feature_maps(image, kernel, bias):
    padded = np.pad(image, ((1, 0),) * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijf->rcf", windows, kernel[:, :, 0]) + bias
    return np.maximum(sums, 0)


# %% exercise-map: ReLU
def feature_maps(image, kernel, bias):
    padded = np.pad(image, ((0, 1),) * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijf->rcf", windows, kernel[:, :, 0]) + bias
    return sums


# %% exercise-map: bias that is passed in has no
def feature_maps(image, kernel, bias):
    padded = np.pad(image, ((0, 1),) * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijf->rcf", windows, kernel[:, :, 0]) + bias
    return np.maximum(sums - bias, 0)


# %% exercise-map: has no effect
def feature_maps(image, kernel, bias):
    return maps


# %% exercise-map: use only what is passed in
page_kernel = kernel


def feature_maps(image, kernel, bias):
    padded = np.pad(image, ((0, 1),) * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijf->rcf", windows, page_kernel[:, :, 0]) + bias
    return np.maximum(sums, 0)


# %% exercise-map: the filters are the last axis
def feature_maps(image, kernel, bias):
    padded = np.pad(image, ((0, 1),) * 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::2, ::2]
    sums = np.einsum("rcij,ijf->rcf", windows, kernel[:, :, 0]) + bias
    return np.maximum(sums, 0).transpose(2, 0, 1)
