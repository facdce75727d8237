/** Keys of the whole page, and the list of them. */
import { speedAt, placeOfSpeed } from "../time/clock.js";
import { toggleDrawing } from "./areas_panel.js";
import { keepMoment } from "./bookmarks_panel.js";
import { openBranchDialog } from "./branch_dialog.js";
import { button, byId, make, say } from "./elements.js";
import { toggleFollow } from "./inspector.js";
import { savePicture } from "./picture.js";
import { goToEvent, setSpeed } from "./transport.js";

/** @typedef {import("../viewer.js").Viewer} Viewer */

const PAN_PX = 60;

/** @type {[string, string][]} */
const KEYS = [
  ["Space", "play or pause"], ["← →", "one recorded frame back or on"], ["Shift ← →", "ten frames"],
  ["N, Shift+N", "next, previous event"], [", .", "slower, faster"], ["Home, End", "start, end"], ["T", "type a time"],
  ["↑ ↓ ← → on the map", "pan"], ["+ −", "closer, farther"], ["0", "show all"], ["F", "follow who is selected"],
  ["/", "find"], ["D", "density"], ["M", "draw an area; Enter ends it"], ["K", "keep this moment with a note"],
  ["B", "what if…"], ["L", "copy a link to this view"], ["G", "picture"], ["P", "present"], ["Esc", "clear, leave"],
];

/** @param {Viewer} viewer */
export function mountShortcuts(viewer) {
  byId("branch").addEventListener("click", () => openBranchDialog(viewer).catch(viewer.report));
  byId("copy-link").addEventListener("click", () => void copyLink(viewer));
  byId("picture").addEventListener("click", () => savePicture(viewer).catch(viewer.report));
  byId("present").addEventListener("click", () => present(!document.body.classList.contains("presenting")));
  byId("help").addEventListener("click", showHelp);
  byId("stage").addEventListener("keydown", (event) => onStageKey(viewer, event));
  document.addEventListener("keydown", (event) => onKey(viewer, event));
}

/** Large type and no panels. @param {boolean} on */
function present(on) {
  document.body.classList.toggle("presenting", on);
  byId("present").setAttribute("aria-pressed", String(on));
  byId("present").textContent = on ? "Leave" : "Present";
}

/** @param {Viewer} viewer */
async function copyLink(viewer) {
  const address = `${location.origin}/#${viewer.link}`;
  history.replaceState(null, "", `#${viewer.link}`);
  try {
    await navigator.clipboard.writeText(address);
    say("The link is in the clipboard and in the address bar");
  } catch {
    say("The link is in the address bar");
  }
}

function showHelp() {
  const rows = KEYS.flatMap(([keys, does]) => [make("kbd", {}, keys), make("span", {}, does)]);
  const dialog = make("dialog", { aria: { label: "Keys" } });
  dialog.append(
    make("h2", {}, "Keys"), make("div", { className: "keys" }, ...rows),
    make("div", { className: "row" }, button("Close", () => dialog.close(), { className: "main" })),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * Keys while the map has the focus.
 * @param {Viewer} viewer
 * @param {KeyboardEvent} event
 */
function onStageKey(viewer, event) {
  /** @type {Record<string, [number, number]>} */
  const pans = { ArrowLeft: [PAN_PX, 0], ArrowRight: [-PAN_PX, 0], ArrowUp: [0, PAN_PX], ArrowDown: [0, -PAN_PX] };
  const pan = pans[event.key];
  if (!pan || event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey) return;
  viewer.follow = false;
  viewer.camera.pan(...pan);
  viewer.cameraMoved();
  event.preventDefault();
  event.stopPropagation();
}

/**
 * @param {Viewer} viewer
 * @param {KeyboardEvent} event
 */
function onKey(viewer, event) {
  if (!viewer.panes.length || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const target = /** @type {HTMLElement} */ (event.target);
  if (takesText(target)) return;
  const pressed = target.matches("button, summary, a, input") && (event.key === " " || event.key === "Enter");
  const slides = target.matches("input[type=range], select") && event.key.startsWith("Arrow");
  if (pressed || slides) return;
  const action = actionOf(viewer, event.key.length === 1 ? event.key.toLowerCase() : event.key, event.shiftKey);
  if (!action) return;
  event.preventDefault();
  Promise.resolve(action()).catch(viewer.report);
}

/** @param {HTMLElement} element */
function takesText(element) {
  return element.matches("textarea, input:not([type=range], [type=checkbox])");
}

/**
 * @param {Viewer} viewer
 * @param {string} key
 * @param {boolean} shift
 * @returns {(() => unknown)|undefined}
 */
function actionOf(viewer, key, shift) {
  const { clock, camera } = viewer;
  /** @param {number} factor */
  const zoom = (factor) => {
    camera.zoom(factor);
    viewer.cameraMoved();
  };
  /** @param {number} by */
  const faster = (by) => setSpeed(viewer, speedAt(Math.min(1, Math.max(0, placeOfSpeed(clock.speed) + by))));
  /** @type {Record<string, () => unknown>} */
  const actions = {
    " ": () => viewer.toggle(),
    ArrowLeft: () => viewer.step(shift ? -10 : -1),
    ArrowRight: () => viewer.step(shift ? 10 : 1),
    n: () => goToEvent(viewer, shift ? -1 : 1),
    ",": () => faster(-0.125),
    ".": () => faster(0.125),
    Home: () => viewer.seek(0),
    End: () => viewer.seek(clock.duration),
    t: () => byId("time").focus(),
    "/": () => byId("find-words").focus(),
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: () => viewer.fit(),
    f: () => toggleFollow(viewer),
    d: () => viewer.show("density", !viewer.shown.has("density")),
    m: () => toggleDrawing(viewer),
    Enter: () => viewer.drawing && viewer.meter.finishDrawing(),
    k: () => keepMoment(viewer),
    b: () => openBranchDialog(viewer),
    l: () => copyLink(viewer),
    g: () => savePicture(viewer),
    p: () => present(!document.body.classList.contains("presenting")),
    "?": showHelp,
    Escape: () => leave(viewer),
  };
  return actions[key];
}

/** @param {Viewer} viewer */
function leave(viewer) {
  if (viewer.drawing) {
    viewer.drawing = null;
    viewer.emit("areas");
    viewer.loop.invalidate();
  } else if (document.body.classList.contains("presenting")) present(false);
  else viewer.select(null);
}
