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
      createScriptURL: function (url) {
        if (url !== worker) throw new TypeError("Streamscope does not run this: " + url);
        return url;
      },
    });
  }

  // Where the program's parts lie: in files beside the page, or in the page itself (packed.js).
  function at(name) {
    return new URL(name, document.baseURI).href;
  }
  var parts = window.streamscopeParts || {
    program: function () {
      return import(at(script.dataset.program));
    },
    wasm: function () {
      return at(script.dataset.wasm);
    },
    worker: function () {
      return at(script.dataset.demo + ".js");
    },
    workerWasm: function () {
      return at(script.dataset.demo + ".wasm");
    },
  };

  // The demo recordings of a page that no sandbox serves: a worker, loaded when it is first asked for. The promise is of a
  // port to it.
  var worker, demo;
  function startDemo(files) {
    worker = files[0];
    return new Promise(function (resolve, reject) {
      var started = new Worker(worker);
      var channel = new MessageChannel();
      started.onmessage = function (event) {
        if (event.data) reject(new Error(event.data.error));
        else resolve(channel.port1);
      };
      started.onerror = function () {
        reject(new Error("the worker could not be loaded"));
      };
      started.postMessage({ wasm: files[1], port: channel.port2 }, [channel.port2]);
    });
  }
  window.streamscopeDemo = function () {
    if (!demo) {
      demo = Promise.all([parts.worker(), parts.workerWasm()]).then(startDemo);
      demo.catch(function (problem) {
        console.error(problem);
        // The next one who asks tries again.
        demo = undefined;
      });
    }
    return demo;
  };

  Promise.all([parts.program(), parts.wasm()])
    .then(function (loaded) {
      return loaded[0].default({ module_or_path: loaded[1] });
    })
    .then(function () {
      boot.hidden = true;
    })
    .catch(function (problem) {
      say("Streamscope could not be loaded. Check the connection and load the page again.");
      console.error(problem);
    });
})();
