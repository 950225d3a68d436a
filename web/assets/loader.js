// Starts the explorer, or says in a sentence why this browser cannot run it.
(function () {
  "use strict";
  // Who comes back from signing in has a code or a token in the address. It is taken out before anything else runs; the
  // program takes it from here.
  if (/[?&#]state=/.test(location.search + location.hash)) {
    window.streamscopeReturned = location.href;
    history.replaceState(null, "", location.pathname);
  }

  var script = document.currentScript;
  var boot = document.getElementById("boot");

  function say(sentence) {
    document.getElementById("boot-note").textContent = sentence;
    boot.hidden = false;
  }

  // The smallest module that uses SIMD: one function that makes a vector and drops it.
  var simd = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
  ]);
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(simd)) {
    say("Streamscope needs a browser with WebAssembly SIMD: Chrome or Edge 91, Firefox 89, Safari 16.4, or later.");
    return;
  }

  // Told by the program when it cannot go on.
  window.addEventListener("streamscope-stopped", function () {
    say("Streamscope has run into a mistake of its own and stopped. Load the page again to go on; the link in the address bar keeps the selection.");
  });

  // The program makes elements one by one, but for fixed pieces of its own text, which it sets as HTML: plain elements
  // with classes and labels. Where the browser can, anything else is refused, whatever it comes from.
  var piece = new RegExp(
    "^(?:[^<>]|</?(?!script|style|iframe|object|embed|base|meta|link|form|svg|math|template)[a-z][a-z0-9]*" +
      "(?: (?:class|id|for|role|title|type|value|name|list|min|max|step|rows|size|scope|placeholder|inputmode|autocomplete|spellcheck" +
      '|hidden|open|tabindex|aria-[a-z]+|data-[a-z]+)(?:="[^"<>]*")?)*>)*$',
  );
  if (window.trustedTypes) {
    window.trustedTypes.createPolicy("default", {
      createHTML: function (html) {
        if (!piece.test(html)) throw new TypeError("Streamscope does not set this as HTML: " + html.slice(0, 80));
        return html;
      },
    });
  }

  var here = document.baseURI;
  import(new URL(script.dataset.program, here).href)
    .then(function (program) {
      return program.default({ module_or_path: new URL(script.dataset.wasm, here) });
    })
    .then(function () {
      boot.hidden = true;
    })
    .catch(function (problem) {
      say("Streamscope could not be loaded. Check the connection and load the page again.");
      console.error(problem);
    });
})();
