// Small recordings that flows open from disk, written here by hand from the formats' documents.

const field = (text, width) => String(text).padEnd(width).slice(0, width);

/** When the recording begins, and how long its gap is. */
export const START = Date.UTC(2026, 2, 29, 0, 30);
export const GAP_S = 60;

/** The digital value of a sample of "Flow"; its physical value is this much in mV over 1000. */
export const flow = (sample) => ((sample * 7919) % 20_001) - 10_000;

/**
 * EDF+D: "Flow" of 50 Hz and "Pulse" of 10 Hz, 200 data records of a second, a gap of a minute after half of them, and
 * annotations "lights off" at 10 s and "apnea" from 20 s to 32.5 s. `changed` replaces fields of the header.
 */
export function edf(changed = {}) {
  const signals = [
    { label: "Flow", unit: "mV", samples: 50 },
    { label: "Pulse", unit: "%", samples: 10 },
    { label: "EDF Annotations", unit: "", samples: 40 },
  ];
  const { records, digitalMax } = { records: "200", digitalMax: "10000", ...changed };
  const each = (value, width) => signals.map((signal) => field(value(signal), width)).join("");
  const header = [
    [field("0", 8), field("X X X X", 80), field("Startdate 29-MAR-2026 X X X", 80), "29.03.26", "00.30.00"],
    [field(256 * (signals.length + 1), 8), field("EDF+D", 44), field(records, 8), field("1", 8), field("3", 4)],
    [each(({ label }) => label, 16), each(() => "", 80), each(({ unit }) => unit, 8)],
    [each(() => "-10", 8), each(() => "10", 8), each(() => "-10000", 8), each(() => digitalMax, 8)],
    [each(() => "", 80), each(({ samples }) => samples, 8), each(() => "", 32)],
  ];
  const parts = [Buffer.from(header.flat().join(""), "latin1")];
  for (let record = 0; record < 200; record += 1) {
    const values = Buffer.alloc(120);
    for (let sample = 0; sample < 50; sample += 1) values.writeInt16LE(flow(record * 50 + sample), sample * 2);
    for (let sample = 0; sample < 10; sample += 1) values.writeInt16LE(record, 100 + sample * 2);
    const start = record + (record < 100 ? 0 : GAP_S);
    const notes = { 0: "+10\x14lights off\x14\0+20\x1512.5\x14apnea\x14\0" }[record] ?? "";
    parts.push(values, Buffer.from(`+${start}\x14\x14\0${notes}`.padEnd(80, "\0"), "latin1"));
  }
  return Buffer.concat(parts);
}

/** A file as choosers take it. */
export const file = (name, buffer) => ({ name, mimeType: "application/octet-stream", buffer });

/** Drags files over the page and lets them go. */
export async function drop(page, ...files) {
  const held = files.map(({ name, buffer }) => [name, buffer.toString("base64")]);
  const dataTransfer = await page.evaluateHandle((held) => {
    const transfer = new DataTransfer();
    for (const [name, text] of held) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  }, held);
  await page.dispatchEvent("main", "dragover", { dataTransfer });
  await page.getByText("Open files: drop them here").waitFor();
  await page.dispatchEvent("main", "drop", { dataTransfer });
}

/** Drops files, of which the first is CSV, and opens them as they are understood. */
export async function openCsv(page, ...files) {
  await drop(page, ...files);
  await page.getByRole("region", { name: "As understood" }).waitFor();
  await page.getByRole("button", { name: "Open", exact: true }).click();
}

/** The rows of a table: the text of its cells. */
export const rows = (page, region) =>
  page
    .getByRole("region", { name: region })
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));
