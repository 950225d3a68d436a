// The parts of the program where they are packed into the page: streamscope.html, one file that opens from a disk. Each lies
// in a script of plain text that is named like it.
window.streamscopeParts = (function () {
  "use strict";
  function packed(name) {
    const text = atob(document.getElementById(name).textContent);
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  }

  // The page's own module hands its exports over once it runs, after everything above it.
  const program = new Promise((resolve) => {
    window.streamscopeProgram = resolve;
  });

  return {
    program: () => program,
    wasm: () => unlzma(packed("part-wasm")),
    worker: () => URL.createObjectURL(new Blob([unlzma(packed("part-worker"))], { type: "text/javascript" })),
    // The worker unpacks it, so that the page stays free.
    workerWasm: () => packed("part-worker-wasm"),
  };
})();
