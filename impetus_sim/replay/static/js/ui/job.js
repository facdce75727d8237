/** Jobs of the server: ask how far they are until they end. */
import { ServerError, getJson } from "../data/server.js";

const ASK_EVERY_MS = 400;

/**
 * @param {string} job
 * @param {(progress: number, message: string) => void} tell
 * @returns {Promise<import("../types.js").Job["result"]>}
 */
export async function waitForJob(job, tell) {
  for (;;) {
    /** @type {import("../types.js").Job} */
    const said = await getJson(`/api/jobs/${job}`);
    tell(said.progress, said.message);
    if (said.state === "done") return said.result;
    if (said.state === "failed") throw new ServerError(said.error ?? "The job failed.", said.hint ?? "");
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
