/** Two or more recordings: which are open, and whether side by side, swiped, or as a difference. */
import { getJson } from "../data/server.js";
import { readLink } from "../view/link.js";
import { button, byId, make } from "./elements.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */
/** @typedef {import("../view/link.js").Mode} Mode */

/** @type {[Mode, string][]} */
const CHOICES = [["side", "Side by side"], ["swipe", "Swipe"], ["diff", "Difference"], ["single", "First only"]];

/** @param {Viewer} viewer */
export function mountCompare(viewer) {
  const place = byId("modes");
  const buttons = CHOICES.map(([mode, title]) => ({ mode, button: button(title, () => viewer.setMode(mode), { id: `mode-${mode}` }) }));
  place.append(...buttons.map((one) => one.button));
  const show = () => {
    place.hidden = viewer.panes.length < 2;
    for (const one of buttons) one.button.setAttribute("aria-pressed", String(one.mode === viewer.mode));
  };
  viewer.on("open", show);
  viewer.on("mode", show);
  byId("compare").addEventListener("click", () => chooseRecordings(viewer).catch(viewer.report));
}

/** @param {Viewer} viewer */
async function chooseRecordings(viewer) {
  /** @type {import("../types.js").Session} */
  const session = await getJson("/api/session");
  const open = viewer.recordings.map((recording) => recording.rid);
  const boxes = session.recordings.map(({ rid, name, title, parent, seed }) => {
    const box = make("input", { type: "checkbox", value: rid, checked: open.includes(rid) });
    const from = parent ? `, branched at ${parent.at_s} s` : "";
    return { box, row: make("label", { className: "legend-row" }, box, `${title} (${name}, seed ${seed}${from})`) };
  });
  const fields = make("fieldset", {}, make("legend", {}, "On one clock"), ...boxes.map(({ row }) => row));
  const dialog = make("dialog", { aria: { label: "Compare recordings" } });
  const apply = () => {
    const rids = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    dialog.close();
    if (!rids.length) return;
    const view = { ...readLink(viewer.link), mode: null };
    viewer.open(rids, view).catch(viewer.report);
  };
  const advice = boxes.length > 1 ? "" : "Only one recording is open. Open more: impetus replay A.h5 B.h5, or branch from a moment with “What if…”.";
  dialog.append(
    make("h2", {}, "Compare recordings"),
    make("p", { className: "soft" }, advice),
    fields,
    make("div", { className: "row" }, button("Cancel", () => dialog.close()), button("Show", apply, { className: "main" })),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
