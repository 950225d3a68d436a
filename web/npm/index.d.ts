/// <reference lib="esnext.disposable" />

/**
 * Loads the WebAssembly module. Await it once before anything else; further calls cost nothing.
 *
 * `source` is only needed where the file `streamscope_bg.wasm` is served from another place than the package's own.
 */
export function init(source?: string | URL | Response | BufferSource | WebAssembly.Module): Promise<void>;

