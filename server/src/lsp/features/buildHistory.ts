import { dirname } from "node:path";
import type { CancellationToken } from "vscode-languageserver/node";
import type { Analysis, ReadImage } from "../../core/analysis.ts";
import { analyse, diffImages } from "../../core/analysis.ts";
import type { BuildRecord } from "../../core/views/buildHistory.ts";
import { buildPair, comparisonTitle, historyBars } from "../../core/views/buildHistory.ts";
import { diffMarkdown } from "../../core/views/diffMarkdown.ts";
import { diffReportOf } from "../../core/views/diffReport.ts";
import { historyMarkdown, pairSentence } from "../../core/views/historyMarkdown.ts";
import type { BuildHistory, BuildsComparison, CompareBuildsParams } from "../../protocol/builds.ts";
import { signalOf } from "../cancellation.ts";
import { folderOf, pathOfUri } from "../folders.ts";
import { placeFor } from "../imageBinding.ts";
import type { Server } from "../serverParts.ts";

/** Rows of each list of a comparison. */
const topRows = 40;

/** The builds of a document that were seen, oldest first; none of documents that are not open. */
export function buildHistory({ documents, histories }: Server, uri: string): BuildHistory {
  const view = documents.view(uri);
  if (view === undefined) return { builds: [] };
  const imageId = view.analysis.image?.description.imageId;
  return { builds: historyBars(histories.of(uri), imageId) };
}

/** What is different between two builds: all of it while both images are there, else by line as it was recorded. */
export async function comparePastBuilds(
  server: Server,
  { uri, before, after }: CompareBuildsParams,
  token: CancellationToken,
): Promise<BuildsComparison> {
  const view = server.documents.view(uri);
  if (view === undefined) return failed("Open the Dockerfile first.");
  const imageId = view.analysis.image?.description.imageId;
  const named = {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
  const pair = buildPair(server.histories.of(uri), { ...named, imageId });
  if (pair === undefined) {
    return failed("No earlier build of this Dockerfile was seen here: build it once more.");
  }
  const signal = signalOf(token);
  const old = await imageOf(server, uri, { build: pair.before, analysis: view.analysis, signal });
  const now = await imageOf(server, uri, { build: pair.after, analysis: view.analysis, signal });
  if (signal.aborted) return { kind: "cancelled" };
  const title = comparisonTitle(pair);
  if (old !== undefined && now !== undefined) {
    const markdown = `${pairSentence(pair)}\n\n${whole(view.analysis, old, now)}`;
    return { kind: "compared", title, markdown };
  }
  const gone = old === undefined ? pair.before : pair.after;
  const why = `The image ${gone.reference} of that build is not to be found: packages and paths cannot be compared, only what was recorded by line.`;
  return { kind: "compared", title, markdown: historyMarkdown(pair.before, pair.after, why) };
}

function whole({ dockerfile }: Analysis, before: ReadImage, after: ReadImage): string {
  const beside = (read: ReadImage): Analysis =>
    analyse(dockerfile, { state: "read", description: read.description, read });
  const report = diffReportOf(diffImages(before, after), {
    before: beside(before),
    after: beside(after),
  });
  return diffMarkdown(report, topRows);
}

interface Wanted {
  readonly build: BuildRecord;
  readonly analysis: Analysis;
  readonly signal: AbortSignal;
}

/** The very image of a build; undefined when it is gone. A name may mean another image by now, an id cannot. */
async function imageOf(
  { host, session }: Server,
  uri: string,
  { build: { imageId, reference }, analysis: { image }, signal }: Wanted,
): Promise<ReadImage | undefined> {
  if (image?.state === "read" && image.description.imageId === imageId) return image.read;
  if (!session.isTrusted) return undefined;
  const path = pathOfUri(uri);
  const folders = [
    path === undefined ? undefined : dirname(path),
    folderOf(session.folders, uri)?.path,
  ];
  const tries = [
    { reference: imageId, folder: folders[0] },
    ...folders.map((folder) => ({ reference, folder })),
  ];
  for (const { reference: name, folder } of tries) {
    const request = { ...placeFor(session, uri, folder), reference: name };
    const opened = await host.openImage(request, signal);
    if (!opened.ok) continue;
    const isSame = opened.value.description.imageId === imageId;
    const read = isSame ? await opened.value.read({ signal }) : undefined;
    await opened.value.close();
    if (read?.ok === true) return read.value;
  }
  return undefined;
}

function failed(message: string): BuildsComparison {
  return { kind: "failed", message };
}
