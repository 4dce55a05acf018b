"""Chapter 6: wrong answers to its exercises.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-close-classes: lie farthest apart
pair = ("Trouser", "Sneaker")

# %% exercise-close-classes: that is the answer for means
pair = ("Shirt", "Coat")

# %% exercise-close-classes: two different names
pair = ("Pullover", "Pullover")

# %% exercise-close-classes: as in datasets.CLASS_NAMES
pair = (2, 4)

# %% exercise-close-classes: two different names
pair = "Coat"

# %% exercise-close-classes: another pair is closer
pair = ("Bag", "Shirt")


# %% exercise-look-alikes: the image itself
def look_alikes(position, count):
    gaps = np.linalg.norm(codes - codes[position], axis=1)
    return np.argsort(gaps)[:count]


# %% exercise-look-alikes: those are the farthest
def look_alikes(position, count):
    gaps = np.linalg.norm(codes - codes[position], axis=1)
    return np.argsort(-gaps)[:count]


# %% exercise-look-alikes: as many positions
def look_alikes(position, count):
    gaps = np.linalg.norm(codes - codes[position], axis=1)
    return np.argsort(gaps)[1:count]


# %% exercise-look-alikes: as many positions
def look_alikes(position, count):
    gaps = np.linalg.norm(codes - codes[position], axis=1)
    return np.argsort(gaps)[1:5]


# %% exercise-look-alikes: not the nearest first
def look_alikes(position, count):
    gaps = np.linalg.norm(codes - codes[position], axis=1)
    return np.argsort(gaps)[count:0:-1]


# %% exercise-look-alikes: nearest in pixels
def look_alikes(position, count):
    gaps = np.linalg.norm(flatten(images) - flatten(images)[position], axis=1)
    return np.argsort(gaps)[1 : count + 1]


# %% exercise-look-alikes: other codes lie nearer
def look_alikes(position, count):
    gaps = np.linalg.norm(codes[:, :1] - codes[:, :1][position], axis=1)
    return np.argsort(gaps)[1 : count + 1]


# %% exercise-look-alikes: as many positions
def look_alikes(position, count):
    return None


# %% exercise-white: the numbers are correlated
matrix = np.diag(1 / codes.std(axis=0))

# %% exercise-white: is the matrix not transposed
matrix = np.linalg.inv(np.linalg.cholesky(np.cov(codes.T, bias=True)))

# %% exercise-white: the mean is not 0
lower = np.linalg.cholesky(np.cov(codes.T, bias=True))
matrix = np.linalg.inv(lower).T

# %% exercise-white: the mean is not 0
lower = np.linalg.cholesky(np.cov(codes.T, bias=True))
matrix = np.linalg.inv(lower).T
offset = -codes.mean(axis=0)

# %% exercise-white: the cloud is flat
matrix = np.ones((2, 2))
