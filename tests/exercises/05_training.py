"""Chapter 5: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it; with exchanged data the cell that begins so must fail.
"""

# %% exercise-latent-dimension: change the cell above
wide_autoencoder = 16

# %% exercise-latent-dimension: its output is no image
wide_autoencoder = models.build_encoder(16)

# %% exercise-latent-dimension: its latent dimension is not 16
wide_autoencoder = autoencoder

# %% exercise-latent-dimension: its loss is still high
wide_autoencoder = build_new(16)

# %% exercise-learning-rate: change the cell above
chosen_rate = True

# %% exercise-learning-rate: give a number
chosen_rate = "0.003"

# %% exercise-learning-rate: another rate is lower
chosen_rate = 0.0005

# %% exercise-learning-rate: too near to a rate that fails
chosen_rate = 0.01

# %% exercise-learning-rate: the same grey square
chosen_rate = 0.3

# %% exercise-components: compare 28×28 pixels
components = 5

# %% exercise-components: are too few
components = 8

# %% exercise-components: fewer are, too
components = 20

# %% exercise-components: from 1 to 50
components = 64

# %% exercise-components: a whole number
components = 10.0

# %% exercise-components: change the cell above
components = True

# %% exchange a decoder of its own: assert autoencoder.count_params()
decoder = models.build_decoder()

# %% exchange the baselines: assert baselines["bce_32"].round(3)
baselines = baselines.iloc[[1, 0, 2]]

# %% exchange before and after: assert np.abs(pictures[0] - 0.5)
pictures, maps = pictures[::-1], maps[::-1]

# %% exchange the garments: assert np.abs(pictures[0] - 0.5)
pictures = [pictures[0], pictures[1], *(p[::-1] for p in pictures[2:])]

# %% exchange training and validation: final_loss = losses["val_loss"][-1]
losses = {"loss": losses["val_loss"], "val_loss": losses["loss"]}

# %% exchange logged and at the end: assert losses["val_loss"][0] < losses["loss"][0]
losses = {**losses, "loss": losses_now}

# %% exchange the images measured: assert losses["val_loss"][0] < losses["loss"][0]
part = train_images[5_000:10_000]

# %% exchange what was loaded: pair = loaded(garments), autoencoder(garments)
loaded = build_new()

# %% exchange the order of the classes: assert list(ranked.index[:2])
ranked = ranked[::-1]

# %% exchange worst and best: pretrained_errors = image_errors(pretrained_copies)
worst = np.argsort(errors)[:8]

# %% exchange the codes of the boots: pretrained_errors = image_errors(
pretrained_best = pretrained_best[::-1]

# %% exchange best and own code: pretrained_errors = image_errors(pretrained_copies)
best = worst

# %% exchange two learning rates: spreads = [answer.std(axis=0).max()
answers = [answers[1], answers[0], *answers[2:]]

# %% exchange two logs: spreads = [answer.std(axis=0).max()
good, slow, large, bytes_log = logs.values()
logs = dict(enumerate((good, large, slow, bytes_log)))

# %% exchange the large and the usual rate: spreads = [answer.std(axis=0).max()
networks = {**networks, "rate 0.1": networks["rate 0.001"]}

# %% exchange NaN for 0.5: spoiled = train_images[:100].copy()
numpy = np


class Numbers:
    nan = 0.5

    def __getattr__(self, name):
        return getattr(numpy, name)


np = Numbers()

# %% exchange the two curves: validation = np.array(log["val_loss"])
log = {"loss": log["val_loss"], "val_loss": log["loss"]}

# %% exchange two training images: validation = np.array(log["val_loss"])
shown = shown[[2, 1, 0, 3, 4, 5, 6, 7]]

# %% exchange plain and fast: assert 0.252 < fast_loss < 0.266
stored = results.table


class Exchanged:
    def table(self, name):
        return stored(name).replace({"plain": "fast", "fast": "plain"})


results = Exchanged()
