//! Colours and font of the charts, read from the page's style sheet, light or dark as it stands.
//!
//! The page's custom properties rule; a page without them (a test, an embedding) gets the values written here. The
//! series colours are Okabe and Ito's set, which people of any colour vision tell apart, with yellow left out and the
//! others darkened or lightened until they stand out from the page.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, MediaQueryList};

/// What a chart is painted with. Every colour is opaque, as red, green and blue.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Page background.
    pub surface: Rgb,
    /// Text.
    pub ink: Rgb,
    /// Labels and notes.
    pub muted: Rgb,
    /// Grid lines and frames.
    pub line: Rgb,
    /// The one accent colour.
    pub accent: Rgb,
    /// Failures and missing values.
    pub danger: Rgb,
    /// Colours of series, in order.
    pub series: [Rgb; 7],
}

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// The fonts of labels, in order of preference.
pub const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

const LIGHT: Theme = Theme {
    surface: (255, 255, 255),
    ink: (24, 28, 33),
    muted: (91, 100, 112),
    line: (222, 226, 231),
    accent: (0, 95, 184),
    danger: (176, 42, 32),
    series: [
        (0, 104, 165),
        (196, 78, 0),
        (0, 128, 94),
        (168, 72, 132),
        (20, 120, 176),
        (140, 96, 0),
        (72, 72, 80),
    ],
};

const DARK: Theme = Theme {
    surface: (22, 25, 29),
    ink: (232, 235, 239),
    muted: (156, 165, 176),
    line: (52, 58, 66),
    accent: (96, 170, 255),
    danger: (255, 132, 120),
    series: [
        (86, 180, 233),
        (255, 150, 70),
        (60, 200, 155),
        (224, 140, 192),
        (120, 160, 255),
        (230, 180, 60),
        (190, 195, 202),
    ],
};

impl Theme {
    /// The theme in force at an element.
    pub fn read(element: &Element, dark: bool) -> Self {
        let fallback = if dark { DARK } else { LIGHT };
        let Some(styles) = window().get_computed_style(element).ok().flatten() else { return fallback };
        let colour = |name: &str, otherwise: Rgb| {
            styles.get_property_value(name).ok().and_then(|text| parse_hex(text.trim())).unwrap_or(otherwise)
        };
        let mut series = fallback.series;
        for (index, held) in series.iter_mut().enumerate() {
            *held = colour(&format!("--series-{}", index + 1), *held);
        }
        Self {
            surface: colour("--surface", fallback.surface),
            ink: colour("--ink", fallback.ink),
            muted: colour("--muted", fallback.muted),
            line: colour("--line", fallback.line),
            accent: colour("--accent", fallback.accent),
            danger: colour("--danger", fallback.danger),
            series,
        }
    }

    /// The colour of the series with that number.
    pub fn series_colour(&self, index: usize) -> Rgb {
        self.series.get(index % self.series.len()).copied().unwrap_or(self.ink)
    }
}

/// A colour as CSS writes it.
pub fn css((red, green, blue): Rgb, alpha: f64) -> String {
    format!("rgba({red},{green},{blue},{alpha})")
}

/// "#rgb" or "#rrggbb".
fn parse_hex(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#')?;
    let part = |from: usize, to: usize| u8::from_str_radix(digits.get(from..to)?, 16).ok();
    match digits.len() {
        3 => Some((part(0, 1)? * 17, part(1, 2)? * 17, part(2, 3)? * 17)),
        6 => Some((part(0, 2)?, part(2, 4)?, part(4, 6)?)),
        _ => None,
    }
}

/// Whether the system prefers dark, as a signal that follows it.
pub fn use_dark() -> ReadSignal<bool> {
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    let (dark, set_dark) = signal(query.as_ref().is_some_and(MediaQueryList::matches));
    if let Some(query) = query {
        let listener = Closure::<dyn Fn()>::new({
            let query = query.clone();
            move || set_dark.set(query.matches())
        });
        let target: web_sys::EventTarget = query.into();
        let _ = target.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
        let held = StoredValue::new_local((target, listener));
        on_cleanup(move || {
            held.with_value(|(target, listener)| {
                let _ =
                    target.remove_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
            });
        });
    }
    dark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_style_sheets_are_read() {
        assert_eq!(parse_hex("#0072b2"), Some((0, 114, 178)));
        assert_eq!(parse_hex("#fa0"), Some((255, 170, 0)));
        assert_eq!(parse_hex("rebeccapurple"), None);
        assert_eq!(parse_hex("#12345é"), None);
    }

    /// Contrast of 3:1 with the page is what the accessibility guidelines ask of graphics.
    #[test]
    fn every_series_stands_out_from_the_page() {
        let light = |(red, green, blue): Rgb| {
            let part = |channel: u8| (f64::from(channel) / 255.0).powf(2.2);
            0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
        };
        for theme in [LIGHT, DARK] {
            for colour in theme.series {
                let (one, other) = (light(colour) + 0.05, light(theme.surface) + 0.05);
                assert!(one.max(other) / one.min(other) >= 3.0, "{colour:?}");
            }
        }
    }
}
