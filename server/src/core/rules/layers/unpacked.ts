import type { ShellCommand, ShellWord } from "../../dockerfile/shellScript.ts";
import type { PathPattern } from "./imagePath.ts";
import { type ScopedCommand, patternsOf } from "./scope.ts";
import { operandsOf } from "./shellActs.ts";

/** Names of files whose content is of use only when it has been taken out. */
export const archiveName =
  /\.(?:tar(?:\.(?:gz|bz2|xz|zst|lz|lzma|Z))?|tgz|tbz2?|txz|tzst|zip|7z|deb|rpm|apk|whl)$/i;

/** Archives that ADD itself takes out when they come from the build context. Dockerfile reference, ADD § Adding local tar archives. */
export const addUnpacks = /\.(?:tar(?:\.(?:gz|bz2|xz|zst))?|tgz|tbz2?|txz|tzst)$/i;

/** The archives that a command unpacks or installs. */
export function unpackedBy({ command, scope }: ScopedCommand): readonly PathPattern[] {
  if (scope === undefined || !unpackers.has(command.name ?? "")) return [];
  return archiveWords(command).flatMap((word) => patternsOf(word, scope));
}

function archiveWords(command: ShellCommand): readonly ShellWord[] {
  const { name = "" } = command;
  if (installers.has(name)) return installedWords(command);
  const read = command.redirects.flatMap(({ operator, target }) =>
    operator === "<" && target !== undefined ? [target] : [],
  );
  if (name === "tar" || name === "bsdtar") {
    return isExtracting(command) ? [...tarFile(command), ...read] : [];
  }
  return readers.has(name) ? [...operandsOf(command), ...read] : unpackedOperands(command);
}

function unpackedOperands(command: ShellCommand): readonly ShellWord[] {
  const { name = "", args } = command;
  const operands = operandsOf(command);
  if (name === "unzip") return operands.slice(0, 1);
  if (/^7z[ar]?$/.test(name)) {
    return /^[xe]$/.test(operands[0]?.text ?? "") ? operands.slice(1, 2) : [];
  }
  const option = packageOptions.get(name);
  return option !== undefined && args.some(({ text }) => option.test(text)) ? operands : [];
}

function installedWords(command: ShellCommand): readonly ShellWord[] {
  if (!command.args.some(({ text }) => archiveName.test(text))) return [];
  const operands = operandsOf(command);
  const isInstalling = operands.some(({ text }) => installing.has(text));
  return isInstalling ? operands.filter(({ text }) => archiveName.test(text)) : [];
}

const readers: ReadonlySet<string> = new Set(["zcat", "xzcat", "bzcat", "zstdcat"]);
const packageOptions: ReadonlyMap<string, RegExp> = new Map([
  ["dpkg", /^(?:-[a-zA-Z]*[ix]|--install|--extract|--unpack)$/],
  ["rpm", /^(?:-[a-zA-Z]*[iUF][a-zA-Z]*|--install|--upgrade)$/],
]);
const installers: ReadonlySet<string> = new Set([
  "apt-get",
  "apt",
  "apk",
  "dnf",
  "yum",
  "microdnf",
  "zypper",
  "pip",
  "pip3",
]);
const installing: ReadonlySet<string> = new Set(["install", "localinstall", "add"]);

/** All that unpack or install. */
const unpackers: ReadonlySet<string> = new Set([
  "tar",
  "bsdtar",
  "unzip",
  "7z",
  "7za",
  "7zr",
  ...readers,
  ...packageOptions.keys(),
  ...installers,
]);

/** The letters of its first word and of its short options. */
function tarLetters({ args }: ShellCommand): string {
  return args
    .flatMap(({ text }, at) =>
      at === 0 || /^-[a-zA-Z]/.test(text) ? [text.replace(/^-/, "")] : [],
    )
    .join("");
}

function isExtracting(command: ShellCommand): boolean {
  const isLong = command.args.some(({ text }) => text === "--extract" || text === "--get");
  return isLong || /^[a-zA-Z]*x/.test(tarLetters(command));
}

function tarFile({ args }: ShellCommand): readonly ShellWord[] {
  return args.flatMap((word, at): readonly ShellWord[] => {
    const next = args[at + 1];
    const isBundle =
      /^-[a-zA-Z]*f$/.test(word.text) || (at === 0 && /^[a-zA-Z]*f$/.test(word.text));
    if ((isBundle || word.text === "--file") && next !== undefined) return [next];
    return word.text.startsWith("--file=")
      ? [{ ...word, text: word.text.slice("--file=".length) }]
      : [];
  });
}
