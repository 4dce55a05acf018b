/**
 * Transposed convolution, three views in step: stamp and add, a transposed matrix, and
 * a convolution over an image with inserted zeros. Each view has arithmetic of its own,
 * and a line says whether the three results are equal.
 */
"use strict";

/**
 * @typedef {object} Transposed A transposed convolution of one channel, as Keras' layer
 *   Conv2DTranspose is asked for it. Images, kernels and results are flat arrays.
 * @property {number} side Of the image.
 * @property {number} size Side of the kernel.
 * @property {number} stride
 * @property {"same" | "valid"} padding
 * @property {number | null} extra The output padding; null: not given.
 */

/**
 * @typedef {object} Sides
 * @property {number} canvas
 * @property {number} output
 * @property {number} before Rows that are cropped at the top; columns alike.
 * @property {number} after Rows that are cropped at the bottom.
 * @property {number} added Rows of zeros below the canvas, where it is smaller.
 */

/** The arithmetic, apart from all drawing. */
const transposed = (() => {
  /** @param {Transposed} layer @returns {number} side of the output */
  function outputSide({ side, size, stride, padding, extra }) {
    if (padding === "same") {
      return extra === null ? stride * side : stride * (side - 1) + (size % 2) + extra;
    }
    return stride * (side - 1) + (extra === null ? Math.max(size, stride) : size + extra);
  }

  /**
   * Say why Keras with TensorFlow cannot compute a layer.
   * @param {Transposed} layer
   * @returns {string} "" where it can
   */
  function refusal(layer) {
    const { side, size, stride, padding, extra } = layer;
    if (extra !== null && extra >= stride) {
      return `the output padding, ${extra}, must be smaller than the stride, ${stride}`;
    }
    // The convolution whose transpose this is must lead from the output to the image.
    const output = outputSide(layer);
    const reach = padding === "same" ? output : output - size + 1;
    const back = Math.ceil(reach / stride);
    if (back === side) return "";
    const setting = `with a kernel of side ${size} and output padding ${extra} `;
    if (output < 1) return `${setting}nothing is left of the canvas`;
    return (
      `${setting}the output has side ${output}, and a convolution with stride ` +
      `${stride} makes ${back} of ${output}, not ${side}`
    );
  }

  /**
   * The sides, and what is cropped: TensorFlow crops the odd row at the bottom.
   * @param {Transposed} layer
   * @returns {Sides}
   */
  function sides(layer) {
    const canvas = layer.stride * (layer.side - 1) + layer.size;
    const output = outputSide(layer);
    const spare = Math.max(canvas - output, 0);
    const before = Math.floor(spare / 2);
    const added = Math.max(output - canvas, 0);
    return { canvas, output, before, after: spare - before, added };
  }

  /**
   * Stamp each number of the image, and add.
   * @param {number[]} image
   * @param {number[]} kernel
   * @param {Transposed} layer
   * @returns {number[]} the canvas, not yet cropped
   */
  function stampAndAdd(image, kernel, layer) {
    const { side, size, stride } = layer;
    const width = sides(layer).canvas;
    const canvas = new Array(width * width).fill(0);
    image.forEach((number, i) => {
      const top = stride * Math.floor(i / side);
      const left = stride * (i % side);
      kernel.forEach((weight, k) => {
        const row = top + Math.floor(k / size);
        canvas[row * width + left + (k % size)] += number * weight;
      });
    });
    return canvas;
  }

  /**
   * First view: the canvas, cropped.
   * @param {number[]} image
   * @param {number[]} kernel
   * @param {Transposed} layer
   * @returns {number[]}
   */
  function byStamps(image, kernel, layer) {
    const canvas = stampAndAdd(image, kernel, layer);
    const { canvas: width, output, before } = sides(layer);
    return Array.from({ length: output * output }, (_, o) => {
      const row = before + Math.floor(o / output);
      const column = before + (o % output);
      return row < width && column < width ? canvas[row * width + column] : 0;
    });
  }

  /**
   * The matrix of the convolution that leads from the output to the image, transposed.
   * @param {Transposed} layer
   * @returns {number[][]} a row for each output number, a column for each image number:
   *   which of the kernel's numbers stands there, or −1 where the window does not reach
   */
  function matrix(layer) {
    const { side, size, stride } = layer;
    const { output, before } = sides(layer);
    const rows = Array.from({ length: output * output }, () =>
      new Array(side * side).fill(-1),
    );
    for (let window = 0; window < side * side; window++) {
      for (let k = 0; k < size * size; k++) {
        const row = stride * Math.floor(window / side) - before + Math.floor(k / size);
        const column = stride * (window % side) - before + (k % size);
        if (Math.min(row, column) < 0 || Math.max(row, column) >= output) continue;
        rows[row * output + column][window] = k;
      }
    }
    return rows;
  }

  /**
   * Second view: the transposed matrix times the image.
   * @param {number[]} image
   * @param {number[]} kernel
   * @param {Transposed} layer
   * @returns {number[]}
   */
  function byMatrix(image, kernel, layer) {
    return matrix(layer).map((row) =>
      row.reduce((sum, k, i) => (k < 0 ? sum : sum + kernel[k] * image[i]), 0),
    );
  }

  /**
   * The image with zeros between its numbers, and around them.
   * @param {number[]} image
   * @param {Transposed} layer
   * @returns {{width: number, first: number, values: number[], places: number[]}} the
   *   prepared image, where its first number stands, and for each square which number
   *   of the image stands there, or −1
   */
  function prepare(image, layer) {
    const { side, size, stride } = layer;
    const { output, before } = sides(layer);
    const width = output + size - 1;
    const first = size - 1 - before;
    const values = new Array(width * width).fill(0);
    const places = new Array(width * width).fill(-1);
    image.forEach((number, i) => {
      const row = first + stride * Math.floor(i / side);
      const square = row * width + first + stride * (i % side);
      values[square] = number;
      places[square] = i;
    });
    return { width, first, values, places };
  }

  /**
   * Third view: an ordinary convolution with stride 1 and the turned kernel.
   * @param {number[]} image
   * @param {number[]} kernel
   * @param {Transposed} layer
   * @returns {number[]}
   */
  function byZeros(image, kernel, layer) {
    const { width, values } = prepare(image, layer);
    const { output } = sides(layer);
    const turned = [...kernel].reverse();
    return Array.from({ length: output * output }, (_, o) =>
      turned.reduce((sum, weight, k) => {
        const row = Math.floor(o / output) + Math.floor(k / layer.size);
        const column = (o % output) + (k % layer.size);
        return sum + weight * values[row * width + column];
      }, 0),
    );
  }

  return {
    refusal,
    sides,
    stampAndAdd,
    matrix,
    prepare,
    byStamps,
    byMatrix,
    byZeros,
  };
})();

live.define("transposed", (figure) => {
  const INK = "#212529";
  const GREY = "#495057";
  const LATER = "#6c757d"; // numbers whose turn has not come, and added zeros
  const PALE = "#e9ecef";
  const RED = "#c92a2a";
  const TEAL = "#0b7285";
  const PIXEL = "#b8dde3"; // as the book's other figures tint what they follow
  const WIDE = 640; // CSS pixels: from here on three views stand beside each other
  const SMALL = 12; // CSS pixels, the smallest text
  const LARGEST = 4; // side of image and kernel
  const PAUSE = { output: 450, input: 900 }; // milliseconds for a step
  const ROUNDING = 1e-9; // a larger difference is no rounding

  /** @typedef {{left: number, top: number, width: number, height: number}} Box */
  /**
   * @typedef {object} Grid Numbers in squares.
   * @property {Box} box
   * @property {number} rows
   * @property {number} columns
   * @property {(row: number, column: number) => number | null} value null: blank
   * @property {(row: number, column: number) => string | null} [fill] in place of a shade
   * @property {(row: number, column: number) => string} [ink]
   */

  const canvas = live.part(figure, "views", HTMLCanvasElement);
  const slider = live.part(figure, "step", HTMLInputElement);
  const playButton = live.part(figure, "play", HTMLButtonElement);
  const imageFields = fieldsOf("image");
  const kernelFields = fieldsOf("kernel");

  /** @param {string} part @returns {HTMLInputElement[]} of 4×4, row by row */
  function fieldsOf(part) {
    const found = [...figure.querySelectorAll(`[data-part="${part}-number"]`)];
    return /** @type {HTMLInputElement[]} */ (found);
  }

  /** @param {string} part @returns {string} the chosen option */
  function chosen(part) {
    return live.part(figure, part, HTMLSelectElement).value;
  }

  /** @param {string} part @returns {string} the chosen one of some radio buttons */
  function marked(part) {
    const input = figure.querySelector(`[data-part="${part}"]:checked`);
    return input instanceof HTMLInputElement ? input.value : "";
  }

  /** @returns {Transposed} as the controls ask for it */
  function readLayer() {
    const extra = chosen("extra");
    return {
      side: Number(chosen("side")),
      size: Number(chosen("size")),
      stride: Number(chosen("stride")),
      padding: chosen("padding") === "valid" ? "valid" : "same",
      extra: extra === "" ? null : Number(extra),
    };
  }

  /**
   * Show as many fields as a side asks for.
   * @param {string} part
   * @param {HTMLInputElement[]} fields
   * @param {number} side
   * @returns {HTMLInputElement[]} those that are shown
   */
  function showFields(part, fields, side) {
    live.part(figure, `${part}-fields`, HTMLElement).dataset.side = String(side);
    fields.forEach((field, i) => {
      field.hidden = Math.max(i % LARGEST, Math.floor(i / LARGEST)) >= side;
    });
    return fields.filter((field) => !field.hidden);
  }

  // What the views show: the last setting that is possible.

  let layer = readLayer();
  let side = transposed.sides(layer);
  /** @type {number[]} */
  let image = [];
  /** @type {number[]} */
  let kernel = [];
  /** @type {string[]} the colour of each of the kernel's numbers */
  let tints = [];
  /** @type {HTMLInputElement[]} */
  let shownFields = [];
  /** @type {"output" | "input"} */
  let mode = marked("mode") === "input" ? "input" : "output";
  let step = Number(slider.value) - 1;

  /** Take over what the controls ask for, or say why not. */
  function readSetting() {
    const asked = readLayer();
    const numbers = showFields("image", imageFields, asked.side);
    const weights = showFields("kernel", kernelFields, asked.size);
    let reason = "";
    for (const field of [...numbers, ...weights]) {
      const isWrong = field.value === "" || !field.validity.valid;
      field.setAttribute("aria-invalid", String(isWrong));
      field.classList.toggle("live-transposed-long", field.value.length > 4);
      if (isWrong) {
        const name = field.getAttribute("aria-label") ?? "";
        reason ||= `Each field needs a number from −99 to 99; look at “${name}”.`;
      }
    }
    const refusal = transposed.refusal(asked);
    if (refusal) reason = `Keras refuses this: ${refusal}.`;
    const line = live.part(figure, "refusal", HTMLElement);
    const text = reason && `${reason} The views keep the last possible setting.`;
    if (line.textContent !== text) line.textContent = text;
    canvas.classList.toggle("live-transposed-old", reason !== "");
    if (reason) return;
    layer = asked;
    side = transposed.sides(layer);
    image = numbers.map((field) => Number(field.value));
    kernel = weights.map((field) => Number(field.value));
    tints = weights.map((field) => field.style.backgroundColor);
    shownFields = numbers;
    step = Math.min(step, count() - 1);
  }

  /** @returns {number} how many steps there are */
  function count() {
    const length = mode === "output" ? side.output : layer.side;
    return length * length;
  }

  /** @returns {{row: number, column: number}} of the current number */
  function current() {
    const length = mode === "output" ? side.output : layer.side;
    return { row: Math.floor(step / length), column: step % length };
  }

  /** @returns {number[]} the image, without the numbers whose turn has not come */
  function imageSoFar() {
    return image.map((number, i) => (mode === "input" && i > step ? 0 : number));
  }

  /** @param {number} row @param {number} column @returns {boolean} shown in the results? */
  function isDone(row, column) {
    return mode === "input" || row * side.output + column <= step;
  }

  /**
   * Find the stamps on a square of the canvas.
   * @param {number} row
   * @param {number} column
   * @returns {{i: number, k: number}[]} numbers of the image and of the kernel
   */
  function stampsOn(row, column) {
    const found = [];
    for (let i = 0; i < image.length; i++) {
      const down = row - layer.stride * Math.floor(i / layer.side);
      const across = column - layer.stride * (i % layer.side);
      if (Math.min(down, across) < 0 || Math.max(down, across) >= layer.size) continue;
      found.push({ i, k: down * layer.size + across });
    }
    return found;
  }

  // Drawing.

  /** Where a click chooses a step. */
  /** @type {{box: Box, choose: (right: number, down: number) => number}[]} */
  let targets = [];
  /** @type {CanvasRenderingContext2D} */
  let paper;

  /** @param {number} value @param {number} [digits] @returns {string} */
  function label(value, digits = 2) {
    const power = 10 ** digits;
    return String(Math.round(value * power) / power + 0).replace("-", "−");
  }

  /**
   * Draw numbers in squares, all of them or none.
   * @param {Grid} grid
   */
  function drawGrid({ box, rows, columns, value, fill, ink }) {
    const width = box.width / columns;
    const height = box.height / rows;
    const size = Math.max(SMALL, Math.min(15, Math.floor(0.55 * Math.min(width, height))));
    paper.font = `${size}px system-ui, sans-serif`;
    paper.textAlign = "center";
    paper.textBaseline = "middle";
    const squares = Array.from({ length: rows * columns }, (_, square) => {
      const [row, column] = [Math.floor(square / columns), square % columns];
      return { row, column, number: value(row, column) };
    });
    const numbers = squares.map(({ number }) => number ?? 0);
    const largest = Math.max(1e-9, ...numbers.map(Math.abs));
    const widest = Math.max(...numbers.map((n) => paper.measureText(label(n)).width));
    const hasText = height >= SMALL + 1 && widest <= width - 2;
    for (const { row, column, number } of squares) {
      const left = box.left + column * width;
      const top = box.top + row * height;
      const grey = Math.round(255 * (1 - Math.abs(number ?? 0) / (2 * largest)));
      paper.fillStyle = fill?.(row, column) ?? `rgb(${grey}, ${grey}, ${grey})`;
      paper.fillRect(left, top, width, height);
      if (Math.min(width, height) >= 5) {
        paper.strokeStyle = "#ced4da";
        paper.lineWidth = 0.5;
        paper.strokeRect(left, top, width, height);
      }
      if (!hasText || number === null) continue;
      paper.fillStyle = ink?.(row, column) ?? INK;
      paper.fillText(label(number), left + width / 2, top + height / 2 + 0.5);
    }
    drawFrame(box, GREY, 1);
  }

  /**
   * @param {Box} box
   * @param {string} color
   * @param {number} line
   * @param {number[]} [dashes]
   */
  function drawFrame({ left, top, width, height }, color, line, dashes = []) {
    paper.strokeStyle = color;
    paper.lineWidth = line;
    paper.setLineDash(dashes);
    paper.strokeRect(left, top, width, height);
    paper.setLineDash([]);
  }

  /**
   * Part of a grid, cut to what lies inside.
   * @param {Box} box
   * @param {number} squares in a row
   * @param {number} row
   * @param {number} column
   * @param {number} length of the part's sides
   * @returns {Box}
   */
  function partOf(box, squares, row, column, length) {
    const square = box.width / squares;
    const [first, start] = [Math.max(row, 0), Math.max(column, 0)];
    return {
      left: box.left + start * square,
      top: box.top + first * square,
      width: Math.max(Math.min(column + length, squares) - start, 0) * square,
      height: Math.max(Math.min(row + length, squares) - first, 0) * square,
    };
  }

  /** @param {Box} box @returns {Box} so that neighbours' frames lie side by side */
  function inset({ left, top, width, height }) {
    return { left: left + 1.5, top: top + 1.5, width: width - 3, height: height - 3 };
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {string} [font]
   * @param {CanvasTextAlign} [align]
   */
  function write(text, x, y, font = `${SMALL}px`, align = "left") {
    paper.font = `${font} system-ui, sans-serif`;
    paper.textAlign = align;
    paper.textBaseline = "alphabetic";
    paper.fillStyle = INK;
    paper.fillText(text, x, y);
  }

  /** @param {number} value @param {number} most @returns {number} */
  function clamp(value, most) {
    return Math.min(Math.max(Math.floor(value), 0), most);
  }

  function draw() {
    const fitted = live.fit(canvas);
    paper = fitted.context;
    targets = [];
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, fitted.width, fitted.height);
    const soFar = imageSoFar();
    const results = [transposed.byStamps, transposed.byMatrix, transposed.byZeros].map(
      (compute) => compute(soFar, kernel, layer),
    );
    const difference = largestDifference(results);
    const isWide = fitted.width >= WIDE;
    const width = isWide ? fitted.width / 3 : (fitted.height * 8) / 15;
    const drawings = [drawStamps, drawMatrix, drawZeros];
    const shown = isWide ? [0, 1, 2] : [Number(marked("view"))];
    shown.forEach((view, n) => {
      const left = isWide ? n * width : (fitted.width - width) / 2;
      drawings[view]({ left, top: 0, width, height: fitted.height }, soFar, results[view]);
      if (!isWide || view === 2) return;
      const sign = difference > ROUNDING ? "≠" : "=";
      const middle = left + width - 0.13 * width;
      write(sign, middle, fitted.height * 0.82, "bold 26px", "center");
    });
    tell(results, difference);
  }

  /** @param {number[][]} results @returns {number} between any two of the three */
  function largestDifference([first, ...others]) {
    const gaps = others.flatMap((other) => other.map((n, o) => Math.abs(n - first[o])));
    return Math.max(...gaps);
  }

  /**
   * Divide a view's box: its title, its working picture, its result.
   * @param {Box} box
   * @param {string} title
   * @param {string} note
   * @returns {{work: Box, result: Box}}
   */
  function divide(box, title, note) {
    const left = box.left + 8;
    write(title, left, 17, "bold 14px");
    write(note, left, 34);
    const rest = box.height - 43 - 28;
    const length = 0.56 * rest;
    const work = { left, top: 43, width: length, height: length };
    const top = 43 + length + 22;
    const result = { left, top, width: 0.44 * rest, height: 0.44 * rest };
    write(`output ${side.output}×${side.output}`, left, top - 6);
    return { work, result };
  }

  /**
   * @param {Box} box
   * @param {number[]} values
   */
  function drawResult(box, values) {
    const length = side.output;
    const { row, column } = current();
    drawGrid({
      box,
      rows: length,
      columns: length,
      value: (r, c) => values[r * length + c],
      fill: (r, c) => (isDone(r, c) ? null : "#fff"),
      ink: (r, c) => (isDone(r, c) ? INK : LATER),
    });
    if (mode === "output") {
      drawFrame(partOf(box, length, row, column, 1), RED, 2.5);
    } else {
      const top = layer.stride * row - side.before;
      const left = layer.stride * column - side.before;
      drawFrame(partOf(box, length, top, left, layer.size), RED, 2.5);
    }
    const square = box.width / length;
    targets.push({
      box,
      choose: (right, down) =>
        chooseSquare(right / square + side.before, down / square + side.before),
    });
  }

  /**
   * Find the step that belongs to a place on the canvas.
   * @param {number} right in squares
   * @param {number} down
   * @returns {number}
   */
  function chooseSquare(right, down) {
    if (mode === "output") {
      const most = side.output - 1;
      return (
        clamp(down - side.before, most) * side.output + clamp(right - side.before, most)
      );
    }
    // The stamp whose middle is nearest.
    const [x, y] = [right, down].map((place) =>
      clamp((place - layer.size / 2) / layer.stride + 0.5, layer.side - 1),
    );
    return y * layer.side + x;
  }

  /**
   * First view: the canvas.
   * @param {Box} box
   * @param {number[]} soFar
   * @param {number[]} values
   */
  function drawStamps(box, soFar, values) {
    const counts = live.part(figure, "overlap", HTMLInputElement).checked;
    const length = side.canvas;
    const all = length + side.added;
    let kept = "nothing cropped";
    if (side.before + side.after) kept = "hatched: cropped";
    if (side.added) kept = "then zeros";
    const what = mode === "output" ? "all stamps" : `canvas ${length}×${length}`;
    const note = counts ? "stamps on each square" : `${what}; ${kept}`;
    const { work, result } = divide(box, "Stamp and add", note);
    const numbers = transposed.stampAndAdd(soFar, kernel, layer);
    const { row, column } = current();
    const [top, left] = [layer.stride * row, layer.stride * column];
    /** @param {number} r @param {number} c */
    const isKept = (r, c) =>
      Math.min(r, c) >= side.before && Math.max(r, c) < side.before + side.output;
    drawGrid({
      box: work,
      rows: all,
      columns: all,
      value: (r, c) => {
        const stamps = stampsOn(r, c).filter(({ i }) => mode === "output" || i <= step);
        if (counts) return stamps.length;
        if (Math.max(r, c) >= length) return 0;
        return stamps.length || mode === "output" ? numbers[r * length + c] : null;
      },
      fill: (r, c) => {
        const [down, across] = [r - top, c - left];
        const inStamp =
          mode === "input" &&
          Math.min(down, across) >= 0 &&
          Math.max(down, across) < layer.size;
        if (inStamp && !counts) return tints[down * layer.size + across];
        return isKept(r, c) && Math.max(r, c) < length ? null : PALE;
      },
      ink: (r, c) => (isKept(r, c) ? INK : GREY),
    });
    const square = work.width / all;
    for (let r = 0; r < all; r++) {
      for (let c = 0; c < all; c++) {
        if (!isKept(r, c)) hatch(work.left + c * square, work.top + r * square, square);
      }
    }
    if (side.before + side.after) {
      const keptBox = partOf(work, all, side.before, side.before, side.output);
      drawFrame(keptBox, INK, 1.5, [5, 3]);
    }
    if (side.added) drawFrame(partOf(work, all, 0, 0, length), INK, 1.5, [5, 3]);
    if (mode === "output") {
      const [r, c] = [row + side.before, column + side.before];
      for (const { i } of stampsOn(r, c)) {
        const first = layer.stride * Math.floor(i / layer.side);
        const start = layer.stride * (i % layer.side);
        const color = (Math.floor(i / layer.side) + (i % layer.side)) % 2 ? TEAL : INK;
        drawFrame(inset(partOf(work, all, first, start, layer.size)), color, 2);
      }
      drawFrame(partOf(work, all, r, c, 1), RED, 3);
    } else {
      drawFrame(partOf(work, all, top, left, layer.size), RED, 3);
    }
    drawResult(result, values);
    targets.push({
      box: work,
      choose: (right, down) => chooseSquare(right / square, down / square),
    });
  }

  /** @param {number} left @param {number} top @param {number} length */
  function hatch(left, top, length) {
    paper.save();
    paper.beginPath();
    paper.rect(left, top, length, length);
    paper.clip();
    paper.strokeStyle = "#adb5bd";
    paper.lineWidth = 1;
    paper.beginPath();
    for (let x = -length; x < length; x += 6) {
      paper.moveTo(left + x, top + length);
      paper.lineTo(left + x + length, top);
    }
    paper.stroke();
    paper.restore();
  }

  /**
   * Second view: the transposed matrix, the image as a column, the output as a column.
   * @param {Box} box
   * @param {number[]} soFar
   * @param {number[]} values
   */
  function drawMatrix(box, soFar, values) {
    const rows = transposed.matrix(layer);
    const columns = image.length;
    const { work, result } = divide(
      box,
      "Matrix Cᵀ times image",
      `${rows.length}×${columns}, colours as in the kernel`,
    );
    const vector = 26; // CSS pixels: width of a column of numbers
    const gap = 15;
    const room = box.width - 16 - 2 * (vector + gap);
    const height = Math.min(work.height / rows.length, 26);
    const width = Math.min(room / columns, 26);
    const middle = work.top + work.height / 2;
    const tall = height * rows.length;
    const matrixBox = {
      left: work.left,
      top: middle - tall / 2,
      width: width * columns,
      height: tall,
    };
    drawGrid({
      box: matrixBox,
      rows: rows.length,
      columns,
      value: (r, c) => (rows[r][c] < 0 ? null : kernel[rows[r][c]]),
      fill: (r, c) => {
        if (rows[r][c] < 0) return "#fff";
        return mode === "input" && c > step ? PALE : tints[rows[r][c]];
      },
    });
    // A thin line after each row of the output.
    if (height * side.output >= 6) {
      paper.fillStyle = GREY;
      for (let r = 1; r < side.output; r++) {
        const y = matrixBox.top + r * side.output * height;
        paper.fillRect(matrixBox.left, y - 0.4, matrixBox.width, 0.8);
      }
    }
    const each = Math.min(work.height / columns, 26);
    const imageBox = {
      left: matrixBox.left + matrixBox.width + gap,
      top: middle - (each * columns) / 2,
      width: vector,
      height: each * columns,
    };
    drawGrid({
      box: imageBox,
      rows: columns,
      columns: 1,
      value: (r) => (mode === "input" && r > step ? null : soFar[r]),
      fill: (r) => {
        const k = mode === "output" ? rows[step][r] : -1;
        return k < 0 ? "#fff" : tints[k];
      },
    });
    const outputBox = {
      left: imageBox.left + vector + gap,
      top: matrixBox.top,
      width: vector,
      height: tall,
    };
    drawGrid({
      box: outputBox,
      rows: rows.length,
      columns: 1,
      value: (r) => (mode === "input" || r <= step ? values[r] : null),
    });
    write("·", imageBox.left - gap / 2, middle + 6, "bold 18px", "center");
    write("=", outputBox.left - gap / 2, middle + 6, "bold 16px", "center");
    if (mode === "output") {
      for (const { left, width: wide } of [matrixBox, outputBox]) {
        const thick = height + 3;
        const top = matrixBox.top + (step + 0.5) * height - thick / 2;
        const row = { left: left - 1, top, width: wide + 2, height: thick };
        drawFrame(row, RED, 2);
      }
    } else {
      drawFrame(
        { ...matrixBox, left: matrixBox.left + step * width, width },
        RED,
        Math.min(3, width / 3),
      );
      const number = { ...imageBox, top: imageBox.top + step * each, height: each };
      drawFrame(number, RED, 2.5);
    }
    drawResult(result, values);
    targets.push({
      box: matrixBox,
      choose: (right, down) =>
        mode === "output"
          ? clamp(down / height, rows.length - 1)
          : clamp(right / width, columns - 1),
    });
    const [column, length] =
      mode === "output" ? [outputBox, height] : /** @type {const} */ ([imageBox, each]);
    targets.push({
      box: column,
      choose: (_, down) => clamp(down / length, count() - 1),
    });
  }

  /**
   * Third view: the prepared image and the window on it.
   * @param {Box} box
   * @param {number[]} soFar
   * @param {number[]} values
   */
  function drawZeros(box, soFar, values) {
    const { width, first, values: numbers, places } = transposed.prepare(soFar, layer);
    const { work, result } = divide(
      box,
      "Zero insertion",
      `${width}×${width}: zeros between and around`,
    );
    const { row, column } = current();
    const last = first + layer.stride * (layer.side - 1);
    /** @param {number} r @param {number} c @returns {number} place in the window, or −1 */
    const inWindow = (r, c) => {
      const [down, across] = [r - row, c - column];
      const isIn =
        mode === "output" &&
        Math.min(down, across) >= 0 &&
        Math.max(down, across) < layer.size;
      return isIn ? down * layer.size + across : -1;
    };
    /** @param {number} r @param {number} c */
    const isLater = (r, c) => mode === "input" && places[r * width + c] > step;
    drawGrid({
      box: work,
      rows: width,
      columns: width,
      value: (r, c) => (isLater(r, c) ? null : numbers[r * width + c]),
      fill: (r, c) => {
        const window = inWindow(r, c);
        if (window >= 0) return tints[tints.length - 1 - window]; // the turned kernel's
        if (places[r * width + c] >= 0) return isLater(r, c) ? "#e7f4f6" : PIXEL;
        return Math.min(r, c) < first || Math.max(r, c) > last ? PALE : "#fff";
      },
      ink: (r, c) => (places[r * width + c] >= 0 ? INK : LATER),
    });
    const square = work.width / width;
    for (let p = 0; p < places.length; p++) {
      if (places[p] < 0 || inWindow(Math.floor(p / width), p % width) < 0) continue;
      drawFrame(partOf(work, width, Math.floor(p / width), p % width, 1), INK, 1.5);
    }
    if (mode === "output") {
      drawFrame(partOf(work, width, row, column, layer.size), RED, 3);
    } else {
      const [r, c] = [first + layer.stride * row, first + layer.stride * column];
      const reach = partOf(
        work,
        width,
        r - layer.size + 1,
        c - layer.size + 1,
        2 * layer.size - 1,
      );
      drawFrame(reach, RED, 1.5, [4, 3]);
      drawFrame(partOf(work, width, r, c, 1), RED, 3);
    }
    drawResult(result, values);
    drawTurned(box, result);
    targets.push({
      box: work,
      choose: (right, down) => {
        const [x, y] = [right / square, down / square];
        // The window whose middle is nearest, or the number of the image.
        if (mode === "output") {
          const [c, r] = [x, y].map((place) =>
            clamp(place - (layer.size - 1) / 2, side.output - 1),
          );
          return r * side.output + c;
        }
        const [c, r] = [x, y].map((place) =>
          clamp((place - first - 0.5) / layer.stride + 0.5, layer.side - 1),
        );
        return r * layer.side + c;
      },
    });
  }

  /**
   * The turned kernel, beside the third view's result.
   * @param {Box} box
   * @param {Box} result
   */
  function drawTurned(box, result) {
    const { size } = layer;
    const right = box.left + box.width - 8;
    const width = Math.min(right - (result.left + result.width) - 10, 22 * size);
    const left = right - width;
    write("kernel,", right, result.top - 6, undefined, "right");
    write("turned", right, result.top + 9, undefined, "right");
    drawGrid({
      box: { left, top: result.top + 15, width, height: width },
      rows: size,
      columns: size,
      value: (r, c) => kernel[kernel.length - 1 - r * size - c],
      fill: (r, c) => tints[tints.length - 1 - r * size - c],
    });
  }

  // In words.

  /** @typedef {string | {k: number, text: string}} Piece text, or a number of the kernel */

  /** @param {number} value @returns {string} a factor of a product */
  function factor(value) {
    return value < 0 ? `(${label(value, 3)})` : label(value, 3);
  }

  /**
   * Write a sum of products out; products with a factor 0 are left out.
   * @param {{number: number, weight: number, k: number}[]} products
   * @param {boolean} [weightFirst]
   * @returns {Piece[]}
   */
  function sumOf(products, weightFirst = false) {
    const sum = products.reduce((total, { number, weight }) => total + number * weight, 0);
    /** @type {Piece[]} */
    const pieces = [];
    for (const { number, weight, k } of products) {
      if (number === 0 || weight === 0) continue;
      if (pieces.length) pieces.push(" + ");
      const entry = { k, text: factor(weight) };
      if (weightFirst) pieces.push(entry, `·${factor(number)}`);
      else pieces.push(`${factor(number)}·`, entry);
    }
    if (!pieces.length) pieces.push("every product is 0, sum");
    const sign = Math.abs(sum - Math.round(sum * 1e3) / 1e3) > ROUNDING ? "≈" : "=";
    pieces.push(` ${sign} ${label(sum, 3)}.`);
    return pieces;
  }

  /** @param {string} part @param {Piece[]} pieces */
  function say(part, pieces) {
    const nodes = pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      const entry = document.createElement("span");
      entry.className = "live-transposed-entry";
      entry.style.backgroundColor = tints[piece.k];
      entry.textContent = piece.text;
      return entry;
    });
    live.part(figure, part, HTMLElement).replaceChildren(...nodes);
  }

  /** @param {number} number @param {string} one @param {string} [many] @returns {string} */
  function plural(number, one, many = `${one}s`) {
    return number === 1 ? `${number} ${one}` : `${number} ${many}`;
  }

  /** @param {number[][]} results @param {number} difference */
  function tell(results, difference) {
    const total = count();
    const { row, column } = current();
    const kind = mode === "output" ? "output number" : "image number";
    const place = `${kind} ${step + 1} of ${total}`;
    live.part(figure, "place", HTMLElement).textContent = `${step + 1} of ${total}`;
    slider.max = String(total);
    slider.value = String(step + 1);
    slider.setAttribute("aria-valuetext", `${place}, row ${row + 1}, column ${column + 1}`);
    if (mode === "output") tellOutput(row, column);
    else tellInput(row, column);
    markFields();

    const numbers = plural(side.output ** 2, "number");
    let line = "";
    if (difference > ROUNDING) {
      line = `The three results differ, by up to ${difference.toPrecision(2)}: this figure is wrong`;
    } else if (difference > 0) {
      line = `The three results are equal in all ${numbers}, but for rounding (${difference.toExponential(0)})`;
    } else {
      line = `The three results are equal in ${side.output === 1 ? "their" : "all"} ${numbers}`;
    }
    if (mode === "input" && step < total - 1) {
      line += `, so far from ${step + 1} of the image's ${total}`;
    }
    live.part(figure, "equal", HTMLElement).textContent = `${line}.`;
    tellSizes();
    const whole = transposed.byStamps(image, kernel, layer);
    tellResult(whole);
  }

  /** @param {number} row @param {number} column */
  function tellOutput(row, column) {
    const stamps = stampsOn(row + side.before, column + side.before).map(({ i, k }) => ({
      number: image[i],
      weight: kernel[k],
      k,
    }));
    const meeting = stamps.length === 1 ? "1 stamp lies" : `${stamps.length} stamps meet`;
    say(
      "said-stamps",
      stamps.length
        ? [`${meeting} on this square: `, ...sumOf(stamps)]
        : ["No stamp lies on this square: it stays 0."],
    );

    const line = transposed.matrix(layer)[step];
    const entries = line.flatMap((k, i) =>
      k < 0 ? [] : [{ number: image[i], weight: kernel[k], k }],
    );
    say(
      "said-matrix",
      entries.length
        ? [`Row ${step + 1} times the image: `, ...sumOf(entries, true)]
        : [`Row ${step + 1} is all zeros: the sum is 0.`],
    );

    const { width, values, places } = transposed.prepare(image, layer);
    const window = kernel.map((_, n) => {
      const down = row + Math.floor(n / layer.size);
      const square = down * width + column + (n % layer.size);
      const k = kernel.length - 1 - n; // the turned kernel's
      return { number: values[square], weight: kernel[k], k, place: places[square] };
    });
    const real = window.filter(({ place }) => place >= 0);
    const zeros = plural(window.length - real.length, "added zero");
    const covered = `The window covers ${zeros} and `;
    say(
      "said-zeros",
      real.length
        ? [`${covered}${plural(real.length, "image number")}: `, ...sumOf(real)]
        : [`${covered}no image number: the sum is 0.`],
    );
  }

  /** @param {number} row @param {number} column */
  function tellInput(row, column) {
    const number = label(image[step], 3);
    const top = layer.stride * row + 1;
    const left = layer.stride * column + 1;
    say("said-stamps", [
      `${number} × kernel is added, from row ${top}, column ${left} of the canvas on.`,
    ]);
    say("said-matrix", [`Column ${step + 1} of the matrix, times ${number}, is added.`]);
    const windows = transposed.matrix(layer).filter((line) => line[step] >= 0).length;
    say("said-zeros", [
      `${number} is put in place; ${plural(windows, "window reads", "windows read")} it.`,
    ]);
  }

  /** Show in the fields which numbers of the image take part, and by which weight. */
  function markFields() {
    const entries = mode === "output" ? transposed.matrix(layer)[step] : [];
    shownFields.forEach((field, i) => {
      const k = entries[i] ?? -1;
      field.style.backgroundColor = k < 0 ? "" : tints[k];
      field.classList.toggle("live-transposed-now", mode === "input" && i === step);
    });
  }

  function tellSizes() {
    const { side: n, size, stride, padding, extra } = layer;
    const shifts = `${stride}·(${n} − 1)`;
    let output = `${stride}·${n}`;
    if (padding === "same") {
      if (extra !== null) output = `${shifts} + ${size % 2} + ${extra}`;
    } else if (extra !== null) {
      output = `${shifts} + ${size} + ${extra}`;
    } else {
      output = side.added ? `${shifts} + ${stride}` : `${shifts} + ${size}`;
    }
    let rest = "nothing is cropped";
    if (side.before + side.after) {
      const before = plural(side.before, "row");
      rest = `cropped: ${before} at the top and ${side.after} at the bottom, columns alike`;
    } else if (side.added) {
      const rows = plural(side.added, "row");
      rest = `${rows} of zeros ${side.added === 1 ? "is" : "are"} added at the bottom, columns alike`;
    }
    live.part(figure, "sizes", HTMLElement).textContent =
      `Sides: image ${n} → canvas ${shifts} + ${size} = ${side.canvas} → output ` +
      `${output} = ${side.output}; ${rest}.`;
  }

  /** @param {number[]} values */
  function tellResult(values) {
    const { size, stride, padding, extra } = layer;
    const option = extra === null ? "" : `, output_padding=${extra}`;
    const call = `layers.Conv2DTranspose(1, ${size}, ${stride}, "${padding}"${option})`;
    const lines = Array.from({ length: side.output }, (_, r) => {
      const line = values.slice(r * side.output, (r + 1) * side.output);
      return `[${line.map((n) => String(Number(n.toPrecision(12)) + 0)).join(", ")}]`;
    });
    live.part(figure, "numbers", HTMLElement).textContent =
      `${call}\n\n[${lines.join(",\n ")}]`;
  }

  const update = live.everyFrame(draw);

  // Steps.

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;

  /** @param {number} to */
  function go(to) {
    step = Math.min(Math.max(to, 0), count() - 1);
    update();
  }

  function namePlayButton() {
    playButton.textContent = calm.matches ? "To the end" : timer ? "Pause" : "Play";
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    namePlayButton();
  }

  /** Run through the steps; with reduced motion, jump to the last. */
  function play() {
    const last = count() - 1;
    if (calm.matches) {
      go(step === last ? 0 : last);
      return;
    }
    if (step === last) go(0);
    timer = window.setInterval(() => {
      go(step + 1);
      if (step === count() - 1 || !canvas.isConnected) pause();
    }, PAUSE[mode]);
    namePlayButton();
  }

  playButton.addEventListener("click", () => (timer ? pause() : play()));
  calm.addEventListener("change", pause);
  for (const [part, by] of /** @type {const} */ ([
    ["back", -1],
    ["on", 1],
  ])) {
    live.part(figure, part, HTMLButtonElement).addEventListener("click", () => {
      pause();
      go(step + by);
    });
  }
  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value) - 1);
  });

  canvas.addEventListener("click", (event) => {
    const x = event.offsetX;
    const y = event.offsetY;
    const target = targets.find(
      ({ box: { left, top, width, height } }) =>
        x >= left && x <= left + width && y >= top && y <= top + height,
    );
    if (!target) return;
    pause();
    go(target.choose(x - target.box.left, y - target.box.top));
  });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = mode === "output" ? side.output : layer.side;
    const to = {
      ArrowLeft: step - 1,
      ArrowRight: step + 1,
      ArrowUp: step - row,
      ArrowDown: step + row,
      Home: 0,
      End: count() - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pause();
    if (to >= 0 && to < count()) go(to);
  });

  // Settings.

  /** Go from an output number to one of its image numbers, or back. */
  function changeMode() {
    const { row, column } = current();
    if (marked("mode") === "input") {
      const stamps = stampsOn(row + side.before, column + side.before);
      mode = "input";
      step = stamps.length ? stamps[stamps.length - 1].i : 0;
    } else {
      const [down, across] = [row, column].map((place) =>
        Math.min(Math.max(layer.stride * place - side.before, 0), side.output - 1),
      );
      mode = "output";
      step = down * side.output + across;
    }
  }

  figure.addEventListener("input", (event) => {
    if (event.target === slider) return;
    pause();
    // A number is being typed; "change" comes when it is there, or is missing.
    if (event.target instanceof HTMLInputElement && event.target.value === "") return;
    if (event.target instanceof HTMLInputElement && event.target.dataset.part === "mode") {
      changeMode();
    }
    readSetting();
    update();
  });

  figure.addEventListener("change", (event) => {
    const isNumber = event.target instanceof HTMLInputElement && event.target !== slider;
    if (!isNumber || event.target.type !== "number") return;
    readSetting();
    update();
  });

  live.part(figure, "reset", HTMLButtonElement).addEventListener("click", () => {
    pause();
    for (const field of [...imageFields, ...kernelFields]) field.value = field.defaultValue;
    for (const select of figure.querySelectorAll("select")) {
      for (const option of select.options) option.selected = option.defaultSelected;
    }
    readSetting();
    update();
  });

  readSetting();
  namePlayButton();
  new ResizeObserver(update).observe(canvas);
  draw();
});
