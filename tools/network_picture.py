"""Draw the README's picture of the network from the models themselves."""

from pathlib import Path

from aelib import models, plotting
import matplotlib
import matplotlib.pyplot as plt

TARGET = Path(__file__).resolve().parent.parent / "static" / "network.svg"

if __name__ == "__main__":
    matplotlib.use("agg")
    plotting.use_style()
    # The same bytes each time, so that only a changed network changes the file.
    matplotlib.rcParams["svg.hashsalt"] = "aelib"
    plotting.draw_network(
        models.layer_shapes(models.build_encoder()),
        models.layer_shapes(models.build_decoder()),
    )
    plt.savefig(TARGET, bbox_inches="tight", metadata={"Date": None})
