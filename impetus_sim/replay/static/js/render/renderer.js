/**
 * What draws agents. Two back ends keep this interface: a pixel buffer on Canvas 2D (default: fastest without
 * a GPU) and WebGL2 (`?renderer=webgl2`).
 *
 * @typedef {import("../types.js").FramePair} FramePair
 * @typedef {{colours: Map<number, string>, size_m: number, least_px: number, square: boolean,
 *   outlined: boolean}} Look
 *   colour of each state's code; diameter in metres, but never under some pixels; outlined = few, with a dark edge
 *
 * @typedef {object} Renderer
 * @property {(box: import("../types.js").Box, looks: Map<string, Look>) => void} setMap the box over which
 *   positions are quantised, and how each kind of agent looks
 * @property {(camera: import("../view/camera.js").Camera) => void} setCamera
 * @property {(kind: string, pair: FramePair|null) => void} setFrame the moment of a kind; null = not drawn
 * @property {() => void} draw
 * @property {(kind: string) => number} drawn agents of a kind in view at the last draw
 * @property {(px: number, py: number, reach_px: number) => import("../types.js").Target|null} pick nearest agent
 * @property {(width: number, height: number, ratio: number) => void} resize CSS pixels, device pixels per one
 * @property {() => CanvasImageSource} snapshot what was drawn last
 */
import { PixelRenderer } from "./pixel_renderer.js";
import { WebglRenderer } from "./webgl_renderer.js";

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string|null} wish "webgl2" or the default
 * @returns {Renderer}
 */
export function createRenderer(canvas, wish) {
  if (wish === "webgl2") {
    const context = canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
    if (context) return new WebglRenderer(canvas, context);
  }
  return new PixelRenderer(canvas);
}
