/**
 * The latent space while it forms: the codes of test images at moments of one training,
 * with the loss, the accuracy of neighbours and ten reconstructions. A slider goes
 * through the moments, and they can be played.
 */
"use strict";

live.define("forming", (figure, data) => {
  const LEFT = 50; // CSS pixels, for labels such as −0.05
  const PLOT = { left: 44, bottom: 22, top: 8, right: 8 };
  const PACE = 320; // milliseconds from one moment to the next
  const GLIDE = 250; // milliseconds to the moment that the slider was moved to
  const SIDE = 28;
  const DARK = "#0b7285"; // the colours of the book's curves
  const LIGHT = "#6fa8b3";
  const { ink, grey } = live.colors;

  const { labels, classes } = data.garments;
  /** @type {{steps: number[], validation: number[], accuracy: number[], batches: number[], meanImage: number, garments: number[], stepsPerEpoch: number}} */
  const { steps, validation, accuracy, batches, meanImage, garments, stepsPerEpoch } =
    data.forming;
  /** @type {{codes: Float32Array, x: Interval, y: Interval}[]} */
  const moments = data.forming.codes.map((/** @type {any} */ packed) => {
    const codes = core.unpack(packed);
    return { codes, ...live.sides(codes) };
  });
  const last = steps.length - 1;

  const map = live.part(figure, "map", HTMLCanvasElement);
  const lossCanvas = live.part(figure, "loss", HTMLCanvasElement);
  const neighborsCanvas = live.part(figure, "neighbors", HTMLCanvasElement);
  const garmentsCanvas = live.part(figure, "garments", HTMLCanvasElement);
  const play = live.part(figure, "play", HTMLButtonElement);
  const time = live.part(figure, "time", HTMLInputElement);
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const sheet = new Image();
  sheet.onload = () => update();
  sheet.onerror = () =>
    live.say(figure, "The garments could not be loaded; the rest works without them.");
  sheet.src = live.address("data/forming.avif");

  /** The moment that is told in numbers, and the one that is drawn: it may lie between. */
  let moment = last;
  let shown = last;

  /** @param {number} from @param {number} to @param {number} share */
  function between(from, to, share) {
    return from + share * (to - from);
  }

  /** @param {number} step @returns {number} its place among the moments */
  function momentOf(step) {
    const after = Math.max(
      steps.findIndex((other) => other >= step),
      1,
    );
    return after - 1 + (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
  }

  /** @param {number} value @returns {string} */
  function percent(value) {
    return `${Math.round(100 * value)} %`;
  }

  // The map.

  function drawMap() {
    const { context: paper, width, height } = live.fit(map);
    const before = Math.floor(shown);
    const [from, to] = [moments[before], moments[Math.min(before + 1, last)]];
    const share = shown - before;
    const codes = from.codes.map((code, i) => between(code, to.codes[i], share));
    const [x, y] = /** @type {const} */ (["x", "y"]).map((axis) => ({
      low: between(from[axis].low, to[axis].low, share),
      high: between(from[axis].high, to[axis].high, share),
    }));
    const area = live.plot({ x, y }, { width, height }, LEFT);
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, width, height);
    live.drawAxes(paper, area);
    const colorOf = (/** @type {number} */ index) =>
      hidden.has(Number(labels[index])) ? null : classes[labels[index]].color;
    live.drawCodes(paper, area, codes, colorOf, width > 380 ? 2.2 : 1.7);
    live.clip(paper, area);
    paper.strokeStyle = ink;
    paper.lineWidth = 1.5;
    for (const index of garments) {
      const color = colorOf(index);
      if (color === null) continue;
      const code = { x: codes[2 * index], y: codes[2 * index + 1] };
      paper.fillStyle = color;
      paper.beginPath();
      paper.arc(...area.toPixels(code), 5.5, 0, 2 * Math.PI);
      paper.fill();
      paper.stroke();
    }
    map.setAttribute(
      "aria-label",
      `Map of the codes of 2,000 test images after ${steps[moment]} steps; ` +
        `z₁ from ${live.number(x.low, 1)} to ${live.number(x.high, 1)}, ` +
        `z₂ from ${live.number(y.low, 1)} to ${live.number(y.high, 1)}`,
    );
  }

  // The curves.

  /** @typedef {{value: number, text: string}} Level */

  /**
   * Draw a curve over the moments, with a mark at the one shown.
   * @param {HTMLCanvasElement} canvas
   * @param {number[]} values One for each moment.
   * @param {Interval} range
   * @param {(value: number) => string} label
   * @param {number[]} pale Values of a pale line, one for each step from 1 on.
   * @param {Level | null} level A dashed line with a name.
   */
  function drawCurve(canvas, values, { low, high }, label, pale = [], level = null) {
    const { context: paper, width, height } = live.fit(canvas);
    const bottom = height - PLOT.bottom;
    const right = width - PLOT.right;
    /** @param {number} place */
    const toX = (place) => between(PLOT.left, right, place / last);
    /** @param {number} value */
    const toY = (value) => between(bottom, PLOT.top, (value - low) / (high - low));
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, width, height);
    paper.font = live.font;
    paper.fillStyle = paper.strokeStyle = grey;
    paper.textAlign = "right";
    paper.textBaseline = "middle";
    for (const value of [0.2, 0.4, 0.6]) {
      paper.fillText(label(value), PLOT.left - 6, toY(value));
      paper.fillRect(PLOT.left - 4, toY(value) - 0.5, 4, 1);
    }
    paper.fillRect(PLOT.left, PLOT.top, 1, bottom - PLOT.top);
    paper.fillRect(PLOT.left, bottom, right - PLOT.left, 1);
    paper.textAlign = "center";
    paper.textBaseline = "top";
    for (const step of [0, 10, 100, 1000]) {
      const x = toX(momentOf(step));
      paper.fillRect(x, bottom, 1, 4);
      paper.fillText(step ? String(step) : "step 0", x, bottom + 6);
    }
    if (level) {
      const y = toY(level.value);
      paper.setLineDash([4, 3]);
      paper.beginPath();
      paper.moveTo(PLOT.left, y);
      paper.lineTo(right, y);
      paper.stroke();
      paper.setLineDash([]);
      paper.textAlign = "right";
      paper.textBaseline = "bottom";
      paper.fillText(level.text, right - 4, y - 2);
    }
    paper.lineJoin = "round";
    line(
      pale.map((value, i) => [toX(momentOf(i + 1)), toY(value)]),
      LIGHT,
      1,
    );
    line(
      values.map((value, i) => [toX(i), toY(value)]),
      DARK,
      2,
    );
    const before = Math.floor(shown);
    const after = Math.min(before + 1, last);
    const value = between(values[before], values[after], shown - before);
    paper.fillStyle = ink;
    paper.fillRect(toX(shown) - 0.5, PLOT.top, 1, bottom - PLOT.top);
    paper.beginPath();
    paper.arc(toX(shown), toY(value), 4.5, 0, 2 * Math.PI);
    paper.fill();

    /** @param {number[][]} points @param {string} color @param {number} thickness */
    function line(points, color, thickness) {
      paper.strokeStyle = color;
      paper.lineWidth = thickness;
      paper.beginPath();
      for (const [x, y] of points) paper.lineTo(x, y);
      paper.stroke();
    }
  }

  // The garments.

  function drawGarments() {
    const { context: paper, width, height } = live.fit(garmentsCanvas);
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, width, height);
    const column = width / garments.length;
    const side = Math.min(column - 2, (height - 6) / 2);
    garments.forEach((image, i) => {
      const left = i * column + (column - side) / 2;
      for (const [row, top] of [
        [steps.length, 0], // the originals, below the reconstructions in the sheet
        [moment, height - side],
      ]) {
        if (!sheet.naturalWidth) continue;
        const [x, y] = [i * SIDE, row * SIDE];
        paper.drawImage(sheet, x, y, SIDE, SIDE, left, top, side, side);
      }
      paper.fillStyle = classes[labels[image]].color;
      paper.fillRect(left, height / 2 - 2, side, 4);
    });
  }

  // All of it, and what is told in words.

  function draw() {
    drawMap();
    const mean = { value: meanImage, text: "mean image" };
    drawCurve(lossCanvas, validation, { low: 0.2, high: 0.71 }, String, batches, mean);
    drawCurve(neighborsCanvas, accuracy, { low: 0.2, high: 0.66 }, percent);
    drawGarments();
  }

  function tell() {
    const step = steps[moment];
    const epoch = String(Math.round((100 * step) / stepsPerEpoch) / 100);
    const number = step.toLocaleString("en");
    const all = steps[last].toLocaleString("en");
    const loss = validation[moment].toFixed(3);
    /** @param {string} name @param {string} text */
    const write = (name, text) => {
      live.part(figure, name, HTMLElement).textContent = text;
    };
    write("step", `Step ${number} of ${all}, epoch ${epoch}`);
    write("validation", loss);
    write("batch", step ? batches[step - 1].toFixed(3) : "–");
    write("accuracy", percent(accuracy[moment]));
    time.value = String(moment);
    time.setAttribute("aria-valuetext", `step ${number}, epoch ${epoch}`);
    lossCanvas.setAttribute("aria-label", `Validation loss after ${number} steps: ${loss}`);
    neighborsCanvas.setAttribute(
      "aria-label",
      `5-NN accuracy after ${number} steps: ${percent(accuracy[moment])}`,
    );
    const kinds = garments.map((i) => classes[labels[i]].name).join(", ");
    garmentsCanvas.setAttribute(
      "aria-label",
      `Ten test images (${kinds}) and their reconstructions after ${number} steps`,
    );
  }

  const update = live.everyFrame(draw);
  const hidden = live.hideClasses(figure, update);

  // Time.

  let playing = false;
  let running = 0; // the frame that is asked for
  let began = 0; // when the movement began, and where
  let origin = 0;

  /** @param {number} to @returns {void} */
  function turnTo(to) {
    if (to === moment) return;
    moment = to;
    tell();
  }

  /** Begin a movement at what is shown now. */
  function move() {
    began = performance.now();
    origin = shown;
    if (!running) running = requestAnimationFrame(frame);
  }

  /** @param {number} now */
  function frame(now) {
    running = 0;
    const passed = Math.max(now - began, 0);
    if (playing) {
      shown = Math.min(origin + passed / PACE, last);
      if (still.matches) shown = Math.floor(shown);
      turnTo(Math.floor(shown));
      if (shown === last) setPlaying(false);
    } else {
      const share = still.matches ? 1 : Math.min(passed / GLIDE, 1);
      shown = share === 1 ? moment : between(origin, moment, share);
    }
    draw();
    if (playing || shown !== moment) running = requestAnimationFrame(frame);
  }

  /** @param {boolean} now */
  function setPlaying(now) {
    playing = now;
    play.textContent = now ? "Pause" : "Play";
    play.classList.toggle("live-forming-playing", now);
  }

  play.addEventListener("click", () => {
    setPlaying(!playing);
    if (!playing) turnTo(Math.round(shown));
    else if (moment === last) {
      shown = 0;
      turnTo(0);
    }
    move();
  });
  /** @param {number} to The moment that the reader has chosen. */
  function choose(to) {
    setPlaying(false);
    turnTo(to);
    move();
  }

  time.addEventListener("input", () => choose(Number(time.value)));
  // On the curves, too: a click, or the mouse while its button is down.
  for (const canvas of [lossCanvas, neighborsCanvas]) {
    const follow = (/** @type {MouseEvent} */ event) => {
      const [x] = live.place(canvas, event);
      const share = (x - PLOT.left) / (canvas.clientWidth - PLOT.left - PLOT.right);
      choose(Math.round(last * Math.min(Math.max(share, 0), 1)));
    };
    canvas.addEventListener("click", follow);
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && event.buttons === 1) follow(event);
    });
  }

  time.max = String(last);
  moment = shown = Number(time.value); // the first touch may have moved the slider
  tell();
  for (const canvas of [map, lossCanvas, neighborsCanvas, garmentsCanvas]) {
    new ResizeObserver(update).observe(canvas);
  }
  draw();
});
