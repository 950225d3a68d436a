//! `dist/streamscope.html`: the explorer and its demo in one file, which opens from a disk.
//!
//! What a browser runs or applies stands in the page and is named by its hash in the page's policy. Everything else is
//! packed with LZMA, because deflate, all that browsers unpack by themselves, leaves WebAssembly a third larger.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lzma_rust2::{LzmaOptions, LzmaWriter};
use sha2::{Digest, Sha256};

use super::demo::Demo;
use crate::shell::{command, output, root};

/// What the file may weigh, as it lies on a disk.
const BUDGET_BYTES: usize = 3_000_000;

/// Writes the file, and returns what it weighs, in words.
pub(super) fn write(site: &Path, demo: &Demo) -> Result<String> {
    let page = Page::read(site, demo)?.text()?;
    fs::write(path(), &page)?;
    let (kilobytes, budget) = (page.len().div_ceil(1000), BUDGET_BYTES / 1000);
    if page.len() > BUDGET_BYTES {
        bail!(
            "streamscope.html weighs {kilobytes} kB; its budget is {budget} kB (crates/xtask/src/site/single.rs)"
        );
    }
    Ok(format!("{kilobytes} kB of {budget}"))
}

/// Where it lies.
pub(super) fn path() -> PathBuf {
    root().join("dist/streamscope.html")
}

/// What the file is made of.
struct Page {
    /// index.html, as it is written by hand.
    shell: String,
    style: String,
    icon: Vec<u8>,
    /// Scripts that run as they are met.
    scripts: [String; 2],
    program: String,
    /// By the ids of their elements.
    parts: [(&'static str, Vec<u8>); 3],
}

impl Page {
    fn read(site: &Path, demo: &Demo) -> Result<Self> {
        let shell = fs::read_to_string(root().join("index.html"))?;
        let style = linked(&shell, "css").map(|path| fs::read_to_string(root().join(path)));
        let icon = linked(&shell, "icon").next().context("index.html names no icon")?;
        let unlzma = script(&["web/single/unlzma.js"])?;
        let worker = unlzma + &fs::read_to_string(&demo.script)?;
        Ok(Self {
            style: style.collect::<std::io::Result<_>>()?,
            icon: fs::read(root().join(icon))?,
            scripts: [
                script(&["web/single/unlzma.js", "web/single/packed.js"])?,
                script(&["web/assets/loader.js"])?,
            ],
            program: program(site)?,
            parts: [
                ("part-wasm", fs::read(file(site, "streamscope-explorer", "wasm")?)?),
                ("part-worker", worker.into_bytes()),
                ("part-worker-wasm", fs::read(&demo.wasm)?),
            ],
            shell,
        })
    }

    fn text(self) -> Result<String> {
        let mut body = String::new();
        for (id, bytes) in &self.parts {
            let packed = STANDARD.encode(lzma(bytes)?);
            write!(body, "<script type=\"text/plain\" id=\"{id}\">{packed}</script>")?;
        }
        for script in &self.scripts {
            write!(body, "<script>{script}</script>")?;
        }
        write!(body, "<script type=\"module\">{}</script>", self.program)?;
        let icon = STANDARD.encode(&self.icon);
        let head = format!(
            "<link rel=\"icon\" href=\"data:image/svg+xml;base64,{icon}\" /><style>{}</style>",
            self.style
        );
        let scripts: Vec<&str> = self.scripts.iter().chain([&self.program]).map(String::as_str).collect();
        if scripts.iter().any(|script| script.contains("</script")) || self.style.contains("</style") {
            bail!("a script or a style would end before its end");
        }
        let lines = self.shell.lines().filter(|line| !line.contains("<link data-trunk"));
        let shell = lines.map(|line| format!("{}\n", line.trim())).collect::<String>();
        let shell = with_policy(&shell, &policy(&scripts, &self.style))?;
        Ok(shell.replace("</head>", &(head + "</head>")).replace("</body>", &(body + "</body>")))
    }
}

/// The page's policy. As in index.html, but what may run is named by its hash, and the worker comes from the page.
fn policy(scripts: &[&str], style: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let scripts: Vec<_> = scripts.iter().map(|script| hash(script)).collect();
    format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; worker-src blob:; style-src {}; img-src data: blob:; \
         connect-src http: https:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
         trusted-types default",
        scripts.join(" "),
        hash(style)
    )
}

/// The page with another policy in its place.
fn with_policy(page: &str, policy: &str) -> Result<String> {
    let (before, rest) = page
        .split_once("content=\"default-src")
        .context("index.html has no policy where it is looked for")?;
    let (_, after) = rest.split_once('"').context("the policy of index.html has no end")?;
    Ok(format!("{before}content=\"{policy}\"{after}"))
}

/// The files that index.html links for trunk, of some kind.
fn linked<'a>(shell: &'a str, kind: &'a str) -> impl Iterator<Item = &'a str> {
    let line = move |line: &'a str| {
        let (_, rest) = line.split_once(&format!("<link data-trunk rel=\"{kind}\" href=\""))?;
        Some(rest.split_once('"')?.0)
    };
    shell.lines().filter_map(line)
}

/// Scripts in one, shortened.
fn script(files: &[&str]) -> Result<String> {
    output(command("terser").args(files).args(["--compress", "--mangle"])).map(|text| text.trim().into())
}

/// The module of the program, which hands its exports over instead of waiting to be imported.
fn program(site: &Path) -> Result<String> {
    let text = fs::read_to_string(file(site, "streamscope-explorer", "js")?)?;
    if text.contains("from './snippets") || text.contains("from \"./snippets") {
        bail!("the program imports scripts beside it, which a single file does not have");
    }
    let (text, exported) = text.rsplit_once("export {").context("the program exports nothing")?;
    if !exported.contains("__wbg_init as default") {
        bail!("the program exports something else than wasm-bindgen's start");
    }
    let handed = format!("{text}\nwindow.streamscopeProgram({{ default: __wbg_init }});\n");
    let unshortened = crate::start::target().join("program.js");
    fs::write(&unshortened, handed)?;
    let shortened = output(command("terser").arg(&unshortened).args(["--module", "--compress", "--mangle"]))?;
    Ok(shortened.trim().into())
}

/// The one file in a folder whose name begins and ends so.
fn file(folder: &Path, begins: &str, ends: &str) -> Result<PathBuf> {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(begins) && path.extension().is_some_and(|ending| ending == ends)
    };
    let found = folder.read_dir()?.flatten().map(|entry| entry.path()).find(named);
    found.with_context(|| format!("{} holds no {begins}….{ends}", folder.display()))
}

fn lzma(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut options = LzmaOptions::with_preset(9);
    // WebAssembly has no words that would begin at even places.
    options.lc = 4;
    options.pb = 0;
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64))?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}
