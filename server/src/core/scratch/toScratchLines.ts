import type { LineStyle } from "./finalStageText.ts";
import { toShellWord } from "./finalStageText.ts";
import { directoryOf } from "../image/treePaths.ts";
import type { FilePlan } from "./toScratchFiles.ts";

/** COPY lines for what a plan copies from a stage, by path; files of one owner in one directory share one. Undefined for a path that no COPY can name. */
export function copyLines(
  style: LineStyle,
  stageName: string,
  { copied }: FilePlan,
): readonly string[] | undefined {
  const groups = new Map<string, CopyGroup>();
  for (const { path, isDirectory, owner } of copied) {
    const directory = isDirectory ? `${path}/` : directoryOf(path);
    const key = `${directory} ${owner ?? ""}`;
    const sources = groups.get(key)?.sources ?? [];
    const source = isDirectory ? `${path}/` : path;
    groups.set(key, { directory, owner, sources: [...sources, source] });
  }
  const lines = [...groups.values()].map((group) => copyLine(style, stageName, group));
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

interface CopyGroup {
  readonly directory: string;
  readonly owner: string | undefined;
  readonly sources: readonly string[];
}

function copyLine(
  style: LineStyle,
  stageName: string,
  { directory, owner, sources }: CopyGroup,
): string | undefined {
  const paths = sources.map((path) => `/${path}`);
  const [only = ""] = paths;
  const to = paths.length === 1 ? only : `/${directory}/`.replace("//", "/");
  const words = [...paths, to];
  if (words.some((word) => unspeakable.test(word))) return undefined;
  const chown = owner === undefined ? "" : ` --chown=${owner}`;
  const start = `${style.keyword("COPY")} --from=${stageName}${chown}`;
  if (words.every((word) => plain.test(word))) {
    const line = [start, ...words].join(" ");
    const joint = ` ${style.escape}${style.lineBreak}    `;
    return line.length <= longestLine ? line : [start, ...words].join(joint);
  }
  // Sources are patterns, the destination is not.
  const patterns = paths.map((path) => path.replaceAll(/[[*?]/g, "[$&]"));
  return `${start} ${JSON.stringify([...patterns, to]).replaceAll('","', '", "')}`;
}

const longestLine = 120;
const plain = /^[\p{L}\p{N}_./@%+=:,~-]+$/u;
/** What a builder would take for a variable, a quote or an escape, or what is no text at all. */
const unspeakable = /["'$\\`\p{Cc}\ufffd]/u;

/** The RUN that makes directories and links below a directory of the build stage; undefined where there is nothing to make. */
export function rootfsRun(
  style: LineStyle,
  rootfs: string,
  { directories, links }: FilePlan,
): string | undefined {
  const at = (path: string): string => toShellWord(`/${rootfs}/${path}`);
  const parents = links.map(({ path }) => directoryOf(path));
  const made = [...new Set([...directories.map(({ path }) => path), ...parents])]
    .filter((path, _, all) => path !== "" && !all.some((one) => one.startsWith(`${path}/`)))
    .sort();
  const owned = directories.filter(({ uid, gid }) => uid !== 0 || gid !== 0);
  const moded = directories.filter(({ mode }) => mode !== 0o755);
  const commands = [
    `mkdir -p ${made.length === 0 ? `/${rootfs}` : made.map(at).join(" ")}`,
    ...grouped(moded, ({ mode }) => mode.toString(8)).map(
      ([mode, list]) => `chmod ${mode} ${list.map(({ path }) => at(path)).join(" ")}`,
    ),
    ...grouped(owned, ({ uid, gid }) => `${uid}:${gid}`).map(
      ([owner, list]) => `chown ${owner} ${list.map(({ path }) => at(path)).join(" ")}`,
    ),
    ...links.map(({ path, target }) => `ln -s ${toShellWord(target)} ${at(path)}`),
  ];
  if (directories.length + links.length === 0) return undefined;
  const joint = ` && ${style.escape}${style.lineBreak}    `;
  return `${style.keyword("RUN")} ${commands.join(joint)}`;
}

function grouped<T>(
  list: readonly T[],
  keyOf: (one: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups];
}
