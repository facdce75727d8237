/** Switches of layers, each with its legend and, for agents, how many are in each state now. */
import { NOT_THERE } from "../data/chunk.js";
import { make } from "./elements.js";
import { legendOf, legendRow, titleOf } from "./legend.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

/**
 * @param {Viewer} viewer
 * @param {HTMLElement} panel
 */
export function mountLayers(viewer, panel) {
  viewer.on("open", () => fill(viewer, panel));
  viewer.on("layers", () => {
    for (const box of panel.querySelectorAll("input")) box.checked = viewer.shown.has(box.name);
    for (const legend of panel.querySelectorAll(".legend")) {
      /** @type {HTMLElement} */ (legend).hidden = !viewer.shown.has(/** @type {HTMLElement} */ (legend).dataset.layer ?? "");
    }
  });
}

/**
 * @param {Viewer} viewer
 * @param {HTMLElement} panel
 */
function fill(viewer, panel) {
  panel.replaceChildren(make("h2", {}, "Layers"));
  for (const [heading, layers] of headings(viewer)) {
    panel.append(make("h3", {}, heading));
    for (const { name, title } of layers) panel.append(makeSwitch(viewer, name, title));
  }
  const { meta } = viewer.first;
  panel.append(make("h3", {}, "This recording"), make("p", { className: "soft" }, describe(meta)));
  if (meta.description) panel.append(make("p", { className: "soft" }, meta.description));
}

/**
 * @param {Viewer} viewer
 * @returns {Map<string, {name: string, title: string}[]>}
 */
function headings(viewer) {
  /** @type {Map<string, {name: string, title: string}[]>} */
  const found = new Map([["People", []]]);
  const known = new Set();
  /** @type {(heading: string, name: string, title: string) => void} */
  const add = (heading, name, title) => {
    if (known.has(name)) return;
    known.add(name);
    found.set(heading, [...(found.get(heading) ?? []), { name, title }]);
  };
  for (const { meta } of viewer.recordings) {
    const empty = Object.keys(meta.moving).filter((kind) => !meta.moving[kind].n);
    const titles = new Map(meta.layers.map((layer) => [layer.name, layer]));
    for (const kind of Object.keys(meta.moving)) {
      if (empty.includes(kind)) continue;
      add(titles.get(kind)?.group ?? (kind === "people" ? "People" : "Traffic and units"), kind, titles.get(kind)?.title ?? titleOf(kind));
    }
    if (meta.moving.people?.n) add("People", "density", "Density, people per m²");
    for (const layer of meta.layers.filter(({ name }) => !empty.includes(name))) add(layer.group ?? (layer.kind === "field" ? "Hazards" : "Infrastructure"), layer.name, layer.title);
  }
  add("Map", "events", "Fresh events on the map");
  add("Map", "names", "Names of streets, exits and places");
  return new Map([...found].filter(([, layers]) => layers.length));
}

/**
 * @param {Viewer} viewer
 * @param {string} name
 * @param {string} title
 */
function makeSwitch(viewer, name, title) {
  const on = viewer.shown.has(name);
  const box = make("input", { type: "checkbox", name, checked: on, onchange: () => viewer.show(name, box.checked) });
  const row = make("div", { className: "layer" }, make("label", {}, box, titleOf(title)));
  const legend = legendOf(viewer.first, name);
  if (legend?.rows.length) {
    const list = make("div", { className: legend.rows.length > 5 ? "legend steps" : "legend", hidden: !on });
    list.dataset.layer = name;
    list.append(...legend.rows.map((one) => legendRow(one)));
    row.append(list);
  }
  return row;
}

/** @param {import("../types.js").Meta} meta */
function describe(meta) {
  const parts = [`Seed ${meta.seed}`];
  if (meta.replicate) parts.push(`replicate ${meta.replicate}`);
  if (meta.digest) parts.push(`digest ${meta.digest.slice(0, 12)}`);
  return `${parts.join(", ")}.`;
}

/**
 * Agents of a kind in each state now.
 * @param {import("../pane.js").Pane} pane
 * @param {string} kind
 * @returns {Map<number, number>}
 */
export function countStates(pane, kind) {
  const counts = new Map();
  const frame = pane.pairs.get(kind)?.a;
  if (!frame) return counts;
  const numbers = new Uint32Array(256);
  for (let i = 0; i < frame.n; i++) numbers[frame.state[i]]++;
  numbers.forEach((number, code) => {
    if (number && code !== NOT_THERE) counts.set(code, number);
  });
  return counts;
}
