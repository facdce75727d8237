/** Find somebody or something by words, select it and bring it into view. */
import { button, byId, make } from "./elements.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

const WAIT_MS = 180;

/** @param {Viewer} viewer */
export function mountFind(viewer) {
  const words = /** @type {HTMLInputElement} */ (byId("find-words"));
  const results = byId("find-results");
  let timer = 0;
  let asked = "";

  /** @param {import("../types.js").Found} found */
  function choose(found) {
    results.hidden = true;
    words.value = "";
    byId("stage").focus(); // so that keys mean the viewer's again
    const { camera } = viewer;
    if (found.kind !== "place" && found.kind !== "exit") viewer.select({ kind: found.kind, id: found.id });
    const at = viewer.panes[0].locate(found) ?? [found.x, found.y];
    if (at[0] !== null && at[1] !== null) {
      camera.set({ x: at[0], y: at[1], scale: Math.max(camera.scale, 4) });
      viewer.cameraMoved();
    }
  }

  async function ask() {
    asked = words.value.trim();
    const wanted = asked;
    if (!wanted) {
      results.hidden = true;
      return;
    }
    const found = await viewer.first.find(wanted);
    if (wanted !== asked) return;
    const rows = found.map((one) => {
      const row = button("", () => choose(one));
      row.append(make("span", {}, one.label), make("span", { className: "kind" }, one.kind));
      return make("li", {}, row);
    });
    results.replaceChildren(...(rows.length ? rows : [make("li", { className: "none" }, `Nothing is called '${wanted}'`)]));
    results.hidden = false;
  }

  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => ask().catch(viewer.report), WAIT_MS);
  });
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask()
      .then(() => results.querySelector("button")?.click())
      .catch(viewer.report);
  });
  byId("find").addEventListener("keydown", (event) => {
    event.stopPropagation();
    const rows = [...results.querySelectorAll("button")];
    const at = rows.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (event.key === "Escape") {
      results.hidden = true;
      words.blur();
    } else if (event.key === "ArrowDown") rows[Math.min(at + 1, rows.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (rows[at - 1] ?? words).focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!byId("find").contains(/** @type {Node} */ (event.target))) results.hidden = true;
  });
}
