/**
 * Starts the live figures. A page loads only this file; the numeric core, the figure's
 * own file and its data follow when the reader first touches the figure, as scripts,
 * because a page opened from the disk may not fetch. What several figures need is here,
 * too.
 */
"use strict";

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
    try {
      await load("core.js");
      await Promise.all([
        load(`${kind}.js`),
        ...needed.map((name) => load(`data/${name}.js`)),
      ]);
      figures[kind](figure, provided);
      figure.dataset.state = "ready";
      say(figure, "");
    } catch (error) {
      figure.dataset.state = "";
      const reason = error instanceof Error ? error.message : String(error);
      say(figure, `This figure cannot move here: ${reason}. Its picture stays as it is.`);
    }
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

  for (const figure of document.querySelectorAll("[data-live]")) {
    if (!(figure instanceof HTMLElement)) continue;
    for (const event of ["pointerenter", "pointerdown", "focusin"]) {
      figure.addEventListener(event, () => start(figure), { passive: true });
    }
  }

  return { provide, define, address, part, fit, picture, everyFrame, say };
})();
