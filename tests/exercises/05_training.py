"""Chapter 5: wrong answers to its exercises.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-steps: that is one epoch
steps_64, epochs_64 = 782, 1.92

# %% exercise-steps: count batches
steps_64, epochs_64 = 150_000, 1.92

# %% exercise-steps: are a step too
steps_64, epochs_64 = 2_343.75, 1.92

# %% exercise-steps: steps_64 is off
steps_64, epochs_64 = 1_500, 1.92

# %% exercise-steps: those are images
steps_64, epochs_64 = 2_346, 96_000

# %% exercise-steps: epochs_64 is off
steps_64, epochs_64 = 2_346, 0.48

# %% exercise-steps: give two numbers
steps_64, epochs_64 = "2,346", "1.92"

# %% exercise-worst: the two are exchanged
worst, best = int(np.argmin(errors)), int(np.argmax(errors))

# %% exercise-worst: give positions
worst, best = errors.max(), errors.min()

# %% exercise-worst: a larger error than 0
worst, best = 0, int(np.argmin(errors))

# %% exercise-worst: a smaller error than 0
worst, best = int(np.argmax(errors)), 0

# %% exercise-worst: give positions
worst, best = "4,505", 1_395

# %% exercise-components: compare 28×28 pixels
components = 5

# %% exercise-components: are too few
components = 8

# %% exercise-components: fewer are, too
components = 64

# %% exercise-components: a whole number
components = 10.0

# %% exercise-components: a whole number
components = True
