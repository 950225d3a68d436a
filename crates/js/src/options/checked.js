// Options of the core, checked. What a type's options are is told in one text: "streamId:text! limit:u32 …", where `!`
// marks those that must be there.

const OPTION = /(\w+):(\w+)(?:\((.*?)\)|\[(.*?)\])?(!?)/g;

/** The values of the options, in their order; `undefined` for those that were not given. */
export function checked(what, given = {}, options) {
  const refuse = (cause) => {
    throw new TypeError(`${what}${cause}${/[.?]$/.test(cause) ? "" : "."}`);
  };
  if (!isObject(given)) refuse(" must be an object of options");
  const known = [...options.matchAll(OPTION)];
  const names = known.map(([, name]) => name);
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) refuse(` has no option \`${stray}\`: ${hint(stray, names)}`);
  return known.map((option) => taken(given, option, (name, cause) => refuse(cause ? `, option \`${name}\`: ${cause}` : `: there is no option \`${name}\``)));
}

/** The value of an option; `refuse` is told its name, and what is wrong with it: nothing, where it is missing. */
function taken(given, [, name, kind, inner, choice, needed], refuse) {
  const value = given[name];
  if (value === undefined || (value === null && !needed)) return needed ? refuse(name) : undefined;
  return KINDS[kind](value, (cause) => refuse(name, cause), inner ?? choice);
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const integer = (least, most) => (value, refuse) =>
  Number.isInteger(value) && value >= least && value <= most ? value : refuse(`is not an integer from ${least} to ${most}`);

/** A bigint of 64 bits. */
const exact = (value, refuse, cause) => (BigInt.asIntN(64, value) === value ? value : refuse(cause));

const text = (value, refuse) => (typeof value === "string" ? value : refuse("is not a string"));

const list = (value, refuse) => (Array.isArray(value) ? value : refuse("is not an array"));

/** What each kind of option makes of a value; or it refuses it, and says why. */
const KINDS = {
  any: (value) => value,
  text,
  bool: (value, refuse) => (typeof value === "boolean" ? value : refuse("is not true or false")),
  u32: integer(0, 2 ** 32 - 1),
  i32: integer(-(2 ** 31), 2 ** 31 - 1),
  i64(value, refuse) {
    const cause = "is not an integer of 64 bits";
    if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return refuse(cause);
    return exact(BigInt(value), refuse, cause);
  },
  /** A number of seconds, or a bigint of nanoseconds. */
  time(value, refuse) {
    const beyond = "is beyond 64 bits of nanoseconds";
    if (Number.isFinite(value)) return value;
    if (value instanceof Date && !Number.isNaN(+value)) return exact(BigInt(+value) * 1_000_000n, refuse, beyond);
    if (typeof value === "bigint") return exact(value, refuse, beyond);
    return refuse("is not a time: give Unix seconds, a Date, or a bigint of nanoseconds");
  },
  /** The place of a word in the list of those that there are. */
  one(value, refuse, words) {
    const place = words.split(" ").indexOf(value);
    return place < 0 ? refuse(`is none of ${words.replaceAll(" ", ", ")}`) : place;
  },
  /** One id or several. */
  ids(value, refuse) {
    const cause = "is neither a string nor an array of strings";
    return typeof value === "string" ? [value] : list(value, () => refuse(cause)).map((id) => text(id, () => refuse(cause)));
  },
  /** Names and texts, in pairs. */
  texts(value, refuse) {
    return isObject(value) ? Object.entries(value).map(([name, own]) => [name, text(own, refuse)]) : refuse("is not an object");
  },
  /** Objects, each as the values of what is asked of it. Others of their names are not looked at. */
  objects(value, refuse, inner) {
    const own = [...inner.matchAll(OPTION)];
    const lacks = (name, cause) => refuse(cause ?? `lacks \`${name}\``);
    return list(value, refuse).map((item) => (isObject(item) ? own.map((option) => taken(item, option, lacks)) : refuse("is not an object")));
  },
};

/** What may have been meant. */
function hint(stray, names) {
  const [changes, nearest] = names.map((name) => [distance(stray, name), name]).sort(([one], [other]) => one - other)[0];
  return changes * 3 <= nearest.length ? `did you mean \`${nearest}\`?` : `there are ${names.join(", ")}.`;
}

/** How many letters must change, come or go to make one word of the other; a letter's case does not count. */
function distance(one, other) {
  let row = [...other, ""].map((_, place) => place);
  [...one.toLowerCase()].forEach((letter, place) => {
    const next = [place + 1];
    [...other.toLowerCase()].forEach((wanted, at) => {
      next.push(Math.min(row[at] + (letter !== wanted && letter !== "_"), row[at + 1] + 1, next[at] + 1));
    });
    row = next;
  });
  return row.at(-1);
}
