"""Chapter 1: wrong answers to its exercises.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-memory: padding adds pixels
bytes_before, bytes_after = 47_040_000, 188_160_000

# %% exercise-memory: takes four bytes
bytes_before, bytes_after = 47_040_000, 61_440_000

# %% exercise-memory: bytes_before is off
bytes_before, bytes_after = 60_000, 245_760_000

# %% exercise-memory: that is four bytes
bytes_before, bytes_after = 47_040_000, 491_520_000

# %% exercise-ink: fewest empty pixels
most_ink, mean_ink = "Pullover", 96.1

# %% exercise-ink: counts the padding
most_ink, mean_ink = "Coat", 75.2

# %% exercise-ink: another class
most_ink, mean_ink = "Bag", 90.2

# %% exercise-ink: as in datasets.CLASS_NAMES
most_ink, mean_ink = "coat", 98.3

# %% exercise-ink: as in datasets.CLASS_NAMES
most_ink, mean_ink = 4, 98.3

# %% exercise-ink: not a text
most_ink, mean_ink = "Coat", "98.3"

# %% exercise-ink: its mean is off
most_ink, mean_ink = "Coat", 98.2

# %% exercise-balanced: in both parts
train_index = np.arange(60_000)

# %% exercise-balanced: not the first or any
validation_index = np.sort(
    np.concatenate([np.flatnonzero(labels == c)[:1_000] for c in range(10)])
)
train_index = np.setdiff1d(np.arange(60_000), validation_index)

# %% exercise-balanced: not the first or any
validation_index = np.sort(
    np.concatenate(
        [
            np.flatnonzero(labels == c)[slice(-1_000, None) if c == 0 else slice(1_000)]
            for c in range(10)
        ]
    )
)
train_index = np.setdiff1d(np.arange(60_000), validation_index)

# %% exercise-balanced: 1,000 images of every class
train_index = np.arange(40_000)

# %% exercise-balanced: one row of positions
validation_index = np.array([np.flatnonzero(labels == c)[-1_000:] for c in range(10)])

# %% exercise-balanced: one row of positions
validation_index = np.arange(60_000) >= 50_000

# %% exercise-balanced: all other positions
validation_index = np.sort(
    np.concatenate([np.flatnonzero(labels == c)[-1_000:] for c in range(10)])
)
train_index = np.setdiff1d(np.arange(60_000), validation_index)
train_index = train_index[::-1]

# %% exercise-balanced: all other positions
validation_index = np.sort(
    np.concatenate([np.flatnonzero(labels == c)[-1_000:] for c in range(10)])
)
train_index = np.setdiff1d(np.arange(60_000), validation_index)
train_index = train_index + 60_000

# %% exercise-balanced: sort validation_index
validation_index = np.sort(
    np.concatenate([np.flatnonzero(labels == c)[-1_000:] for c in range(10)])
)
train_index = np.setdiff1d(np.arange(60_000), validation_index)
validation_index = np.random.permutation(validation_index)
