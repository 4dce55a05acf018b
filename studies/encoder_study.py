"""Train chapter 2's variants from ten seeds and store the losses with `aelib`.

    python studies/encoder_study.py

It runs the chapter's own `train_variant`. About a quarter of an hour on two cores.
"""

from pathlib import Path
import sys

from aelib import results

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from chapter_code import run_cells  # noqa: E402 (needs the path above)

SEEDS = range(10)


def main() -> None:
    """Run all and write the table in one piece at the end."""
    chapter = run_cells("02_encoder", "train_variant", "variants")
    rows = []
    for name, (filters, latent_dim) in chapter["variants"].items():
        for seed in SEEDS:
            _, loss = chapter["train_variant"](filters, latent_dim, seed)
            rows.append({"variant": name, "seed": seed, "loss": f"{loss:.5f}"})
            print(rows[-1], flush=True)
    results.store("encoder_study", rows)


if __name__ == "__main__":
    main()
