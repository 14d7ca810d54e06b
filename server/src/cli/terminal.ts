import type { TextOptions } from "../core/views/reportPaint.ts";
import type { CliHost } from "./host.ts";

/** Width where nobody says how wide it is. */
const defaultColumns = 80;

/** Tables need this much; a narrower terminal wraps them. */
const leastColumns = 60;

/** How the text report is to look on this host: terminals get their width and colours, files and pipes 80 columns without. */
export function textOptionsFor({ stdout, env }: CliHost, top: number): TextOptions {
  const isTerminal = stdout.isTTY === true;
  const isDumb = env["TERM"] === "dumb";
  return {
    columns: Math.max(leastColumns, (isTerminal ? stdout.columns : undefined) ?? defaultColumns),
    color: isTerminal && !isDumb && (env["NO_COLOR"] ?? "") === "",
    unicode: !isTerminal || canShowUnicode(env),
    top,
  };
}

/** False on the Linux console and where the locale names another encoding; a locale that names none says nothing. */
function canShowUnicode(env: CliHost["env"]): boolean {
  if (env["TERM"] === "linux" || env["TERM"] === "dumb") return false;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return !locale.includes(".") || /utf-?8/i.test(locale);
}
