/** Colours of the page: those of the project's printed pages, told apart by colour-blind people (Okabe and Ito 2008). */

export const INK = "#1c2733";
export const MUTED = "#56626e";
export const OUTSIDE = "#eceae5";
export const GROUND = "#fbfaf7";
export const BUILDING = "#cfcac1";
export const BUILDING_EDGE = "#b4aea3";
export const STREET = "#ffffff";
export const STREET_EDGE = "#d9d5cc";
export const WATER = "#c6dbe8";
export const GREEN = "#dbe6d0";
export const WALL = "#8f979e";
export const EXIT = "#00694d";
export const SELECTED = "#d6006e";

/** One colour and one letter for each group of events. @type {Record<string, {colour: string, letter: string, title: string}>} */
export const GROUPS = {
  hazard: { colour: "#a3123a", letter: "H", title: "Hazards" },
  cyber: { colour: "#5d3a9b", letter: "C", title: "Cyber" },
  infrastructure: { colour: "#8a6d00", letter: "I", title: "Infrastructure" },
  detection: { colour: "#56b4e9", letter: "D", title: "Detection" },
  response: { colour: "#0072b2", letter: "R", title: "Response" },
  people: { colour: "#d55e00", letter: "P", title: "People" },
  traffic: { colour: "#009e73", letter: "T", title: "Traffic" },
};

/** @param {string} group */
export function groupStyle(group) {
  return GROUPS[group] ?? { colour: MUTED, letter: "·", title: group };
}

/** One colour for each recording that is compared. */
export const RUN_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00"];

/** Steps of density, persons per square metre; from 4 on a crowd becomes dangerous and the colours turn. */
export const DENSITY_EDGES = [0.5, 1, 2, 3, 4, 5, 6];
export const DENSITY_COLOURS = ["#dbe8f1", "#b3d0e3", "#7fb0d1", "#4788b5", "#f9b44a", "#dd5a1f", "#7d0f2b"];

/** Steps of a difference of density, persons per square metre. */
export const DIFFERENCE_EDGES = [-2, -1, -0.5, -0.25, 0.25, 0.5, 1, 2];
export const DIFFERENCE_COLOURS = [
  "#08306b", "#2a6fae", "#7fb0d1", "#c3dbea", "#00000000", "#fbd9b0", "#f5a95a", "#d55e00", "#7f2704",
];
