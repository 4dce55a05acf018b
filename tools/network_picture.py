"""Draw the README's picture of the network from a pretrained model."""

from pathlib import Path

from aelib import datasets, models, plotting, pretrained
import matplotlib
import matplotlib.pyplot as plt

TARGET = Path(__file__).resolve().parent.parent / "static" / "network.svg"

if __name__ == "__main__":
    matplotlib.use("agg")
    plotting.use_style()
    # The same bytes each time, so that only a changed network changes the file.
    matplotlib.rcParams["svg.hashsalt"] = "aelib"
    matplotlib.rcParams["image.composite_image"] = False
    images = datasets.load_fashion_mnist()[1][0]  # of the validation set
    encoder, decoder = pretrained.load("bce-2d")
    code = encoder(images[:1])
    plotting.draw_network(
        models.layer_shapes(encoder),
        models.layer_shapes(decoder),
        image=images[0],
        code=code.numpy()[0],
        reconstruction=decoder(code).numpy()[0],
    )
    plt.gcf().savefig(TARGET, bbox_inches="tight", metadata={"Date": None})
