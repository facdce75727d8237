/** Legends: in the panel beside every switch, and on the map for what is on. */
import { averagedOver } from "../render/density.js";
import { DENSITY_COLOURS, DENSITY_EDGES, DIFFERENCE_COLOURS, DIFFERENCE_EDGES } from "../render/palette.js";
import { make, swatch } from "./elements.js";

/** @typedef {{title: string, rows: {colour: string, label: string, round: boolean, code?: number, kind?: string}[]}} Legend */

/** @param {import("../data/recording.js").Recording} recording @param {string} layer @returns {Legend|null} */
export function legendOf(recording, layer) {
  const { meta } = recording;
  if (layer === "density") return densityLegend(recording);
  const moving = meta.moving[layer];
  if (moving) {
    const rows = Object.entries(moving.states).map(([code, { colour, label }]) => ({
      colour, label, round: layer !== "vehicles", code: Number(code), kind: layer,
    }));
    return { title: titleOf(layer), rows };
  }
  const info = meta.layers.find((other) => other.name === layer);
  if (!info) return null;
  const unit = info.unit ? `, ${info.unit}` : "";
  return { title: titleOf(info.title) + unit, rows: (info.legend ?? []).map(({ colour, label }) => ({ colour, label, round: info.kind !== "field" })) };
}

/** @param {import("../data/recording.js").Recording} recording @returns {Legend} */
function densityLegend({ meta }) {
  const rows = DENSITY_COLOURS.map((colour, i) => {
    const next = DENSITY_EDGES[i + 1];
    return { colour, label: next ? `${DENSITY_EDGES[i]} to ${next}` : `${DENSITY_EDGES[i]} and more`, round: false };
  });
  return { title: `People per m² (${averagedOver(meta.box)})`, rows };
}

/** @param {import("../data/recording.js").Recording} recording @returns {Legend} */
export function differenceLegend({ meta }) {
  const edges = DIFFERENCE_EDGES;
  const rows = DIFFERENCE_COLOURS.flatMap((colour, i) => {
    if (colour.length > 7) return [];
    const [low, high] = [edges[i - 1], edges[i]];
    const label = low === undefined ? `under ${high}` : high === undefined ? `over +${low}` : `${signed(low)} to ${signed(high)}`;
    return [{ colour, label, round: false }];
  });
  return { title: `People per m²: second minus first (${averagedOver(meta.box)})`, rows };
}

/** @param {number} value */
function signed(value) {
  return value > 0 ? `+${value}` : String(value).replace("-", "−");
}

/** @param {string} kind */
export function titleOf(kind) {
  return kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("_", " ");
}

/** @param {Legend["rows"][number]} row @param {string} [number] */
export function legendRow(row, number = "") {
  const line = make("div", { className: "legend-row" }, swatch(row.colour, row.round ? "swatch round" : "swatch"), make("span", {}, row.label));
  if (number) line.append(make("span", { className: "number" }, number));
  return line;
}
