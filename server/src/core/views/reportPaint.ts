/** How a piece of the text report is set off. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** What the text report is made for. */
export interface TextOptions {
  /** Width that no line goes past, except where a single number would be cut. */
  readonly columns: number;
  /** ANSI colours and weights; off for pipes and under NO_COLOR. */
  readonly color: boolean;
  /** Block characters and `…`; off where the terminal's encoding is not UTF-8. */
  readonly unicode: boolean;
  /** Most rows of the waste list and of the list of the largest paths. */
  readonly top: number;
}

const codes: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
};

/** Puts the style's ANSI codes around the text, or nothing without colour. */
export type Paint = (style: Style, text: string) => string;

/** The paint for these options. */
export function paintFor({ color }: TextOptions): Paint {
  return color
    ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`
    : (_style, text) => text;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** What a bar shows: the kept and the wasted part of `bytes` against the whole. */
export interface BarShare {
  readonly bytes: number;
  readonly wastedBytes: number;
  readonly wholeBytes: number;
}

/** A bar of exactly `columns`: solid for kept bytes, light for wasted ones. Anything above nothing shows at least a sliver. */
export function bar(share: BarShare, columns: number, options: TextOptions, paint: Paint): string {
  const whole = Math.max(share.wholeBytes, 1);
  const scale = options.unicode ? 8 : 1;
  const least = share.bytes > 0 ? 1 : 0;
  const filled = Math.max(least, Math.round((share.bytes / whole) * columns * scale));
  const wastedCells = Math.min(
    Math.round((share.wastedBytes / whole) * columns),
    Math.ceil(filled / scale),
  );
  const kept = Math.max(0, filled - wastedCells * scale);
  const solid = options.unicode
    ? "█".repeat(Math.floor(kept / 8)) + (eighths[kept % 8] ?? "")
    : "#".repeat(kept);
  const light = (options.unicode ? "░" : "-").repeat(wastedCells);
  const rest = " ".repeat(Math.max(0, columns - solid.length - light.length));
  const isMostlyWasted = light === "" && share.wastedBytes * 2 > share.bytes;
  return (
    (solid === "" ? "" : paint(isMostlyWasted ? "yellow" : "cyan", solid)) +
    (light === "" ? "" : paint("yellow", light)) +
    rest
  );
}

/** A share for people, four columns at most; `<1%` and `>99%` where rounding would say nothing or all. */
export function formatShare(bytes: number, wholeBytes: number): string {
  if (bytes === 0 || wholeBytes === 0) return "0%";
  const percent = (bytes / wholeBytes) * 100;
  if (percent < 1) return "<1%";
  if (percent > 99 && bytes < wholeBytes) return ">99%";
  return `${Math.round(percent)}%`;
}
