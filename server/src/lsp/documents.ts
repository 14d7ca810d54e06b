import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis, Dockerfile } from "../core/analysis.ts";
import { analyse, parseDockerfile } from "../core/analysis.ts";
import type { ImageContext } from "../core/views/imageContext.ts";
import type { ImageBinding, ImageBindingOptions } from "./imageBinding.ts";
import { createImageBinding } from "./imageBinding.ts";
import type { Host, Stop } from "./host.ts";
import { settingsFor } from "./session.ts";
import type { Settings } from "./settings.ts";

/** All that a request about one document is answered from: the newest text with the newest snapshot of its image. */
export interface DocumentView {
  readonly document: TextDocument;
  readonly analysis: Analysis;
  readonly context: ImageContext;
  readonly settings: Settings;
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
  /** The same for one document, whose image is then looked at again even when it is the same. */
  refresh(uri: string): void;
}

/** What the documents need. `onChange` is told which document's text, or image, has become another one. */
export interface DocumentsOptions extends Omit<ImageBindingOptions, "onChange"> {
  readonly host: Host;
  readonly onChange: (uri: string, what: "text" | "image") => void;
}

interface OpenDocument {
  document: TextDocument;
  /** Parsed when it is asked for: edits that arrive together are read once. */
  parsed: { readonly version: number; readonly dockerfile: Dockerfile } | undefined;
  readonly binding: ImageBinding;
  stopTimer: Stop;
  analysis: Analysis | undefined;
  analysedWith: Settings | undefined;
}

/** Half-typed image names are not asked for. */
const typingMs = 400;

/** No documents yet. */
export function createDocuments(options: DocumentsOptions): Documents {
  const { host, session, onChange } = options;
  const open = new Map<string, OpenDocument>();
  return {
    update(document) {
      const { uri } = document;
      const known = open.get(uri);
      const entry = known ?? openDocument(document, options);
      if (known === undefined) {
        open.set(uri, entry);
        entry.binding.choose(dockerfileOf(entry));
      } else {
        entry.document = document;
        entry.parsed = undefined;
        entry.stopTimer();
        entry.stopTimer = host.after(typingMs, () => entry.binding.followName(dockerfileOf(entry)));
      }
      onChange(uri, "text");
    },
    saved(uri) {
      const entry = open.get(uri);
      entry?.binding.choose(dockerfileOf(entry));
    },
    close(uri) {
      const entry = open.get(uri);
      entry?.stopTimer();
      entry?.binding.close();
      open.delete(uri);
    },
    view(uri) {
      const entry = open.get(uri);
      if (entry === undefined) return undefined;
      const settings = settingsFor(session, uri);
      return {
        document: entry.document,
        analysis: analysisOf(entry, settings),
        context: entry.binding.context(),
        settings,
      };
    },
    uris: () => [...open.keys()],
    lineCount: (uri) => open.get(uri)?.document.lineCount ?? 0,
    reconsider: () => open.forEach((entry) => entry.binding.choose(dockerfileOf(entry))),
    refresh(uri) {
      const entry = open.get(uri);
      entry?.binding.choose(dockerfileOf(entry));
      entry?.binding.refresh();
    },
  };
}

function openDocument(document: TextDocument, options: DocumentsOptions): OpenDocument {
  return {
    document,
    parsed: undefined,
    binding: createImageBinding(document.uri, {
      ...options,
      onChange: () => options.onChange(document.uri, "image"),
    }),
    stopTimer: () => undefined,
    analysis: undefined,
    analysedWith: undefined,
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

/** Made once for each text, image and settings. */
function analysisOf(entry: OpenDocument, settings: Settings): Analysis {
  const dockerfile = dockerfileOf(entry);
  const image = entry.binding.image();
  const known = entry.analysis;
  if (
    known?.dockerfile === dockerfile &&
    known.image === image &&
    entry.analysedWith === settings
  ) {
    return known;
  }
  entry.analysedWith = settings;
  entry.analysis = analyse(dockerfile, image, {
    ...(settings.budgetBytes === undefined ? {} : { budgetBytes: settings.budgetBytes }),
    ...(settings.transferBudgetBytes === undefined
      ? {}
      : { transferBudgetBytes: settings.transferBudgetBytes }),
  });
  return entry.analysis;
}
