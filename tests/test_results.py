"""Stored studies."""

from aelib import results
import pytest


def test_the_encoder_study_has_ten_seeds_of_six_variants():
    study = results.table("encoder_study")
    seeds = study.groupby("variant")["seed"].apply(sorted)
    assert len(seeds) == 6 and all(own == list(range(10)) for own in seeds)
    # Between the entropy of the pixels, below which no loss can be, and a grey image.
    assert study["loss"].between(0.185, 0.693).all()


def test_an_unknown_study_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(ValueError, match=r"'encoder'; there are: .*encoder_study"):
        results.table("encoder")


def test_what_is_stored_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    results.store("study", [{"seed": 0, "loss": 0.25}])
    results.store("study", [{"seed": 1, "loss": "a,b"}])
    assert results.table("study").to_dict("records") == [{"seed": 1, "loss": "a,b"}]
    assert [path.name for path in tmp_path.iterdir()] == ["study.csv"]


@pytest.mark.parametrize("rows", [[], [{"a": 1}, {"b": 1}]])
def test_a_table_without_rows_or_with_mixed_columns_is_refused(rows):
    with pytest.raises(ValueError, match="same columns"):
        results.store("study", rows)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"seed,loss\n",
        b"seed,loss\n0,0.25\n1\n",
        b"seed,loss\n0,1,2\n",
        b"\xff\xfe",
    ],
)
def test_a_damaged_table_is_refused_with_what_to_do(content, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    (tmp_path / "study.csv").write_bytes(content)
    with pytest.raises(RuntimeError, match=r"study.csv is damaged.*run the study"):
        results.table("study")
