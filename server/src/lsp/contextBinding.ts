import { basename } from "node:path";
import type { ArchiveLook, BuildContext, ContextKnowledge, Dockerfile } from "../core/analysis.ts";
import {
  buildContextInSteps,
  buildContextOf,
  contextDirectiveOf,
  copiesContext,
  createContextCounts,
  parseDockerignore,
} from "../core/analysis.ts";
import type { ContextSnapshot, OpenBuildContext } from "../io/buildContext.ts";
import type { ContextRoot, ContextRootRequest } from "../io/buildContextRoot.ts";
import { folderOf, pathOfUri, relativeTo } from "./folders.ts";
import type { Host } from "./host.ts";
import type { IgnoreFiles } from "./ignoreFiles.ts";
import type { Session } from "./session.ts";
import { settingsFor } from "./session.ts";
import type { Shield } from "./shield.ts";
import { inTurns } from "./turns.ts";

/** The tie between one open Dockerfile and the folder that its builds send. */
export interface ContextBinding {
  /** Undefined until the folder is read. The same object until something changes; counts anew where the ignore file is another. */
  knowledge(): ContextKnowledge | undefined;
  /** Text, settings, folders or trust may be others: opens, keeps or closes the context. */
  follow(dockerfile: Dockerfile): void;
  /** Files changed on disk, by absolute path. */
  noteChanges(paths: readonly string[], dockerfile: Dockerfile): void;
  /** Looks whether ADD would unpack these files of the context. */
  lookAt(paths: readonly string[]): void;
  close(): void;
}

/** What a binding needs. `onChange` is called when something else is known; `watch` is told of each folder that is opened. */
export interface ContextBindingOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly session: Session;
  readonly ignoreFiles: Pick<IgnoreFiles, "openText">;
  readonly watch: (folder: string) => void;
  readonly onChange: () => void;
}

interface Opened {
  readonly root: ContextRoot;
  readonly context: OpenBuildContext;
  archives: ReadonlyMap<string, ArchiveLook>;
  /** Paths that somebody looks at, or looked at. */
  readonly asked: Set<string>;
  readonly reading: AbortController;
}

type ContextListing = ContextSnapshot["listing"];

/** Listing and ignore text of a context, with what came of them. */
interface Chosen {
  readonly listing: ContextListing;
  readonly ignoreText: string | undefined;
  readonly context: BuildContext;
}

/** The same with what is known of the archives in it. */
interface Counted extends Chosen {
  readonly archives: ReadonlyMap<string, ArchiveLook>;
  readonly knowledge: ContextKnowledge;
}

/** With more entries the ignore file is held against them in the background, in steps: it takes about 1 ms for each 2,000. */
const entriesAtOnce = 5000;

interface Binding extends ContextBindingOptions {
  readonly uri: string;
  opened: Opened | undefined;
  counted: Counted | undefined;
  /** The newest of those that were made in the background. */
  chosen: Chosen | undefined;
  /** What is being made there. */
  choosing: Omit<Chosen, "context"> | undefined;
  /** What the context was looked for by, as JSON; undefined when none is wanted. */
  followed: string | undefined;
}

/** A binding to no context yet. */
export function createContextBinding(uri: string, options: ContextBindingOptions): ContextBinding {
  const binding: Binding = {
    ...options,
    uri,
    opened: undefined,
    counted: undefined,
    chosen: undefined,
    choosing: undefined,
    followed: undefined,
  };
  return {
    knowledge: () => knowledgeOf(binding),
    follow: (dockerfile) => follow(binding, dockerfile),
    noteChanges(paths, dockerfile) {
      binding.opened?.context.noteChanges(paths);
      if (paths.some(isCompose)) {
        binding.followed = undefined;
        follow(binding, dockerfile);
      }
    },
    lookAt: (paths) => lookAt(binding, paths),
    close() {
      binding.followed = undefined;
      release(binding);
    },
  };
}

function isCompose(path: string): boolean {
  return /compose.*\.ya?ml$/i.test(basename(path));
}

function follow(binding: Binding, dockerfile: Dockerfile): void {
  const { host, shield } = binding;
  const request = requestFor(binding, dockerfile);
  const wanted = request === undefined ? undefined : JSON.stringify(request);
  if (wanted === binding.followed) return;
  binding.followed = wanted;
  if (request === undefined) {
    if (binding.opened === undefined) return;
    release(binding);
    binding.onChange();
    return;
  }
  shield.inBackground(async () => {
    const root = await host.findContextRoot(request);
    if (binding.followed === wanted) open(binding, root, request.dockerfilePath);
  });
}

/** Undefined where nothing of the disk may be read, and for a file that copies nothing from its context. */
function requestFor(
  { session, uri }: Binding,
  dockerfile: Dockerfile,
): ContextRootRequest | undefined {
  const dockerfilePath = pathOfUri(uri);
  const isAllowed = session.isTrusted && session.areSettingsKnown;
  if (dockerfilePath === undefined || !isAllowed || !copiesContext(dockerfile)) return undefined;
  const folder = folderOf(session.folders, uri);
  const isInside = folder !== undefined && relativeTo(folder, dockerfilePath) !== undefined;
  return {
    dockerfilePath,
    directive: contextDirectiveOf(dockerfile),
    setting: settingsFor(session, uri).contextFolder,
    workspaceFolder: isInside ? folder.path : undefined,
  };
}

function open(binding: Binding, root: ContextRoot, dockerfilePath: string): void {
  const { opened, host } = binding;
  if (opened !== undefined && JSON.stringify(opened.root) === JSON.stringify(root)) return;
  release(binding);
  const context = host.openContext({ dockerfilePath, root: root.folder }, () => {
    const now = binding.opened;
    if (now?.context !== context) return;
    now.archives = new Map();
    now.asked.clear();
    binding.onChange();
  });
  binding.opened = {
    root,
    context,
    archives: new Map(),
    asked: new Set(),
    reading: new AbortController(),
  };
  binding.watch(root.folder);
}

function release(binding: Binding): void {
  binding.opened?.context.close();
  binding.opened?.reading.abort();
  binding.opened = undefined;
  binding.counted = undefined;
  binding.chosen = undefined;
  binding.choosing = undefined;
}

/** What the editor has open of the ignore file counts, saved or not. */
function knowledgeOf(binding: Binding): ContextKnowledge | undefined {
  const { opened, counted, ignoreFiles } = binding;
  const snapshot = opened?.context.snapshot();
  if (opened === undefined || snapshot === undefined) return undefined;
  const { archives, root } = opened;
  const ignoreText = ignoreFiles.openText(snapshot.ignorePath) ?? snapshot.ignoreText;
  const { listing } = snapshot;
  const isSameContext = isChosenFrom(counted, listing, ignoreText);
  if (isSameContext && counted?.archives === archives) return counted.knowledge;
  const context = isSameContext ? counted?.context : contextOf(binding, listing, ignoreText);
  if (context === undefined) return counted?.knowledge;
  const { folder, source, others } = root;
  const counts = createContextCounts();
  const knowledge: ContextKnowledge = { context, archives, folder, source, others, counts };
  binding.counted = { listing, ignoreText, archives, context, knowledge };
  return knowledge;
}

function isChosenFrom(
  one: Omit<Chosen, "context"> | undefined,
  listing: ContextListing,
  ignoreText: string | undefined,
): boolean {
  return one !== undefined && one.listing === listing && one.ignoreText === ignoreText;
}

/** Undefined for a listing of very many entries until they are all looked at, which is told by `onChange`. */
function contextOf(
  binding: Binding,
  listing: ContextListing,
  ignoreText: string | undefined,
): BuildContext | undefined {
  const ignore = parseDockerignore(ignoreText ?? "").value;
  if (listing.entryCount <= entriesAtOnce) return buildContextOf(listing, ignore);
  if (isChosenFrom(binding.chosen, listing, ignoreText)) return binding.chosen?.context;
  if (isChosenFrom(binding.choosing, listing, ignoreText)) return undefined;
  const choosing = { listing, ignoreText };
  binding.choosing = choosing;
  binding.shield.inBackground(async () => {
    const isStopped = (): boolean => binding.choosing !== choosing;
    const context = await inTurns(binding.host, buildContextInSteps(listing, ignore), isStopped);
    if (context === undefined || isStopped()) return;
    binding.chosen = { ...choosing, context };
    binding.choosing = undefined;
    binding.onChange();
  });
  return undefined;
}

function lookAt(binding: Binding, paths: readonly string[]): void {
  const { opened, host, shield } = binding;
  const unseen = paths.filter((path) => opened?.asked.has(path) === false);
  if (opened === undefined || unseen.length === 0) return;
  for (const path of unseen) opened.asked.add(path);
  shield.inBackground(async () => {
    const { signal } = opened.reading;
    const looks = await host.lookAtArchives(opened.root.folder, unseen, signal);
    const isStillAsked = unseen.some((path) => opened.asked.has(path));
    if (signal.aborted || !isStillAsked || looks.size === 0) return;
    opened.archives = new Map([...opened.archives, ...looks]);
    binding.onChange();
  });
}
