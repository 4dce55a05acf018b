/**
 * Your own drawing: the reader draws on a sheet of 28×28 pixels, and the autoencoder
 * shows at once what it makes of it: code, reconstruction, error and loss.
 */
"use strict";

live.define("drawing", (figure, data) => {
  const SIDE = 28;
  const PIXELS = SIDE * SIDE;
  const PADDED = 32; // two zeros at each side, as the course's data have
  const LEAST = 1e-7; // Keras clips predictions by as much before it takes logarithms
  const UNDOS = 200;
  const TRAIL = 60; // codes that the map remembers
  const HEAVIEST = 50e6; // bytes of a file
  const LARGEST = 100e6; // pixels of a picture
  const READ = 448; // pixels of a picture's longer side, as it is read
  const { ink: INK, grey: GREY, red: RED } = live.colors;

  /** @typedef {{x: number, y: number}} Cell Column and row of a pixel. */

  const { labels, classes } = data.garments;
  const { pictures, mean } = data.pictures;
  const excess = /** @type {number[]} */ (data.pictures.excess); // percentiles
  const network = data[(figure.dataset.networks ?? "").split(" ")[0]];
  const codes = core.unpack(network.codes);
  const sides = network.whole;
  const encoder = core.unpackLayers(network.encoder);
  const decoder = core.unpackLayers(network.decoder);

  const canvasOf = (/** @type {string} */ name) =>
    live.part(figure, name, HTMLCanvasElement);
  const inputOf = (/** @type {string} */ name) => live.part(figure, name, HTMLInputElement);
  const textOf = (/** @type {string} */ name) => live.part(figure, name, HTMLElement);
  const number = live.number;

  const sheet = canvasOf("sheet");
  const map = canvasOf("map");
  const layers = live.part(figure, "layers", HTMLDetailsElement);

  /** The ink of each pixel as a byte, row by row. */
  let picture = new Uint8Array(PIXELS);
  /** @type {Uint8Array<ArrayBuffer>[]} earlier pictures, the last one at the end */
  const past = [];
  /** @type {Point[]} codes since the picture was begun */
  let trail = [];
  /** @type {Cell} */
  let cursor = { x: 14, y: 14 };
  /** @type {Cell | null} the pixel under the mouse */
  let under = null;

  // What changes the picture. Everything else is computed from it.

  /** Remember the picture before it changes. */
  function remember() {
    past.push(picture.slice());
    if (past.length > UNDOS) past.shift();
  }

  /**
   * Begin anew with another picture.
   * @param {Uint8Array<ArrayBuffer>} other
   */
  function replace(other) {
    remember();
    picture = other;
    trail = [];
    update();
  }

  function undo() {
    const last = past.pop();
    if (last) picture = last;
    update();
  }

  /**
   * Shift the picture; what leaves the sheet is lost, and white comes in.
   * @param {number} right
   * @param {number} down
   */
  function shift(right, down) {
    remember();
    const shifted = new Uint8Array(PIXELS);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const [toX, toY] = [x + right, y + down];
        if (Math.min(toX, toY) < 0 || Math.max(toX, toY) >= SIDE) continue;
        shifted[toY * SIDE + toX] = picture[y * SIDE + x];
      }
    }
    picture = shifted;
    update();
  }

  /** @returns {number} How far the brush reaches beyond its pixel. */
  function reach() {
    const thick = figure.querySelector('[data-part="brush"][value="thick"]');
    return thick instanceof HTMLInputElement && thick.checked ? 1 : 0;
  }

  /**
   * Put ink on a pixel, with a thick brush on its neighbours, too.
   * @param {Cell} cell
   * @param {boolean} [erases]
   */
  function dab({ x, y }, erases = inputOf("eraser").checked) {
    const ink = erases ? 0 : Math.round(255 * Number(inputOf("ink").value));
    const far = reach();
    for (let row = y - far; row <= y + far; row++) {
      for (let column = x - far; column <= x + far; column++) {
        if (Math.min(row, column) < 0 || Math.max(row, column) >= SIDE) continue;
        picture[row * SIDE + column] = ink;
      }
    }
    update();
  }

  /**
   * Draw from one pixel to another, without gaps.
   * @param {Cell} from
   * @param {Cell} to
   */
  function stroke(from, to) {
    const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
    for (let i = 1; i <= steps; i++) {
      dab({
        x: Math.round(from.x + (i / steps) * (to.x - from.x)),
        y: Math.round(from.y + (i / steps) * (to.y - from.y)),
      });
    }
  }

  // What the network makes of it.

  /** @returns {Float32Array} (32, 32), values from 0 to 1 */
  function padded() {
    const image = new Float32Array(PADDED * PADDED);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        image[(y + 2) * PADDED + x + 2] = picture[y * SIDE + x] / 255;
      }
    }
    return image;
  }

  /**
   * The mean binary cross-entropy of an image's pixels.
   * @param {Float32Array} image
   * @param {Float32Array} copy
   * @returns {number} in nats
   */
  function crossEntropy(image, copy) {
    let sum = 0;
    for (let i = 0; i < image.length; i++) {
      const y = Math.min(Math.max(copy[i], LEAST), 1 - LEAST);
      sum -= image[i] * Math.log(y) + (1 - image[i]) * Math.log1p(-y);
    }
    return sum / image.length;
  }

  function draw() {
    const image = padded();
    const encoded = core.run(encoder, image, [PADDED, PADDED, 1]);
    const z = encoded[encoded.length - 1];
    const decoded = core.run(decoder, z, [2]);
    const copy = decoded[decoded.length - 1];
    drawSheet();
    live.show(canvasOf("copy"), live.picture(copy));
    live.show(canvasOf("error"), differences(image, copy));
    drawMap({ x: z[0], y: z[1] });
    drawLoss(crossEntropy(image, copy), crossEntropy(image, image));
    if (layers.open) drawLayers(encoded, decoded);
  }

  /**
   * The colour of a value with a sign: 1 is black, 0 white, −1 red, as in the book.
   * @param {number} value from −1 to 1
   * @returns {[number, number, number, number]}
   */
  function signed(value) {
    const rest = 1 - Math.min(Math.abs(value), 1);
    const [red, green, blue] = value < 0 ? [201, 42, 42] : [0, 0, 0];
    return [
      red + rest * (255 - red),
      green + rest * (255 - green),
      blue + rest * (255 - blue),
      255,
    ];
  }

  /**
   * Picture of the reconstruction minus the image.
   * @param {Float32Array} image (32, 32)
   * @param {Float32Array} copy (32, 32)
   * @returns {HTMLCanvasElement} 28×28
   */
  function differences(image, copy) {
    return paint(SIDE, SIDE, (x, y) => {
      const place = (y + 2) * PADDED + x + 2;
      return copy[place] - image[place];
    });
  }

  /**
   * Make a small canvas of values with signs.
   * @param {number} width
   * @param {number} height
   * @param {(x: number, y: number) => number} valueOf from −1 to 1
   * @returns {HTMLCanvasElement}
   */
  function paint(width, height, valueOf) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = contextOf(canvas);
    const pixels = context.createImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        pixels.data.set(signed(valueOf(x, y)), 4 * (y * width + x));
      }
    }
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  /** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
  function contextOf(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("the browser cannot draw");
    return context;
  }

  function drawSheet() {
    live.show(
      sheet,
      paint(SIDE, SIDE, (x, y) => picture[y * SIDE + x] / 255),
    );
    const context = contextOf(sheet);
    const step = sheet.getBoundingClientRect().width / SIDE;
    context.fillStyle = "#adb5bd66";
    for (let i = 1; i < SIDE; i++) {
      context.fillRect(i * step - 0.5, 0, 1, SIDE * step);
      context.fillRect(0, i * step - 0.5, SIDE * step, 1);
    }
    const marked = under ?? (sheet.matches(":focus-visible") ? cursor : null);
    if (!marked) return;
    const far = reach();
    context.strokeStyle = RED;
    context.lineWidth = 2;
    context.strokeRect(
      (marked.x - far) * step,
      (marked.y - far) * step,
      (2 * far + 1) * step,
      (2 * far + 1) * step,
    );
  }

  // The map: codes lie still, the picture's code and where it was before move.

  const still = document.createElement("canvas");

  function drawStill() {
    const { context, width, height } = live.fit(map);
    still.width = map.width;
    still.height = map.height;
    const paper = contextOf(still);
    paper.setTransform(context.getTransform());
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, width, height);
    const area = live.plot(sides, { width, height });
    live.drawAxes(paper, area);
    live.drawCodes(paper, area, codes, (i) => classes[Number(labels[i])].color);
  }

  /** @param {Point} point */
  function drawMap(point) {
    const last = trail[trail.length - 1];
    if (!last || last.x !== point.x || last.y !== point.y) trail.push(point);
    if (trail.length > TRAIL) trail.shift();

    const { context, width, height } = live.fit(map);
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(still, 0, 0);
    context.restore();
    const area = live.plot(sides, { width, height });
    const places = trail.map((one) => area.toPixels(area.clamp(one)));
    context.strokeStyle = context.fillStyle = INK;
    context.lineWidth = 2;
    context.beginPath();
    places.forEach((place) => context.lineTo(...place));
    context.stroke();
    for (const [x, y] of places) context.fillRect(x - 2, y - 2, 4, 4);
    live.drawHandle(context, places[places.length - 1], "");

    const outside = !live.isOn(area, point.x, point.y);
    const place = `(${number(point.x, 2)}, ${number(point.y, 2)})`;
    textOf("code").textContent = `Code ${place}${outside ? ", outside the map" : ""}`;
  }

  /**
   * Show the loss of the picture beside that of the test images.
   * @param {number} loss
   * @param {number} floor
   */
  function drawLoss(loss, floor) {
    textOf("loss").textContent = number(loss, 3);
    textOf("floor").textContent = number(floor, 3);
    textOf("excess").textContent = number(loss - floor, 3);
    const smaller = excess.filter((one) => one < loss - floor).length;
    textOf("rank").textContent =
      `The excess is larger than that of ${Math.max(smaller - 1, 0)} % of the test images.`;
    const { context, width, height } = live.fit(canvasOf("bars"));
    context.font = live.font;
    context.textBaseline = "top";
    context.textAlign = "left";
    const rows = [
      { name: "your picture", loss, floor },
      { name: "5,000 test images, on average", ...mean },
    ];
    const [left, right] = [1, width - 14];
    const toX = (/** @type {number} */ value) => left + Math.min(value, 1) * (right - left);
    const axis = height - 20;
    rows.forEach((row, i) => {
      const top = i * (axis / 2);
      context.fillStyle = INK;
      context.fillText(row.name, left, top);
      context.fillStyle = "#adb5bd";
      context.fillRect(left, top + 17, toX(row.floor) - left, 14);
      context.fillStyle = RED;
      context.fillRect(toX(row.floor), top + 17, toX(row.loss) - toX(row.floor), 14);
      if (row.loss <= 1) return;
      context.beginPath(); // longer than the axis
      context.moveTo(right, top + 14);
      context.lineTo(right + 11, top + 24);
      context.lineTo(right, top + 34);
      context.fill();
    });
    context.fillStyle = GREY;
    context.fillRect(left, axis - 1, right - left, 1);
    for (const value of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      context.textAlign = value ? "center" : "left";
      context.fillRect(toX(value), axis - 1, 1, 4);
      context.fillText(String(value), toX(value), axis + 5);
    }
  }

  // Feature maps, on demand.

  /**
   * @param {Float32Array[]} encoded
   * @param {Float32Array[]} decoded
   */
  function drawLayers(encoded, decoded) {
    const list = textOf("layer-list");
    const halves = [
      { half: "Encoder", all: encoder, outputs: encoded },
      { half: "Decoder", all: decoder, outputs: decoded },
    ];
    const shown = halves.flatMap(({ half, all, outputs }) =>
      all.map((layer, i) => describe(half, layer, outputs[i], i, all)),
    );
    while (list.children.length < shown.length) {
      const item = document.createElement("div");
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      item.append(document.createElement("p"), canvas);
      list.append(item);
    }
    shown.forEach(({ text, maps }, i) => {
      const [line, canvas] = list.children[i].children;
      line.textContent = text;
      if (!(canvas instanceof HTMLCanvasElement)) return;
      canvas.hidden = !maps;
      if (!maps) return;
      canvas.setAttribute("aria-label", text);
      drawMaps(canvas, maps);
    });
  }

  /** @typedef {{values: Float32Array, side: number, count: number}} Maps */

  /**
   * Say what a layer's output is.
   * @param {string} half
   * @param {Layer} layer
   * @param {Float32Array} values
   * @param {number} i
   * @param {Layer[]} all the layers of its half
   * @returns {{text: string, maps: Maps | null}}
   */
  function describe(half, layer, values, i, all) {
    const kinds = {
      conv2d: "convolution",
      conv2dTranspose: "transposed convolution",
      dense: "dense layer",
    };
    const name = `${half}, ${kinds[layer.type]}`;
    if (layer.outputShape[0] === 2) {
      const place = `(${number(values[0], 2)}, ${number(values[1], 2)})`;
      return { text: `${name}: the code ${place}`, maps: null };
    }
    // A dense layer's units are the pixels of the next layer.
    const count = layer.outputShape[2] ?? all[i + 1].kernelShape[2];
    const side = Math.sqrt(values.length / count);
    const what =
      count > 1
        ? `${count} feature maps of ${side}×${side}`
        : `the reconstruction, ${side}×${side}`;
    return { text: `${name}: ${what}`, maps: { values, side, count } };
  }

  /**
   * Draw a layer's feature maps beside and below each other, each at its own scale.
   * @param {HTMLCanvasElement} canvas
   * @param {Maps} maps
   */
  function drawMaps(canvas, { values, side, count }) {
    const wide = figure.clientWidth > 560;
    const columns = Math.min((side > 4 ? 16 : 32) / (wide ? 1 : 2), count);
    const rows = Math.ceil(count / columns);
    canvas.style.aspectRatio = String(columns / rows);
    canvas.style.width = count > 1 ? "100%" : `${PADDED * 4}px`;
    const { context, width } = live.fit(canvas);
    const step = width / columns;
    context.imageSmoothingEnabled = false;
    context.fillStyle = "#ced4da";
    context.fillRect(0, 0, width, rows * step);
    for (let k = 0; k < count; k++) {
      const own = values.filter((_, i) => i % count === k);
      let most = count > 1 ? 1e-6 : 1;
      for (const value of own) most = Math.max(most, Math.abs(value));
      const one = paint(side, side, (x, y) => own[y * side + x] / most);
      const [left, top] = [(k % columns) * step, Math.floor(k / columns) * step];
      context.drawImage(one, left, top, step - 1, step - 1);
    }
  }

  // A picture of the reader's own.

  /** @param {string} text */
  function sayOfFile(text) {
    textOf("file-said").textContent = text;
  }

  /**
   * Take a file as the picture, or say why not.
   * @param {File} file
   */
  async function take(file) {
    sayOfFile(`Reading ${file.name} …`);
    try {
      if (file.size > HEAVIEST) throw new Error("it is larger than 50 MB");
      const { width, height, grey } = await read(file);
      const { bytes, how } = likeGarment(grey, width, height);
      replace(bytes);
      sayOfFile(`${file.name}: ${how}.`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      sayOfFile(`${file.name} cannot be used: ${reason}. Your picture stays as it was.`);
    }
  }

  /**
   * Read a file as grey values, a large one smaller.
   * @param {File} file
   * @returns {Promise<{width: number, height: number, grey: Float32Array}>} values from
   *   0, black, to 1
   */
  async function read(file) {
    const url = URL.createObjectURL(file);
    const source = new Image();
    try {
      source.src = url;
      await source.decode().catch(() => {
        throw new Error("it is no picture that this browser can read");
      });
      const { naturalWidth, naturalHeight } = source;
      if (!naturalWidth || !naturalHeight) throw new Error("it has no size");
      if (naturalWidth * naturalHeight > LARGEST) {
        throw new Error(`${naturalWidth}×${naturalHeight} pixels are too many`);
      }
      const whole = await createImageBitmap(source).catch(() => {
        throw new Error("a part of it is missing or broken");
      });
      const scale = Math.min(1, READ / Math.max(naturalWidth, naturalHeight));
      const canvas = document.createElement("canvas");
      const width = (canvas.width = Math.max(1, Math.round(scale * naturalWidth)));
      const height = (canvas.height = Math.max(1, Math.round(scale * naturalHeight)));
      const context = contextOf(canvas);
      context.fillStyle = "#fff"; // what is transparent is paper
      context.fillRect(0, 0, width, height);
      context.imageSmoothingQuality = "high";
      context.drawImage(whole, 0, 0, width, height);
      whole.close();
      const { data: bytes } = context.getImageData(0, 0, width, height);
      const grey = new Float32Array(width * height);
      for (let i = 0; i < grey.length; i++) {
        const [red, green, blue] = bytes.subarray(4 * i, 4 * i + 3);
        grey[i] = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
      }
      return { width, height, grey };
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /**
   * Make of a grey picture what the images of Fashion-MNIST are: no paper, the object cut
   * out, in the middle, as large as fits, dark parts as ink.
   * @param {Float32Array} grey (height, width), from 0, black, to 1
   * @param {number} width
   * @param {number} height
   * @returns {{bytes: Uint8Array<ArrayBuffer>, how: string}}
   */
  function likeGarment(grey, width, height) {
    // The paper is the middle grey of the rim, and ink is what is unlike it: what is
    // darker, or what is lighter, whichever there is more of.
    const rim = grey.filter((_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x === 0 || y === 0 || x === width - 1 || y === height - 1;
    });
    const paper = rim.sort()[rim.length >> 1];
    let darker = 0;
    let lighter = 0;
    for (const value of grey) {
      if (value < paper) darker += paper - value;
      else lighter += value - paper;
    }
    const isDark = darker >= lighter;
    const ink = grey.map((value) => {
      const share = isDark ? (paper - value) / paper : (value - paper) / (1 - paper);
      return share > 0.05 ? share : 0;
    });
    let [left, top, right, bottom] = [width, height, -1, -1];
    ink.forEach((value, i) => {
      if (value < 0.1) return;
      left = Math.min(left, i % width);
      right = Math.max(right, i % width);
      top = Math.min(top, Math.floor(i / width));
      bottom = Math.max(bottom, Math.floor(i / width));
    });
    if (right < 0) throw new Error("nothing on it differs from its paper");
    let how = isDark ? "its dark parts became ink" : "its light parts became ink";
    if (width === SIDE && height === SIDE) {
      [left, top, right, bottom] = [0, 0, SIDE - 1, SIDE - 1];
    } else {
      how += "; cut out, made grey and scaled to 28×28";
    }
    const across = right - left + 1;
    const down = bottom - top + 1;
    const scale = SIDE / Math.max(across, down);
    const columns = Math.max(1, Math.round(across * scale));
    const rows = Math.max(1, Math.round(down * scale));
    const startX = (SIDE - columns) >> 1;
    const startY = (SIDE - rows) >> 1;
    const bytes = new Uint8Array(PIXELS);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const value = average(ink, width, {
          left: left + (x * across) / columns,
          right: left + ((x + 1) * across) / columns,
          top: top + (y * down) / rows,
          bottom: top + ((y + 1) * down) / rows,
        });
        bytes[(startY + y) * SIDE + startX + x] = Math.round(255 * Math.min(value, 1));
      }
    }
    return { bytes, how };
  }

  /**
   * The mean of the values in a box whose sides may cut pixels.
   * @param {Float32Array} values
   * @param {number} width of a row of values
   * @param {{left: number, right: number, top: number, bottom: number}} box
   * @returns {number}
   */
  function average(values, width, { left, right, top, bottom }) {
    let sum = 0;
    for (let y = Math.floor(top); y < bottom; y++) {
      const high = Math.min(y + 1, bottom) - Math.max(y, top);
      for (let x = Math.floor(left); x < right; x++) {
        sum += high * (Math.min(x + 1, right) - Math.max(x, left)) * values[y * width + x];
      }
    }
    return sum / ((right - left) * (bottom - top));
  }

  const update = live.everyFrame(draw);
  const redraw = live.everyFrame(() => {
    drawStill();
    draw();
  });

  // Mouse and touch.

  /** @param {PointerEvent} event @returns {Cell} maybe beyond the sheet */
  function cellAt(event) {
    const [x, y] = live.place(sheet, event);
    const step = sheet.getBoundingClientRect().width / SIDE;
    return { x: Math.floor(x / step), y: Math.floor(y / step) };
  }

  /** @type {Cell | null} where the stroke has come to */
  let last = null;

  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    sheet.setPointerCapture(event.pointerId);
    remember();
    last = cellAt(event);
    dab(last);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!event.isPrimary) return;
    const cell = cellAt(event);
    under = event.pointerType === "mouse" ? cell : null;
    if (last) {
      stroke(last, cell);
      last = cell;
    } else {
      drawSheet();
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(name, () => {
      last = null;
    });
  }
  sheet.addEventListener("pointerleave", () => {
    under = null;
    drawSheet();
  });

  // Keyboard.

  let inking = false; // while Space is held, the cursor draws

  sheet.addEventListener("keydown", (event) => {
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      undo();
      return;
    }
    const [right, down] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
        event.key
      ] ?? [];
    const erases = event.key === "Delete" || event.key === "Backspace";
    if (right !== undefined) {
      const from = cursor;
      const inside = (/** @type {number} */ n) => Math.min(Math.max(n, 0), SIDE - 1);
      cursor = { x: inside(from.x + right), y: inside(from.y + down) };
      if (inking) stroke(from, cursor);
    } else if (event.key === " " || event.key === "Enter" || erases) {
      if (!event.repeat) {
        remember();
        dab(cursor, erases || undefined);
        inking = event.key === " ";
      }
    } else {
      return;
    }
    event.preventDefault();
    under = null;
    const ink = picture[cursor.y * SIDE + cursor.x] / 255;
    textOf("cursor").textContent =
      `column ${cursor.x + 1}, row ${cursor.y + 1}: ink ${number(ink, 2)}`;
    update();
  });
  sheet.addEventListener("keyup", (event) => {
    if (event.key === " ") inking = false;
  });
  sheet.addEventListener("focus", update);
  sheet.addEventListener("blur", () => {
    inking = false;
    textOf("cursor").textContent = "";
    update();
  });

  // Controls.

  /** @param {number} index @returns {Uint8Array<ArrayBuffer>} one of the test images */
  function testImage(index) {
    return Uint8Array.from(atob(pictures[index].pixels), (byte) => byte.charCodeAt(0));
  }

  figure.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!(button instanceof HTMLButtonElement)) return;
    const actions = {
      move: () => shift(Number(button.dataset.right), Number(button.dataset.down)),
      undo,
      clear: () => replace(new Uint8Array(PIXELS)),
      start: () => replace(testImage(Number(button.value))),
    };
    actions[/** @type {keyof typeof actions} */ (button.dataset.part)]?.();
  });
  inputOf("ink").addEventListener("input", () => {
    textOf("ink-shown").textContent = number(Number(inputOf("ink").value), 2);
    inputOf("eraser").checked = false;
  });
  layers.addEventListener("toggle", update);
  inputOf("file").addEventListener("change", () => {
    const [file] = inputOf("file").files ?? [];
    if (file) take(file);
    inputOf("file").value = ""; // the same file may be chosen again
  });
  figure.addEventListener("dragover", (event) => event.preventDefault());
  figure.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) take(file);
  });

  // The first state: one of the test images.

  for (const button of figure.querySelectorAll('[data-part="start"]')) {
    const canvas = button.querySelector("canvas");
    if (!(button instanceof HTMLButtonElement) || !canvas) continue;
    const image = testImage(Number(button.value));
    const small = paint(SIDE, SIDE, (x, y) => image[y * SIDE + x] / 255);
    contextOf(canvas).drawImage(small, 0, 0);
  }
  picture = testImage(Number(figure.dataset.images));
  new ResizeObserver(redraw).observe(map);
  new ResizeObserver(update).observe(sheet);
  drawStill();
  draw();
});
