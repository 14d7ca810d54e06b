import type { CodeLens } from "vscode-languageserver/node";
import { sizeNotes } from "../../core/views/inlay.ts";
import type { RevealParams } from "../../protocol/layerTree.ts";
import { commands } from "../../protocol.ts";
import { toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";

/** Sizes above the instructions, for those who prefer them to hints; empty unless switched on. */
export function codeLenses(
  { document, analysis, settings, beside }: DocumentView,
  { commandLinks }: ClientFeatures,
): CodeLens[] {
  if (!settings.codeLensEnabled) return [];
  const { growth } = beside();
  const notes = sizeNotes(analysis, { minimumBytes: settings.inlayHintsMinimumBytes, growth });
  return notes.flatMap(({ instruction, text }) => {
    const subject = analysis.dockerfile.instructions[instruction];
    if (subject === undefined) return [];
    const target: RevealParams = { uri: document.uri, line: subject.startLine };
    return [
      {
        range: toRange(document, subject.keywordSpan),
        command: commandLinks
          ? { title: text, command: commands.reveal, arguments: [target] }
          : { title: text, command: "" },
      },
    ];
  });
}
