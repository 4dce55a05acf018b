"""Chapter 4: wrong answers to its exercises.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-floor: costs something even if
lowest = 0

# %% exercise-floor: that is one grey pixel
lowest = 0.562

# %% exercise-floor: in bits
lowest = 0.203

# %% exercise-floor: the part with 1 − x is missing
lowest = 0.087

# %% exercise-floor: the number is off
lowest = 0.3

# %% exercise-floor: the number is off
lowest = float("nan")

# %% exercise-floor: to a number
lowest = "0.141"

# %% exercise-pixel: one of the three wants the median
with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, 0.32

# %% exercise-pixel: BCE does not pull towards 0.5
with_squares, with_cross_entropy, with_absolute = 0.32, 0.5, 0.0

# %% exercise-pixel: want the mean of ten pixels
with_squares, with_cross_entropy, with_absolute = 0.4, 0.4, 0.0

# %% exercise-pixel: what stands in the middle
with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, 0.4

# %% exercise-pixel: give three numbers
with_squares, with_cross_entropy, with_absolute = 0.32, 0.32, None


# %% exercise-loss: take their mean
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sqrt(keras.ops.mean(squares, axis=(1, 2, 3)))


# %% exercise-loss: the whole batch
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sqrt(keras.ops.mean(squares))


# %% exercise-loss: of each pixel
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.mean(keras.ops.sqrt(squares))


# %% exercise-loss: there is no root
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.mean(squares)


# %% exercise-loss: should be one number
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.mean(squares, axis=1)


# %% exercise-loss: the number is off
def mean_of_roots(images, reconstructions):
    squares = keras.ops.square(images - reconstructions)
    return keras.ops.sum(squares)


# %% exercise-loss: use keras.ops
def mean_of_roots(images, reconstructions):
    squares = (np.asarray(images) - np.asarray(reconstructions)) ** 2
    return np.sqrt(squares.mean(axis=(1, 2, 3))).mean()
