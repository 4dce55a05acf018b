"""Chapter 3: wrong answers to its exercises.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-by-hand: starts one square further
my_canvas = np.ones((4, 4))

# %% exercise-by-hand: should have 1 · (2 − 1) + 2 = 3 rows
my_canvas = [[1, 2], [3, 0]]

# %% exercise-by-hand: stamps are not turned
my_canvas = [[2, 4, 0], [7, 3, 2], [3, 3, 0]]

# %% exercise-by-hand: add; something is missing
my_canvas = [[1, 2, 2], [3, 3, 4], [0, 6, 0]]

# %% exercise-by-hand: some squares are off
my_canvas = [[1, 3, 2], [3, 6, 4], [0, 6, 0]]

# %% exercise-decoder-28: 32 again
decoder_28 = models.build_decoder()

# %% exercise-decoder-28: reads two numbers
decoder_28 = models.build_encoder()

# %% exercise-decoder-28: not crop
decoder_28 = keras.Model(decoder.input, layers.Cropping2D(2)(decoder.output))

# %% exercise-decoder-28: only the first number should be 0
hidden = codes_in = keras.Input((2,))
hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(hidden))
for count, extra in zip((128, 64, 32), (0, 0, 0)):
    up = layers.Conv2DTranspose(
        count, 3, 2, "same", output_padding=extra, activation="relu"
    )
    hidden = up(hidden)
last = layers.Conv2D(1, 3, padding="same", activation="sigmoid")
decoder_28 = keras.Model(codes_in, last(hidden))

# %% exercise-decoder-28: the output is (27, 27, 1)
hidden = codes_in = keras.Input((2,))
hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(hidden))
for count, extra in zip((128, 64, 32), (0, 1, 0)):
    up = layers.Conv2DTranspose(
        count, 3, 2, "same", output_padding=extra, activation="relu"
    )
    hidden = up(hidden)
last = layers.Conv2D(1, 3, padding="same", activation="sigmoid")
decoder_28 = keras.Model(codes_in, last(hidden))

# %% exercise-decoder-28: keep the layers
hidden = codes_in = keras.Input((2,))
hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(hidden))
for count, extra in zip((64, 64, 32), (0, 1, 1)):
    up = layers.Conv2DTranspose(
        count, 3, 2, "same", output_padding=extra, activation="relu"
    )
    hidden = up(hidden)
last = layers.Conv2D(1, 3, padding="same", activation="sigmoid")
decoder_28 = keras.Model(codes_in, last(hidden))

# %% exercise-decoder-28: keep the layers
hidden = codes_in = keras.Input((2,))
hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(hidden))
for count, extra in zip((128, 64, 32), (0, 1, 1)):
    up = layers.Conv2DTranspose(
        count, 3, 2, "same", output_padding=extra, activation="relu"
    )
    hidden = up(hidden)
last = layers.Conv2D(1, 3, padding="same", activation=None)
decoder_28 = keras.Model(codes_in, last(hidden))

# %% exercise-decoder-28: keep the layers
decoder_28 = keras.Sequential([models.build_decoder(), layers.Cropping2D(2)])

# %% exercise-decoder-28: reads two numbers
decoder_28 = keras.Sequential([layers.Dense(2)])


# %% exercise-even-overlap: leave the border out
def is_even(size, stride):
    return False


# %% exercise-even-overlap: leaves holes
def is_even(size, stride):
    return size < stride or size % stride == 0


# %% exercise-even-overlap: leave the border out
def is_even(size, stride):
    ones = np.ones((size, size))
    overlap = stamp_and_add(np.ones((12, 12)), ones, stride)
    return len(np.unique(overlap)) == 1


# %% exercise-even-overlap: wrong for kernel and stride (3, 2)
def is_even(size, stride):
    return size >= stride
