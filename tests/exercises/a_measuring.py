"""Appendix A: exchanged data for its claims; each runs with the appendix' names."""

# %% exchange shuffled labels for the true ones: assert round(controls["labels as they
controls = controls.rename(
    {"labels as they are": "shuffled labels", "shuffled labels": "labels as they are"}
)

# %% exchange observed mistakes for random ones: assert round(within, 2) == 0.88
within = by_chance.mean()

# %% exchange codes outside for codes inside: assert is_outside.sum() == 90
outliers = outliers.rename(index={"outside": "inside", "inside": "outside"})

# %% exchange continuity for trustworthiness: trust = by_number["trustworthiness"]
by_number = by_number.assign(continuity=by_number["trustworthiness"])

# %% exchange normal points for codes: def check_regions
empty = empty.copy()
for region in REGIONS:
    empty[[region, f"{region}, normal"]] = empty[[f"{region}, normal", region]]

# %% exchange a region that rotates not: def check_rotated
rotated = rotated.assign(ellipse=rotated["trimmed box"])

# %% exchange codes for components: def check_linear
linear = empty.iloc[0][list(REGIONS)]

# %% exchange networks: def check_darkness
darkness = darkness.set_axis(darkness.index[::-1])

# %% exchange places: def check_errors
errors = errors.set_axis(errors.index[::-1])

# %% exchange an even decoder: def check_volume
logarithms = np.zeros_like(logarithms)

# %% exchange reconstructions for samples: def check_scores
scores = scores.set_axis(scores.index[::-1])

# %% exchange sources: def check_radii
radii = radii.set_axis(radii.index[::-1])

# %% exchange the control for the codes: def check_study
study = study.assign(**{"empty ellipsoid": study["normal ellipsoid"]})

# %% exchange kinds of networks, their places: def check_places
places = places.rename(index={"plain": "variational", "variational": "plain"})

# %% exchange kinds of networks, in features: def check_features
swapped = samplers.replace(
    {"autoencoder": {"plain": "variational", "variational": "plain"}}
)
by_sampler = swapped.groupby(["autoencoder", "way"])

# %% exchange samplers with 64 dimensions: def check_long_samplers
long_samplers = long_samplers.assign(way=long_samplers["way"].to_numpy()[::-1])

# %% exchange samples: one_row = every
sampled_features = sampled_features[:500]

# %% exchange samplers, copying: def check_copying
long_samplers = long_samplers.assign(way=long_samplers["way"].to_numpy()[::-1])

# %% exchange plain for variational: def check_evenness
seed_changes = -seed_changes

# %% exchange means for samples: def check_around
with_bce = with_bce.rename(
    columns={
        "holes around means": "holes around samples",
        "holes around samples": "holes around means",
    }
)

# %% exchange grey offset and grain: def added_errors
swap = {"grey 0.05": "grain 0.05", "grain 0.05": "grey 0.05"}
denoising = denoising.replace({"view": swap})

# %% exchange sizes of the networks: def added_errors
denoising = denoising.assign(numbers=denoising["numbers"].replace({2: 64, 64: 2}))

# %% exchange copies from grain for those from the grey offset: def added_errors
faint_copies = {
    **faint_copies,
    "from grain": faint_copies["from grey offset"],
    "from grey offset": faint_copies["from grain"],
}

# %% exchange denoisers for autoencoders by their codes: def check_moves
moves = moves.set_axis(moves.index[[1, 0, 3, 2]])

# %% exchange denoisers for autoencoders by their curves: def check_sizes
swap = {"autoencoder": "denoiser", "denoiser": "autoencoder"}
is_pair = shown["numbers"].isin([2, 64])
renamed = shown["network"].replace(swap)
shown = shown.assign(network=shown["network"].where(~is_pair, renamed))

# %% exchange loss weights: excess, formula = loss_weights
loss_weights["above the floor"] = loss_weights["formula"].to_numpy()[::-1]

# %% exchange batches of the root: assert np.isclose(batches.mean()
batches = np.full(20, image_errors.mean())

# %% exchange mean and weighted coat: def check_root(
mean_coat, weighted_coat = weighted_coat, mean_coat

# %% exchange losses of the nine trainings: def check_loss_study(
loss_study = loss_study.assign(
    loss=loss_study["loss"].replace({"bce": "mse", "mse": "bce"})
)

# %% exchange of the base and one layer: result = tests.set_index("variant")
tests = tests.assign(difference=-tests["difference"])

# %% exchange of two variants: result = tests.set_index("variant")
names_of = {"half the filters": "one layer", "one layer": "half the filters"}
tests = tests.assign(variant=tests["variant"].replace(names_of))

# %% exchange of the base and one layer in time: assert round(1 / relative.loc
relative = relative.rename(index={"base": "one layer", "one layer": "base"})
