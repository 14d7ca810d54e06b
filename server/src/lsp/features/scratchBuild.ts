import type { CancellationToken } from "vscode-languageserver/node";
import type { Analysis } from "../../core/analysis.ts";
import {
  analyse,
  applyEdits,
  contextDirectiveOf,
  describeImageError,
  parseDockerfile,
} from "../../core/analysis.ts";
import type { Result } from "../../core/result.ts";
import { fail, succeed } from "../../core/result.ts";
import { buildComparison } from "../../core/views/buildComparison.ts";
import { namedOffers } from "../../core/views/scratch.ts";
import type { TemporaryImage } from "../../io/buildCompare.ts";
import type { BuildOutcome, RewriteParams } from "../../protocol/scratch.ts";
import { signalOf } from "../cancellation.ts";
import { folderOf, pathOfUri } from "../folders.ts";
import { placeFor } from "../imageBinding.ts";
import type { Server } from "../serverParts.ts";
import { settingsFor } from "../session.ts";

/**
 * Builds the text as it is and as the offer has it, measures both and takes both away again, whatever happens. Nothing is built in a workspace that is not
 * trusted, or where the engine is switched off.
 */
export async function compareBuilds(
  server: Server,
  { uri, offerId }: RewriteParams,
  token: CancellationToken,
): Promise<BuildOutcome> {
  const view = server.documents.view(uri);
  const path = pathOfUri(uri);
  const offer = view && namedOffers(view.analysis).find(({ id }) => id === offerId)?.offer;
  const refusal = refusalOf(server, uri);
  if (refusal !== undefined) return failed(refusal);
  if (view === undefined || offer === undefined || path === undefined) {
    return failed("This is not offered any more: the Dockerfile or its image has changed.");
  }
  const signal = signalOf(token);
  const { text } = view.analysis.dockerfile;
  const texts = [text, applyEdits(text, offer.edits)] as const;
  const outcome = await buildBoth(texts, { server, uri, path, signal, made: [] });
  return signal.aborted ? { kind: "cancelled" } : outcome;
}

async function buildBoth(texts: readonly [string, string], work: Work): Promise<BuildOutcome> {
  const before = await measure(texts[0], work);
  const after = before.ok ? await measure(texts[1], work) : before;
  const said = await Promise.all(work.made.map((image) => image.remove()));
  const remarks = said.filter((sentence) => sentence !== undefined);
  if (!before.ok) return failed([before.error, ...remarks].join(" "));
  if (!after.ok) return failed([after.error, ...remarks].join(" "));
  return { kind: "built", ...buildComparison(before.value, after.value), remarks };
}

function refusalOf({ session }: Server, uri: string): string | undefined {
  if (!session.isTrusted) return "Nothing is built in a workspace that is not trusted.";
  if (!placeFor(session, uri, undefined).engine.isEnabled) {
    return "The engine is switched off by the setting tare.engine.enabled.";
  }
  return undefined;
}

function failed(message: string): BuildOutcome {
  return { kind: "failed", message };
}

interface Work {
  readonly server: Server;
  readonly uri: string;
  readonly path: string;
  readonly signal: AbortSignal;
  /** To be taken away in the end. */
  readonly made: TemporaryImage[];
}

/** Builds one text and reads the image; the error is one sentence. */
async function measure(
  text: string,
  { server, uri, path, signal, made }: Work,
): Promise<Result<Analysis, string>> {
  const { host, session, connection } = server;
  const place = placeFor(session, uri, undefined);
  const dockerfile = parseDockerfile(text);
  const image = await host.buildTemporaryImage(
    {
      text,
      dockerfilePath: path,
      contextDirective: contextDirectiveOf(dockerfile),
      contextSetting: settingsFor(session, uri).contextFolder,
      workspaceFolder: folderOf(session.folders, uri)?.path,
      platform: place.platform,
      endpoint: place.engine.endpoint,
      onLine: (line) => connection.console.info(line),
    },
    signal,
  );
  if (!image.ok) return image;
  made.push(image.value);
  const opened = await host.openImage({ ...place, reference: image.value.reference }, signal);
  if (!opened.ok) return fail(describeImageError(opened.error));
  const read = await opened.value.read({ signal, onProgress: () => undefined });
  await opened.value.close();
  if (!read.ok) return fail(describeImageError(read.error));
  const { description } = read.value;
  const { cost } = settingsFor(session, uri);
  return succeed(analyse(dockerfile, { state: "read", description, read: read.value }, { cost }));
}
