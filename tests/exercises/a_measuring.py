"""Appendix A: exchanged data for its claims; each runs with the appendix' names."""

# %% exchange two variants: def check_tests
tests = tests.rename({"half the filters": "one layer", "one layer": "half the filters"})

# %% exchange the base and a variant: def check_tests
tests = tests.assign(difference=-tests["difference"])

# %% exchange differences of two variants: def check_tests
differences = differences.assign(**{"one layer": differences["half the filters"]})

# %% exchange the base and one layer in time: assert round(1 / relative.loc
relative = relative.rename(index={"base": "one layer", "one layer": "base"})

# %% exchange loss weights: def check_weights
loss_weights = loss_weights.assign(
    **{"above the floor": loss_weights["formula"].to_numpy()[::-1]}
)

# %% exchange the formula for the loss of a pixel at 0: def check_weights
loss_weights = loss_weights.assign(**{"above the floor": loss_weights["formula"]})

# %% exchange batches of the root: assert np.isclose(batches.mean()
batches = np.full(20, image_errors.mean())

# %% exchange mean and weighted coat: def check_root(
mean_coat, weighted_coat = weighted_coat, mean_coat

# %% exchange losses of the nine trainings: def check_loss_study(
loss_study = loss_study.assign(
    loss=loss_study["loss"].replace({"bce": "mse", "mse": "bce"})
)

# %% exchange shuffled labels for the true ones: def check_controls
controls = controls.rename(
    {"labels as they are": "shuffled labels", "shuffled labels": "labels as they are"}
)

# %% exchange observed mistakes for random ones: def check_within
within = np.mean(all_by_chance)

# %% exchange chance with and without accidents: def check_within
by_chance, all_by_chance = all_by_chance, by_chance

# %% exchange codes outside for codes inside: def check_outliers
outliers = outliers.rename(index={"outside": "inside", "inside": "outside"})

# %% exchange continuity for trustworthiness: def check_by_number
by_number = by_number.assign(continuity=by_number["trustworthiness"])

# %% exchange normal points for codes: def check_regions
empty = empty.rename(columns={"codes": "normal", "normal": "codes"}, level=1)

# %% exchange a region that rotates not: def check_rotated
rotated = rotated.assign(ellipse=rotated["trimmed box"])

# %% exchange the angles of the first figure: def check_rotated
rotated = rotated.set_axis(rotated.index[::-1])

# %% exchange codes for components: def check_linear
linear = pd.Series({name: empty[name, "codes"].iloc[0] for name in REGIONS})

# %% exchange the control for the codes: def check_study
study = study.assign(**{"empty ellipsoid": study["normal ellipsoid"]})

# %% exchange networks: def check_ink
relative_ink = relative_ink.set_axis(relative_ink.index[::-1])

# %% exchange area and darkness: def check_ink
relative_ink = relative_ink.rename(columns={"area": "darkness", "darkness": "area"})

# %% exchange the farthest sandals for others: def check_outliers
swap = {"sandals inside": "farthest ten", "farthest ten": "sandals inside"}
outliers = outliers.rename(index=swap)

# %% exchange places: def check_errors
errors = errors.set_axis(errors.index[::-1])

# %% exchange an even decoder: def check_volume
logarithms = np.zeros_like(logarithms)

# %% exchange reconstructions for samples: def check_scores
scores = scores.set_axis(scores.index[::-1])

# %% exchange sources: def check_radii
radii = radii.set_axis(radii.index[::-1])

# %% exchange coverage and recall in the plane: def check_radii
covered, recalled = recalled, covered

# %% exchange kinds of networks, their places: def check_places
places = places.rename(index={"plain": "variational", "variational": "plain"})

# %% exchange kinds of networks, in features: def check_features
swapped = samplers.replace(
    {"autoencoder": {"plain": "variational", "variational": "plain"}}
)
by_sampler = swapped.groupby(["autoencoder", "sampler"])

# %% exchange samplers, in features: def check_features
swap = {"trimmed box": "standard normal", "standard normal": "trimmed box"}
by_sampler = samplers.replace({"sampler": swap}).groupby(["autoencoder", "sampler"])

# %% exchange samplers with 64 dimensions: def check_long_samplers
long_samplers = long_samplers.assign(sampler=long_samplers["sampler"].to_numpy()[::-1])

# %% exchange samplers, copying: def check_copying
long_samplers = long_samplers.assign(sampler=long_samplers["sampler"].to_numpy()[::-1])

# %% exchange copies for samples: def check_copying
sampled = fitted_codes[:2_000]

# %% exchange a component that copies: def check_copying
by_region = [*by_region[1:], 1.0]

# %% exchange plain for variational: def check_evenness
seed_changes = -seed_changes

# %% exchange seeds: def check_evenness
seed_changes = seed_changes.set_axis(range(1, 6))

# %% exchange means for samples: def check_around
vae_study = vae_study.rename(
    columns={
        "holes around means": "holes around samples",
        "holes around samples": "holes around means",
    }
)

# %% exchange grey offset and grain: def added_errors
swap = {"grey 0.05": "grain 0.05", "grain 0.05": "grey 0.05"}
denoising = denoising.replace({"view": swap})

# %% exchange sizes of the networks: def added_errors
sizes = denoising["latent dimension"].replace({2: 64, 64: 2})
denoising = denoising.assign(**{"latent dimension": sizes})

# %% exchange copies from grain for those from the grey offset: def added_errors
faint_copies = {
    **faint_copies,
    "grain": faint_copies["grey offset"],
    "grey offset": faint_copies["grain"],
}

# %% exchange denoisers for autoencoders by their codes: def check_moves
moves = moves.set_axis(moves.index[[1, 0, 3, 2]])

# %% exchange denoisers for autoencoders by their curves: def check_sizes
swap = {"autoencoder": "denoiser", "denoiser": "autoencoder"}
is_pair = shown["latent dimension"].isin([2, 64])
renamed = shown["network"].replace(swap)
shown = shown.assign(network=shown["network"].where(~is_pair, renamed))
