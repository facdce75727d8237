/** What both back ends keep: the map's box, looks, moments and camera; who is nearest to a pixel. */
import { pickAgent } from "./locate.js";

/** @typedef {import("./renderer.js").Look} Look */
/** @typedef {import("../types.js").FramePair} FramePair */

export class AgentRenderer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.ratio = 1;
    /** @type {import("../types.js").Box} */
    this.box = [0, 0, 1, 1];
    /** @type {Map<string, Look>} */
    this.looks = new Map();
    /** @type {Map<string, FramePair>} */
    this.pairs = new Map();
    /** @type {import("../view/camera.js").Camera|null} */
    this.camera = null;
  }

  /**
   * @param {import("../types.js").Box} box
   * @param {Map<string, Look>} looks
   */
  setMap(box, looks) {
    this.box = box;
    this.looks = looks;
  }

  /** @param {import("../view/camera.js").Camera} camera */
  setCamera(camera) {
    this.camera = camera;
  }

  /**
   * @param {string} kind
   * @param {FramePair|null} pair
   */
  setFrame(kind, pair) {
    if (pair) this.pairs.set(kind, pair);
    else this.pairs.delete(kind);
  }

  /**
   * @param {number} px
   * @param {number} py
   * @param {number} reach_px
   */
  pick(px, py, reach_px) {
    return this.camera ? pickAgent(this.pairs, this.box, this.camera, px, py, reach_px) : null;
  }

  snapshot() {
    return this.canvas;
  }
}
