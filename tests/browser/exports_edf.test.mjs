// EDF+ out of the explorer, read by edfio: every value, time, gap and event; and what is refused, by name.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { drop, edf, file, flow, GAP_S, START } from "./recordings.mjs";
import { browser, sandbox } from "./scene.mjs";
import { assertDrawn, open, required } from "./support.mjs";

/** What edfio makes of files: when their data records begin, the signals, and the annotations; times in s since 1970. */
const READER = `
import datetime, io, json, sys, zipfile
import edfio
from edfio.edf_annotations import _get_data_record_onset
def read(content):
    edf = edfio.read_edf(content)
    clock = edf._timekeeping_signal
    onsets = [float(_get_data_record_onset(one)) for one in clock.digital.reshape(-1, clock._bytes_per_data_record)]
    start = edf.startdatetime.replace(microsecond=0, tzinfo=datetime.timezone.utc).timestamp()
    return {
        'gaps': not edf.is_continuous, 'record': edf.data_record_duration, 'patient': edf.patient.name,
        'starts': [start + onset for onset in onsets],
        'signals': [{'label': one.label, 'unit': one.physical_dimension, 'samples': one.samples_per_data_record,
                     'values': one.data.tolist()} for one in edf.signals],
        'events': [[start + onsets[0] + one.onset, one.duration, one.text] for one in edf.annotations],
    }
path = sys.argv[1]
if path.endswith('.zip'):
    archive = zipfile.ZipFile(path)
    print(json.dumps({name: read(archive.read(name)) for name in archive.namelist() if name.endswith('.edf')}))
else:
    print(json.dumps(read(path)))
`;

async function byEdfio(path, ending = "edf") {
  const copy = `${path}.${ending}`;
  await copyFile(path, copy);
  const options = { maxBuffer: 256 << 20 };
  const { stdout } = await promisify(execFile)(required("STREAMSCOPE_PYTHON_FILES"), ["-c", READER, copy], options);
  return JSON.parse(stdout);
}

async function saved(page) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "EDF+", exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

const said = (page) => page.locator(".export-note").filter({ hasText: /Saved|Nothing was saved/ });

/** Times of a signal's samples, s. */
const times = ({ starts, record }, { samples }) =>
  starts.flatMap((start) => Array.from({ length: samples }, (_, sample) => start + (record * sample) / samples));

async function opened(range = "") {
  const page = await open(browser, sandbox.url);
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  await drop(page, file("night.edf", edf()));
  await assertDrawn(page.locator('section.track[data-stream="night.edf/2"] canvas').first(), "Pulse");
  if (range) {
    const both = "#view=timeline&subject=night.edf&stream=night.edf/1&stream=night.edf/2&zone=UTC&platform=file";
    await page.evaluate((fragment) => (location.hash = fragment), both + range);
    await page.waitForURL((url) => url.hash.includes("from="));
  }
  return page;
}

test("a recording with gaps and events is saved as one EDF+D that edfio reads, value for value", async () => {
  const page = await opened();
  const { name, path } = await saved(page);
  assert.match(name, /^night-edf-2-signals-20260329T0030-20260329T003420\.edf$|^night-edf-2-streams-20260329T0030-20260329T003420\.edf$/);
  const words = await said(page).innerText();
  assert.match(words, /Saved 2 streams, 12,000 rows \(\d+ kB\): \S+\.edf\. EDF\+D of 16 bits, 2 events, times in UTC\./);
  assert.match(words, /Flow: −10 mV to 10 mV in steps of 0\.001 mV, exact\./);
  const read = await byEdfio(path);
  assert.deepEqual([read.gaps, read.signals.map(({ label, unit }) => [label, unit])], [true, [["Flow", "mV"], ["Pulse", "%"]]]);
  read.signals.forEach((signal, place) => {
    const rate = [50, 10][place];
    const all = times(read, signal);
    assert.equal(all.length, 200 * rate);
    assert.equal(signal.values.length, 200 * rate);
    all.forEach((time, sample) => {
      const since = sample / rate + (sample < 100 * rate ? 0 : GAP_S);
      assert.ok(Math.abs(time - START / 1000 - since) < 1e-6, `${signal.label} ${sample}: ${time}`);
      const value = place === 0 ? flow(sample) / 1000 : Math.floor(sample / rate) / 1000;
      assert.ok(Math.abs(signal.values[sample] - value) < 1e-9, `${signal.label} ${sample}: ${signal.values[sample]}`);
    });
  });
  const expected = [[10, null, "lights off"], [20, 12.5, "apnea"]].map(([onset, ...rest]) => [START / 1000 + onset, ...rest]);
  assert.deepEqual(read.events, expected);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("a part of it begins where it was cut, and streams that begin apart have a file each", async () => {
  const iso = (seconds) => new Date(START + seconds * 1000).toISOString();
  // Flow begins at 7.02 s, Pulse at 7.1 s.
  const page = await opened(`&from=${iso(7.01)}&to=${iso(80)}`);
  const { name, path } = await saved(page);
  assert.match(name, /\.zip$/);
  assert.match(await said(page).innerText(), /begin or end apart, so each stream has a file of its own/);
  const files = await byEdfio(path, "zip");
  assert.deepEqual(Object.keys(files).sort(), ["flow.edf", "pulse.edf"]);
  for (const [name, rate, first] of [["flow.edf", 50, 7.02], ["pulse.edf", 10, 7.1]]) {
    const read = files[name];
    const all = times(read, read.signals[0]);
    assert.equal(read.gaps, false);
    assert.equal(all.length, Math.round((80 - first) * rate));
    assert.ok(Math.abs(all[0] - START / 1000 - first) < 1e-6, `${all[0]}`);
    const sample = Math.round(first * rate);
    const value = rate === 50 ? flow(sample) / 1000 : Math.floor(first) / 1000;
    assert.ok(Math.abs(read.signals[0].values[0] - value) < 1e-9);
  }
  await page.context().close();
});

test("a stream of the demo is saved with the steps of its numbers said", async () => {
  const stream = await sandbox.stream("Tremor probability");
  const range = "from=2024-03-01T00:00:00Z&to=2024-03-01T06:00:00Z&zone=UTC";
  const page = await open(browser, `${sandbox.url}#view=timeline&subject=${stream.subject_id}&stream=${stream.id}&${range}`);
  await assertDrawn(page.locator("canvas.track-data").first(), "the track");
  const tremor = await saved(page);
  const words = await said(page).innerText();
  assert.match(words, /in steps of \S+.*, (rounded|exact)\./);
  const step = Number(words.match(/in steps of ([\d.e−-]+)/)[1].replace("−", "-"));
  const read = await byEdfio(tremor.path);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  const table = (await readFile(await (await download).path(), "utf8")).trim().split("\n").slice(1).map((line) => line.split(","));
  const known = table.filter((row) => row[1] !== "" && row[1] !== "NaN");
  const [signal] = read.signals;
  const all = times(read, signal);
  assert.equal(all.length, known.length);
  known.forEach(([time, value], row) => {
    assert.ok(Math.abs(Date.parse(time) / 1000 - all[row]) < 0.002, `${time} is ${all[row]}`);
    assert.ok(Math.abs(Number(value) - signal.values[row]) <= step * 0.501, `${value} is ${signal.values[row]}`);
  });

  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

test("a stream without numbers is refused by name", async () => {
  const stage = await sandbox.stream("sleep stage");
  const range = "from=2024-03-01T00:00:00Z&to=2024-03-02T00:00:00Z&zone=UTC";
  const page = await open(browser, `${sandbox.url}#view=timeline&subject=${stage.subject_id}&stream=${stage.id}&${range}`);
  await assertDrawn(page.locator("canvas.track-data").first(), "the stages");
  await page.getByRole("button", { name: "EDF+", exact: true }).click();
  await page.locator(".export-note").filter({ hasText: /holds no numbers.*save it as CSV or Arrow.*Nothing was saved/ }).waitFor();
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});
