/**
 * Three losses of one pixel whose value differs between the images that share a code:
 * how they charge a prediction, where they are lowest, and how they pull.
 */
"use strict";

live.define("losses", (figure) => {
  const HIGHEST = 2; // of the plot
  const AXES = { left: 40, bottom: 42, top: 10, right: 12 }; // CSS pixels
  const GREY = "#495057";
  const FONT = "13px system-ui, sans-serif";
  const NEAREST = 1e-7; // predictions stay so far from 0 and 1, as in Keras

  /**
   * @typedef {object} Loss
   * @property {string} color
   * @property {number[]} dashes
   * @property {(x: number, prediction: number) => number} value
   * @property {(x: number, prediction: number) => number} gradient
   */

  /** @type {Record<string, Loss>} */
  const losses = {
    bce: {
      color: "#0b7285",
      dashes: [],
      value: (x, prediction) => {
        const p = Math.min(Math.max(prediction, NEAREST), 1 - NEAREST);
        return -(x * Math.log(p) + (1 - x) * Math.log(1 - p));
      },
      gradient: (x, p) => (p - x) / (p * (1 - p)),
    },
    squared: {
      color: "#c92a2a",
      dashes: [8, 4],
      value: (x, p) => (x - p) ** 2,
      gradient: (x, p) => 2 * (p - x),
    },
    absolute: {
      color: "#e67700",
      dashes: [9, 3, 2, 3],
      value: (x, p) => Math.abs(x - p),
      gradient: (x, p) => Math.sign(p - x),
    },
  };

  const canvas = live.part(figure, "plot", HTMLCanvasElement);
  const table = live.part(figure, "table", HTMLTableElement);
  const prediction = live.part(figure, "prediction", HTMLInputElement);

  /** @returns {number[]} the pixel's values in the ten images */
  function pixels() {
    const [first, second, count] = ["first", "second", "count"].map((name) =>
      Number(live.part(figure, name, HTMLInputElement).value),
    );
    return Array.from({ length: 10 }, (_, i) => (i < count ? first : second));
  }

  /** @param {number[]} numbers */
  function mean(numbers) {
    return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  }

  /**
   * Where a loss is lowest: the mean of the pixels, or for the absolute error their median.
   * @param {string} name
   * @param {number[]} values
   */
  function best(name, values) {
    if (name !== "absolute") return mean(values);
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[4] + sorted[5]) / 2;
  }

  /** @param {number[]} values @returns {string} where the absolute error is lowest */
  function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const [low, high] = [show(sorted[4], 2), show(sorted[5], 2)];
    return low === high ? low : `${low}–${high}`;
  }

  /** @returns {string[]} the losses that the reader wants to see */
  function chosen() {
    const boxes = [...figure.querySelectorAll('input[data-part="shown"]:checked')];
    return boxes.map((box) => /** @type {HTMLInputElement} */ (box).value);
  }

  /** @param {number} number @param {number} [digits] @returns {string} 0 without a sign */
  function show(number, digits = 3) {
    return live.number(Number(number.toFixed(digits)) || 0, digits);
  }

  /** @param {string} name @param {number[]} values @param {number} p */
  function hasKink(name, values, p) {
    return name === "absolute" && values.includes(p);
  }

  function draw() {
    const values = pixels();
    const p = Number(prediction.value);
    for (const [name, { value, gradient }] of Object.entries(losses)) {
      const row = table.querySelector(`[data-loss="${name}"]`);
      if (!row) throw new Error(`the page has no row ${name}`);
      const slope = mean(values.map((x) => gradient(x, p)));
      const lowest = best(name, values);
      const cells = [
        show(mean(values.map((x) => value(x, p)))),
        show(mean(values.map((x) => value(x, lowest)))),
        name === "absolute" ? median(values) : show(lowest, 2),
        hasKink(name, values, p) ? "kink" : show(slope),
        hasKink(name, values, p) ? "kink" : show(slope * p * (1 - p)),
      ];
      row.querySelectorAll("td").forEach((cell, i) => {
        cell.textContent = cells[i];
      });
    }
    plot(values, p);
  }

  /** @param {number[]} values @param {number} p */
  function plot(values, p) {
    const { context, width, height } = live.fit(canvas);
    const right = width - AXES.right;
    const bottom = height - AXES.bottom;
    const toX = (/** @type {number} */ x) => AXES.left + x * (right - AXES.left);
    const toY = (/** @type {number} */ loss) =>
      bottom - (loss / HIGHEST) * (bottom - AXES.top);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.fillStyle = context.strokeStyle = GREY;
    context.font = FONT;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
      context.fillRect(toX(tick), bottom, 1, 4);
      context.fillText(String(tick), toX(tick), bottom + 6);
    }
    context.fillText("predicted value x̂", (AXES.left + right) / 2, bottom + 23);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of [0, 0.5, 1, 1.5, 2]) {
      context.fillRect(AXES.left - 4, toY(tick), 4, 1);
      context.fillText(String(tick), AXES.left - 7, toY(tick));
    }
    context.lineWidth = 1;
    context.strokeRect(
      AXES.left - 0.5,
      AXES.top - 0.5,
      right - AXES.left + 1,
      bottom - AXES.top + 1,
    );

    // The pixel's values in the ten images, one dot above the other.
    context.fillStyle = "#212529";
    const stacked = new Map();
    for (const x of values) {
      const level = stacked.get(x) ?? 0;
      stacked.set(x, level + 1);
      context.beginPath();
      context.arc(toX(x), bottom - 6 - 9 * level, 3.5, 0, 2 * Math.PI);
      context.fill();
    }

    context.save();
    context.beginPath();
    context.rect(AXES.left, AXES.top, right - AXES.left, bottom - AXES.top);
    context.clip();
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(toX(p), AXES.top);
    context.lineTo(toX(p), bottom);
    context.stroke();
    context.setLineDash([]);
    for (const name of chosen()) {
      const { color, dashes, value, gradient } = losses[name];
      const loss = (/** @type {number} */ at) => mean(values.map((x) => value(x, at)));
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = 2.2;
      context.setLineDash(dashes);
      context.beginPath();
      for (let i = 0; i <= 400; i++) context.lineTo(toX(i / 400), toY(loss(i / 400)));
      context.stroke();
      context.setLineDash([]);
      const lowest = best(name, values);
      context.beginPath();
      context.arc(toX(lowest), toY(loss(lowest)), 5, 0, 2 * Math.PI);
      context.fill();
      if (loss(p) > HIGHEST) {
        context.font = FONT;
        context.textAlign = p < 0.5 ? "left" : "right";
        context.textBaseline = "top";
        const side = p < 0.5 ? 8 : -8;
        context.fillText(`${show(loss(p), 1)} ↑`, toX(p) + side, AXES.top + 4);
      }
      if (!hasKink(name, values, p)) {
        // The tangent at the prediction.
        const slope = mean(values.map((x) => gradient(x, p)));
        context.lineWidth = 1.2;
        context.beginPath();
        for (const side of [-0.12, 0.12])
          context.lineTo(toX(p + side), toY(loss(p) + side * slope));
        context.stroke();
      }
      context.beginPath();
      context.arc(toX(p), toY(loss(p)), 4, 0, 2 * Math.PI);
      context.fillStyle = "#fff";
      context.fill();
      context.lineWidth = 2;
      context.stroke();
    }
    context.restore();
  }

  const redraw = live.everyFrame(draw);

  /** @param {HTMLInputElement} slider */
  function label(slider) {
    const text =
      slider.dataset.part === "count"
        ? `${slider.value} of 10`
        : show(Number(slider.value), 2);
    const output = slider.parentElement?.querySelector("output");
    if (output) output.textContent = text;
  }

  figure.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "range") {
      label(event.target);
    }
    redraw();
  });

  // A drag on the plot moves the prediction.
  let dragging = false;
  /** @param {PointerEvent} event */
  function predict(event) {
    const { left, width } = canvas.getBoundingClientRect();
    const share = (event.clientX - left - AXES.left) / (width - AXES.left - AXES.right);
    prediction.value = String(share); // the slider keeps it within its range
    label(prediction);
    redraw();
  }
  canvas.addEventListener("pointerdown", (event) => {
    dragging = true;
    canvas.setPointerCapture(event.pointerId);
    predict(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (dragging) predict(event);
  });
  for (const event of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(event, () => {
      dragging = false;
    });
  }

  // A browser may bring back what the sliders were before the page was left.
  for (const slider of figure.querySelectorAll("input")) {
    if (slider.type === "range") label(slider);
  }
  new ResizeObserver(redraw).observe(canvas);
  draw();
});
