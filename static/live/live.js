/**
 * Starts the live figures. A page loads only this file; the numeric core, the figure's
 * own file and its data follow when the reader first touches the figure, as scripts,
 * because a page opened from the disk may not fetch. What several figures need is here,
 * too.
 */
"use strict";

/** @typedef {{x: number, y: number}} Point Of the plane of codes. */
/** @typedef {{low: number, high: number}} Interval */

/**
 * @typedef {object} Plot The map of codes on a canvas, in CSS pixels.
 * @property {Interval} x What it shows of the first latent coordinate.
 * @property {Interval} y
 * @property {number} left Where the map begins, inside its axes.
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {(point: Point) => [number, number]} toPixels
 * @property {(px: number, py: number) => Point} fromPixels A point inside the map.
 * @property {(point: Point) => Point} clamp The nearest point inside the map.
 */

const live = (() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const base = script.src;
  /** @type {Record<string, any>} */
  const provided = {};
  /** @type {Record<string, (figure: HTMLElement, data: Record<string, any>) => void>} */
  const figures = {};
  /** @type {Record<string, Promise<void>>} */
  const loading = {};

  /**
   * Hand data to the figures; a data file's only call.
   * @param {string} name
   * @param {any} data
   */
  function provide(name, data) {
    provided[name] = data;
  }

  /**
   * Define how a kind of figure is built once its data are there.
   * @param {string} name
   * @param {(figure: HTMLElement, data: Record<string, any>) => void} build
   */
  function define(name, build) {
    figures[name] = build;
  }

  /**
   * The address of a file beside this one.
   * @param {string} file
   * @returns {string}
   */
  function address(file) {
    return new URL(file, base).href;
  }

  /**
   * Load a script beside this one, once.
   * @param {string} file
   * @returns {Promise<void>}
   */
  function load(file) {
    loading[file] ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = address(file);
      element.onload = () => resolve();
      element.onerror = () => {
        delete loading[file]; // a later touch tries again
        element.remove();
        reject(new Error(`the file ${file} could not be loaded`));
      };
      document.head.append(element);
    });
    return loading[file];
  }

  /**
   * Load what a figure needs and bring it to life.
   * @param {HTMLElement} figure
   */
  async function start(figure) {
    if (figure.dataset.state) return;
    figure.dataset.state = "loading";
    const kind = figure.dataset.live ?? "";
    const needed = (figure.dataset.needs ?? "").split(" ").filter(Boolean);
    /** @type {MouseEvent | null} */
    let missed = null;
    const remember = (/** @type {MouseEvent} */ event) => {
      missed = event;
    };
    figure.addEventListener("click", remember);
    try {
      await load("core.js");
      await Promise.all([
        load(`${kind}.js`),
        ...needed.map((name) => load(`data/${name}.js`)),
      ]);
      figures[kind](figure, provided);
      figure.dataset.state = "ready";
      say(figure, "");
      repeat(missed);
    } catch (error) {
      figure.dataset.state = "";
      const reason = error instanceof Error ? error.message : String(error);
      say(figure, `This figure cannot move here: ${reason}. Its picture stays as it is.`);
    } finally {
      figure.removeEventListener("click", remember);
    }
  }

  /**
   * Click again where the reader clicked while the figure was loading. Boxes and sliders
   * keep what they were set to; a figure reads them when it starts.
   * @param {MouseEvent | null} event
   */
  function repeat(event) {
    const target =
      event?.target instanceof Element && event.target.closest("button, canvas");
    if (!event || !target) return;
    const { clientX, clientY } = event;
    target.dispatchEvent(
      new PointerEvent("click", { bubbles: true, clientX, clientY, pointerType: "touch" }),
    );
  }

  /**
   * Show a line below a figure.
   * @param {HTMLElement} figure
   * @param {string} text
   */
  function say(figure, text) {
    part(figure, "status", HTMLElement).textContent = text;
  }

  /**
   * Find a part of a figure.
   * @template {HTMLElement} T
   * @param {HTMLElement} figure
   * @param {string} name
   * @param {new () => T} kind What it must be.
   * @returns {T}
   */
  function part(figure, name, kind) {
    const found = figure.querySelector(`[data-part="${name}"]`);
    if (found instanceof kind) return found;
    throw new Error(`the page is of another version than its figure: no ${name}`);
  }

  /**
   * Give a canvas the screen's own pixels.
   * @param {HTMLCanvasElement} canvas
   * @returns {{context: CanvasRenderingContext2D, width: number, height: number}} the
   *   context and the size in CSS pixels
   */
  function fit(canvas) {
    const { width, height } = canvas.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("the browser cannot draw");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, width, height };
  }

  /**
   * Make a picture of an image of 32×32 values, ink on white paper; the frame of two
   * zeros is cut off.
   * @param {Float32Array} image (32, 32), values from 0 to 1
   * @returns {HTMLCanvasElement} 28×28
   */
  function picture(image) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 28;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("the browser cannot draw");
    const pixels = context.createImageData(28, 28);
    for (let y = 0; y < 28; y++) {
      for (let x = 0; x < 28; x++) {
        const grey = 255 * (1 - image[(y + 2) * 32 + x + 2]);
        pixels.data.set([grey, grey, grey, 255], 4 * (y * 28 + x));
      }
    }
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  /**
   * Call a function once before the next frame, however often it is asked for.
   * @param {() => void} draw
   * @returns {() => void}
   */
  function everyFrame(draw) {
    let waiting = 0;
    return () => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        draw();
      });
    };
  }

  /**
   * Show a picture of 28×28 pixels on a canvas, each pixel as a square.
   * @param {HTMLCanvasElement} canvas
   * @param {CanvasImageSource} source
   * @param {number} [left] Where the picture begins in its source.
   * @param {number} [top]
   */
  function show(canvas, source, left = 0, top = 0) {
    const { context, width, height } = fit(canvas);
    context.imageSmoothingEnabled = false;
    context.drawImage(source, left, top, 28, 28, 0, 0, width, height);
  }

  /**
   * Where a mouse or a finger is on an element.
   * @param {HTMLElement} element
   * @param {{clientX: number, clientY: number}} event
   * @returns {[number, number]} in CSS pixels
   */
  function place(element, event) {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /**
   * Write a number as the book does, with a minus sign.
   * @param {number} value
   * @param {number} digits after the point
   * @returns {string}
   */
  function number(value, digits) {
    return value.toFixed(digits).replace("-", "−");
  }

  // The map of codes, which several figures draw.

  const colors = { ink: "#212529", grey: "#495057", red: "#c92a2a" };
  const font = "13px system-ui, sans-serif";
  const axes = { left: 34, bottom: 30, top: 8, right: 8 }; // CSS pixels
  const margin = 0.04; // of the map's sides

  /**
   * Find what a map of codes shows of the plane: all but the outermost codes.
   * @param {Float32Array} codes (n, 2)
   * @param {number} [trim] The share of the codes that it leaves out at each side.
   * @returns {{x: Interval, y: Interval}}
   */
  function sides(codes, trim = 0.005) {
    const [x, y] = [0, 1].map((axis) => {
      const values = codes.filter((_, i) => i % 2 === axis).sort();
      const low = values[Math.round(trim * (values.length - 1))];
      const high = values[Math.round((1 - trim) * (values.length - 1))];
      const more = margin * (high - low);
      return { low: low - more, high: high + more };
    });
    return { x, y };
  }

  /**
   * Lay a map of codes out on a canvas.
   * @param {{x: Interval, y: Interval}} sides
   * @param {{width: number, height: number}} size of the canvas in CSS pixels
   * @param {number} [left] Room for the labels at the left.
   * @returns {Plot}
   */
  function plot({ x, y }, size, left = axes.left) {
    const { top } = axes;
    const width = size.width - left - axes.right;
    const height = size.height - top - axes.bottom;
    /** @type {Plot["clamp"]} */
    const clamp = (point) => ({
      x: Math.min(Math.max(point.x, x.low), x.high),
      y: Math.min(Math.max(point.y, y.low), y.high),
    });
    return {
      x,
      y,
      left,
      top,
      width,
      height,
      toPixels: (point) => [
        left + (width * (point.x - x.low)) / (x.high - x.low),
        top + (height * (y.high - point.y)) / (y.high - y.low),
      ],
      fromPixels: (px, py) =>
        clamp({
          x: x.low + ((px - left) / width) * (x.high - x.low),
          y: y.high - ((py - top) / height) * (y.high - y.low),
        }),
      clamp,
    };
  }

  /**
   * Draw a map's frame, ticks and the names of its axes.
   * @param {CanvasRenderingContext2D} paper
   * @param {Plot} area
   */
  function drawAxes(paper, area) {
    paper.strokeStyle = paper.fillStyle = colors.grey;
    paper.font = font;
    paper.lineWidth = 1;
    paper.strokeRect(area.left - 0.5, area.top - 0.5, area.width + 1, area.height + 1);
    paper.textAlign = "center";
    paper.textBaseline = "top";
    const bottom = area.top + area.height;
    for (const value of ticks(area.x)) {
      const [x] = area.toPixels({ x: value, y: 0 });
      const half = paper.measureText(label(value)).width / 2;
      if (x + half > area.left + area.width - 18) continue; // the axis' name stands there
      paper.fillRect(x, bottom, 1, 4);
      paper.fillText(label(value), x, bottom + 6);
    }
    paper.fillText("z₁", area.left + area.width - 8, bottom + 6);
    paper.textAlign = "right";
    paper.textBaseline = "middle";
    for (const value of ticks(area.y)) {
      const [, y] = area.toPixels({ x: 0, y: value });
      if (y < area.top + 24) continue; // the axis' name stands there
      paper.fillRect(area.left - 5, y, 4, 1);
      paper.fillText(label(value), area.left - 7, y);
    }
    paper.fillText("z₂", area.left - 7, area.top + 10);
  }

  /** @param {Interval} range @returns {number[]} about six round values */
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

  /**
   * Draw nothing outside a map, until the context is restored.
   * @param {CanvasRenderingContext2D} context
   * @param {Plot} area
   */
  function clip(context, area) {
    context.beginPath();
    context.rect(area.left, area.top, area.width, area.height);
    context.clip();
  }

  /**
   * Draw codes as points on a map.
   * @param {CanvasRenderingContext2D} paper
   * @param {Plot} area
   * @param {Float32Array} codes (n, 2)
   * @param {(index: number) => string | null} colorOf A code's colour, or null for none.
   * @param {number} [radius]
   */
  function drawCodes(paper, area, codes, colorOf, radius = area.width > 380 ? 1.7 : 1.3) {
    paper.save();
    clip(paper, area);
    paper.globalAlpha = 0.75;
    for (let i = 0; i < codes.length / 2; i++) {
      const color = colorOf(i);
      if (color === null) continue;
      const [x, y] = area.toPixels({ x: codes[2 * i], y: codes[2 * i + 1] });
      paper.fillStyle = color;
      paper.beginPath();
      paper.arc(x, y, radius, 0, 2 * Math.PI);
      paper.fill();
    }
    paper.restore();
  }

  /**
   * Draw the ring that marks a point of a map, with a letter or a dot in it.
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} place in CSS pixels
   * @param {string} letter
   */
  function drawHandle(context, [x, y], letter) {
    context.beginPath();
    context.arc(x, y, letter ? 9 : 7, 0, 2 * Math.PI);
    context.fillStyle = letter ? "#fff" : "#ffffff99";
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = colors.ink;
    context.stroke();
    context.fillStyle = colors.ink;
    context.font = `bold ${font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    if (letter) context.fillText(letter, x, y + 0.5);
    else context.fillRect(x - 1.5, y - 1.5, 3, 3);
  }

  /**
   * Find the code nearest to a point.
   * @param {Float32Array} codes (n, 2)
   * @param {Point} point
   * @param {Plot} [area] Where the code must lie, if not anywhere.
   * @returns {{index: number, distance: number}}
   */
  function nearest(codes, { x, y }, area) {
    let index = 0;
    let least = Infinity;
    for (let i = 0; i < codes.length; i += 2) {
      const squared = (codes[i] - x) ** 2 + (codes[i + 1] - y) ** 2;
      if (squared < least && (!area || isOn(area, codes[i], codes[i + 1]))) {
        least = squared;
        index = i / 2;
      }
    }
    return { index, distance: Math.sqrt(least) };
  }

  /** @param {Plot} area @param {number} x @param {number} y @returns {boolean} */
  function isOn(area, x, y) {
    return x >= area.x.low && x <= area.x.high && y >= area.y.low && y <= area.y.high;
  }

  /**
   * Let the buttons of `tools/live/classes.html` hide and show classes.
   * @param {HTMLElement} figure
   * @param {() => void} redraw
   * @returns {Set<number>} the classes that are hidden now
   */
  function hideClasses(figure, redraw) {
    /** @type {Set<number>} */
    const hidden = new Set();
    /** @type {HTMLButtonElement[]} */
    const buttons = Array.from(figure.querySelectorAll('button[data-part="class"]'));
    figure.addEventListener("click", (event) => {
      const pressed = event.target instanceof Element && event.target.closest("button");
      if (!pressed || !pressed.dataset.part?.startsWith("class")) return;
      for (const button of buttons) {
        const kind = Number(button.value);
        const hide = button === pressed ? !hidden.has(kind) : hidden.has(kind);
        if (pressed.value === "none" || (hide && pressed.value !== "all")) hidden.add(kind);
        else hidden.delete(kind);
        button.setAttribute("aria-pressed", String(!hidden.has(kind)));
      }
      redraw();
    });
    return hidden;
  }

  for (const figure of document.querySelectorAll("[data-live]")) {
    if (!(figure instanceof HTMLElement)) continue;
    for (const event of ["pointerenter", "pointerdown", "focusin", "dragenter"]) {
      figure.addEventListener(event, () => start(figure), { passive: true });
    }
  }

  return {
    provide,
    define,
    address,
    part,
    fit,
    picture,
    show,
    place,
    number,
    everyFrame,
    say,
    colors,
    font,
    sides,
    plot,
    clip,
    drawAxes,
    drawCodes,
    drawHandle,
    nearest,
    isOn,
    hideClasses,
  };
})();
