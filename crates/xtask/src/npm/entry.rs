//! The package's entries.
//!
//! A platform is a line in [`PLATFORMS`]: its cargo feature in `crates/js` and the folder of its entry are named like
//! it. What is written by hand for it alone lies in `web/npm/<platform>`: each script there is exported by the entries
//! that hold the platform, with the declarations beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::types::exports;

/// A platform with an entry of its own.
pub(super) struct Platform {
    /// Its name: of its feature, its entry, and its folder in `crates/client/src`.
    pub(super) name: &'static str,
    /// What stands before the names of the client's types, because platforms use the same words.
    pub(super) prefix: &'static str,
    /// What its wasm and JavaScript may weigh, in kilobytes of brotli.
    budget_kb: u64,
}

pub(super) const PLATFORMS: [Platform; 4] = [
    Platform { name: "rune", prefix: "", budget_kb: 450 },
    Platform { name: "joule", prefix: "Joule", budget_kb: 450 },
    Platform { name: "hexoskin", prefix: "Hexoskin", budget_kb: 450 },
    Platform { name: "braincube", prefix: "Braincube", budget_kb: 450 },
];

/// What all platforms together may weigh.
const WHOLE_KB: u64 = 780;

/// One of the package's builds.
pub(super) struct Entry {
    /// Where it lies in the package; empty for the whole.
    pub(super) folder: &'static str,
    /// The features that it is built with.
    pub(super) features: Vec<&'static str>,
    /// The platforms that it reaches.
    platforms: Vec<&'static str>,
    /// What cargo is told besides.
    pub(super) options: &'static [&'static str],
    /// What wasm-opt is told besides.
    pub(super) optimisations: &'static [&'static str],
    /// What its wasm and JavaScript may weigh, in kilobytes of brotli.
    pub(super) budget_kb: u64,
}

/// All entries: the smallest, the whole, and each platform alone.
pub(super) fn all() -> Vec<Entry> {
    let platforms: Vec<_> = PLATFORMS.iter().map(|platform| platform.name).collect();
    let whole = Entry {
        folder: "",
        features: ["all", "tools"].into_iter().chain(platforms.iter().copied()).collect(),
        platforms,
        options: &[],
        optimisations: &["-O3"],
        budget_kb: WHOLE_KB,
    };
    let alone = PLATFORMS.iter().map(|platform| Entry {
        folder: platform.name,
        features: vec![platform.name, "tools"],
        platforms: vec![platform.name],
        options: &[],
        optimisations: &["-O3"],
        budget_kb: platform.budget_kb,
    });
    let core = Entry {
        folder: "core",
        features: vec!["core"],
        platforms: vec!["rune"],
        // Parsers, too, are built to be small here: CSV is read as fast, because what counts there is in one loop.
        options: &[
            "--config",
            "profile.npm.package.streamscope-frame.opt-level='s'",
            "--config",
            "profile.npm.package.streamscope-signal.opt-level='z'",
        ],
        // A function that is called from one place stays one: code repeats itself more, and packs better.
        optimisations: &["-O2", "--one-caller-inline-max-function-size=0"],
        budget_kb: 203,
    };
    [core, whole].into_iter().chain(alone).collect()
}

impl Entry {
    /// What a program imports.
    pub(super) fn name(&self) -> String {
        if self.folder.is_empty() { "streamscope".into() } else { format!("streamscope/{}", self.folder) }
    }

    /// Declares the names of its platforms, as errors tell them.
    pub(super) fn platform_type(&self) -> String {
        let names: Vec<_> = self.platforms.iter().map(|name| format!("\"{name}\"")).collect();
        format!("/** A platform. */\nexport type Platform = {};\n", names.join(" | "))
    }

    /// Folders of what is written by hand for its platforms alone.
    pub(super) fn hand_written(&self, web: &Path) -> Vec<PathBuf> {
        self.features.iter().map(|feature| web.join(feature)).filter(|folder| folder.is_dir()).collect()
    }

    /// The scripts among them, and what their declarations export.
    pub(super) fn exported_by_hand(&self, web: &Path) -> Result<Vec<(String, Vec<String>)>> {
        let mut found = Vec::new();
        for folder in self.hand_written(web) {
            for file in fs::read_dir(folder)? {
                let path = file?.path();
                if path.extension().is_some_and(|end| end == "js") {
                    let declared = path.with_extension("d.ts");
                    let declared =
                        fs::read_to_string(&declared).with_context(|| declared.display().to_string())?;
                    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    found.push((name, exports(&declared)));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// What an entry exports besides `init`: a class that programs make, or a function, is of use only once the wasm is
/// loaded, and says so.
pub(super) fn face(classes: &str, own: &[(String, Vec<String>)]) -> String {
    let (mut plain, mut guarded) = (vec!["ErrorClass as StreamscopeError".to_string()], Vec::new());
    let mut lines = classes.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(name) = exports(line).into_iter().find(|name| !name.starts_with("type ")) else { continue };
        let private = lines.peek().is_some_and(|line| line.trim() == "private constructor();");
        match name.as_str() {
            "StreamscopeError" => {}
            _ if private => plain.push(name),
            _ => guarded.push(name),
        }
    }
    let mut face = String::from(
        "// What this entry exports besides `init`.\n\nimport { guarded } from \"./loading.js\";\n\n",
    );
    face.push_str(&format!("export {{ {} }} from \"./streamscope.js\";\n\n", plain.join(", ")));
    for name in guarded {
        face.push_str(&format!("export const {name} = guarded(\"{name}\");\n"));
    }
    for (file, names) in own {
        face.push_str(&format!("\nexport {{ {} }} from \"./{file}\";\n", names.join(", ")));
    }
    face
}

/// The same as declarations.
pub(super) fn exported_types(names: &[String], own: &[(String, Vec<String>)]) -> String {
    let mut types = format!("export {{\n    {},\n}} from \"./streamscope.js\";\n", names.join(",\n    "));
    for (file, names) in own {
        types.push_str(&format!("export {{ {} }} from \"./{file}\";\n", names.join(", ")));
    }
    types
}

/// Which file of an entry a program gets, by where it runs: the `exports` of package.json.
pub(super) fn conditions(entries: &[Entry]) -> String {
    let mut lines = Vec::new();
    for Entry { folder, .. } in entries {
        let (name, path) = match folder.is_empty() {
            true => (".".to_string(), ".".to_string()),
            false => (format!("./{folder}"), format!("./{folder}")),
        };
        let files = [(name.clone(), true), (format!("{name}/inline"), false)];
        for (name, by_place) in files {
            lines.push(format!("    \"{name}\": {{\n      \"types\": \"{path}/index.d.ts\","));
            lines.push(match by_place {
                true => format!(
                    "      \"node\": \"{path}/node.js\",\n      \"default\": \"{path}/browser.js\"\n    }},"
                ),
                false => format!("      \"default\": \"{path}/inline.js\"\n    }},"),
            });
        }
        lines.push(format!("    \"{path}/streamscope_bg.wasm\": \"{path}/streamscope_bg.wasm\","));
    }
    format!("\"exports\": {{\n{}\n    \"./package.json\": \"./package.json\"\n  }}", lines.join("\n"))
}
