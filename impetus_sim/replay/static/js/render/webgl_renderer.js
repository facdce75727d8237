/** Agents as WebGL2 points: the mix of two frames is done by the graphics card. */
import { NOT_THERE } from "../data/chunk.js";
import { AgentRenderer } from "./agent_renderer.js";
import { positionOf, rgb } from "./locate.js";

/** @typedef {import("./renderer.js").Renderer} Renderer */
/** @typedef {import("./renderer.js").Look} Look */
/** @typedef {import("../types.js").FramePair} FramePair */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {{a: Frame, b: Frame|null, place: WebGLBuffer, n: number, array: WebGLVertexArrayObject}} Loaded */

const VERTEX = `#version 300 es
layout(location=0) in vec4 places; layout(location=1) in float state;
uniform vec2 scale, offset; uniform float mixing, size; uniform vec3 colours[64];
out vec3 colour;
void main() {
  vec2 place = mix(places.xy, places.zw, mixing);
  gl_Position = vec4(place * scale + offset, 0.0, 1.0);
  gl_PointSize = size;
  colour = colours[min(int(state), 63)];
}`;

const FRAGMENT = `#version 300 es
precision mediump float; in vec3 colour; uniform float square; out vec4 pixel;
void main() {
  if (square < 0.5 && distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;
  pixel = vec4(colour, 1.0);
}`;

/** @implements {Renderer} */
export class WebglRenderer extends AgentRenderer {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl
   */
  constructor(canvas, gl) {
    super(canvas);
    this.gl = gl;
    this.program = link(gl);
    /** @type {Map<string, Loaded>} */
    this.loaded = new Map();
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {number} ratio
   */
  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  draw() {
    const { gl, camera } = this;
    if (!camera) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program);
    const [x0, y0, x1, y1] = this.box;
    const [sx, sy] = [(2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height];
    this.uniform("scale", (x1 - x0) * sx, (y1 - y0) * sy);
    this.uniform("offset", (x0 - camera.x) * sx, (y0 - camera.y) * sy);
    for (const [kind, look] of this.looks) {
      const pair = this.pairs.get(kind);
      if (pair) this.drawKind(kind, look, pair, camera);
    }
  }

  /**
   * @param {string} kind
   * @param {Look} look
   * @param {FramePair} pair
   * @param {import("../view/camera.js").Camera} camera
   */
  drawKind(kind, look, pair, camera) {
    const { gl } = this;
    const loaded = this.load(kind, pair);
    const colours = new Float32Array(64 * 3).fill(0.48);
    for (const [code, colour] of look.colours) {
      if (code < 64) colours.set(rgb(colour).map((part) => part / 255), 3 * code);
    }
    gl.uniform3fv(gl.getUniformLocation(this.program, "colours"), colours);
    this.uniform("mixing", pair.mix);
    this.uniform("size", Math.max(look.least_px, look.size_m * camera.scale) * this.ratio);
    this.uniform("square", look.square ? 1 : 0);
    gl.bindVertexArray(loaded.array);
    gl.drawArrays(gl.POINTS, 0, loaded.n);
  }

  /**
   * Put the two frames of a moment into the card's memory, once for each pair of frames.
   * @param {string} kind
   * @param {FramePair} pair
   */
  load(kind, pair) {
    const { gl } = this;
    const { a, b, match } = pair;
    const before = this.loaded.get(kind);
    if (before && before.a === a && before.b === b) return before;
    const places = new Uint16Array(4 * a.n);
    const states = new Float32Array(a.n);
    let n = 0;
    for (let i = 0; i < a.n; i++) {
      if (a.state[i] === NOT_THERE) continue;
      const j = b ? (match ? match[i] : i) : -1;
      const there = b !== null && j >= 0 && b.state[j] !== NOT_THERE;
      places.set([a.x[i], a.y[i], there ? b.x[j] : a.x[i], there ? b.y[j] : a.y[i]], 4 * n);
      states[n++] = a.state[i];
    }
    const array = before?.array ?? gl.createVertexArray();
    const place = before?.place ?? gl.createBuffer();
    const bytes = new Uint8Array(12 * n);
    bytes.set(new Uint8Array(places.buffer, 0, 8 * n));
    bytes.set(new Uint8Array(states.buffer, 0, 4 * n), 8 * n);
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, place);
    gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 4, gl.UNSIGNED_SHORT, true, 8, 0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 1, gl.FLOAT, false, 4, 8 * n);
    const loaded = { a, b, place, n, array };
    this.loaded.set(kind, loaded);
    return loaded;
  }

  /**
   * @param {string} name
   * @param {number} x
   * @param {number} [y]
   */
  uniform(name, x, y) {
    const place = this.gl.getUniformLocation(this.program, name);
    if (y === undefined) this.gl.uniform1f(place, x);
    else this.gl.uniform2f(place, x, y);
  }

  /** @param {string} kind */
  drawn(kind) {
    const pair = this.pairs.get(kind);
    if (!pair || !this.camera) return 0;
    const { camera, box } = this;
    let count = 0;
    for (let i = 0; i < pair.a.n; i++) {
      const at = positionOf(pair, i, box);
      if (!at) continue;
      const [px, py] = camera.toScreen(at[0], at[1]);
      if (px >= 0 && py >= 0 && px < camera.width && py < camera.height) count++;
    }
    return count;
  }
}

/** @param {WebGL2RenderingContext} gl */
function link(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of /** @type {[number, string][]} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`The graphics card refused the viewer's program: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}
