/**
 * The latent explorer: a map of codes on which a point moves. The decoder draws the
 * image of the point at once; beside it stands the test image whose code is nearest.
 */
"use strict";

live.define("explorer", (figure, data) => {
  const GRASP = 26; // CSS pixels: so near to a handle a finger grasps it
  const FRAMES = 9;
  const ROW = 5; // frames in a row of the strip where it is narrow
  const SIDE = 28;
  const { ink, grey, red } = live.colors;

  /** @typedef {"point" | "start" | "end"} Handle */

  const { labels, classes, sheetColumns } = data.garments;
  const names = (figure.dataset.networks ?? "").split(" ");
  const networks = Object.fromEntries(names.map((of) => [of, unpack(of)]));
  const hasWalk = figure.querySelector('[data-part="walk"]') !== null;

  /** @param {string} of A network's name. */
  function unpack(of) {
    const packed = data[of];
    const codes = core.unpack(packed.codes);
    return {
      codes,
      whole: packed.whole,
      middle: packed.middle,
      shown: packed.whole,
      reach: /** @type {number} */ (packed.reach),
      decoder: core.unpackLayers(packed.decoder),
      encoder: core.unpackLayers(packed.encoder),
      /** @type {Record<Handle, Point>} */
      handles: { point: { x: 0, y: 0 }, start: { x: 0, y: 0 }, end: { x: 0, y: 0 } },
      /** Images decoded all over both maps. */
      sheet: load(`${of}.avif`),
    };
  }

  let name = chosen("network") || names[0];
  let network = networks[name];
  let moving = /** @type {Handle} */ (chosen("moves") || "point");
  const map = live.part(figure, "map", HTMLCanvasElement);
  const decodedCanvas = live.part(figure, "decoded", HTMLCanvasElement);
  const nearestCanvas = live.part(figure, "nearest", HTMLCanvasElement);
  const sheet = load("garments.avif");

  /**
   * Load a picture of many images.
   * @param {string} file
   * @returns {HTMLImageElement}
   */
  function load(file) {
    const picture = new Image();
    picture.onload = () => redraw();
    picture.onerror = () =>
      live.say(
        figure,
        `The images of ${file} could not be loaded; the rest works without.`,
      );
    picture.src = live.address(`data/${file}`);
    return picture;
  }

  /** @param {string} box @returns {boolean} whether the box is there and checked */
  function checked(box) {
    const element = figure.querySelector(`[data-part="${box}"]`);
    return element instanceof HTMLInputElement && element.checked;
  }

  /** @param {string} group @returns {string} the value of its radio button, or "" */
  function chosen(group) {
    const button = figure.querySelector(`[data-part="${group}"]:checked`);
    return button instanceof HTMLInputElement ? button.value : "";
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

  /** @param {Point} point @returns {{index: number, distance: number}} of the nearest code */
  function nearest(point) {
    return live.nearest(network.codes, point);
  }

  /** @param {number} index @returns {Point} */
  function codeOf(index) {
    return { x: network.codes[2 * index], y: network.codes[2 * index + 1] };
  }

  let size = { width: 0, height: 0 };

  /** The map as it is shown now. */
  function plot() {
    return live.plot(network.shown, size);
  }

  /** Show the whole map or its middle, as the reader has chosen. */
  function chooseExtent() {
    network.shown = checked("middle") ? network.middle : network.whole;
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
    live.drawAxes(paper, plot());
    if (checked("tiles")) drawTiles(paper);
    if (checked("shaded")) drawEmpty(paper);
    drawCodes(paper);
    draw();
  }

  /** @param {CanvasRenderingContext2D} paper */
  function drawTiles(paper) {
    const { sheet: tiles, shown, middle } = network;
    const { left, top, width, height } = plot();
    if (!tiles.complete || !tiles.naturalWidth) return;
    const half = tiles.naturalHeight / 2; // the whole map, below it the middle
    const from = shown === middle ? half : 0;
    paper.globalAlpha = 0.4;
    paper.drawImage(tiles, 0, from, tiles.naturalWidth, half, left, top, width, height);
    paper.globalAlpha = 1;
  }

  /**
   * Shade the places that have no code within reach, and say how much of the map they are.
   * @param {CanvasRenderingContext2D} paper
   */
  function drawEmpty(paper) {
    const { left, top, width, height, x, y, toPixels } = plot();
    const shade = document.createElement("canvas");
    shade.width = Math.round(width);
    shade.height = Math.round(height);
    const context = shade.getContext("2d");
    if (!context) throw new Error("the browser cannot draw");
    context.fillStyle = red;
    context.fillRect(0, 0, shade.width, shade.height);
    context.globalCompositeOperation = "destination-out";
    const radii = [
      (network.reach * width) / (x.high - x.low),
      (network.reach * height) / (y.high - y.low),
    ];
    for (let i = 0; i < network.codes.length / 2; i++) {
      const [px, py] = toPixels(codeOf(i));
      context.beginPath();
      context.ellipse(px - left, py - top, radii[0], radii[1], 0, 0, 2 * Math.PI);
      context.fill();
    }
    const pixels = context.getImageData(0, 0, shade.width, shade.height).data;
    let empty = 0;
    for (let i = 3; i < pixels.length; i += 4) empty += pixels[i] > 127 ? 1 : 0;
    const share = Math.round((400 * empty) / pixels.length);
    live.part(figure, "share", HTMLElement).textContent = `${share} %`;
    paper.globalAlpha = 0.14;
    paper.drawImage(shade, left, top, width, height);
    paper.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} paper */
  function drawCodes(paper) {
    const colored = checked("colored");
    live.drawCodes(paper, plot(), network.codes, (index) => {
      const kind = Number(labels[index]);
      if (hidden.has(kind)) return null;
      return colored ? classes[kind].color : grey;
    });
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
    const area = plot();
    context.save();
    live.clip(context, area);
    if (hasWalk) drawWalk(context, start, end);
    drawNearest(context, point, codeOf(index));
    if (back) drawArrow(context, area.toPixels(point), area.toPixels(back));
    context.restore();
    // A handle outside the map waits at its edge.
    if (hasWalk) {
      live.drawHandle(context, area.toPixels(area.clamp(start)), "A");
      live.drawHandle(context, area.toPixels(area.clamp(end)), "B");
    }
    live.drawHandle(context, area.toPixels(area.clamp(point)), "");

    live.show(decodedCanvas, live.picture(image));
    const left = (index % sheetColumns) * SIDE;
    const top = Math.floor(index / sheetColumns) * SIDE;
    if (sheet.complete && sheet.naturalWidth) live.show(nearestCanvas, sheet, left, top);
    nearestCanvas.setAttribute("aria-label", `Test image: ${classes[labels[index]].name}`);
    tell(point, index, distance, back);
  }

  /** @param {CanvasRenderingContext2D} context @param {Point} point @param {Point} code */
  function drawNearest(context, point, code) {
    const area = plot();
    const [x, y] = area.toPixels(point);
    const [codeX, codeY] = area.toPixels(code);
    context.lineWidth = 1.5;
    context.strokeStyle = grey;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(codeX, codeY);
    context.stroke();
    context.strokeRect(codeX - 3, codeY - 3, 6, 6);
    if (!figure.querySelector('[data-part="gap"]')) return;
    // A place without a code inside this ellipse is empty. It is a circle of the latent
    // space: the two axes have different scales.
    context.beginPath();
    context.ellipse(
      x,
      y,
      (network.reach * area.width) / (area.x.high - area.x.low),
      (network.reach * area.height) / (area.y.high - area.y.low),
      0,
      0,
      2 * Math.PI,
    );
    context.fillStyle = "#ffffff66";
    context.fill();
    context.setLineDash([4, 3]);
    context.lineWidth = 2;
    context.strokeStyle = red;
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} context @param {number[]} from @param {number[]} to */
  function drawArrow(context, [x, y], [toX, toY]) {
    const angle = Math.atan2(toY - y, toX - x);
    context.strokeStyle = context.fillStyle = ink;
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
    const { toPixels } = plot();
    context.strokeStyle = ink;
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
      context.fillStyle = isEmpty(step) ? red : ink;
      context.beginPath();
      context.arc(...toPixels(step), 4, 0, 2 * Math.PI);
      context.fill();
    }
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
    const columns = width < 5 * height ? ROW : FRAMES;
    const side = width / columns;
    paper.imageSmoothingEnabled = false;
    steps.forEach((step, i) => {
      const left = (i % columns) * side;
      const top = Math.floor(i / columns) * side;
      paper.drawImage(live.picture(decode(step)), left, top, side, side);
      if (isEmpty(step)) {
        paper.fillStyle = red;
        paper.fillRect(left + 2, top + side - 4, side - 4, 4);
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
    const number = (/** @type {number} */ value) => live.number(value, 2);
    let text = `z = (${number(point.x)}, ${number(point.y)}), nearest: ${classes[labels[index]].name}`;
    if (hidden.has(Number(labels[index]))) text += " (switched off)";
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
  const hidden = live.hideClasses(figure, redraw);

  /**
   * Move a handle; the ends of a walk go to the nearest code.
   * @param {Handle} handle
   * @param {Point} to
   */
  function move(handle, to) {
    network.handles[handle] =
      handle === "point"
        ? plot().clamp(to)
        : codeOf(live.nearest(network.codes, to, plot()).index);
    update();
  }

  /**
   * Go to another network. A handle on a code goes to the code of the same image there;
   * a ring anywhere else keeps its place on the map.
   * @param {string} to The network's name.
   */
  function change(to) {
    const { point, start, end } = network.handles;
    const from = plot();
    const [px, py] = from.toPixels(point);
    const [ring, first, last] = [point, start, end].map(nearest);
    const isOnCode = ring.distance === 0;
    name = to;
    network = networks[to];
    chooseExtent();
    network.handles.start = codeOf(first.index);
    network.handles.end = codeOf(last.index);
    network.handles.point = isOnCode ? codeOf(ring.index) : plot().fromPixels(px, py);
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
      const area = plot();
      const [px, py] = area.toPixels(area.clamp(network.handles[handle]));
      return { handle, distance: Math.hypot(px - x, py - y) };
    });
    away.sort((a, b) => a.distance - b.distance);
    return away[0].distance <= GRASP ? away[0].handle : null;
  }

  /** @param {PointerEvent | Touch} event @returns {[number, number]} */
  function place(event) {
    return live.place(map, event);
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
    if (event.pointerType === "mouse" && !handle) move(moving, plot().fromPixels(x, y));
  });
  map.addEventListener("pointermove", (event) => {
    if (dragging) move(moving, plot().fromPixels(...place(event)));
  });
  map.addEventListener("click", (event) => {
    if (event instanceof PointerEvent && event.pointerType !== "mouse") {
      move(moving, plot().fromPixels(...place(event)));
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
    const area = plot();
    const toX = x + right * step * (area.x.high - area.x.low);
    const toY = y + up * step * (area.y.high - area.y.low);
    if (moving === "point") move(moving, { x: toX, y: toY });
    else moveToNext(right, up);
  });

  /**
   * Move an end of the walk to the nearest code in a direction.
   * @param {number} right
   * @param {number} up
   */
  function moveToNext(right, up) {
    const area = plot();
    const [x, y] = area.toPixels(network.handles[moving]);
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < network.codes.length / 2; i++) {
      const code = codeOf(i);
      if (!live.isOn(area, code.x, code.y)) continue;
      const [px, py] = area.toPixels(code);
      const ahead = right * (px - x) - up * (py - y);
      const aside = Math.abs(up * (px - x)) + Math.abs(right * (py - y));
      if (ahead > 3 && ahead + 3 * aside < least) {
        least = ahead + 3 * aside;
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
      change(input.value);
      redraw();
    } else if (input.dataset.part === "moves") {
      choose(/** @type {Handle} */ (input.value));
    } else {
      redraw();
    }
  });
  // The first state: a point, and a walk between two garments.

  const first = (figure.dataset.images ?? "").split(" ").map(Number);
  network.handles.point = codeOf(first[0]);
  if (hasWalk) {
    network.handles.start = codeOf(first[1]);
    network.handles.end = codeOf(first[2]);
  }
  new ResizeObserver(redraw).observe(map);
  drawStill();
});
