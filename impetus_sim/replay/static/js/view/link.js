/** The address's fragment holds the whole view: recordings, time, camera, layers, selection, mode, areas. */

/** @typedef {import("../types.js").CameraState} CameraState */
/** @typedef {import("../types.js").Target} Target */
/** @typedef {"single"|"side"|"swipe"|"diff"} Mode */

/** @type {Mode[]} */
export const MODES = ["single", "side", "swipe", "diff"];

/**
 * @typedef {{rids: string[], t: number|null, camera: CameraState|null, layers: string[]|null,
 *   selection: Target|null, follow: boolean, mode: Mode|null, areas: import("../types.js").Area[]}} ViewState
 */

/**
 * @param {ViewState} view
 * @returns {string} without the #
 */
export function writeLink(view) {
  const parts = [`r=${view.rids.map(encodeURIComponent).join(",")}`];
  if (view.t !== null) parts.push(`t=${Number(view.t.toFixed(2))}`);
  if (view.camera) {
    const { x, y, scale } = view.camera;
    parts.push(`cam=${x.toFixed(2)},${y.toFixed(2)},${Number(scale.toPrecision(5))}`);
  }
  if (view.layers) parts.push(`layers=${view.layers.map(encodeURIComponent).join(",")}`);
  if (view.selection) {
    parts.push(`sel=${encodeURIComponent(view.selection.kind)}:${encodeURIComponent(String(view.selection.id))}`);
  }
  if (view.follow) parts.push("follow=1");
  if (view.mode && view.mode !== "single") parts.push(`mode=${view.mode}`);
  for (const area of view.areas) {
    parts.push(`area=${encodeURIComponent(area.name)}:${area.points.map((x) => x.toFixed(1)).join(",")}`);
  }
  return parts.join("&");
}

/**
 * @param {string} fragment with or without the #
 * @returns {ViewState} what is missing or cannot be read is null or empty
 */
export function readLink(fragment) {
  /** @type {ViewState} */
  const view = { rids: [], t: null, camera: null, layers: null, selection: null, follow: false, mode: null, areas: [] };
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const cut = part.indexOf("=");
    const [key, text] = [part.slice(0, cut), part.slice(cut + 1)];
    if (key === "r") view.rids = text.split(",").filter(Boolean).map(decode);
    if (key === "t" && Number.isFinite(Number(text))) view.t = Number(text);
    if (key === "cam") {
      const [x, y, scale] = text.split(",").map(Number);
      if ([x, y, scale].every(Number.isFinite) && scale > 0) view.camera = { x, y, scale };
    }
    if (key === "layers") view.layers = text.split(",").filter(Boolean).map(decode);
    if (key === "sel" && text.includes(":")) view.selection = readTarget(text);
    if (key === "follow") view.follow = text === "1";
    if (key === "mode") view.mode = MODES.find((mode) => mode === text) ?? null;
    if (key === "area" && text.includes(":")) {
      const points = text.slice(text.indexOf(":") + 1).split(",").map(Number);
      if (points.length >= 6 && points.length % 2 === 0 && points.every(Number.isFinite)) {
        view.areas.push({ name: decode(text.slice(0, text.indexOf(":"))), points });
      }
    }
  }
  return view;
}

/**
 * @param {string} text
 * @returns {Target}
 */
function readTarget(text) {
  const cut = text.indexOf(":");
  const id = decode(text.slice(cut + 1));
  return { kind: decode(text.slice(0, cut)), id: /^\d+$/.test(id) ? Number(id) : id };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that somebody typed
  }
}
