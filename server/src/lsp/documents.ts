import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis, Dockerfile, RuleMemory } from "../core/analysis.ts";
import { createRuleMemory, parseDockerfile } from "../core/analysis.ts";
import type { BesideImage } from "../core/views/besideImage.ts";
import { historyVersionOf } from "../core/views/buildHistory.ts";
import type { ImageContext } from "../core/views/imageContext.ts";
import type { BaseLookup } from "./baseLookup.ts";
import type { BuildHistories } from "./buildHistories.ts";
import type { ContextBinding } from "./contextBinding.ts";
import { createContextBinding } from "./contextBinding.ts";
import type { DocumentAnalysis } from "./documentAnalysis.ts";
import { createDocumentAnalysis } from "./documentAnalysis.ts";
import type { ImageBinding, ImageBindingOptions } from "./imageBinding.ts";
import { createImageBinding } from "./imageBinding.ts";
import type { Host, ImageRequest, Stop } from "./host.ts";
import type { IgnoreFiles, IgnoreTarget } from "./ignoreFiles.ts";
import { settingsFor } from "./session.ts";
import type { SharedLayers } from "./sharedLayers.ts";
import type { Settings } from "./settings.ts";

/** All that a request about one document is answered from: the newest text with the newest snapshot of its image. */
export interface DocumentView {
  readonly document: TextDocument;
  readonly analysis: Analysis;
  readonly context: ImageContext;
  readonly settings: Settings;
  /** How its image is opened; undefined while none is known. */
  readonly imageRequest: ImageRequest | undefined;
  /** The build before, and what is shared with other images, as far as it is known. Never waits. */
  readonly beside: () => BesideImage;
  /** Another text when another history is known; undefined without builds. */
  readonly historyVersion: string | undefined;
  /** The `.dockerignore` that fixes extend or make; undefined where it is not known which one that is. */
  readonly ignoreTarget: IgnoreTarget | undefined;
}

/** The open Dockerfiles, each with its image. */
export interface Documents {
  /** The document was opened, or its text is another one. */
  update(document: TextDocument): void;
  saved(uri: string): void;
  close(uri: string): void;
  /** Undefined for documents that are not open. Never waits. */
  view(uri: string): DocumentView | undefined;
  uris(): readonly string[];
  /** Lines of the newest text; 0 for documents that are not open. */
  lineCount(uri: string): number;
  /** Settings, folders, trust or the images of the engine changed: each document's image is looked for again. */
  reconsider(): void;
  /** Files changed on disk, by absolute path. */
  filesChanged(paths: readonly string[]): void;
  /** The same for one document, whose image is then looked at again even when it is the same. */
  refresh(uri: string): void;
}

/** What the documents need. `onChange` is told which document's text, or image, has become another one. */
export interface DocumentsOptions extends Omit<ImageBindingOptions, "onChange"> {
  readonly host: Host;
  readonly ignoreFiles: IgnoreFiles;
  readonly bases: BaseLookup;
  readonly histories: BuildHistories;
  readonly sharedLayers: SharedLayers;
  /** Told of each folder whose files are counted. */
  readonly watch: (folder: string) => void;
  readonly onChange: (uri: string, what: "text" | "image") => void;
}

interface OpenDocument {
  document: TextDocument;
  /** Parsed when it is asked for: edits that arrive together are read once. */
  parsed: { readonly version: number; readonly dockerfile: Dockerfile } | undefined;
  readonly binding: ImageBinding;
  readonly context: ContextBinding;
  readonly analysis: DocumentAnalysis;
  stopTimer: Stop;
}

/** Half-typed image names are not asked for. */
const typingMs = 400;

/** No documents yet. */
export function createDocuments(options: DocumentsOptions): Documents {
  const { ignoreFiles, onChange } = options;
  const open = new Map<string, OpenDocument>();
  const memory = createRuleMemory();
  return {
    update(document) {
      const { uri } = document;
      const known = open.get(uri);
      if (known === undefined) {
        const entry = openDocument(document, options, memory);
        open.set(uri, entry);
        renew(entry, options);
      } else takeText(known, document, options);
      onChange(uri, "text");
    },
    saved(uri) {
      const entry = open.get(uri);
      if (entry !== undefined) renew(entry, options);
    },
    close(uri) {
      const entry = open.get(uri);
      entry?.stopTimer();
      entry?.binding.close();
      entry?.context.close();
      ignoreFiles.forget(uri);
      options.bases.forget(uri);
      open.delete(uri);
    },
    view(uri) {
      const entry = open.get(uri);
      return entry === undefined ? undefined : viewOf(entry, options);
    },
    uris: () => [...open.keys()],
    lineCount: (uri) => open.get(uri)?.document.lineCount ?? 0,
    reconsider: () => open.forEach((entry) => renew(entry, options)),
    filesChanged(paths) {
      const hasIgnore = paths.some((path) => path.endsWith(".dockerignore"));
      for (const entry of open.values()) {
        if (hasIgnore) ignoreFiles.look(entry.document.uri, dockerfileOf(entry));
        entry.context.noteChanges(paths, dockerfileOf(entry));
      }
    },
    refresh(uri) {
      const entry = open.get(uri);
      if (entry === undefined) return;
      renew(entry, options);
      entry.binding.refresh();
    },
  };
}

/** Looks for the image and the files beside the document again. */
function renew(entry: OpenDocument, options: DocumentsOptions): void {
  entry.binding.choose(dockerfileOf(entry));
  lookAround(entry, options);
}

function lookAround(entry: OpenDocument, { ignoreFiles, bases }: DocumentsOptions): void {
  const dockerfile = dockerfileOf(entry);
  ignoreFiles.look(entry.document.uri, dockerfile);
  bases.look(entry.document.uri, dockerfile);
  entry.context.follow(dockerfile);
}

function takeText(entry: OpenDocument, document: TextDocument, options: DocumentsOptions): void {
  entry.document = document;
  entry.parsed = undefined;
  entry.stopTimer();
  entry.stopTimer = options.host.after(typingMs, () => {
    entry.binding.followName(dockerfileOf(entry));
    lookAround(entry, options);
  });
}

function viewOf(
  entry: OpenDocument,
  { session, ignoreFiles, bases, histories, sharedLayers }: DocumentsOptions,
): DocumentView {
  const { uri } = entry.document;
  const settings = settingsFor(session, uri);
  const analysis = entry.analysis.of(dockerfileOf(entry), entry.binding.image(), {
    settings,
    files: ignoreFiles.surroundings(uri),
    bases: bases.knowledge(uri),
    context: entry.context.knowledge(),
  });
  return {
    document: entry.document,
    analysis,
    context: entry.binding.context(),
    settings,
    imageRequest: entry.binding.request(),
    beside: () => ({
      growth: histories.growth(uri, analysis),
      shared: sharedLayers.of(uri, analysis),
    }),
    historyVersion: historyVersionOf(histories.of(uri)),
    ignoreTarget: ignoreFiles.target(uri),
  };
}

function openDocument(
  document: TextDocument,
  options: DocumentsOptions,
  memory: RuleMemory,
): OpenDocument {
  const { uri } = document;
  const around = { ...options, onChange: () => options.onChange(uri, "image") };
  const context = createContextBinding(uri, around);
  return {
    document,
    parsed: undefined,
    binding: createImageBinding(uri, around),
    context,
    analysis: createDocumentAnalysis({ memory, onUnseen: (paths) => context.lookAt(paths) }),
    stopTimer: () => undefined,
  };
}

/** Read once for each version of the text. */
function dockerfileOf(entry: OpenDocument): Dockerfile {
  const { document, parsed } = entry;
  if (parsed?.version === document.version) return parsed.dockerfile;
  const dockerfile = parseDockerfile(document.getText());
  entry.parsed = { version: document.version, dockerfile };
  return dockerfile;
}
