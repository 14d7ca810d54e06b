import { parseBaseName } from "../../bases/baseName.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import { addFlag, appendCommand, insertBehind } from "../../dockerfile/runEdits.ts";
import type { TextEdit } from "../../text/edit.ts";
import { textOf } from "../../text/span.ts";
import type { RuleContext } from "../context.ts";
import { isOtherUsers, userPrefixOf } from "../otherUser.ts";
import type { Fix, Saving } from "../rule.ts";
import type { CacheSite } from "./cacheSite.ts";
import { type FileCalls, runsCalling } from "./fileCalls.ts";
import { isMounted, usesBuildKit } from "./mounts.ts";
import type { AvoidingOption, PackageCache } from "./packageCache.ts";
import { inHomes, isAtOrAbove } from "./places.ts";

/** A Dockerfile seen with one cache in mind. */
export interface CacheFile {
  readonly context: RuleContext;
  readonly cache: PackageCache;
  readonly calls: FileCalls;
  readonly siteAt: (run: Instruction) => CacheSite;
}

/** What can be done about a cache that stays in a layer, the best first. */
export function cacheFixes(file: CacheFile, site: CacheSite): readonly Fix[] {
  const { context, cache } = file;
  const followers = followersOf(file, site);
  const fixes = [
    optionFix(context, cache, site, followers),
    cleaningFix(context, cache, site, followers),
    mountFix(context, cache, site, followers),
  ];
  return fixes.filter((fix) => fix !== undefined);
}

/** RUNs behind a RUN that would make the files anew when they are gone. */
interface Followers {
  /** They wrote none, for the files were there; they have to be mended with it. */
  readonly silent: readonly CacheSite[];
  /** Others are there: how much they would write only a build could tell. */
  readonly hasOthers: boolean;
}

function followersOf({ context, cache, siteAt }: CacheFile, { run, kept }: CacheSite): Followers {
  if (kept === undefined && cache.isIdle === undefined) return { silent: [], hasOthers: false };
  const later = runsCalling(context, cache.tools)
    .filter((one) => one.index > run.index)
    .map((one) => siteAt(one))
    .filter(({ isLeft }) => isLeft);
  const silent = later.filter((site) =>
    kept === undefined ? isIdleAt(cache, site) : site.kept?.bytes === 0,
  );
  return { silent, hasOthers: silent.length < later.length };
}

function savingOf({ kept }: CacheSite, isKnown: boolean): Saving | undefined {
  return kept && { bytes: kept.bytes, basis: isKnown ? "measured" : "predicted" };
}

/** Whether the calls of a RUN only fill the cache where no earlier RUN has. */
export function isIdleAt(cache: PackageCache, { fillers }: CacheSite): boolean {
  return fillers.every((call) => cache.isIdle?.(call) === true);
}

/** Gives all calls of the RUN the option, and those of its followers; offered where all of them take it. */
function optionFix(
  context: RuleContext,
  cache: PackageCache,
  site: CacheSite,
  { silent, hasOthers }: Followers,
): Fix | undefined {
  const { option } = cache;
  if (option === undefined) return undefined;
  const edits = [site, ...silent].map((one) => optionEdits(context, option, one));
  if (edits.includes(undefined)) return undefined;
  return {
    title: `Add ${option.text}`,
    kind: "quickfix",
    isSafe: cache.isSafe,
    edits: edits.flatMap((some) => some ?? []),
    saving: savingOf(site, isAlone(site) && !hasOthers),
  };
}

function optionEdits(
  context: RuleContext,
  option: AvoidingOption,
  { script, fillers, isLeft }: CacheSite,
): readonly TextEdit[] | undefined {
  if (script === undefined || fillers.length === 0) return undefined;
  if (script.form === "exec" || !script.isComplete || !isLeft) return undefined;
  const verbs = fillers.map((call) => {
    const word = call.operands[option.verbCount(call) - 1];
    const isThere = word !== undefined && textOf(context.dockerfile.text, word.span) === word.text;
    return isThere && option.applies(call) ? word : undefined;
  });
  if (verbs.includes(undefined)) return undefined;
  return verbs.flatMap((word) => (word ? [insertBehind(word.span, option.text)] : []));
}

/** Whether nothing else in the RUN could fill the cache. */
function isAlone({ script, fillers }: CacheSite): boolean {
  const callNames = new Set(fillers.map(({ command }) => command.name));
  return script?.commands.every(({ name }) => callNames.has(name) || isPlain(name)) === true;
}

/** Programs that call no package manager. */
function isPlain(name: string | undefined): boolean {
  return name !== undefined && plainPrograms.has(name);
}

const plainPrograms: ReadonlySet<string> = new Set(
  "apt-get apt apk cat cd chgrp chmod chown cp cut date echo export false find grep groupadd adduser addgroup useradd usermod gunzip gzip head id install ln ls mkdir mktemp mv printf pwd readlink rm rmdir sed set sha256sum sleep sort stat tail tar tee test touch tr true umask uname unset unzip update-ca-certificates wc which [".split(
    " ",
  ),
);

function cleaningFix(
  context: RuleContext,
  cache: PackageCache,
  site: CacheSite,
  { silent, hasOthers }: Followers,
): Fix | undefined {
  const edits = [site, ...silent].map((one) => {
    const command = cleaningCommand(cache, one, site);
    const user = cleaningUser(context, one);
    if (one.script === undefined || command === undefined || user === undefined) return undefined;
    if (user !== "" && /~|\$\(|\$HOME\b/.test(command)) return undefined;
    return appendCommand(context.dockerfile, one.run, one.script, `${user}${command}`);
  });
  if (edits.includes(undefined)) return undefined;
  return {
    title: cache.cleaningTitle,
    kind: "quickfix",
    isSafe: cache.isSafe,
    edits: edits.flatMap((some) => some ?? []),
    saving: savingOf(site, !hasOthers),
  };
}

/** What makes the user clean up who fills the cache: `sudo `; undefined where there are several, or where nothing tells who may. */
function cleaningUser(
  { dockerfile }: RuleContext,
  { script, fillers, homes }: CacheSite,
): string | undefined {
  if (script === undefined) return undefined;
  if (!script.commands.some(isOtherUsers)) return "";
  if (fillers.length === 0) return homes.isRoot ? "" : undefined;
  const [user, ...others] = new Set(
    fillers.map(({ command }) => userPrefixOf(dockerfile.text, script, command)),
  );
  return others.length === 0 ? user : undefined;
}

/** The usual command where it empties all that the measured layer has; else its folders by name. */
function cleaningCommand(
  cache: PackageCache,
  { variables, homes, fillers }: CacheSite,
  { kept }: CacheSite,
): string | undefined {
  const { command, folders } = cache.cleaning(variables, fillers);
  if (kept === undefined) return command;
  const emptied = inHomes(folders, homes.own === undefined ? [] : [homes.own]);
  const isEnough = kept.paths.every((path) => emptied.some((one) => isAtOrAbove(one, path)));
  if (isEnough) return command;
  const isPlainText = kept.paths.every((path) => /^[\w@%+=:,./-]+$/.test(path));
  return isPlainText ? `rm -rf ${kept.paths.map((path) => `/${path}`).join(" ")}` : undefined;
}

function mountFix(
  context: RuleContext,
  cache: PackageCache,
  site: CacheSite,
  { silent, hasOthers }: Followers,
): Fix | undefined {
  const { mount } = cache;
  const { kept, homes, variables } = site;
  // A cache mount belongs to root unless it is told otherwise.
  if (mount === undefined || !homes.isRoot || !usesBuildKit(context)) return undefined;
  const wanted = mount.folder(variables, baseOf(context));
  if (wanted === undefined || !/^[\w@%+:./~-]+$/.test(wanted)) return undefined;
  const [folder] = inHomes([wanted], homes.own === undefined ? [] : [homes.own]);
  if (folder === undefined || kept?.paths.some((path) => !isAtOrAbove(folder, path)) === true) {
    return undefined;
  }
  const flag = `--mount=type=cache,target=/${folder}${mount.options ?? ""}`;
  const runs = [site, ...silent].map(({ run }) => run);
  if (runs.some((run) => isMounted(run, [folder], homes.all))) return undefined;
  const edits: readonly TextEdit[] = runs.map((run) => addFlag(run, flag));
  return {
    title: `Keep ${cache.content} in a cache mount`,
    kind: "quickfix",
    isSafe: false,
    edits,
    saving: savingOf(site, !hasOthers),
  };
}

function baseOf({ chain }: RuleContext): string | undefined {
  const base = chain[0]?.base;
  return base?.kind === "image" ? parseBaseName(base.name)?.familiar : undefined;
}
