/** What went wrong, on the page itself: what happened, what to try. */
import { ServerError } from "../data/server.js";
import { button, byId, make, say } from "./elements.js";

/**
 * Show an error over the map.
 * @param {unknown} error
 * @param {{title?: string, canClose?: boolean}} [options]
 */
export function showProblem(error, { title = "This cannot be shown", canClose = true } = {}) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof ServerError ? error.hint : "Load the page again. If it comes back, report it with the recording's name.";
  showPanel(title, [{ name: "", error: message, hint }], canClose);
}

/**
 * Recordings that cannot be opened, one paragraph each.
 * @param {import("../types.js").BrokenRecording[]} broken
 * @param {boolean} canClose whether others can be looked at
 */
export function showBroken(broken, canClose) {
  const title = broken.length === 1 ? "This recording cannot be opened" : `${broken.length} recordings cannot be opened`;
  showPanel(title, broken, canClose);
}

/**
 * @param {string} title
 * @param {import("../types.js").BrokenRecording[]} rows
 * @param {boolean} canClose
 */
function showPanel(title, rows, canClose) {
  document.getElementById("problem")?.remove();
  const article = make("article", { aria: { role: "alert" } }, make("h2", {}, title));
  for (const { name, error, hint } of rows) {
    if (name) article.append(make("p", {}, make("strong", {}, name)));
    article.append(make("p", { className: "error" }, error));
    if (hint) article.append(make("p", { className: "hint" }, hint));
  }
  const panel = make("div", { id: "problem" }, article);
  if (canClose) article.append(button("Close", () => panel.remove()));
  panel.addEventListener("pointerdown", (event) => event.stopPropagation());
  byId("stage").append(panel);
  say(`${title}. ${rows.map((row) => row.error).join(" ")}`);
}
