import type { GoBuildInfo } from "../../../../server/src/core/image/elf.ts";
import type { KeptContent, LayerEvidence } from "../../../../server/src/core/image/evidence.ts";
import { findNode } from "../../../../server/src/core/image/fileTree.ts";
import type { ReadImage } from "../../../../server/src/core/image/image.ts";
import type { PackageTable } from "../../../../server/src/core/image/packages/packageTable.ts";
import { type FileSpec, anImage } from "../../../support/imageBuilder.ts";

/** Files of a layer; those with `content` are kept. */
export type PackagedLayer = Readonly<Record<string, FileSpec>>;

/** An image of these layers, base first, in which all given contents were kept whole. */
export function packagedImage(
  layers: readonly PackagedLayer[],
  options: {
    readonly cutOff?: readonly string[];
    readonly go?: Readonly<Record<string, string>>;
  } = {},
): ReadImage {
  const read = layers.reduce((image, files) => image.layer(files), anImage()).read();
  return {
    ...read,
    layers: read.layers.map((layer, index) => {
      const files = layers[index] ?? {};
      const contents = Object.entries(files).flatMap(([path, spec]): readonly KeptContent[] => {
        if (typeof spec === "string" || spec.content === undefined) return [];
        const { content } = spec;
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        const node = findNode(layer.tree, path)!;
        return [{ node, bytes, isWhole: options.cutOff?.includes(path) !== true }];
      });
      const programs = Object.keys(files).flatMap((path) =>
        options.go?.[path] === undefined
          ? []
          : [{ node: findNode(layer.tree, path)!, facts: goProgram(options.go[path]) }],
      );
      const byNode = (a: { readonly node: number }, b: { readonly node: number }): number =>
        a.node - b.node;
      const evidence: LayerEvidence = {
        contents: contents.toSorted(byNode),
        programs: programs.toSorted(byNode),
      };
      return { ...layer, evidence };
    }),
  };
}

/** A table as text: `manager name version bytes (files) layer:bytes… @places`, then what nobody owns. */
export function tableText(table: PackageTable): string {
  const rows = table.packages.map((each) =>
    [
      each.manager,
      each.name,
      each.version ?? "-",
      each.bytes === undefined ? "?" : `${each.bytes} B`,
      `(${each.fileCount ?? "?"})`,
      ...each.byLayer.map(({ layer, bytes }) => `${layer}:${bytes}`),
      ...each.places.map((place) => `@${place}`),
    ].join(" "),
  );
  const unread = table.unreadBooks.map((path) => `unread ${path}`);
  return [...rows, ...unread, table.isPartial ? "not all is known" : ""].filter(Boolean).join("\n");
}

function goProgram(path: string): LayerEvidence["programs"][number]["facts"] {
  const go: GoBuildInfo = { version: "go1.22.1", path, settings: [] };
  return {
    ...({
      bits: 64,
      architecture: "amd64",
      type: "executable",
      interpreter: undefined,
      needed: [],
      soname: undefined,
      runPath: [],
      runPathKind: undefined,
      isPie: false,
      debugBytes: undefined,
      removableBytes: undefined,
      isUpx: false,
    } as const),
    go,
  };
}
