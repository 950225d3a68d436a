//! What the meters and sensors of the building measured.

use super::tape::Tape;
use super::{DAY, DataType, DisplayType, Draft, Element, HOUR, SECOND, SETUP, Studio, discrete, element};
use crate::StoreError;
use crate::demo::random::Random;

/// When the mains were recorded at 1 kHz: three days after the setup, Unix µs.
pub(super) const MAINS: i64 = SETUP + 3 * DAY + HOUR;
/// The mains' recorder restarted after three fifths of its rows and needed so long, µs.
const RESTART: i64 = 600 * SECOND;
/// A period of 50 Hz at 1 kHz: sin(2π·i/20).
const SINE: [f64; 20] = [
    0.0, 0.309_017, 0.587_785, 0.809_017, 0.951_057, 1.0, 0.951_057, 0.809_017, 0.587_785, 0.309_017, 0.0,
    -0.309_017, -0.587_785, -0.809_017, -0.951_057, -1.0, -0.951_057, -0.809_017, -0.587_785, -0.309_017,
];

/// Time of a row of the mains' recording, of `rows`.
pub(super) fn mains_time(row: i64, rows: i64) -> i64 {
    MAINS + row * 1000 + if row < rows * 3 / 5 { 0 } else { RESTART }
}

/// The row in which lightning struck nearby.
pub(super) fn surge(rows: i64) -> i64 {
    rows * 7 / 18
}

/// Records all streams; the longest has `rows` rows.
pub(super) fn record(studio: &mut Studio, rows: i64) -> Result<(), StoreError> {
    let draft = |folder, name, description, datatype, elements| Draft {
        folder,
        name,
        description,
        datatype,
        elements,
        decimate: true,
    };
    let mains = "/site A/mains";
    let hvac = "/site A/hvac";
    let elements = vec![element("voltage", "V"), element("current", "A"), element("power", "W")];
    let power = draft(mains, "power", "1 kHz, one restart of the recorder", DataType::Float32, elements);
    studio.record(power, |tape, random| power_rows(tape, rows, random))?;
    let counts = |name: &str, units: &str, offset, scale_factor| Element {
        offset,
        scale_factor,
        ..element(name, units)
    };
    let elements = vec![counts("voltage", "V", 12.0, 0.0125), counts("current", "A", -7.0, 0.002)];
    let adc = draft(
        mains,
        "snapshots",
        "raw counts at 4 kHz, a tenth of a second every minute",
        DataType::Int16,
        elements,
    );
    studio.record(adc, snapshots)?;
    let elements = vec![element("energy", "µWh")];
    studio.record(
        draft(mains, "energy", "a counter that started long ago", DataType::Int64, elements),
        energy,
    )?;
    let elements = vec![element("distortion", "%")];
    let harmonics = draft(mains, "distortion", "kept without decimation", DataType::Float32, elements);
    studio.record(Draft { decimate: false, ..harmonics }, distortion)?;
    let elements = vec![element("supply", "°C"), element("return", "°C")];
    studio.record(
        draft(hvac, "temperature", "about once a minute", DataType::Float64, elements),
        temperature,
    )?;
    let fault = Element { display_type: DisplayType::Event, ..element("fault code", "") };
    let elements = vec![discrete("compressor"), discrete("pump"), fault];
    studio.record(draft(hvac, "relays", "1 is on", DataType::Int16, elements), relays)?;
    let elements = vec![element("running", "s"), element("starts", "")];
    studio.record(draft(hvac, "runtime", "every hour", DataType::Int32, elements), runtime)?;
    let elements = vec![element("pressure", "Pa")];
    let pressure = draft(hvac, "pressure", "a sensor that overflows once", DataType::Float64, elements);
    studio.record(pressure, pressure_rows)?;
    let elements = vec![element("constant", "")];
    let calibration = draft("/site A/lab", "calibration", "one row at a time", DataType::Int64, elements);
    studio.record(calibration, calibrations)?;
    studio.add(
        draft("/site A/lab", "spare", "never connected", DataType::Float32, vec![element("x", "")]),
        false,
    )?;
    let elements = vec![element("power", "W"), element("irradiance", "W/m²")];
    studio.record(draft("/site B", "solar", "while the sun shines", DataType::Float32, elements), solar)?;
    studio.live("/live", "house", ["W", "Hz"])
}

/// Mains at 1 kHz with a compressor that starts now and then, and one surge.
fn power_rows(tape: &mut Tape, rows: i64, random: &mut Random) -> Result<(), StoreError> {
    let (mut level, mut inrush) = (325.0, 0.0);
    for row in 0..rows {
        if row == rows * 3 / 5 {
            tape.gap()?;
        }
        let phase = (row % 20) as usize;
        let sine = |lag: usize| SINE.get((phase + 20 - lag) % 20).copied().unwrap_or_default();
        if phase == 0 {
            level = (level + 0.05 * random.normal()).clamp(318.0, 332.0);
            inrush *= 0.9;
            if row % 60_000 == 20_000 {
                inrush = 4.0;
            }
        }
        let running = (row % 60_000) >= 20_000;
        let amplitude = if running { 13.0 + 9.0 * inrush } else { 4.0 };
        let noise = random.normal();
        let voltage = level * sine(0) + 0.3 * noise + if row == surge(rows) { 1480.0 } else { 0.0 };
        let current = amplitude * sine(2) + 0.02 * noise;
        tape.push(mains_time(row, rows), [voltage as f32, current as f32, (voltage * current) as f32])?;
    }
    Ok(())
}

/// Raw counts; the voltage's converter clips at both ends of its range in the tenth snapshot.
fn snapshots(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    for snapshot in 0..60i64 {
        let start = MAINS + snapshot * 60 * SECOND + random.whole(0, 1000);
        for row in 0..400i64 {
            let sine = SINE.get((row / 4 % 20) as usize).copied().unwrap_or_default();
            let gain = if snapshot == 9 { 40_000.0 } else { 26_000.0 };
            let voltage = (gain * sine + 30.0 * random.normal()).clamp(-32_768.0, 32_767.0);
            let current = (6500.0 * sine + 60.0 * random.normal()).clamp(-32_768.0, 32_767.0);
            tape.push(start + row * 250, [voltage as i16, current as i16])?;
        }
        tape.gap()?;
    }
    Ok(())
}

/// A week of a counter beyond 2^53: a double would lose its last digits.
fn energy(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    let mut count = (1i64 << 53) + 1;
    for row in 0..7 * 8640 {
        tape.push(SETUP + row * 10 * SECOND, [count])?;
        count += random.whole(400_000, 2_600_000) * 2;
    }
    Ok(())
}

fn distortion(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    let mut value = 3.0;
    for row in 0..20_000 {
        value = (value + 0.02 * random.normal()).clamp(1.0, 8.0);
        tape.push(MAINS + row * 50_000, [value as f32])?;
    }
    Ok(())
}

/// Thirty days of two temperatures at odd microseconds; the logger was off for thirty hours.
fn temperature(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    let (mut drift, minutes) = (0.0, 30 * 1440);
    let off = 14_000..14_000 + 1800;
    for minute in 0..minutes {
        if minute == off.start {
            tape.gap()?;
        }
        if off.contains(&minute) {
            continue;
        }
        drift = 0.999 * drift + 0.02 * random.normal();
        // A day as a wave of parabolas, warmest at 15:00 UTC.
        let day = ((minute + 480) % 1440) as f64 / 1440.0;
        let wave = 1.0 - 8.0 * ((day - 0.625 + 1.5).fract() - 0.5).powi(2);
        let supply = 31.0 + 3.5 * wave + drift + 0.05 * random.normal();
        let back = supply - 5.0 - 0.8 * wave + 0.05 * random.normal();
        tape.push(SETUP + minute * 60 * SECOND + 7 + random.whole(0, 999_983), [supply, back])?;
    }
    Ok(())
}

/// A week of two relays and a fault code, every half minute, with a gap.
fn relays(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    let (mut compressor, mut pump) = (0i16, 0i16);
    for row in 0..7 * 2880i64 {
        if row == 9000 {
            tape.gap()?;
        }
        if random.chance(0.02) {
            compressor = 1 - compressor;
        }
        // The pump runs on for a while after the compressor.
        pump = if compressor == 1 || (pump == 1 && !random.chance(0.2)) { 1 } else { 0 };
        let fault = if random.chance(0.0005) { random.whole(1, 40) as i16 } else { 0 };
        let time = SETUP + row * 30 * SECOND + if row < 9000 { 0 } else { 5 * HOUR };
        tape.push(time, [compressor, pump, fault])?;
    }
    Ok(())
}

/// Thirty days of hourly totals; twice the reader missed some hours.
fn runtime(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    let (mut seconds, mut starts) = (1_234_567i32, 8_901i32);
    for hour in 0..30 * 24i64 {
        seconds += random.whole(300, 2700) as i32;
        starts += random.whole(1, 6) as i32;
        if (200..207).contains(&hour) || (500..530).contains(&hour) {
            continue;
        }
        if hour == 207 || hour == 530 {
            tape.gap()?;
        }
        tape.push(SETUP + hour * HOUR + 3, [seconds, starts])?;
    }
    Ok(())
}

/// A value beyond float32: infinite where it is decimated.
fn pressure_rows(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    for row in 0..5000i64 {
        let value = if row == 3210 { 1e300 } else { 101_325.0 + 40.0 * random.normal() };
        tape.push(SETUP + row * 10 * SECOND, [value])?;
    }
    Ok(())
}

/// Intervals of one row.
fn calibrations(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    for week in 0..5 {
        tape.push(SETUP + week * 7 * DAY + random.whole(0, HOUR), [(1 << 60) + random.whole(-9, 9)])?;
        tape.gap()?;
    }
    Ok(())
}

/// Fourteen days from morning to evening; clouds pass.
fn solar(tape: &mut Tape, random: &mut Random) -> Result<(), StoreError> {
    for day in 0..14 {
        let (mut cloud, length) = (0.5, 4000 + day * 12);
        for row in 0..length {
            let height = 4.0 * (row as f64 / length as f64) * (1.0 - row as f64 / length as f64);
            cloud = f64::clamp(cloud + 0.03 * random.normal(), 0.0, 1.0);
            let irradiance = 980.0 * height * (1.0 - 0.75 * cloud);
            let power = (5.2 * irradiance - 20.0).clamp(0.0, 4600.0);
            tape.push(SETUP + day * DAY + row * 10 * SECOND, [power as f32, irradiance as f32])?;
        }
        tape.gap()?;
    }
    Ok(())
}
