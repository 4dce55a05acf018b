/**
 * The latent explorer: a map of codes on which a point moves. The decoder draws the
 * image of the point at once; beside it stands the test image whose code is nearest.
 */
"use strict";

live.define("explorer", (figure, data) => {
  const TRIM = 0.005; // the map leaves out this share of the codes at each side
  const TRIM_MIDDLE = 0.1; // and so much of them the map of the middle
  const MARGIN = 0.04; // of the map's sides
  const AXES = { left: 34, bottom: 30, top: 8, right: 8 }; // CSS pixels
  const TILE = 26; // CSS pixels, at least
  const GRASP = 26; // CSS pixels: so near to a handle a finger grasps it
  const FRAMES = 9;
  const SIDE = 28;
  const INK = "#212529";
  const GREY = "#495057";
  const RED = "#c92a2a";
  const FONT = "13px system-ui, sans-serif";

  /** @typedef {"point" | "start" | "end"} Handle */
  /** @typedef {{x: number, y: number}} Point */

  const { labels, classes, sheetColumns } = data.garments;
  const names = (figure.dataset.networks ?? "").split(" ");
  const networks = Object.fromEntries(names.map((name) => [name, unpack(data[name])]));
  const hasWalk = figure.querySelector('[data-part="walk"]') !== null;

  /** @param {any} packed */
  function unpack(packed) {
    const codes = core.unpack(packed.codes);
    const sorted = [0, 1].map((axis) => codes.filter((_, i) => i % 2 === axis).sort());
    const extents = (/** @type {number} */ trim) =>
      sorted.map((values) => {
        const low = values[Math.round(trim * (values.length - 1))];
        const high = values[Math.round((1 - trim) * (values.length - 1))];
        const margin = MARGIN * (high - low);
        return { low: low - margin, high: high + margin };
      });
    const whole = extents(TRIM);
    return {
      codes,
      whole,
      middle: extents(TRIM_MIDDLE),
      x: whole[0],
      y: whole[1],
      reach: /** @type {number} */ (packed.reach),
      decoder: core.unpackLayers(packed.decoder),
      encoder: core.unpackLayers(packed.encoder),
      /** @type {Record<Handle, Point>} */
      handles: { point: { x: 0, y: 0 }, start: { x: 0, y: 0 }, end: { x: 0, y: 0 } },
      /** @type {HTMLCanvasElement[]} decoded images behind the points, row by row */
      tiles: [],
    };
  }

  let name = names[0];
  let network = networks[name];
  /** @type {Handle} */
  let moving = "point";
  /** @type {Set<number>} */
  const hidden = new Set();

  const map = live.part(figure, "map", HTMLCanvasElement);
  const decodedCanvas = live.part(figure, "decoded", HTMLCanvasElement);
  const nearestCanvas = live.part(figure, "nearest", HTMLCanvasElement);
  const sheet = new Image();
  sheet.onload = () => draw();
  sheet.onerror = () =>
    live.say(figure, "The test images could not be loaded; the rest works without them.");
  sheet.src = live.address("data/garments.avif");

  /** @param {string} box @returns {boolean} whether the box is there and checked */
  function checked(box) {
    const element = figure.querySelector(`[data-part="${box}"]`);
    return element instanceof HTMLInputElement && element.checked;
  }

  /** @param {Point} point @returns {Float32Array} (32, 32) */
  function decode(point) {
    const outputs = core.run(network.decoder, Float32Array.of(point.x, point.y), [2]);
    return outputs[outputs.length - 1];
  }

  /** @param {Float32Array} image (32, 32) @returns {Point} */
  function encode(image) {
    const outputs = core.run(network.encoder, image, [32, 32, 1]);
    const [x, y] = outputs[outputs.length - 1];
    return { x, y };
  }

  /**
   * @param {Point} point
   * @param {boolean} [onMap] Whether only codes on the map count.
   * @returns {{index: number, distance: number}} of the nearest code
   */
  function nearest({ x, y }, onMap = false) {
    let index = 0;
    let least = Infinity;
    const { codes } = network;
    for (let i = 0; i < codes.length; i += 2) {
      const squared = (codes[i] - x) ** 2 + (codes[i + 1] - y) ** 2;
      if (squared < least && !(onMap && isOutside(codeOf(i / 2)))) {
        least = squared;
        index = i / 2;
      }
    }
    return { index, distance: Math.sqrt(least) };
  }

  /** @param {Point} point @returns {boolean} whether it lies outside the map */
  function isOutside({ x, y }) {
    return (
      x < network.x.low || x > network.x.high || y < network.y.low || y > network.y.high
    );
  }

  /** @param {number} index @returns {Point} */
  function codeOf(index) {
    return { x: network.codes[2 * index], y: network.codes[2 * index + 1] };
  }

  // The map's geometry: latent coordinates to CSS pixels and back.

  let size = { width: 0, height: 0 };

  function plot() {
    const { left, bottom, top, right } = AXES;
    const width = size.width - left - right;
    const height = size.height - top - bottom;
    return { left, top, width, height };
  }

  /** @param {Point} point @returns {[number, number]} */
  function toPixels({ x, y }) {
    const { left, top, width, height } = plot();
    return [
      left + (width * (x - network.x.low)) / (network.x.high - network.x.low),
      top + (height * (network.y.high - y)) / (network.y.high - network.y.low),
    ];
  }

  /** @param {number} px @param {number} py @returns {Point} inside the map */
  function fromPixels(px, py) {
    const { left, top, width, height } = plot();
    return clamp({
      x: network.x.low + ((px - left) / width) * (network.x.high - network.x.low),
      y: network.y.high - ((py - top) / height) * (network.y.high - network.y.low),
    });
  }

  /** @param {Point} point @returns {Point} */
  function clamp({ x, y }) {
    return {
      x: Math.min(Math.max(x, network.x.low), network.x.high),
      y: Math.min(Math.max(y, network.y.low), network.y.high),
    };
  }

  /** Show the whole map or its middle, as the reader has chosen. */
  function chooseExtent() {
    const chosen = checked("middle") ? network.middle : network.whole;
    if (network.x === chosen[0]) return;
    [network.x, network.y] = chosen;
    network.tiles = [];
    network.handles.point = clamp(network.handles.point);
  }

  // What lies still: axes, decoded images, codes. Drawn again only when it changes.

  const still = document.createElement("canvas");

  function drawStill() {
    chooseExtent();
    const { context, width, height } = live.fit(map);
    size = { width, height };
    still.width = map.width;
    still.height = map.height;
    const paper = still.getContext("2d");
    if (!paper) throw new Error("the browser cannot draw");
    paper.setTransform(context.getTransform());
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, width, height);
    drawAxes(paper);
    if (checked("tiles")) drawTiles(paper);
    drawCodes(paper);
    draw();
  }

  /** @param {CanvasRenderingContext2D} paper */
  function drawAxes(paper) {
    const area = plot();
    paper.strokeStyle = paper.fillStyle = GREY;
    paper.font = FONT;
    paper.lineWidth = 1;
    paper.strokeRect(area.left - 0.5, area.top - 0.5, area.width + 1, area.height + 1);
    paper.textAlign = "center";
    paper.textBaseline = "top";
    const bottom = area.top + area.height;
    for (const value of ticks(network.x)) {
      const [x] = toPixels({ x: value, y: 0 });
      if (x > area.left + area.width - 28) continue; // the axis' name stands there
      paper.fillRect(x, bottom, 1, 4);
      paper.fillText(label(value), x, bottom + 6);
    }
    paper.fillText("z₁", area.left + area.width - 8, bottom + 6);
    paper.textAlign = "right";
    paper.textBaseline = "middle";
    for (const value of ticks(network.y)) {
      const [, y] = toPixels({ x: 0, y: value });
      if (y < area.top + 24) continue; // the axis' name stands there
      paper.fillRect(area.left - 5, y, 4, 1);
      paper.fillText(label(value), area.left - 7, y);
    }
    paper.fillText("z₂", area.left - 7, area.top + 10);
  }

  /** @param {{low: number, high: number}} range @returns {number[]} about six round values */
  function ticks({ low, high }) {
    const rough = (high - low) / 6;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * power).find((s) => s >= rough) ?? rough;
    const values = [];
    for (let n = Math.ceil(low / step); n * step <= high; n++) values.push(n * step);
    return values;
  }

  /** @param {number} value @returns {string} */
  function label(value) {
    return String(Math.round(value * 100) / 100).replace("-", "−");
  }

  /** How many decoded images stand beside and above each other. */
  function tiling() {
    const { width, height } = plot();
    return { columns: Math.floor(width / TILE), rows: Math.floor(height / TILE) };
  }

  /** @param {CanvasRenderingContext2D} paper */
  function drawTiles(paper) {
    const { columns, rows } = tiling();
    if (network.tiles.length > columns * rows) network.tiles = []; // the window is narrower
    network.tiles.forEach((tile, i) => drawTile(paper, tile, i));
    if (network.tiles.length < columns * rows) moreTiles();
  }

  /** @param {CanvasRenderingContext2D} paper @param {HTMLCanvasElement} tile @param {number} i */
  function drawTile(paper, tile, i) {
    const area = plot();
    const { columns, rows } = tiling();
    const [width, height] = [area.width / columns, area.height / rows];
    const left = area.left + (i % columns) * width;
    const top = area.top + Math.floor(i / columns) * height;
    paper.globalAlpha = 0.5;
    paper.drawImage(tile, left, top, width, height);
    paper.globalAlpha = 1;
  }

  let pausing = 0;

  /** Decode a few more images while nothing else happens. */
  function moreTiles() {
    clearTimeout(pausing);
    pausing = window.setTimeout(() => {
      if (!checked("tiles") || !map.isConnected) return;
      const area = plot();
      const { columns, rows } = tiling();
      const begin = performance.now();
      while (network.tiles.length < columns * rows && performance.now() - begin < 30) {
        const i = network.tiles.length;
        const x = area.left + ((i % columns) + 0.5) * (area.width / columns);
        const y = area.top + (Math.floor(i / columns) + 0.5) * (area.height / rows);
        network.tiles.push(live.picture(decode(fromPixels(x, y))));
      }
      redraw();
    }, 40);
  }

  /** @param {CanvasRenderingContext2D} paper */
  function drawCodes(paper) {
    const colored = checked("colored");
    const { codes } = network;
    paper.save();
    clipToPlot(paper);
    const radius = size.width > 420 ? 1.7 : 1.3;
    for (let i = 0; i < codes.length / 2; i++) {
      const kind = Number(labels[i]);
      if (hidden.has(kind)) continue;
      const [x, y] = toPixels(codeOf(i));
      paper.fillStyle = colored ? classes[kind].color : GREY;
      paper.globalAlpha = 0.75;
      paper.beginPath();
      paper.arc(x, y, radius, 0, 2 * Math.PI);
      paper.fill();
    }
    paper.restore();
  }

  /** @param {CanvasRenderingContext2D} context */
  function clipToPlot(context) {
    const { left, top, width, height } = plot();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
  }

  // What moves.

  function draw() {
    const context = map.getContext("2d");
    if (!context || !still.width) return;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(still, 0, 0);
    context.restore();
    const { point, start, end } = network.handles;
    const { index, distance } = nearest(point);
    const image = decode(point);
    const back = checked("round-trip") ? encode(image) : null;
    context.save();
    clipToPlot(context);
    if (hasWalk) drawWalk(context, start, end);
    drawNearest(context, point, codeOf(index));
    if (back) drawArrow(context, toPixels(point), toPixels(back));
    drawHandle(context, point, "");
    context.restore();

    show(decodedCanvas, live.picture(image), 0, 0);
    const left = (index % sheetColumns) * SIDE;
    const top = Math.floor(index / sheetColumns) * SIDE;
    if (sheet.complete && sheet.naturalWidth) show(nearestCanvas, sheet, left, top);
    nearestCanvas.setAttribute("aria-label", `Test image: ${classes[labels[index]].name}`);
    tell(point, index, distance, back);
  }

  /**
   * Show a picture of 28×28 pixels large.
   * @param {HTMLCanvasElement} canvas
   * @param {CanvasImageSource} source
   * @param {number} left
   * @param {number} top
   */
  function show(canvas, source, left, top) {
    const { context, width, height } = live.fit(canvas);
    context.imageSmoothingEnabled = false;
    context.drawImage(source, left, top, SIDE, SIDE, 0, 0, width, height);
  }

  /** @param {CanvasRenderingContext2D} context @param {Point} point @param {string} letter */
  function drawHandle(context, point, letter) {
    const [x, y] = toPixels(point);
    context.beginPath();
    context.arc(x, y, letter ? 9 : 7, 0, 2 * Math.PI);
    context.fillStyle = letter ? "#fff" : "#ffffff99";
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = INK;
    context.stroke();
    context.fillStyle = INK;
    context.font = `bold ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    if (letter) context.fillText(letter, x, y + 0.5);
    else context.fillRect(x - 1.5, y - 1.5, 3, 3);
  }

  /** @param {CanvasRenderingContext2D} context @param {Point} point @param {Point} code */
  function drawNearest(context, point, code) {
    const [x, y] = toPixels(point);
    const [codeX, codeY] = toPixels(code);
    context.lineWidth = 1.5;
    context.strokeStyle = INK;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(codeX, codeY);
    context.stroke();
    context.strokeRect(codeX - 3, codeY - 3, 6, 6);
    if (!figure.querySelector('[data-part="gap"]')) return;
    // Beyond this ring a place without a code is empty.
    const { width, height } = plot();
    context.beginPath();
    context.ellipse(
      x,
      y,
      (network.reach * width) / (network.x.high - network.x.low),
      (network.reach * height) / (network.y.high - network.y.low),
      0,
      0,
      2 * Math.PI,
    );
    context.setLineDash([4, 3]);
    context.strokeStyle = RED;
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} context @param {number[]} from @param {number[]} to */
  function drawArrow(context, [x, y], [toX, toY]) {
    const angle = Math.atan2(toY - y, toX - x);
    context.strokeStyle = context.fillStyle = RED;
    context.lineWidth = 2.5;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
    context.beginPath();
    context.moveTo(toX, toY);
    for (const turn of [2.7, -2.7]) {
      context.lineTo(toX + 10 * Math.cos(angle + turn), toY + 10 * Math.sin(angle + turn));
    }
    context.fill();
  }

  /** What is drawn on the walk's strip, so that it is decoded only when it changes. */
  let walked = "";

  /** @param {CanvasRenderingContext2D} context @param {Point} start @param {Point} end */
  function drawWalk(context, start, end) {
    context.strokeStyle = INK;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(...toPixels(start));
    context.lineTo(...toPixels(end));
    context.stroke();
    const steps = Array.from({ length: FRAMES }, (_, i) => i / (FRAMES - 1)).map(
      (share) => ({
        x: start.x + share * (end.x - start.x),
        y: start.y + share * (end.y - start.y),
      }),
    );
    for (const step of steps) {
      context.fillStyle = isEmpty(step) ? RED : INK;
      context.beginPath();
      context.arc(...toPixels(step), 4, 0, 2 * Math.PI);
      context.fill();
    }
    drawHandle(context, start, "A");
    drawHandle(context, end, "B");

    const strip = live.part(figure, "walk", HTMLCanvasElement);
    const key = [
      name,
      strip.clientWidth,
      ...Object.values(start),
      ...Object.values(end),
    ].join();
    if (key === walked) return;
    walked = key;
    const { context: paper, width, height } = live.fit(strip);
    const side = width / FRAMES;
    paper.imageSmoothingEnabled = false;
    steps.forEach((step, i) => {
      paper.drawImage(live.picture(decode(step)), i * side, 0, side, side);
      if (isEmpty(step)) {
        paper.fillStyle = RED;
        paper.fillRect(i * side + 2, height - 4, side - 4, 4);
      }
    });
    const emptySteps = steps.filter(isEmpty).length;
    strip.setAttribute(
      "aria-label",
      `Nine images decoded on the straight line from A, ${garment(start)}, to B, ` +
        `${garment(end)}; ${emptySteps} of them in empty places`,
    );
  }

  /** @param {Point} point */
  function isEmpty(point) {
    return nearest(point).distance > network.reach;
  }

  /** @param {Point} point @returns {string} the class of the nearest test image */
  function garment(point) {
    return classes[labels[nearest(point).index]].name;
  }

  /**
   * Say in words what the map shows.
   * @param {Point} point
   * @param {number} index
   * @param {number} distance
   * @param {Point | null} back
   */
  function tell(point, index, distance, back) {
    const number = (/** @type {number} */ value) => value.toFixed(2).replace("-", "−");
    let text = `z = (${number(point.x)}, ${number(point.y)}), nearest: ${classes[labels[index]].name}`;
    if (back) {
      const trip = Math.hypot(back.x - point.x, back.y - point.y);
      text += `; the encoder puts the decoded image ${number(trip)} away`;
    }
    live.part(figure, "readout", HTMLElement).textContent = `${text}.`;
    const gap = figure.querySelector('[data-part="gap"]');
    if (!(gap instanceof HTMLMeterElement)) return;
    gap.value = distance / network.reach;
    live.part(figure, "gap-text", HTMLElement).textContent =
      `Nearest code ${number(distance)} away: ` +
      `${distance > network.reach ? "empty here" : "not empty"} ` +
      `(empty beyond ${number(network.reach)})`;
  }

  const redraw = live.everyFrame(drawStill);
  const update = live.everyFrame(draw);

  /**
   * Move a handle; the ends of a walk go to the nearest code.
   * @param {Handle} handle
   * @param {Point} to
   */
  function move(handle, to) {
    network.handles[handle] =
      handle === "point" ? clamp(to) : codeOf(nearest(to, true).index);
    update();
  }

  /** @param {Handle} handle */
  function choose(handle) {
    moving = handle;
    for (const input of figure.querySelectorAll('input[data-part="moves"]')) {
      if (input instanceof HTMLInputElement) input.checked = input.value === handle;
    }
  }

  // Mouse and touch.

  /** @param {number} x @param {number} y @returns {Handle | null} the handle there */
  function handleAt(x, y) {
    const all = /** @type {Handle[]} */ (hasWalk ? ["point", "start", "end"] : ["point"]);
    const away = all.map((handle) => {
      const [px, py] = toPixels(network.handles[handle]);
      return { handle, distance: Math.hypot(px - x, py - y) };
    });
    away.sort((a, b) => a.distance - b.distance);
    return away[0].distance <= GRASP ? away[0].handle : null;
  }

  /** @param {PointerEvent | Touch} event @returns {[number, number]} */
  function place(event) {
    const box = map.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  let dragging = false;
  // A finger on a handle drags it; anywhere else it scrolls the page, or taps.
  map.addEventListener(
    "touchstart",
    (event) => {
      if (handleAt(...place(event.touches[0]))) event.preventDefault();
    },
    { passive: false },
  );
  map.addEventListener("pointerdown", (event) => {
    const [x, y] = place(event);
    const handle = handleAt(x, y);
    if (handle) choose(handle);
    dragging = Boolean(handle) || event.pointerType === "mouse";
    if (dragging) map.setPointerCapture(event.pointerId);
    if (event.pointerType === "mouse" && !handle) move(moving, fromPixels(x, y));
  });
  map.addEventListener("pointermove", (event) => {
    if (dragging) move(moving, fromPixels(...place(event)));
  });
  map.addEventListener("click", (event) => {
    if (event instanceof PointerEvent && event.pointerType !== "mouse") {
      move(moving, fromPixels(...place(event)));
    }
  });
  for (const event of ["pointerup", "pointercancel"]) {
    map.addEventListener(event, () => {
      dragging = false;
    });
  }

  // Keyboard.

  map.addEventListener("keydown", (event) => {
    const [right, up] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
        event.key
      ] ?? [];
    if (right === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 0.05 : 0.01; // of the map's sides
    const { x, y } = network.handles[moving];
    const toX = x + right * step * (network.x.high - network.x.low);
    const toY = y + up * step * (network.y.high - network.y.low);
    if (moving === "point") move(moving, clamp({ x: toX, y: toY }));
    else moveToNext(right, up);
  });

  /**
   * Move an end of the walk to the nearest code in a direction.
   * @param {number} right
   * @param {number} up
   */
  function moveToNext(right, up) {
    const [x, y] = toPixels(network.handles[moving]);
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < network.codes.length / 2; i++) {
      if (isOutside(codeOf(i))) continue;
      const [px, py] = toPixels(codeOf(i));
      const ahead = right * (px - x) - up * (py - y);
      const aside = Math.abs(up * (px - x)) + Math.abs(right * (py - y));
      if (ahead < 4 || aside > ahead) continue;
      if (ahead + aside < least) {
        least = ahead + aside;
        best = i;
      }
    }
    if (best >= 0) move(moving, codeOf(best));
  }

  // Controls.

  figure.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement)) return;
    if (input.dataset.part === "network") {
      // The handles go to the codes of the same images.
      const images = Object.entries(network.handles).map(
        ([handle, point]) => /** @type {const} */ ([handle, nearest(point).index]),
      );
      name = input.value;
      network = networks[name];
      chooseExtent();
      for (const [handle, index] of images)
        move(/** @type {Handle} */ (handle), codeOf(index));
      redraw();
    } else if (input.dataset.part === "moves") {
      choose(/** @type {Handle} */ (input.value));
    } else {
      redraw();
    }
  });
  figure.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!(button instanceof HTMLButtonElement)) return;
    const kind = Number(button.value);
    if (!hidden.delete(kind)) hidden.add(kind);
    button.setAttribute("aria-pressed", String(!hidden.has(kind)));
    redraw();
  });

  // The first state: a point, and a walk between two garments.

  const first = (figure.dataset.images ?? "").split(" ").map(Number);
  network.handles.point = clamp(codeOf(first[0]));
  network.handles.start = clamp(codeOf(first[1]));
  network.handles.end = clamp(codeOf(first[2]));
  new ResizeObserver(redraw).observe(map);
  drawStill();
});
