//! The targets, one file each.

mod answers;
mod braincube_columns;
mod csv_file;
mod csv_page;
mod hexoskin_csv;
mod hexoskin_json;
mod hexoskin_pairs;
mod hexoskin_schemas;
mod hexoskin_wav;
mod hexoskin_zip;
mod joule_rows;
mod json_page;
mod link;
mod open_files;
mod refusals;
mod settings_files;
mod sign_in;
mod typed_times;

pub use answers::everything;

/// Something that reads foreign bytes.
pub struct Target {
    /// Its name, in commands and folders.
    pub name: &'static str,
    /// Reads an input. Panics where a promise is broken.
    pub run: fn(&[u8]),
    /// The most memory it may take: so many bytes, and so many for each byte of the input.
    pub memory: (usize, usize),
}

const fn target(name: &'static str, run: fn(&[u8]), memory: (usize, usize)) -> Target {
    Target { name, run, memory }
}

/// A mebibyte.
const MIB: usize = 1 << 20;

/// All targets.
pub const TARGETS: [Target; 21] = [
    target("csv_page", csv_page::run, (MIB, 1024)),
    target("csv_file", csv_file::run, (MIB, 1024)),
    target("json_page", json_page::run, (MIB, 1024)),
    target("joule_rows", joule_rows::run, (MIB, 1024)),
    target("hexoskin_wav", hexoskin_wav::run, (MIB, 64)),
    target("hexoskin_pairs", hexoskin_pairs::run, (MIB, 64)),
    target("hexoskin_zip", hexoskin_zip::run, (MIB, 256)),
    target("hexoskin_csv", hexoskin_csv::run, (MIB, 1024)),
    target("hexoskin_json", hexoskin_json::run, (MIB, 256)),
    target("hexoskin_schemas", hexoskin_schemas::run, (MIB, 1024)),
    target("braincube_columns", braincube_columns::run, (MIB, 1024)),
    target("settings_files", settings_files::run, (MIB, 256)),
    target("open_files", open_files::run, (16 * MIB, 4096)),
    target("link", link::run, (MIB, 256)),
    target("typed_times", typed_times::run, (MIB, 256)),
    target("refusals", refusals::run, (16 * MIB, 2048)),
    target("sign_in", sign_in::run, (MIB, 1024)),
    target("rune_answers", answers::rune, (16 * MIB, 4096)),
    target("joule_answers", answers::joule, (16 * MIB, 4096)),
    target("braincube_answers", answers::braincube, (16 * MIB, 4096)),
    target("hexoskin_answers", answers::hexoskin, (16 * MIB, 4096)),
];
