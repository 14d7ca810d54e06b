import { expandVariables } from "../../dockerfile/expand.ts";
import { parseBaseTag } from "../../bases/baseTag.ts";
import { contentAt } from "../../image/evidence.ts";
import { plainPath } from "../../image/treePaths.ts";
import type { NextBest } from "./nextBest.ts";
import type { NodeInstall } from "./nodePlan.ts";
import type { Hindrance } from "./stagePlan.ts";

/** The command that leaves only what the program runs with; undefined where nothing else was installed, a reason where none is known to do it. */
export function productionOnly(
  context: NextBest,
  install: NodeInstall,
): { readonly command: string } | Hindrance | undefined {
  if (isProductionInstall(context, install)) return undefined;
  const { command, run } = install;
  if (!isInDirectory(context, install)) {
    return {
      reason: `Line ${run.startLine + 1} installs in another directory: development dependencies stay.`,
    };
  }
  const { name = "the package manager" } = command;
  switch (name) {
    case "npm":
      return { command: `npm prune ${hasOmit(context) ? "--omit=dev" : "--production"}` };
    case "pnpm":
      return { command: "CI=true pnpm prune --prod" };
    case "yarn":
      // Only the classic yarn has this option.
      return command.args.some(({ text }) => text === "--frozen-lockfile")
        ? {
            command:
              "yarn install --production --frozen-lockfile --ignore-scripts --prefer-offline",
          }
        : staying(name);
    default:
      return staying(name);
  }
}

function staying(name: string): Hindrance {
  return {
    reason: `Development dependencies stay: how this version of ${name} takes them out is not known.`,
  };
}

function isProductionInstall(context: NextBest, { command, run }: NodeInstall): boolean {
  const words = command.args.map(({ text }) => text);
  const isAsked = words.some(
    (word, at) =>
      /^(?:--omit=dev|--production(?:=true)?|--only=prod(?:uction)?|--prod|-P)$/.test(word) ||
      (word === "--omit" && words[at + 1] === "dev"),
  );
  const variables = context.input.environmentAt(run);
  const mode = command.assignments.get("NODE_ENV") ?? variables.get("NODE_ENV");
  const isOverruled = words.some((word) =>
    /^--(?:include=dev|production=false|prod=false)$/.test(word),
  );
  return isAsked || (mode === "production" && !isOverruled);
}

/** Whether the install ran where the program is: not below `cd`, nor for another folder. */
function isInDirectory(
  { input, shipped, directory }: NextBest,
  { run, command }: NodeInstall,
): boolean {
  const script = input.shellOf(run);
  const movesAway = script?.commands.some(({ name }) => name === "cd" || name === "pushd");
  const isElsewhere = command.args.some(({ text }) =>
    /^(?:--prefix|--cwd|--dir|-C|-w|--workspace|--filter)\b/.test(text),
  );
  const workdir = shipped
    .filter(({ keyword, index }) => keyword === "WORKDIR" && index < run.index)
    .reduce((at, one) => {
      const written = expandVariables(one.words[0]?.text ?? "", input.environmentAt(one)) ?? "?";
      return written.startsWith("/")
        ? `/${plainPath(written)}`
        : `/${plainPath(`${at}/${written}`)}`;
    }, "/");
  return movesAway !== true && !isElsewhere && workdir === directory;
}

/** npm 7 and later, which came with Node.js 16; a tag without a number is newer. */
function hasOmit({ base }: NextBest): boolean {
  const version = Number.parseInt(parseBaseTag(base?.tag ?? "").version ?? "", 10);
  return Number.isNaN(version) || version >= 16;
}

/**
 * Content bytes of packages below the working directory that npm installed for development alone, by its own list of what it installed; undefined where it is not there
 * or not kept whole.
 */
export function devPackageBytes({ input, paths, directory }: NextBest): number | undefined {
  if (input.read === undefined || paths === undefined || directory === undefined) return undefined;
  const root = plainPath(directory);
  const kept = contentAt(input.read, `${root}/node_modules/.package-lock.json`);
  if (kept?.isWhole !== true) return undefined;
  const places = devPlaces(new TextDecoder().decode(kept.bytes));
  if (places === undefined) return undefined;
  const outer = places.filter((one) => !places.some((other) => one.startsWith(`${other}/`)));
  return outer.reduce((sum, place) => {
    const node = paths.find(`${root}/${place}`);
    return sum + (node === undefined ? 0 : (paths.tree.subtreeBytes[node] ?? 0));
  }, 0);
}

/** `node_modules/NAME` of what is marked `dev`, without the folders of the program's own that such names link to; undefined for anything but npm's list. */
function devPlaces(text: string): readonly string[] | undefined {
  const packages = memberOf(parseJson(text), "packages");
  if (typeof packages !== "object" || packages === null) return undefined;
  return Object.entries(packages).flatMap(([place, entry]) =>
    place.startsWith("node_modules/") && memberOf(entry, "dev") === true ? [place] : [],
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
