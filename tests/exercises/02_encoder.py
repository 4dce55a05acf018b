"""Chapter 2: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it. An exchange names the cell that must then fail.
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
valid_sides = [32, 16, 8, 4]
valid_encoder = models.build_encoder()

# %% exercise-valid: windows must lie inside
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

# %% exercise-valid: reads 3×3×128 values
valid_sides = [32, 15, 7, 3]
valid_encoder = models.build_encoder()

# %% exercise-valid: puts out 2
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

# %% exercise-valid: the last layer reads
valid_sides = [32, 15, 7, 3]
valid_encoder = keras.Sequential(
    [
        keras.Input((32, 32, 1)),
        *(layers.Conv2D(16 * n, 3, n, activation="relu") for n in (2, 4, 8)),
        layers.Flatten(),
        layers.Dense(2),
    ]
)

# %% exercise-filter: 3×3 weights
my_filter = np.array([[-1, 1]])

# %% exercise-filter: even surface
my_filter = np.ones((3, 3))

# %% exercise-filter: edges from top to bottom
my_filter = edge_filter

# %% exercise-filter: edges from top to bottom
my_filter = np.array([[-1, 0, 0], [0, 0, 0], [0, 0, 1]])

# %% exercise-filter: not lighter
my_filter = -edge_filter.T

# %% exercise-budget: 96,770 parameters
my_autoencoder = autoencoder

# %% exercise-budget: returns two things
my_autoencoder = (autoencoder, validation_loss)

# %% exercise-budget: images of 32×32×1
my_autoencoder = models.build_encoder(8, (8, 16, 32))

# %% exercise-budget: what lowers it most
keras.utils.set_random_seed(0)
my_autoencoder = models.build_autoencoder(
    models.build_encoder(2, (8, 16, 32)), models.build_decoder(2)
)

# %% exchange of the codes of two garments: copies = pretrained_decoder(garment_codes)
garment_codes = garment_codes[::-1]

# %% exchange of two latent dimensions: exact, wide, narrow =
two, sixty_four = odd_rows["2 numbers"], odd_rows["64 numbers"]
odd_rows = odd_rows | {"2 numbers": sixty_four, "64 numbers": two}

# %% exchange of top and bottom: assert np.allclose( ⏎     edge_layer(patch)
patch = patch[:, ::-1]

# %% exchange of the encoder and a wider one: assert encoder.count_params() == 96_770
encoder = models.build_encoder(3)

# %% exchange of weights and biases: weighted = [
table = table.assign(parameters=[0, 288, 18_432, 73_728, 4_096])

# %% exchange of grey and binary images: assert 0.263 < validation_loss < 0.285
validation_images = np.round(validation_images)

# %% exchange of before and after training: def empty_maps(rows):
before, after = after, before

# %% exchange of two learning rates: untrained, fast, slow, long =
dead = dead.iloc[[0, 2, 1, 3]]

# %% exchange of the image and its first feature maps: written = [
numbers = [numbers[1], numbers[0], *numbers[2:]]

# %% exchange of the base and one layer: by_seed = study.pivot(
names_of = {"base": "one layer", "one layer": "base"}
study = study.assign(variant=study["variant"].replace(names_of))

# %% exchange of the base and the wider code: by_seed = study.pivot(
names_of = {"base": "16 dimensions", "16 dimensions": "base"}
study = study.assign(variant=study["variant"].replace(names_of))
