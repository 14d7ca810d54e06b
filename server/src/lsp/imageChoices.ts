import { relative } from "node:path";
import { formatSize } from "../core/analysis.ts";
import type { ImageChoice } from "../protocol.ts";
import type { MatchedImage } from "./historyFinding.ts";
import { leastMatchRatio } from "./historyFinding.ts";
import { placeFor } from "./imageBinding.ts";
import type { Server } from "./serverParts.ts";

/** The images a user can choose for a document: those of the engine, best match first, then archives and layouts of the workspace. Empty until the workspace is trusted. */
export async function imageChoices(
  { host, session, documents, catalog }: Server,
  uri: string,
): Promise<readonly ImageChoice[]> {
  const view = documents.view(uri);
  if (view === undefined || !session.isTrusted) return [];
  const place = placeFor(session, uri, undefined);
  const { signal } = new AbortController();
  catalog.invalidate();
  const [ranked, archives] = await Promise.all([
    catalog.rank(view.analysis.dockerfile, place, signal),
    host.findArchives(
      session.folders.map(({ path }) => path),
      signal,
    ),
  ]);
  return [
    ...ranked.map(engineChoice),
    ...archives.map((archive) => archiveChoice(archive, session.folders[0]?.path)),
  ];
}

function engineChoice({ listed, matchRatio }: MatchedImage): ImageChoice {
  const fits = matchRatio !== undefined && matchRatio >= leastMatchRatio;
  return {
    reference: listed.reference,
    label: listed.reference,
    ...(listed.sizeBytes === undefined ? {} : { description: formatSize(listed.sizeBytes) }),
    ...(fits ? { detail: "Its history fits this Dockerfile" } : {}),
  };
}

function archiveChoice(reference: string, folder: string | undefined): ImageChoice {
  const path = reference.slice(reference.indexOf(":") + 1);
  return {
    reference,
    label: folder === undefined ? path : relative(folder, path),
    description: reference.startsWith("oci:") ? "OCI layout" : "image archive",
  };
}
