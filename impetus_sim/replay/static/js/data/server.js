/** Questions to the server that served this page, with errors that say what to do. */

/** What went wrong, in words for the user. */
export class ServerError extends Error {
  /**
   * @param {string} message what happened
   * @param {string} [hint] what to try
   */
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ServerError(
      "The viewer's server does not answer.",
      "Was it stopped? Start it again with `impetus replay RUN.h5` and open the address it prints.",
    );
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => ({}));
  throw new ServerError(
    said.error ?? `The server answered ${response.status} to ${path}.`,
    said.hint ?? "The terminal in which `impetus replay` runs may say more.",
  );
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function getJson(path) {
  return (await ask(path)).json();
}

/**
 * @param {string} path
 * @returns {Promise<ArrayBuffer>}
 */
export async function getBytes(path) {
  return (await ask(path)).arrayBuffer();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export async function postJson(path, body) {
  const headers = { "Content-Type": "application/json", "X-Impetus": "1" };
  return (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}
