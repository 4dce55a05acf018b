"""Train chapter 2's variants from ten seeds and store the losses with `aelib`.

    python studies/encoder_study.py

It runs the chapter's own `train_variant`. About a quarter of an hour on two cores.
"""

from pathlib import Path

from aelib import results
import jupytext
import matplotlib

CHAPTER = Path(__file__).resolve().parent.parent / "chapters" / "02_encoder.md"
SEEDS = range(10)


def load_chapter() -> dict:
    """Execute the chapter until it has defined what the study needs; return its names.

    Figures are drawn on no screen.
    """
    matplotlib.use("agg")
    chapter: dict = {"__name__": CHAPTER.stem}
    for cell in jupytext.read(CHAPTER).cells:
        if {"train_variant", "variants"} <= chapter.keys():
            return chapter
        if cell.cell_type == "code":
            exec(compile(cell.source, CHAPTER.name, "exec"), chapter)
    raise KeyError(f"{CHAPTER.name} does not define train_variant and variants")


def main() -> None:
    """Run all and write the table in one piece at the end."""
    chapter = load_chapter()
    rows = []
    for name, (filters, latent_dim) in chapter["variants"].items():
        for seed in SEEDS:
            _, loss = chapter["train_variant"](filters, latent_dim, seed)
            rows.append({"variant": name, "seed": seed, "loss": f"{loss:.5f}"})
            print(rows[-1], flush=True)
    results.store("encoder_study", rows)


if __name__ == "__main__":
    main()
