"""Chapter 6: wrong answers to its exercises, and data exchanged for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it; after an exchange stands how the cell begins that must fail.
"""


# %% exercise-look-alikes: the nearest is missing
def look_alikes(image, count):
    gaps = np.linalg.norm(codes - models.encode(encoder, image[None]), axis=1)
    return np.argsort(gaps)[1 : count + 1]


# %% exercise-look-alikes: those are the farthest
def look_alikes(image, count):
    gaps = np.linalg.norm(codes - models.encode(encoder, image[None]), axis=1)
    return np.argsort(-gaps)[:count]


# %% exercise-look-alikes: as many positions
def look_alikes(image, count):
    gaps = np.linalg.norm(codes - models.encode(encoder, image[None]), axis=1)
    return np.argsort(gaps)[1:count]


# %% exercise-look-alikes: as many positions
def look_alikes(image, count):
    gaps = np.linalg.norm(codes - models.encode(encoder, image[None]), axis=1)
    return np.argsort(gaps)[:4]


# %% exercise-look-alikes: not the nearest first
def look_alikes(image, count):
    gaps = np.linalg.norm(codes - models.encode(encoder, image[None]), axis=1)
    return np.argsort(gaps)[:count][::-1]


# %% exercise-look-alikes: nearest in pixels
def look_alikes(image, count):
    gaps = np.linalg.norm(flatten(images) - image.ravel(), axis=1)
    return np.argsort(gaps)[:count]


# %% exercise-look-alikes: other codes lie nearer
def look_alikes(image, count):
    code = models.encode(encoder, image[None])
    return np.argsort(np.abs(codes[:, 0] - code[0, 0]))[:count]


# %% exercise-look-alikes: as many positions
def look_alikes(image, count):
    return None


# %% exercise-white: the coordinates correlate
matrix = np.diag(1 / codes.std(axis=0))

# %% exercise-white: the coordinates correlate
matrix = np.linalg.inv(np.linalg.cholesky(np.cov(codes.T, bias=True)))

# %% exercise-white: the coordinates correlate; are columns divided
matrix = directions / np.sqrt(variances)[:, None]

# %% exercise-white: uncorrelated, but the deviations
matrix, offset = directions, -codes.mean(axis=0) @ directions

# %% exercise-white: uncorrelated, but the deviations
matrix = directions / variances

# %% exercise-white: the mean is not 0
lower = np.linalg.cholesky(np.cov(codes.T, bias=True))
matrix = np.linalg.inv(lower).T

# %% exercise-white: the mean is not 0
lower = np.linalg.cholesky(np.cov(codes.T, bias=True))
matrix = np.linalg.inv(lower).T
offset = -codes.mean(axis=0)

# %% exercise-white: the cloud is flat
matrix = np.ones((2, 2))

# %% exercise-one-dimension: more than one number
line_encoder, line_decoder = encoder, decoder
line = images[:20]

# %% exercise-one-dimension: line has shape (10, 32, 32, 1)
line_encoder, line_decoder = models.split_autoencoder(line_autoencoder)
line = images[:10]

# %% exercise-one-dimension: no better than the mean image
line_encoder, line_decoder = models.build_encoder(1), models.build_decoder(1)
line = images[:20]

# %% exercise-one-dimension: from end to end
line_encoder, line_decoder = models.split_autoencoder(line_autoencoder)
ends = np.linspace(line_codes.min(), line_codes.max(), 20)
line = line_decoder.predict(ends[:, None], verbose=0)

# %% exercise-one-dimension: other places of the line
line_encoder, line_decoder = models.split_autoencoder(line_autoencoder)
places = np.quantile(line_codes, np.linspace(0.01, 0.99, 20))
line = line_decoder.predict(places[:, None], verbose=0)

# %% exchange labels of other images: ten = labels[:10]
labels = np.roll(labels, 1)

# %% exchange codes of another network: moments = metrics.moments(codes)
codes = clouds["seed 0"]

# %% exchange labels in another order: centres = np.array([np.median(
labels = np.random.default_rng(0).permutation(labels)

# %% exchange neighbours by pixels for neighbours by codes: found = labels[by_code]
by_code, ranks_by_pixels = by_pixels, ranks_by_code

# %% exchange the autoencoder for PCA: accuracy, trust, kept = (
table = table.rename(index={"autoencoder": "PCA", "PCA": "autoencoder"})

# %% exchange labels that are all the same: def vote(known_labels):
labels = np.zeros_like(labels)

# %% exchange the card for another model's: card = pretrained.card(
real_card = pretrained.card


class pretrained:  # noqa: N801
    card = staticmethod(lambda name: real_card("mse-2d"))


# %% exchange the classes of the regions: size, shape, correct = (
regions = regions[::-1].set_axis(class_names)

# %% exchange the predictions: group = np.array([0, 1, 0, 0
predicted = np.random.default_rng(0).permutation(predicted)

# %% exchange the known labels: pixel_voters = KNeighborsClassifier(5)
validation_labels = np.random.default_rng(0).permutation(validation_labels)

# %% exchange the predictions of pullovers: pixel_voters = KNeighborsClassifier(5)
predicted = np.where(labels == 2, 9, predicted)

# %% exchange the outliers for other images: assert (labels[farthest]
farthest = np.arange(10)

# %% exchange the errors of the outliers: assert (labels[farthest]
reconstructions = images * 0.9

# %% exchange the reconstructions of the flattened map: for name, (matrix, vector) in {
rebuilt = rebuilt | {"flattened": rebuilt["flattened"][::-1]}

# %% exchange the map rotated for the map as trained: for name, (matrix, vector) in {
scores = scores.rename(index={"rotated": "as trained", "as trained": "rotated"})

# %% exchange the order of the seeds: votes = stability["5-NN accuracy"]
stability = stability[::-1]

# %% exchange trustworthiness for continuity: votes = stability["5-NN accuracy"]
stability = stability.assign(continuity=stability["trustworthiness"])

# %% exchange frequent mistakes for rare ones: for name in clouds: ⏎     assert counts
counts = -counts

# %% exchange codes as they are for transformed ones: mean_image = np.broadcast_to(
errors = errors[errors.columns[::-1]]

# %% exchange trustworthiness for continuity in the table: for name, told in {
stability = stability.assign(continuity=stability["trustworthiness"])

# %% exchange the codes that are searched: boots = validation_images
codes = codes[::-1]

# %% exchange the codes for whitened ones: assert np.allclose(np.cov(white.T
white = codes

# %% exchange the codes of other images: line_images = line_decoder.predict(
line_codes = line_codes[::-1]
