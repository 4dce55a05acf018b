"""Chapter 3: wrong answers to its exercises, and data to exchange in its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it; those after an exchange begin the cell that must then fail.
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


# %% exercise-even-decoder: all three kernels should be 4×4
def build_even_decoder():
    codes = keras.Input((2,))
    hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(codes))
    for count, size in ((128, 3), (64, 3), (32, 4)):
        hidden = layers.Conv2DTranspose(count, size, 2, "same", activation="relu")(
            hidden
        )
    last = layers.Conv2D(1, 3, padding="same", activation="sigmoid")
    return keras.Model(codes, last(hidden))


# %% exercise-even-decoder: keep three transposed convolutions
def build_even_decoder():
    return build_other_decoder()


# %% exercise-even-decoder: return a keras.Model
def build_even_decoder():
    decoder = models.build_decoder()


# %% exercise-even-decoder: needs its sigmoid
def build_even_decoder():
    codes = keras.Input((2,))
    hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(codes))
    for count in (128, 64, 32):
        hidden = layers.Conv2DTranspose(count, 4, 2, "same", activation="relu")(hidden)
    return keras.Model(codes, layers.Conv2D(1, 3, padding="same")(hidden))


# %% exercise-even-decoder: still put out 32×32×1
def build_even_decoder():
    codes = keras.Input((2,))
    hidden = layers.Reshape((4, 4, 128))(layers.Dense(2_048)(codes))
    for count in (128, 64, 32):
        hidden = layers.Conv2DTranspose(count, 4, 2, "valid", activation="relu")(hidden)
    last = layers.Conv2D(1, 3, padding="same", activation="sigmoid")
    return keras.Model(codes, last(hidden))


# %% exercise-halfway: mean of the images
halfway = garments[[4, 9]].mean(axis=0, keepdims=True)

# %% exercise-halfway: average before decoding
halfway = reconstructions[[4, 9]].mean(axis=0, keepdims=True)

# %% exercise-halfway: sum of the codes
halfway = decoder(garment_codes[[4]] + garment_codes[[9]]).numpy()

# %% exercise-halfway: the shape should be
halfway = decoder(garment_codes[[4, 9]].mean(axis=0, keepdims=True)).numpy()[0]

# %% exercise-halfway: decode the mean of the two codes
halfway = decoder(garment_codes[:2].mean(axis=0, keepdims=True)).numpy()

# %% exchange a decoder of another latent dimension: by_hand = [
decoder = models.build_decoder(3)

# %% exchange the kernel: assert np.array_equal(stamp_and_add
kernel = kernel.T

# %% exchange the layer's stamps: assert np.array_equal(stamp_and_add
stages = [stages[0], stages[1], stages[2][:, ::-1], stages[3]]

# %% exchange the matrix: import tensorflow as tf
C = C[:, ::-1]

# %% exchange what the transposed matrix gives: import tensorflow as tf
by_matrix = by_matrix.T

# %% exchange the turned kernel: assert np.array_equal(convolve
turned = kernel

# %% exchange the canvas: def with_keras
canvas = canvas.T

# %% exchange the sizes: def with_keras
doubled = list(sides)


# %% exchange where a canvas is cut: some_image = np.random.default_rng(SEED)
def stamp_and_add(image, kernel, stride, whole=stamp_and_add):
    return np.roll(whole(image, kernel, stride), 1, axis=0)


# %% exchange the overlap: def spread_of_means
overlap_3 = overlap_4

# %% exchange the patterns: def spread_of_means
patterns = [patterns[2], patterns[1], patterns[0]]

# %% exchange the images with a grid: def spread_of_means
untrained, trained = trained, untrained

# %% exchange maps and images: def spread_of_means
maps = np.repeat(trained, 32, axis=-1)

# %% exchange the decoded images: def alternating(images):
trained, untrained = untrained, trained

# %% exchange the codes of the garments: few = validation_images[:500]
garment_codes = garment_codes[::-1]

# %% exchange the codes of the error: few = validation_images[:500]
codes = codes[::-1]

# %% exchange the loss of the other decoder: assert abs(mirror_loss
other_loss = mirror_loss + 0.006

# %% exchange the boot: def change(move):
boot_code = encoder(garments[1:2])

# %% exchange the neighbours of a code: def change(move):
codes = codes[::-1]
