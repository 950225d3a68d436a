// Draws the rows that this page holds, and nothing else: it asks nobody for anything.
"use strict";

const held = JSON.parse(document.getElementById("recording").textContent);
const decoded = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
const START = BigInt(held.start_ns);
const SPAN = Number(BigInt(held.end_ns) - START) / 1e9;
const NARROWEST = 1e-6;
const [GUTTER, EDGE, TOP, BOTTOM] = [64, 12, 8, 22];
let view = [0, SPAN];
let cursor = null;

const seconds = (time) => Number(time - START) / 1e9;
const formats = new Map();

/** An instant on the wall clock of the page's zone, down to `digits` of a second. */
function clock(at, digits, dated) {
  const time = START + BigInt(Math.round(at * 1e9));
  const key = `${digits >= 0},${dated}`;
  if (!formats.has(key)) {
    const date = dated ? { year: "numeric", month: "short", day: "numeric" } : {};
    const second = digits >= 0 ? { second: "2-digit" } : {};
    formats.set(key, new Intl.DateTimeFormat("en-GB", { ...date, hour: "2-digit", minute: "2-digit", ...second, hourCycle: "h23", timeZone: held.time_zone }));
  }
  const whole = Number((time - ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n) / 1_000_000n);
  const fraction = String(((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n).padStart(9, "0").slice(0, Math.max(digits, 0));
  return formats.get(key).format(whole) + (fraction ? `.${fraction}` : "");
}

/** Round steps: 1, 2 and 5 times a power of ten, or those of a clock. */
function step(rough, isTime) {
  const clockwise = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
  if (isTime && rough > 1) return clockwise.find((one) => one >= rough) ?? Math.ceil(rough / 604800) * 604800;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= rough);
}

function number(value) {
  if (typeof value === "bigint") return value.toLocaleString("en");
  if (value === Infinity || value === -Infinity) return value > 0 ? "∞" : "−∞";
  return Number.isNaN(value) ? "null or NaN" : String(value).replace("-", "−");
}

/** The first place whose time is not before an instant. */
function position(times, at) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const KINDS = { number: Float64Array, integer: BigInt64Array, state: Int32Array };

function track(stream) {
  const exact = new BigInt64Array(decoded(stream.times));
  const times = Float64Array.from(exact, seconds);
  const begins = new Uint8Array(exact.length);
  for (const time of new BigInt64Array(decoded(stream.begins))) begins[position(times, seconds(time))] = 1;
  const columns = stream.columns.map((column) => {
    const values = new KINDS[column.kind](decoded(column.values));
    const drawn = column.kind === "integer" ? Float64Array.from(values, Number) : values;
    return { ...column, values, drawn, nulls: new Set(column.nulls ?? []) };
  });
  const section = document.createElement("section");
  const [head, canvas] = [document.createElement("h2"), document.createElement("canvas")];
  const legend = document.createElement("p");
  head.textContent = stream.name;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${stream.name}: ${exact.length.toLocaleString("en")} rows`);
  section.append(head, legend, canvas);
  document.getElementById("tracks").append(section);
  return { exact, times, begins, columns, canvas, legend };
}

const tracks = held.streams.map(track);
const inks = () => {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
};

/** Smallest and largest value of each pixel's rows, and whether a gap lies before them. */
function columnsOf({ times, begins }, values, [first, last], pixels) {
  const found = [];
  const scale = pixels / (view[1] - view[0]);
  let broken = false;
  for (let row = first; row < last; row += 1) {
    const pixel = Math.floor((times[row] - view[0]) * scale);
    const value = values[row];
    broken ||= begins[row] === 1 || Number.isNaN(value);
    if (Number.isNaN(value)) continue;
    const before = found.at(-1);
    if (before?.pixel === pixel) {
      before.low = Math.min(before.low, value);
      before.high = Math.max(before.high, value);
      before.last = value;
      before.rows += 1;
      if (broken) before.torn = true;
    } else found.push({ pixel, low: value, high: value, first: value, last: value, at: times[row], gap: broken, rows: 1 });
    broken = false;
  }
  return found;
}

function draw(one) {
  const { canvas, times, begins, columns } = one;
  const ratio = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  const ink = inks();
  context.scale(ratio, ratio);
  context.font = "11px system-ui, sans-serif";
  const lanes = columns.filter((column) => column.kind === "state");
  const lines = columns.filter((column) => column.kind !== "state");
  const plot = { left: GUTTER, right: width - EDGE, top: TOP, bottom: height - BOTTOM - lanes.length * 18 };
  const x = (at) => plot.left + ((at - view[0]) / (view[1] - view[0])) * (plot.right - plot.left);
  const first = Math.max(position(times, view[0]) - 1, 0);
  const last = Math.min(position(times, view[1]) + 1, times.length);

  let [low, high] = [Infinity, -Infinity];
  for (const { drawn } of lines)
    for (let row = first; row < last; row += 1)
      if (Number.isFinite(drawn[row])) [low, high] = [Math.min(low, drawn[row]), Math.max(high, drawn[row])];
  if (low > high) [low, high] = [0, 1];
  const air = low === high ? Math.max(Math.abs(low), 1) * 0.1 : (high - low) * 0.06;
  [low, high] = [low - air, high + air];
  const y = (value) => plot.bottom - (Math.min(Math.max((value - low) / (high - low), 0), 1)) * (plot.bottom - plot.top);

  context.strokeStyle = ink("line");
  context.fillStyle = ink("muted");
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const rise = step((high - low) / 4, false);
  for (let value = Math.ceil(low / rise) * rise; value <= high; value += rise) {
    context.fillRect(plot.left - 4, Math.round(y(value)), 4, 1);
    context.fillText(String(Number(value.toPrecision(6))).replace("-", "−"), plot.left - 6, y(value));
    context.strokeRect(plot.left, Math.round(y(value)) + 0.5, plot.right - plot.left, 0);
  }
  context.textAlign = "center";
  const pace = step((view[1] - view[0]) / Math.max((plot.right - plot.left) / 110, 1), true);
  const digits = pace >= 60 ? -1 : Math.max(0, Math.ceil(-Math.log10(pace)));
  for (let at = Math.ceil(view[0] / pace) * pace; at <= view[1]; at += pace) {
    context.fillText(clock(at, digits, pace >= 86400), Math.min(Math.max(x(at), 40), width - 40), height - 8);
    context.strokeRect(Math.round(x(at)) + 0.5, plot.top, 0, plot.bottom - plot.top);
  }

  context.save();
  context.beginPath();
  context.rect(plot.left, 0, plot.right - plot.left, height);
  context.clip();
  lines.forEach(({ drawn }, place) => {
    context.strokeStyle = context.fillStyle = ink(`series-${(place % 7) + 1}`);
    context.lineWidth = 1.5;
    if (last - first <= 2 * (plot.right - plot.left)) {
      context.beginPath();
      let down = false;
      for (let row = first; row < last; row += 1) {
        const there = !Number.isNaN(drawn[row]);
        if (there && down && !begins[row]) context.lineTo(x(times[row]), y(drawn[row]));
        else if (there) context.moveTo(x(times[row]), y(drawn[row]));
        down = there;
        if (there && last - first < (plot.right - plot.left) / 6) context.fillRect(x(times[row]) - 2, y(drawn[row]) - 2, 4, 4);
        else if (there) context.fillRect(x(times[row]) - 0.5, y(drawn[row]) - 0.5, 1, 1);
      }
      context.stroke();
      return;
    }
    let before = null;
    for (const column of columnsOf(one, drawn, [first, last], plot.right - plot.left)) {
      const joined = before && !column.gap && !column.torn ? before.last : column.first;
      const [top, bottom] = [y(Math.max(column.high, joined)), y(Math.min(column.low, joined))];
      context.fillRect(plot.left + column.pixel, top, 1, Math.max(bottom - top, 1));
      before = column;
    }
  });
  lanes.forEach((column, lane) => {
    const top = plot.bottom + lane * 18 + 2;
    for (let row = first; row < last; ) {
      let end = row + 1;
      while (end < last && column.values[end] === column.values[row] && !begins[end]) end += 1;
      const state = column.values[row];
      if (state >= 0) {
        const [from, to] = [x(times[row]), end < times.length && !begins[end] ? x(times[end]) : x(times[end - 1])];
        context.fillStyle = ink(`series-${(state % 7) + 1}`);
        context.globalAlpha = 0.35;
        context.fillRect(from, top, Math.max(to - from, 1), 14);
        context.globalAlpha = 1;
        context.fillStyle = ink("ink");
        context.textAlign = "left";
        if (to - from > 7 * column.names[state].length) context.fillText(column.names[state], Math.max(from, plot.left) + 3, top + 7);
      }
      row = end;
    }
  });
  if (cursor !== null) {
    context.fillStyle = ink("ink");
    context.fillRect(Math.round(x(cursor)), 0, 1, height - BOTTOM);
  }
  context.restore();
}

/** What stands at the cursor: the nearest row of each track. */
function read({ times, exact, columns, legend }) {
  const after = position(times, cursor ?? Infinity);
  const near = after > 0 && (after === times.length || cursor - times[after - 1] < times[after] - cursor) ? after - 1 : after;
  const shown = cursor !== null && Math.abs(times[near] - cursor) < (view[1] - view[0]) / 40;
  const value = (column) => {
    if (column.kind === "state") return column.names[column.values[near]] ?? "null";
    return column.nulls.has(near) ? "null" : number(column.values[near]);
  };
  const named = columns.map((column) => `${column.name}${column.unit ? ` (${column.unit})` : ""}${shown ? ` ${value(column)}` : ""}`);
  legend.textContent = (shown ? `${clock(seconds(exact[near]), 9, true)}: ` : "") + named.join(" · ");
}

let waits = false;
function redraw() {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => {
    waits = false;
    for (const one of tracks) {
      draw(one);
      read(one);
    }
  });
}

function look(from, to) {
  const length = Math.min(Math.max(to - from, NARROWEST), SPAN * 1.5);
  const start = Math.min(Math.max(from, -length / 2), SPAN - length / 2);
  view = [start, start + length];
  redraw();
}

function zoom(factor, at) {
  look(at - (at - view[0]) * factor, at + (view[1] - at) * factor);
}

const stage = document.getElementById("tracks");
const timeAt = (event) => {
  const { left, width } = stage.getBoundingClientRect();
  return view[0] + ((event.clientX - left - GUTTER) / (width - GUTTER - EDGE)) * (view[1] - view[0]);
};
let grip = null;
stage.addEventListener("pointerdown", (event) => {
  grip = { at: timeAt(event), view };
  stage.setPointerCapture(event.pointerId);
});
stage.addEventListener("pointermove", (event) => {
  if (grip) {
    view = grip.view;
    const by = grip.at - timeAt(event);
    look(view[0] + by, view[1] + by);
  }
  cursor = timeAt(event);
  redraw();
});
stage.addEventListener("pointerup", () => (grip = null));
stage.addEventListener("pointerleave", () => ((cursor = null), redraw()));
stage.addEventListener("dblclick", () => look(0, SPAN));
stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    zoom(Math.exp(Math.max(-240, Math.min(240, event.deltaY)) * 0.002), timeAt(event));
  },
  { passive: false },
);
stage.addEventListener("keydown", (event) => {
  const length = view[1] - view[0];
  const middle = cursor ?? view[0] + length / 2;
  const keys = {
    ArrowLeft: () => look(view[0] - length * 0.15, view[1] - length * 0.15),
    ArrowRight: () => look(view[0] + length * 0.15, view[1] + length * 0.15),
    "+": () => zoom(0.5, middle),
    "=": () => zoom(0.5, middle),
    "-": () => zoom(2, middle),
    0: () => look(0, SPAN),
  };
  if (keys[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    keys[event.key]();
  }
});
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
redraw();
