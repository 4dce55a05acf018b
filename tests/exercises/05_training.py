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

# %% exercise-absolute-error: change the cell above
median_autoencoder = "mae"

# %% exercise-absolute-error: its output is no image
median_autoencoder = encoder

# %% exercise-absolute-error: its latent dimension is not 2
median_autoencoder = build_new(16)

# %% exercise-absolute-error: its error is still high
median_autoencoder = build_new()

# %% exercise-absolute-error: it was trained on another loss
median_autoencoder = fast_autoencoder

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

# %% exchange training and validation: final_loss = losses["val_loss"][-1]
losses = {"loss": losses["val_loss"], "val_loss": losses["loss"]}

# %% exchange logged and now: assert losses["val_loss"][0] < losses["loss"][0]
logged = losses["loss"][-1]
losses = {**losses, "loss": [*losses["loss"][:-1], loss_now]}
loss_now = logged

# %% exchange what was loaded: pair = loaded(garments), autoencoder(garments)
loaded = build_new()

# %% exchange the order of the classes: assert list(ranked.index[:2])
ranked = ranked[::-1]

# %% exchange worst and best: classifier = pretrained.load_classifier()
worst = np.argsort(errors)[:8]

# %% exchange the worst and the eighth: classifier = pretrained.load_classifier()
long_worst = long_worst[::-1]

# %% exchange two learning rates: spreads = [answer.std(axis=0).max()
answers = [answers[1], answers[0], *answers[2:]]

# %% exchange white and black: spreads = [answer.std(axis=0).max()
answers = [*answers[:3], answers[4], answers[3]]

# %% exchange NaN for 0: spoiled = train_images[:100].copy()
train_spoiled = train_briefly


def train_briefly(images, learning_rate):
    return train_spoiled(np.nan_to_num(images), learning_rate)


# %% exchange the two curves: validation = np.array(log["val_loss"])
log = {"loss": log["val_loss"], "val_loss": log["loss"]}

# %% exchange plain and fast: assert 0.252 < fast_loss < 0.266
stored = results.table


class Exchanged:
    def table(self, name):
        return stored(name).replace({"plain": "fast", "fast": "plain"})


results = Exchanged()
