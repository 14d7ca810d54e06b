import * as vscode from "vscode";
import type { FileParams } from "../../../server/src/protocol/files.ts";
import type { RevealParams } from "../../../server/src/protocol/layerTree.ts";
import type { TreemapTarget } from "../../../server/src/protocol/treemap.ts";
import { commands } from "../../../server/src/protocol.ts";
import { givenFields, isRecord } from "../givenFields.ts";

/** What a context menu of the treemap says of the place that it was opened on; made by the webview. */
interface PlaceContext {
  readonly uri: string;
  readonly path: string;
  /** The layer that it is in, or that most of it comes from. */
  readonly layer: number;
  /** True in the final file system, where the layer is not part of the question. */
  readonly isFinal: boolean;
}

/** The commands of the treemap's context menu. */
export function treemapMenu(): readonly vscode.Disposable[] {
  const register = (
    command: string,
    run: (place: PlaceContext) => Thenable<unknown>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(command, async (given: unknown) => {
      if (isPlace(given)) await run(given);
    });
  return [
    register("tare.treemapOpenFile", ({ uri, path, layer, isFinal }) => {
      const file: FileParams = { uri, path, ...(!isFinal && { layer }) };
      return vscode.commands.executeCommand(commands.openFile, file);
    }),
    register("tare.treemapReveal", ({ uri, path, layer }) => {
      const row: RevealParams = { uri, path, layer };
      return vscode.commands.executeCommand(commands.reveal, row);
    }),
    register("tare.treemapCopyPath", ({ path }) => vscode.env.clipboard.writeText(path)),
  ];
}

/** What to show for the argument of the command: a target as links have it, a row of the layer tree, or nothing. */
export function targetOf(given: unknown, uriInView: string | undefined): TreemapTarget | undefined {
  const own = isRecord(given) ? given["uri"] : undefined;
  const uri = typeof own === "string" ? own : uriInView;
  return uri === undefined ? undefined : { uri, ...placeOf(givenFields(given)) };
}

/** Of a file the directory that it is in. */
function placeOf({ layer, path, waste, kind }: Record<string, unknown>): Partial<TreemapTarget> {
  const isWaste = waste === true || kind === "wasteGroup" || kind === "waste";
  const isFile = kind === "file" || kind === "waste";
  return {
    ...(typeof layer === "number" && { layer }),
    ...(typeof path === "string" && { path: isFile ? directoryOf(path) : path }),
    ...(isWaste && { waste: true }),
  };
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function isPlace(given: unknown): given is PlaceContext {
  return (
    isRecord(given) &&
    typeof given["uri"] === "string" &&
    typeof given["path"] === "string" &&
    typeof given["layer"] === "number" &&
    typeof given["isFinal"] === "boolean"
  );
}
