// Serves the demo recordings inside the page: the sandbox, compiled to WebAssembly, answers requests that come over a
// message port. `wasm_bindgen` is what stands before this in the same file (crates/demo). The other side is
// crates/client/src/transport/port.rs, which says what the messages are.
(function () {
  "use strict";
  // How often a body that never ends is asked for what is due, ms.
  const LIVE_PERIOD = 100;

  function serve(demo, { method, url, headers, body }, reply) {
    let [answer, timer, stopped] = [undefined, undefined, false];

    function stop() {
      stopped = true;
      clearTimeout(timer);
      reply.close();
      try {
        answer?.free();
      } catch {
        // The sandbox has stopped half-way through it.
      }
    }

    // Whatever goes wrong in the sandbox ends this answer, and is told.
    function guarded(work) {
      if (stopped) return;
      try {
        work();
      } catch (thrown) {
        reply.postMessage({ error: `the demo in this page failed: ${thrown?.message ?? thrown}` });
        stop();
      }
    }

    function next() {
      const piece = answer.piece();
      if (piece === undefined) {
        reply.postMessage(null);
        stop();
      } else if (piece.length === 0 && answer.live) {
        timer = setTimeout(() => guarded(next), LIVE_PERIOD);
      } else {
        reply.postMessage(piece, [piece.buffer]);
      }
    }

    reply.onmessage = ({ data }) => (data === "stop" ? stopped || stop() : guarded(next));
    guarded(() => {
      const { host, pathname, search } = new URL(url);
      answer = demo.answer(method, pathname + search, ["Host", host, ...headers], body ?? new Uint8Array());
      reply.postMessage({ status: answer.status, headers: answer.headers });
    });
  }

  self.onmessage = async ({ data: { wasm, port } }) => {
    try {
      // An address, or what lies there, packed by LZMA: then `unlzma` stands before this, too.
      await wasm_bindgen({ module_or_path: typeof wasm === "string" ? wasm : unlzma(wasm) });
      const demo = new wasm_bindgen.Demo();
      port.onmessage = ({ data, ports: [reply] }) => serve(demo, data, reply);
      self.postMessage(null);
    } catch (thrown) {
      self.postMessage({ error: String(thrown?.message ?? thrown) });
    }
  };
})();
