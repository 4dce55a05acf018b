/**
 * The numeric core of the live figures: layers of a small network, as Keras computes
 * them, on flat Float32Arrays with the channels last. Everything runs on one image.
 */
"use strict";

/**
 * @typedef {object} Packed An array as tools/live_data.py writes it.
 * @property {number[]} shape
 * @property {number[]} steps The size of a step, one for all values or one for each
 *   index of the last axis.
 * @property {string} text One character for each value, a whole number of steps.
 */

/**
 * @typedef {object} PackedLayer
 * @property {"dense" | "conv2d" | "conv2dTranspose"} type
 * @property {number} stride 1 for a dense layer.
 * @property {"linear" | "relu" | "sigmoid"} activation
 * @property {number[]} outputShape Height, width and channels, or the number of units.
 * @property {Packed} kernel
 * @property {Packed} bias
 */

/**
 * @typedef {object} Layer A layer with its weights unpacked.
 * @property {"dense" | "conv2d" | "conv2dTranspose"} type
 * @property {number} stride
 * @property {"linear" | "relu" | "sigmoid"} activation
 * @property {number[]} outputShape
 * @property {number[]} kernelShape
 * @property {Float32Array} kernel
 * @property {Float32Array} bias
 */

const core = (() => {
  const FIRST = 35; // the character of 0: after the space, ! and the quotation mark
  const BACKSLASH = 92; // the one character above it that a string cannot hold

  /**
   * Unpack an array: character → whole number → times the size of a step.
   * @param {Packed} packed
   * @returns {Float32Array}
   */
  function unpack({ shape, steps, text }) {
    const size = shape.reduce((product, side) => product * side, 1);
    if (text.length !== size) {
      throw new RangeError(`${text.length} values for an array of ${size}`);
    }
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      let code = text.charCodeAt(i);
      code -= code > BACKSLASH ? FIRST + 1 : FIRST;
      // 0, 1, 2, 3, 4 stand for 0, −1, 1, −2, 2.
      const whole = code % 2 ? -(code + 1) / 2 : code / 2;
      values[i] = whole * steps[i % steps.length];
    }
    return values;
  }

  /** The values of a pixel that are not 0, and where the kernel has their weights. */
  const LARGEST = 4096; // channels of a pixel, or inputs of a dense layer
  const nonzero = new Float32Array(LARGEST + 3);
  const places = new Int32Array(LARGEST + 3);

  /**
   * Collect a pixel's values that are not 0; after a ReLU many are. Four are then
   * multiplied at a time, so zeros fill the last four.
   * @param {Float32Array} input
   * @param {number} start Where the pixel begins.
   * @param {number} channels
   * @param {number} filters
   * @returns {number} how many, a multiple of four
   */
  function collect(input, start, channels, filters) {
    let count = 0;
    for (let c = 0; c < channels; c++) {
      const value = input[start + c];
      if (value !== 0) {
        nonzero[count] = value;
        places[count++] = c * filters;
      }
    }
    while (count % 4) {
      nonzero[count] = 0;
      places[count++] = 0;
    }
    return count;
  }

  /**
   * Add the collected values times their weights to one pixel of the output.
   * @param {Float32Array} output
   * @param {number} out Where the pixel begins.
   * @param {number} filters
   * @param {Float32Array} kernel
   * @param {number} tap Where the kernel's weights for this pixel begin.
   * @param {number} count
   */
  function add(output, out, filters, kernel, tap, count) {
    for (let n = 0; n < count; n += 4) {
      const v0 = nonzero[n];
      const v1 = nonzero[n + 1];
      const v2 = nonzero[n + 2];
      const v3 = nonzero[n + 3];
      const w0 = tap + places[n];
      const w1 = tap + places[n + 1];
      const w2 = tap + places[n + 2];
      const w3 = tap + places[n + 3];
      for (let k = 0; k < filters; k++) {
        output[out + k] +=
          v0 * kernel[w0 + k] +
          v1 * kernel[w1 + k] +
          v2 * kernel[w2 + k] +
          v3 * kernel[w3 + k];
      }
    }
  }

  /**
   * x·K + b.
   * @param {Float32Array} input (inputs), at most 4,096
   * @param {Float32Array} kernel (inputs, units)
   * @param {Float32Array} bias (units)
   * @returns {Float32Array} (units)
   */
  function dense(input, kernel, bias) {
    const output = Float32Array.from(bias);
    const count = collect(input, 0, input.length, bias.length);
    add(output, 0, bias.length, kernel, 0, count);
    return output;
  }

  /**
   * Make an output whose pixels all hold the bias.
   * @param {number} pixels
   * @param {Float32Array} bias
   * @returns {Float32Array} (pixels, filters)
   */
  function filled(pixels, bias) {
    const output = new Float32Array(pixels * bias.length);
    for (let out = 0; out < output.length; out += bias.length) output.set(bias, out);
    return output;
  }

  /**
   * Convolution with "same" padding: TensorFlow puts the odd row of zeros last.
   * @param {Float32Array} input (height, width, channels)
   * @param {number[]} shape of the input
   * @param {Float32Array} kernel (side, side, channels, filters)
   * @param {Float32Array} bias (filters)
   * @param {number} side of the kernel
   * @param {number} stride
   * @returns {Float32Array} (⌈height / stride⌉, ⌈width / stride⌉, filters)
   */
  function conv2d(input, [height, width, channels], kernel, bias, side, stride) {
    const filters = bias.length;
    const rows = Math.ceil(height / stride);
    const columns = Math.ceil(width / stride);
    const top = Math.max((rows - 1) * stride + side - height, 0) >> 1;
    const left = Math.max((columns - 1) * stride + side - width, 0) >> 1;
    const output = filled(rows * columns, bias);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const count = collect(input, (y * width + x) * channels, channels, filters);
        for (let a = 0; a < side; a++) {
          const i = (y + top - a) / stride;
          if (i < 0 || i >= rows || i % 1) continue;
          for (let b = 0; b < side; b++) {
            const j = (x + left - b) / stride;
            if (j < 0 || j >= columns || j % 1) continue;
            const tap = (a * side + b) * channels * filters;
            add(output, (i * columns + j) * filters, filters, kernel, tap, count);
          }
        }
      }
    }
    return output;
  }

  /**
   * Transposed convolution with "same" padding: each input pixel stamps the kernel,
   * times its value, on the output; stamps add up.
   * @param {Float32Array} input (height, width, channels)
   * @param {number[]} shape of the input
   * @param {Float32Array} kernel (side, side, channels, filters); Keras has the last two
   *   the other way round
   * @param {Float32Array} bias (filters)
   * @param {number} side of the kernel
   * @param {number} stride
   * @returns {Float32Array} (height · stride, width · stride, filters)
   */
  function conv2dTranspose(input, [height, width, channels], kernel, bias, side, stride) {
    const filters = bias.length;
    const rows = height * stride;
    const columns = width * stride;
    const before = Math.max(side - stride, 0) >> 1;
    const output = filled(rows * columns, bias);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const count = collect(input, (y * width + x) * channels, channels, filters);
        for (let a = 0; a < side; a++) {
          const i = y * stride + a - before;
          if (i < 0 || i >= rows) continue;
          for (let b = 0; b < side; b++) {
            const j = x * stride + b - before;
            if (j < 0 || j >= columns) continue;
            const tap = (a * side + b) * channels * filters;
            add(output, (i * columns + j) * filters, filters, kernel, tap, count);
          }
        }
      }
    }
    return output;
  }

  /**
   * Apply an activation, in place.
   * @param {Float32Array} values
   * @param {"linear" | "relu" | "sigmoid"} name
   * @returns {Float32Array} the same array
   */
  function activate(values, name) {
    if (name === "relu") {
      for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
    } else if (name === "sigmoid") {
      for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
    }
    return values;
  }

  /**
   * Unpack the weights of a network's layers.
   * @param {PackedLayer[]} packed
   * @returns {Layer[]}
   */
  function unpackLayers(packed) {
    return packed.map((layer) => ({
      ...layer,
      kernelShape: layer.kernel.shape,
      kernel: unpack(layer.kernel),
      bias: unpack(layer.bias),
    }));
  }

  /**
   * Run a network.
   * @param {Layer[]} layers
   * @param {Float32Array} input
   * @param {number[]} inputShape Height, width and channels, or the number of units.
   * @returns {Float32Array[]} the output of every layer, the network's last
   */
  function run(layers, input, inputShape) {
    const outputs = [];
    let values = input;
    let shape = inputShape;
    for (const layer of layers) {
      const { type, kernel, bias, kernelShape, stride } = layer;
      if (type === "dense") {
        values = dense(values, kernel, bias);
      } else {
        // A dense layer's units are the pixels of the next one.
        if (shape.length === 1) {
          const side = Math.sqrt(shape[0] / kernelShape[2]);
          shape = [side, side, kernelShape[2]];
        }
        const layerOf = type === "conv2d" ? conv2d : conv2dTranspose;
        values = layerOf(values, shape, kernel, bias, kernelShape[0], stride);
      }
      activate(values, layer.activation);
      outputs.push(values);
      shape = layer.outputShape;
    }
    return outputs;
  }

  return { unpack, dense, conv2d, conv2dTranspose, activate, unpackLayers, run };
})();
