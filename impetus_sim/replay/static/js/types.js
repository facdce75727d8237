/**
 * What the server answers and what modules hand to each other. Metres (east, north), seconds from the start.
 *
 * @typedef {[number, number, number, number]} Box x0, y0, x1, y1
 * @typedef {{name: string, colour: string, label: string}} StateStyle
 * @typedef {{n: number, states: Record<string, StateStyle>}} MovingInfo
 * @typedef {{level: number, stride: number, n_frames: number, n_chunks: number}} LevelInfo
 * @typedef {{times_s: number[], chunk_frames: number, levels: LevelInfo[]}} FramesInfo
 * @typedef {{colour: string, label: string, low?: number, high?: number|null}} LegendRow
 * @typedef {{name: string, title: string, kind: "tracks"|"field"|"moving"|"shapes", legend?: LegendRow[],
 *   unit?: string, times_s?: number[], group?: string, shown?: boolean}} LayerInfo
 * @typedef {{lon0: number, lat0: number, m_per_deg_lon: number, m_per_deg_lat: number, x0: number, y0: number}} LonLat
 * @typedef {{rid: string, name: string, title: string, description?: string, digest: string, seed: number,
 *   replicate?: number, status: string, status_text?: string, box: Box, quantum_m: number, lonlat: LonLat|null,
 *   start_clock: string|null, duration_s: number, attribution: string, moving: Record<string, MovingInfo>,
 *   frames: Record<string, FramesInfo>, layers: LayerInfo[], metrics?: Record<string, unknown>,
 *   sampled: string|null}} Meta
 * @typedef {{class?: string, width_m?: number, lanes?: number, name?: string|null, points: number[]}} Street
 * @typedef {{id: string, name: string, points: number[]}} ExitLine
 * @typedef {{id: string, name: string, x: number, y: number}} Place
 * @typedef {{buildings?: number[][], walkable?: number[][][], walls?: number[][], streets?: Street[],
 *   water?: number[][][], green?: number[][][], exits?: ExitLine[], places?: Place[]}} CityMap
 * @typedef {{id: number, t: number, kind: string, group: string, subject: string, text: string, x: number|null,
 *   y: number|null, causes: number[], effects: number, count?: number, until?: number}} CityEvent
 * @typedef {{name: string, title: string, unit: string, t: number[], y: (number|null)[], low?: (number|null)[],
 *   high?: (number|null)[]}} Series
 * @typedef {{id: string, kind: string, x: number, y: number, label: string, shape?: number[], angle?: number,
 *   spread?: number, reach?: number}} Thing
 * @typedef {{things: Thing[], changes: [number, number, string][], states: Record<string, {label: string,
 *   colour: string}>}} TracksAnswer
 * @typedef {{label: string, value: string|number|null, unit?: string|null}} Fact
 * @typedef {{event_id: number, t: number, text: string}} ChainStep
 * @typedef {{id: string|number, kind: string, label?: string, facts: Fact[], chain: ChainStep[], x?: number|null,
 *   y?: number|null, track?: {t: number[], x: number[], y: number[]}}} Details
 * @typedef {{kind: string, id: string|number, label: string, x: number|null, y: number|null}} Found
 * @typedef {{rid: string, name: string, path?: string, title: string, digest: string, seed: number, status: string,
 *   status_text?: string, parent?: {rid?: string, name?: string, at_s: number}|null}} SessionRecording
 * @typedef {{name: string, error: string, hint: string}} BrokenRecording
 * @typedef {{version: string, recordings: SessionRecording[], broken: BrokenRecording[]}} Session
 * @typedef {{key: string, value: string, unit_text?: string, choices?: string[]}} FormKey
 * @typedef {{at_s: number, keys: FormKey[], example_inject: string}} BranchForm
 * @typedef {{state: "waiting"|"running"|"done"|"failed", progress: number, message: string,
 *   result: {rid?: string, series?: Series[]}|null, error?: string|null, hint?: string|null}} Job
 *
 * @typedef {{t: number, n: number, ids: Int32Array, x: Uint16Array, y: Uint16Array, state: Uint8Array}} Frame
 *   one recorded moment; x and y are 0..65535 over the recording's box, state 255 = not there
 * @typedef {{a: Frame, b: Frame|null, mix: number, match: Int32Array|null}} FramePair
 *   a moment between two frames; match = index in b of every agent of a (-1 = not there), null = same order
 * @typedef {{kind: string, id: number|string}} Target somebody or something that can be looked at
 * @typedef {{x: number, y: number, scale: number}} CameraState centre in metres, pixels per metre
 * @typedef {{name: string, points: number[]}} Area closed ring without its last point, flat x, y
 * @typedef {{name: string, note: string, t: number, camera: CameraState}} Bookmark
 */
export {};
