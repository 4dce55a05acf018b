"""Appendix B: exchanged data for its claims.

Each part runs with the appendix' names; the cell that begins so must then fail.
"""

# %% exchange the rates: values = asdict(plain), asdict(fast)
rates = {"fast": rates["plain"], "plain": rates["fast"]}

# %% exchange a setting: values = asdict(plain), asdict(fast)
fast = replace(fast, output_bias=0.0)

# %% exchange the ratios: assert list(race["recipe"])
ratios = 1 / ratios

# %% exchange plain and fast: assert list(race["recipe"])
losses = losses.rename(columns={"plain": "fast", "fast": "plain"})

# %% exchange two changes: bce = changes.pivot(
changes = changes.replace(
    {"small batches": "shorter memory", "shorter memory": "small batches"}
)

# %% exchange times: bce = changes.pivot(
changes = changes.assign(seconds=changes["seconds"].to_numpy()[::-1])

# %% exchange training and validation: assert abs(validation_floor - train_floor
log = log.rename(columns={"loss": "val_loss", "val_loss": "loss"})

# %% exchange 3 and 60 epochs: assert abs(validation_floor - train_floor
networks = {**networks, "short": networks["full"], "full": networks["short"]}

# %% exchange plain and short: assert abs(validation_floor - train_floor
bce = {**bce, "plain": bce["short"], "short": bce["plain"]}

# %% exchange the pictures: assert abs(validation_floor - train_floor
pictures = pictures[::-1]

# %% exchange what was resumed: assert largest_difference(resumed) == 0
resumed, weights_only = weights_only, resumed

# %% exchange the names of the recipes: summary = race.groupby("recipe")
race = race.replace({"plain": "fast", "fast": "plain"})
