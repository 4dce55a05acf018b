"""Chapter 1: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it. After an exchange the cell that begins with the words must
raise AssertionError.
"""

# %% exercise-memory: padding adds pixels
bytes_before, bytes_after = 47_040_000, 188_160_000

# %% exercise-memory: takes four bytes
bytes_before, bytes_after = 47_040_000, 61_440_000

# %% exercise-memory: bytes_before is off
bytes_before, bytes_after = 60_000, 245_760_000

# %% exercise-memory: that is four bytes
bytes_before, bytes_after = 47_040_000, 491_520_000

# %% exercise-average: wraps around before it is halved
average = (images[0] + images[1]) // 2

# %% exercise-average: change the cell above
average = (images[0] + images[1]).astype("float32") / 2

# %% exercise-average: cuts off halves
average = images[0] // 2 + images[1] // 2

# %% exercise-average: do not divide by 255
average = images[:2].mean(axis=0) / 255

# %% exercise-average: not (28, 28)
average = images[:2].mean()

# %% exercise-average: convert both images
average = images[0] + images[1].astype("float32")

# %% exercise-means: one number per class
means = [images[labels == k].mean() for k in range(10)]
most_varied = "Bag"

# %% exercise-means: not (10, 28, 28)
means = images.mean(axis=0)
most_varied = "Bag"

# %% exercise-means: use the bytes
means = [images[labels == k].mean(axis=0) / 255 for k in range(10)]
most_varied = "Bag"

# %% exercise-means: one class at a time
means = [images[:6_000].mean(axis=0)] * 10
most_varied = "Bag"

# %% exercise-means: as in datasets.CLASS_NAMES
means = [images[labels == k].mean(axis=0) for k in range(10)]
most_varied = 8

# %% exercise-means: another class differs more
means = [images[labels == k].mean(axis=0) for k in range(10)]
most_varied = "Shirt"

# %% exercise-code-size: end in 16 numbers
wide_encoder, wide_decoder = encoder, decoder

# %% exercise-code-size: read 16 numbers
wide_decoder = decoder
wide_encoder = keras.Sequential(
    [keras.Input((32, 32, 1)), layers.Flatten(), layers.Dense(16)]
)

# %% exercise-code-size: put out 32×32×1
wide_encoder = keras.Sequential(
    [keras.Input((32, 32, 1)), layers.Flatten(), layers.Dense(16)]
)
wide_decoder = keras.Sequential([keras.Input((16,)), layers.Dense(1_024)])

# %% exercise-code-size: train the two halves
wide_encoder = keras.Sequential(
    [keras.Input((32, 32, 1)), layers.Flatten(), layers.Dense(16)]
)
wide_decoder = keras.Sequential(
    [keras.Input((16,)), layers.Dense(1_024), layers.Reshape((32, 32, 1))]
)

# %% exchange reconstructions of other garments: def check_reconstructions(
reconstructions = reconstructions[::-1]

# %% exchange the mean image for reconstructions: def check_reconstructions(
reconstructions = np.repeat(few_images.mean(axis=0)[np.newaxis], 8, axis=0)

# %% exchange short and long training: def check_reconstructions(
reconstructions, long_reconstructions = long_reconstructions, reconstructions

# %% exchange short and long training: check_parts(
reconstructions, long_reconstructions = long_reconstructions, reconstructions

# %% exchange the dress for trousers: check_parts(
long_reconstructions = long_reconstructions[[0, 1, 2, 1, 4, 5, 6, 7]]

# %% exchange sandals and pullovers: def check_classes(
order = [0, 1, 5, 3, 4, 2, 6, 7, 8, 9]
table = table.assign(**{"class": table["class"].to_numpy()[order]})

# %% exchange the test set for the training images: def check_classes(
table = table.assign(training=table["test"])

# %% exchange images of black and white for grey ones: def check_shares(
images = np.where(images > 127, 255, 0).astype("uint8")

# %% exchange the right difference for the wrapped one: def check_wrapping(
wrapped = difference

# %% exchange images that were not scaled: def check_preprocessing(
prepared = 255 * prepared

# %% exchange a set with one class only: def check_split(
validation_labels = np.zeros(10_000, "uint8")

# %% exchange validation and test scores: def check_selection(
validation_score, test_score = test_score, validation_score

# %% exchange the choice of each image for its test score: def check_selection(
choices = np.flip(choices, axis=1)
