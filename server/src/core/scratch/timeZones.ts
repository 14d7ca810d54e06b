import { linkPath } from "../image/linkPath.ts";
import type { TreePaths } from "../image/treePaths.ts";
import { type Need, type NeedContext, answer, byMention, carry, isFile } from "./needs.ts";

const title = "Time zones";
const kind = "time-zones";
const database = "usr/share/zoneinfo";

/**
 * Time zone data: what a program opens by itself it names; with a shared C library it is the library that opens the zone of `TZ`, else `etc/localtime`.
 * tzset(3). Undefined until the image is read.
 */
export function timeZones(context: NeedContext): Need | undefined {
  const { paths, program } = context;
  if (paths === undefined) return undefined;
  const zone = zoneOf(context);
  const isNamed = program?.facts?.mentions?.includes("time-zones") === true;
  const hasDatabase = paths.find(database) !== undefined;
  if (!hasDatabase && !isFile(paths, "etc/localtime")) {
    return answer(kind, "ok", title, "The image has no time zone data today.");
  }
  if (!isNamed && hasSharedLibc(context)) return ofLibrary(paths, zone);
  return byMention(context, "time-zones", {
    kind,
    title,
    carried: zoneFiles(paths, zone).map((path) => carry(paths, path, kind)),
    named: "The program names the time zone data, and the image has it",
    unnamed: "Nothing in the program names time zone data.",
  });
}

/** Of glibc and of musl. */
const cLibrary = /^(?:libc\.so\.6|libc\.musl-.*|libc\.so|.*\/ld-musl-.*)$/;

function hasSharedLibc({ closure }: NeedContext): boolean {
  return closure?.libraries.some(({ name }) => cLibrary.test(name)) === true;
}

/** `TZ` by the text, else by the base image. */
function zoneOf({ input }: NeedContext): string | undefined {
  const last = input.chain.at(-1)?.instructions.at(-1);
  const written = last && input.environmentAt(last).get("TZ");
  const env = input.image?.description.config.settings.env ?? [];
  return written ?? env.find((entry) => entry.startsWith("TZ="))?.slice(3);
}

/** The file that `TZ` names, if it is there: `Europe/Berlin`, `:Europe/Berlin`, `/usr/share/zoneinfo/Europe/Berlin`. */
function zonePath(paths: TreePaths, zone = ""): string | undefined {
  const name = zone.replace(/^:/, "");
  if (name === "") return undefined;
  const path = name.startsWith("/") ? name.slice(1) : `${database}/${name}`;
  return isFile(paths, path) ? path : undefined;
}

/** What a program that looks by itself may open: the zone of `TZ`, else all zones, and the one that the image is set to. */
function zoneFiles(paths: TreePaths, zone: string | undefined): readonly string[] {
  const local = zone === undefined && isLocalNeeded(paths) ? ["etc/localtime"] : [];
  const hasDatabase = paths.find(database) !== undefined;
  const named = zonePath(paths, zone) ?? (hasDatabase ? database : "etc/localtime");
  return [...new Set([named, ...local])];
}

/** Whether the image is set to a zone that a program without `etc/localtime` would not take. */
function isLocalNeeded(paths: TreePaths): boolean {
  const target = linkPath(paths, "etc/localtime").at(-1);
  return target !== undefined && !isUtc(target);
}

function isUtc(path: string): boolean {
  return /\/(?:Etc\/)?(?:UTC|UCT|Universal|Zulu)$/.test(path);
}

function ofLibrary(paths: TreePaths, zone: string | undefined): Need {
  const named = zone === undefined ? "etc/localtime" : zonePath(paths, zone);
  // A rule such as `CET-1CEST` is no file, and an empty one is UTC.
  if (named === undefined || !isFile(paths, named)) {
    const why =
      zone === undefined
        ? "TZ is not set and there is no etc/localtime: the C library takes UTC."
        : `TZ is "${zone}", for which the C library has no file today.`;
    return answer(kind, "ok", title, why);
  }
  const target = linkPath(paths, named).at(-1) ?? named;
  if (zone === undefined && isUtc(target)) {
    return answer(kind, "ok", title, "The image is set to UTC, which the C library takes anyway.");
  }
  const carried = [carry(paths, named, kind)];
  const evidence =
    zone === undefined
      ? `The C library reads the time zone of the image from etc/localtime, today ${target}.`
      : `TZ is ${zone}: the C library reads ${named}, whatever the program names.`;
  return {
    check: { kind, state: "needs", title, evidence, bytes: carried[0]?.bytes, span: undefined },
    carried,
  };
}
