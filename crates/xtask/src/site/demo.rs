//! The demo recordings of a page that nobody serves: the sandbox as WebAssembly, and the worker that runs it. The page
//! loads both only when they are asked for.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{brotli_kilobytes, newest};
use crate::shell::{command, output, root, step};
use crate::start::target;

/// What the demo may weigh on the wire, in kilobytes of brotli.
const BUDGET_KB: u64 = 960;

/// What it is made of.
const INPUTS: [&str; 7] = [
    "crates/frame/src",
    "crates/signal/src",
    "crates/sandbox/src",
    "crates/demo",
    "web/demo",
    "Cargo.toml",
    "Cargo.lock",
];

/// Where the page tells its loader the name of both files, without their ending. Trunk.toml says `demo`.
const NAMED: &str = "data-demo=\"./";

/// The worker's program and the sandbox.
pub(super) struct Demo {
    pub(super) script: PathBuf,
    pub(super) wasm: PathBuf,
}

/// Builds both, unless they stand already.
pub(super) fn build() -> Result<Demo> {
    let folder = target().join("demo");
    let demo = Demo { script: folder.join("demo.js"), wasm: folder.join("demo.wasm") };
    let inputs = INPUTS.iter().filter_map(|input| newest(&root().join(input))).max();
    let built = newest(&demo.wasm).min(newest(&demo.script));
    if built.is_some() && built >= inputs {
        return Ok(demo);
    }
    let mut compile = command("cargo");
    compile.args([
        "build",
        "--release",
        "--package",
        "streamscope-demo",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    step("building the demo for the browser", &mut compile)?;
    let module = target().join("wasm32-unknown-unknown/release/streamscope_demo.wasm");
    let mut bind = command("wasm-bindgen");
    bind.args(["--target", "no-modules", "--no-typescript", "--out-name", "bound", "--out-dir"]);
    step("writing its JavaScript face", bind.arg(&folder).arg(module))?;
    let mut optimise = command("wasm-opt");
    optimise.args(["-Oz", "--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int"]);
    optimise.args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-reference-types"]);
    optimise.args(["--enable-multivalue", "--strip-producers", "--strip-debug", "--output"]);
    let bound = [folder.join("bound_bg.wasm"), folder.join("bound.js")];
    step("optimising it", optimise.arg(&demo.wasm).arg(&bound[0]))?;
    let mut shorten = command("terser");
    shorten.arg(&bound[1]).arg(root().join("web/demo/worker.js"));
    output(shorten.args(["--compress", "--mangle", "--output"]).arg(&demo.script))?;
    bound.iter().try_for_each(fs::remove_file)?;
    Ok(demo)
}

impl Demo {
    /// Puts both beside the page, under a name that follows from what they hold, in the place of those of another build.
    pub(super) fn add_to(&self, site: &Path) -> Result<()> {
        let mut hasher = DefaultHasher::new();
        (fs::read(&self.script)?, fs::read(&self.wasm)?).hash(&mut hasher);
        let name = format!("demo-{:016x}", hasher.finish());
        let page = site.join("index.html");
        let text = fs::read_to_string(&page)?;
        let named = text.split_once(NAMED).and_then(|(_, rest)| rest.split_once('"'));
        let (old, _) = named.context("the page's loader looks for no demo: see Trunk.toml")?;
        if old == name {
            return Ok(());
        }
        for (file, ending) in [(&self.script, "js"), (&self.wasm, "wasm")] {
            fs::copy(file, site.join(&name).with_extension(ending))?;
            let _ = fs::remove_file(site.join(old).with_extension(ending));
        }
        let text = text.replace(&format!("{NAMED}{old}\""), &format!("{NAMED}{name}\""));
        fs::write(page, text).context("cannot write the page")
    }

    /// Checks the size budget, and returns what both weigh, in words.
    pub(super) fn weigh(&self) -> Result<String> {
        let kilobytes = brotli_kilobytes(&[&self.script, &self.wasm], &["js", "wasm"])?;
        if kilobytes > BUDGET_KB {
            bail!(
                "the demo weighs {kilobytes} kB brotli; its budget is {BUDGET_KB} kB (crates/xtask/src/site/demo.rs)"
            );
        }
        Ok(format!("{kilobytes} kB brotli of {BUDGET_KB}"))
    }
}
