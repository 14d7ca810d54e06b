import { appendCommand } from "../dockerfile/runEdits.ts";
import { formatSize } from "../text/size.ts";
import { textOf } from "../text/span.ts";
import { runsAsRoot, toShellPaths } from "./appendedFix.ts";
import type { RuleContext } from "./context.ts";
import { type KeptArchive, keptArchives } from "./layers/archives.ts";
import { bindFix } from "./layers/bindFix.ts";
import { type FileActs, fileActsOf } from "./layers/fileActs.ts";
import { nameOfPath, unknownFolder } from "./layers/imagePath.ts";
import { removalFixes } from "./layers/removalFixes.ts";
import type { Fix, Report, Rule, Saving } from "./rule.ts";

/** An archive that has been unpacked and stays in the layer that brought it, deleted by a later line or not at all. */
export const archiveKept: Rule = {
  code: "archive-kept",
  title: "An unpacked archive stays in its layer",
  severity: "warning",
  *check(context) {
    const acts = fileActsOf(context);
    for (const archive of keptArchives(context, acts)) {
      const report = reportOf(context, acts, archive);
      if (report !== undefined) yield report;
    }
  },
};

function reportOf(
  context: RuleContext,
  acts: readonly FileActs[],
  archive: KeptArchive,
): Report | undefined {
  const { write, path, writer, unpacker, unpacking, remover, bytes } = archive;
  const writing = acts[writer]?.instruction;
  if (writing === undefined) return undefined;
  const saving: Saving | undefined = bytes === undefined ? undefined : { bytes, basis: "measured" };
  const deleting = remover && acts[remover.at]?.instruction;
  const what = `The archive ${nameOfPath(path)}`;
  const stays =
    bytes === undefined
      ? `${what} stays in this layer after it was unpacked`
      : `${what} stays in this layer after it was unpacked: ${formatSize(bytes)}`;
  const why =
    deleting === undefined || deleting.index === writing.index
      ? "."
      : `; line ${deleting.startLine + 1} only hides it.`;
  return {
    span: write.span,
    instruction: writing.index,
    message: `${stays}${why}`,
    saving,
    fixes: () => fixesOf(context, acts, archive, saving),
    related: [
      ...(unpacker === writer
        ? []
        : [{ span: unpacking.command.span, message: "It is unpacked here." }]),
      ...(remover === undefined
        ? []
        : [{ span: remover.removal.command.span, message: "It is hidden here." }]),
    ],
  };
}

function fixesOf(
  context: RuleContext,
  acts: readonly FileActs[],
  archive: KeptArchive,
  saving: Saving | undefined,
): readonly Fix[] {
  const { writer, unpacker, remover, path } = archive;
  if (acts[writer]?.instruction.keyword === "RUN") {
    if (remover !== undefined) return removalFixes(context, acts, { writer, hider: remover.at });
    return writer === unpacker ? deleteFix(context, acts, archive, saving) : [];
  }
  const fix = bindFix(context, acts, writer, unpacker, path);
  return fix === undefined ? [] : [fix];
}

/** An `rm` at the end of the RUN that has unpacked it. Not safe: a container could look for the archive. */
function deleteFix(
  context: RuleContext,
  acts: readonly FileActs[],
  archive: KeptArchive,
  saving: Saving | undefined,
): readonly Fix[] {
  const run = acts[archive.writer]?.instruction;
  const script = run && context.shellOf(run);
  const word = wordOf(context, acts, archive);
  if (run === undefined || script === undefined || word === undefined) return [];
  if (!runsAsRoot(context, run)) return [];
  const edits = appendCommand(context.dockerfile, run, script, `rm ${word}`);
  if (edits === undefined) return [];
  return [
    { title: "Delete the archive in the same RUN", kind: "quickfix", isSafe: false, edits, saving },
  ];
}

/** How the end of the RUN names the archive: as it was written where no `cd` comes in between, else by its whole path. */
function wordOf(
  { dockerfile }: RuleContext,
  acts: readonly FileActs[],
  { write, path, writer }: KeptArchive,
): string | undefined {
  const isSteady =
    acts[writer]?.commands.every(
      ({ command }) => !/^(?:cd|pushd|popd)$/.test(command.name ?? ""),
    ) === true;
  const written = textOf(dockerfile.text, write.span);
  const isWord = !/:\/\/|[\s=]|^-/.test(written);
  if (isWord && (written.startsWith("/") || isSteady)) return written;
  if (!path.startsWith(unknownFolder)) return toShellPaths([path]);
  const relative = path.slice(unknownFolder.length + 1);
  return isSteady && toShellPaths([relative]) !== undefined ? relative : undefined;
}
