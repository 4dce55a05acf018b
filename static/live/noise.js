/**
 * Noise on one garment, and what takes it away: a Gaussian filter, an autoencoder that
 * was trained on clean images, and one that was trained to remove noise.
 */
"use strict";

live.define("noise", (figure, data) => {
  const SIDE = 32;
  const FRAME = 2; // pixels at each side that are no part of the garment
  const { ink, grey, red } = live.colors;

  const [plain, trained] = (figure.dataset.networks ?? "").split(" ").map((name) => ({
    encoder: core.unpackLayers(data[name].encoder),
    decoder: core.unpackLayers(data[name].decoder),
  }));
  /** @type {Float32Array[]} test images, (32, 32) with their frame of zeros */
  const garments = data.pictures.pictures.map((/** @type {any} */ { pixels }) => {
    const bytes = atob(pixels);
    const image = new Float32Array(SIDE * SIDE);
    const inner = SIDE - 2 * FRAME;
    for (let i = 0; i < bytes.length; i++) {
      const row = FRAME + Math.floor(i / inner);
      image[row * SIDE + FRAME + (i % inner)] = bytes.charCodeAt(i) / 255;
    }
    return image;
  });

  const canvas = live.part(figure, "plot", HTMLCanvasElement);
  const strength = live.part(figure, "strength", HTMLInputElement);
  const width = live.part(figure, "width", HTMLInputElement);
  const garment = live.part(figure, "garment", HTMLSelectElement);

  /** One number for each pixel, from a normal distribution; a new strength scales it. */
  let grain = normal(SIDE * SIDE);

  /** @param {number} count @returns {Float32Array} by Box and Muller's formula */
  function normal(count) {
    return Float32Array.from(
      { length: count },
      () =>
        Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
    );
  }

  /** @param {Float32Array} image @returns {Float32Array} with noise, clipped */
  function addNoise(image) {
    const sigma = Number(strength.value);
    return image.map((value, i) => Math.min(Math.max(value + sigma * grain[i], 0), 1));
  }

  /**
   * Weighted means along rows, then along columns, as SciPy's gaussian_filter takes them:
   * four standard deviations far, and mirrored at the edges.
   * @param {Float32Array} image (32, 32)
   * @returns {Float32Array}
   */
  function blur(image) {
    const sigma = Number(width.value);
    if (sigma === 0) return image;
    const far = Math.floor(4 * sigma + 0.5);
    const weights = Array.from({ length: 2 * far + 1 }, (_, i) =>
      Math.exp(-((i - far) ** 2) / (2 * sigma ** 2)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const mirrored = (/** @type {number} */ place) => {
      const inside = ((place % (2 * SIDE)) + 2 * SIDE) % (2 * SIDE);
      return inside < SIDE ? inside : 2 * SIDE - 1 - inside;
    };
    /** @param {Float32Array} from @param {number} step @param {number} other */
    const along = (from, step, other) => {
      const to = new Float32Array(SIDE * SIDE);
      for (let line = 0; line < SIDE; line++) {
        for (let i = 0; i < SIDE; i++) {
          let sum = 0;
          for (let k = -far; k <= far; k++) {
            sum += weights[k + far] * from[line * other + mirrored(i + k) * step];
          }
          to[line * other + i * step] = sum / total;
        }
      }
      return to;
    };
    return along(along(image, SIDE, 1), 1, SIDE);
  }

  /** @param {{encoder: any, decoder: any}} network @param {Float32Array} image */
  function reconstruct({ encoder, decoder }, image) {
    const codes = core.run(encoder, image, [SIDE, SIDE, 1]);
    return core.run(decoder, codes[codes.length - 1], [2]).pop() ?? image;
  }

  /**
   * The peak signal-to-noise ratio of the 28×28 pixels, in decibels.
   * @param {Float32Array} image
   * @param {Float32Array} clean
   */
  function psnr(image, clean) {
    let sum = 0;
    let count = 0;
    for (let y = FRAME; y < SIDE - FRAME; y++) {
      for (let x = FRAME; x < SIDE - FRAME; x++) {
        sum += (image[y * SIDE + x] - clean[y * SIDE + x]) ** 2;
        count += 1;
      }
    }
    return 10 * Math.log10(count / sum);
  }

  function draw() {
    const clean = garments[Number(garment.value)];
    const noisy = addNoise(clean);
    /** @type {[string, Float32Array][]} */
    const views = [
      ["clean", clean],
      ["noisy", noisy],
      ["Gaussian filter", blur(noisy)],
      ["copy of clean", reconstruct(plain, clean)],
      ["autoencoder", reconstruct(plain, noisy)],
      ["denoiser", reconstruct(trained, noisy)],
    ];
    const decibels = views.map(([, image]) => psnr(image, clean));
    const rivals = [1, 2, 4, 5]; // what one has if only the noisy image is given
    const best = rivals.reduce((a, b) => (decibels[b] > decibels[a] ? b : a));

    const { context, width: across, height } = live.fit(canvas);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, across, height);
    context.imageSmoothingEnabled = false;
    context.textAlign = "center";
    context.textBaseline = "top";
    const cell = { width: across / 3, height: height / 2 };
    const side = Math.min(cell.width - 8, cell.height - 40);
    views.forEach(([name, image], i) => {
      const middle = ((i % 3) + 0.5) * cell.width;
      const top = Math.floor(i / 3) * cell.height + 4;
      context.drawImage(live.picture(image), middle - side / 2, top, side, side);
      context.strokeStyle = i === best ? red : "#ced4da";
      context.lineWidth = i === best ? 3 : 1;
      context.strokeRect(middle - side / 2, top, side, side);
      context.fillStyle = ink;
      context.font = live.font;
      context.fillText(name, middle, top + side + 4);
      if (i === 0) return;
      context.fillStyle = i === best ? red : grey;
      context.font = `bold ${live.font}`;
      context.fillText(`${decibel(decibels[i])} dB`, middle, top + side + 19);
    });
    const list = views.slice(1).map(([name], i) => `${name} ${decibel(decibels[i + 1])}`);
    live.part(figure, "said", HTMLElement).textContent =
      `PSNR in decibels: ${list.join(", ")}. Best without the clean image: ${views[best][0]}.`;
  }

  /** @param {number} value @returns {string} */
  function decibel(value) {
    return Number.isFinite(value) ? live.number(value, 1) : "∞";
  }

  const redraw = live.everyFrame(draw);

  /** Write the sliders' values beside them. */
  function label() {
    for (const [slider, digits] of /** @type {const} */ ([
      [strength, 2],
      [width, 1],
    ])) {
      const output = slider.parentElement?.querySelector("output");
      if (output) output.textContent = live.number(Number(slider.value), digits);
    }
  }

  figure.addEventListener("input", () => {
    label();
    redraw();
  });
  live.part(figure, "again", HTMLButtonElement).addEventListener("click", () => {
    grain = normal(SIDE * SIDE);
    redraw();
  });
  new ResizeObserver(redraw).observe(canvas);
  label();
  draw();
});
