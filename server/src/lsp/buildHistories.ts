import type { Analysis } from "../core/analysis.ts";
import type { BuildHistory, Growth } from "../core/views/buildHistory.ts";
import {
  builtMs,
  formatHistory,
  growthSince,
  parseHistory,
  withBuild,
} from "../core/views/buildHistory.ts";
import { temporaryRepository } from "../io/buildCompare.ts";
import type { RecordChange, RecordFiles } from "../io/recordFiles.ts";
import { pathOfUri } from "./folders.ts";
import type { Host, Stop } from "./host.ts";
import type { Session } from "./session.ts";
import { settingsFor } from "./session.ts";
import type { Shield } from "./shield.ts";

/** The builds of the open Dockerfiles, as far as they were seen here. */
export interface BuildHistories {
  /** Never waits; empty until it is read, and where nothing may be recorded. */
  of(uri: string): BuildHistory;
  /** What the image of the analysis weighs more than the build before it; undefined where that is not known. Never waits; found once for both. */
  growth(uri: string, analysis: Analysis): Growth | undefined;
  /** Another image, or its files, may be there: records it when it is a build that was not seen before. */
  imageChanged(uri: string): void;
  /** Forgets what is recorded of a document, here and on the disk. The image that is shown is recorded again when it is another one. */
  forget(uri: string): Promise<void>;
  closed(uri: string): void;
  close(): void;
}

/** What histories need. */
export interface BuildHistoriesOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly session: Session;
  readonly analysisOf: (uri: string) => Analysis | undefined;
  /** Tells people what they should know; one sentence. */
  readonly tell: (sentence: string) => void;
  /** Another history is there for a document. */
  readonly onChange: (uri: string) => void;
}

interface Entry {
  history: BuildHistory;
  /** Of the image that was looked at last, or forgotten. */
  seen: string | undefined;
  grown: Grown | undefined;
  stopTimer: Stop;
  /** One after the other: each records on top of what the one before it wrote. */
  work: Promise<void>;
}

interface Grown {
  readonly analysis: Analysis;
  readonly history: BuildHistory;
  readonly growth: Growth | undefined;
}

/** An image that is renewed several times in a row is looked at once. */
const settleMs = 100;

/** Nothing recorded yet. */
export function createBuildHistories(options: BuildHistoriesOptions): BuildHistories {
  const { host, shield, session } = options;
  const entries = new Map<string, Entry>();
  const folder = session.historyFolder;
  const files = folder === undefined ? undefined : host.openRecords(folder);
  const entryOf = (uri: string): Entry => {
    const known = entries.get(uri);
    if (known !== undefined) return known;
    const entry: Entry = {
      history: [],
      seen: undefined,
      grown: undefined,
      stopTimer: () => undefined,
      work: Promise.resolve(),
    };
    entries.set(uri, entry);
    return entry;
  };
  const of = (uri: string): BuildHistory =>
    mayRecord(session, uri) ? (entries.get(uri)?.history ?? []) : [];
  return {
    of,
    growth: (uri, analysis) => grownOf(entries.get(uri), of(uri), analysis),
    imageChanged(uri) {
      const path = pathOfUri(uri);
      if (files === undefined || path === undefined) return;
      const entry = entryOf(uri);
      entry.stopTimer();
      entry.stopTimer = host.after(settleMs, () => {
        entry.work = entry.work.then(() => record(options, files, { uri, path, entry }));
        shield.inBackground(() => entry.work);
      });
    },
    async forget(uri) {
      const entry = entryOf(uri);
      entry.stopTimer();
      await entry.work;
      entry.history = [];
      await files?.forget(uri);
      options.onChange(uri);
    },
    closed(uri) {
      entries.get(uri)?.stopTimer();
      entries.delete(uri);
    },
    close: () => entries.forEach(({ stopTimer }) => stopTimer()),
  };
}

function grownOf(
  entry: Entry | undefined,
  history: BuildHistory,
  analysis: Analysis,
): Growth | undefined {
  if (entry === undefined || history.length === 0) return undefined;
  const { grown } = entry;
  if (grown?.analysis === analysis && grown.history === history) return grown.growth;
  const growth = growthSince(analysis, history);
  entry.grown = { analysis, history, growth };
  return growth;
}

/** Nothing is kept of a workspace that nobody trusts, or where the user does not want it. */
function mayRecord(session: Session, uri: string): boolean {
  return session.isTrusted && session.areSettingsKnown && settingsFor(session, uri).historyEnabled;
}

interface Recorded {
  readonly uri: string;
  readonly path: string;
  readonly entry: Entry;
}

async function record(
  { host, session, analysisOf, tell, onChange }: BuildHistoriesOptions,
  files: RecordFiles,
  { uri, path, entry }: Recorded,
): Promise<void> {
  const analysis = analysisOf(uri);
  if (!mayRecord(session, uri) || analysis?.image?.state !== "read") return;
  // What was built for a comparison is gone soon, and nobody's build.
  if (analysis.image.description.reference.startsWith(`${temporaryRepository}:`)) return;
  const seen = markOf(analysis);
  if (entry.seen === seen) return;
  entry.seen = seen;
  const nowMs = host.nowMs();
  const commit = await host.readGitCommit(path, builtMs(analysis.image.description.config, nowMs));
  const moment = { nowMs, commit };
  let history: BuildHistory = [];
  const outcome = await files.update(uri, (text): RecordChange => {
    const kept = text === undefined ? [] : parseHistory(text);
    history = withBuild(kept ?? [], analysis, moment);
    return history === kept
      ? { kind: "keep" }
      : { kind: "write", text: formatHistory(history, path), isDamaged: kept === undefined };
  });
  // What could not be written is not shown either: it would be gone with the next start.
  if (outcome.kind === "refused") {
    entry.seen = undefined;
    return;
  }
  if (outcome.kind === "written" && outcome.setAside !== undefined) {
    tell(
      `The build history of ${path} could not be read and begins anew; the old one is kept as ${outcome.setAside}.`,
    );
  }
  entry.history = history;
  onChange(uri);
}

/** Another text when a record of the image might say something else. */
function markOf({ image, attribution }: Analysis): string {
  const bases = attribution?.instructions.map(({ basis }) => basis) ?? [];
  return [image?.description.imageId, image?.description.reference, ...bases].join(" ");
}
