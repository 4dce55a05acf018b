"""Chapter 7: wrong answers to its exercises, and exchanged data for its claims.

Each part runs with the chapter's names. The words after a mistake's label must be in
what the check says of it.
"""

# %% exercise-read-map: you exchanged the axes
predicted = ["T-shirt/top", "Bag", "Bag"]

# %% exercise-read-map: 2 of 3 are right
predicted = ["Trouser", "Sandal", "Bag"]

# %% exercise-read-map: as in datasets.CLASS_NAMES
predicted = ["Trousers", "Sandals", "Sneakers"]

# %% exercise-read-map: give three names
predicted = ["Trouser", "Sandal"]

# %% exercise-hole: in the square from −3 to 3
hole = metrics.bounding_box(codes)[1]

# %% exercise-hole: a code lies there
hole = codes[4]

# %% exercise-hole: exchange the two numbers
hole = (3.0, -0.7)

# %% exercise-hole: can be found
hole = (0.0, 2.9)


# %% exercise-walk: should be the rows
def walk(start, end, count):
    return np.linspace(start, end, count).T


# %% exercise-walk: as many points
def walk(start, end, count):
    return np.linspace(start, end, count - 1)


# %% exercise-walk: as many points
def walk(start, end, count):
    return np.linspace(start, end, 5)


# %% exercise-walk: begin at the start
def walk(start, end, count):
    return np.linspace(end, start, count)


# %% exercise-walk: begin and end at the two codes
def walk(start, end, count):
    return np.linspace(start, end, count, endpoint=False)


# %% exercise-walk: the steps should be equal
def walk(start, end, count):
    return start + (end - start) * np.linspace(0, 1, count)[:, None] ** 2


# %% exercise-walk: two numbers each
def walk(start, end, count):
    return decode(np.linspace(start, end, count))


# %% exchange classes: def check_room
won = {"any": won["whole box"][::-1]}

# %% exchange normal points for codes: control = np.random
all_clouds = {"any": control}

# %% exchange codes for normal points: votes = metrics.knn_predict
control = codes

# %% exchange normal points for codes in boxes: def check_boxes
shares = {key: own[::-1] for key, own in shares.items()}

# %% exchange any points for codes: points = metrics.sample_box
codes = metrics.sample_box(codes, 5_000, rng, TRIM)

# %% exchange places: far = {name
trips = dict(zip(trips, list(trips.values())[::-1]))

# %% exchange an even decoder: pair = np.array
change = np.full_like(change, 0.03)

# %% exchange reconstructions for samples: cover = {name
scores = {
    **scores,
    "trimmed box": scores["reconstructions"],
    "reconstructions": scores["trimmed box"],
}

# %% exchange sizes: def check_errors
errors = errors[::-1]

# %% exchange normal points for larger codes: def check_empty
empty_by = {key: empty_by[key[0], "normal"] for key in empty_by}

# %% exchange normal points for codes in the ellipse: def check_ellipse
in_ellipse = {name: pair[::-1] for name, pair in in_ellipse.items()}

# %% exchange symmetric points for codes: lopsided =
skewness = {name: skewness["standard normal"] for name in skewness}

# %% exchange sizes of samples: def check_cover
cover_by = {name: values[::-1] for name, values in cover_by.items()}

# %% exchange boxes for the fitted normal: def check_cover
cover_by = {
    **cover_by,
    "fitted normal": cover_by["whole box"],
    "whole box": cover_by["fitted normal"],
}
