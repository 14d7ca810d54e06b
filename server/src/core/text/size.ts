const units = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes for people, base 1000 with three significant digits, as Docker prints them: `812 B`, `16.4 kB`, `189 MB`. Negative counts keep their sign. */
export function formatSize(bytes: number): string {
  const sign = bytes < 0 ? "-" : "";
  let amount = Math.abs(bytes);
  let unit = 0;
  while (unit < units.length - 1 && Number(amount.toPrecision(3)) >= 1000) {
    amount /= 1000;
    unit += 1;
  }
  return `${sign}${Number(amount.toPrecision(3))} ${units[unit] ?? "B"}`;
}

/** Exact bytes with thousands separated by commas: `18,954,112 B`. Independent of the locale. */
export function formatExactBytes(bytes: number): string {
  return `${String(bytes).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",")} B`;
}

const multipliers: Readonly<Record<string, number>> = {
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes of a text such as `10MB`, `1.5 MiB`, `500kB` or `812`, rounded to whole bytes; undefined when it is not a size. Case does not matter. */
export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] ?? "").toLowerCase();
  const multiplier = unit === "" ? 1 : multipliers[unit];
  if (multiplier === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * multiplier);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
