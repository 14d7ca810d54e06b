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
  dockerfile: Dockerfile;
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
        entry.binding.choose(entry.dockerfile);
      } else {
        entry.document = document;
        entry.dockerfile = parseDockerfile(document.getText());
        entry.stopTimer();
        entry.stopTimer = host.after(typingMs, () => entry.binding.followName(entry.dockerfile));
      }
      onChange(uri, "text");
    },
    saved(uri) {
      const entry = open.get(uri);
      entry?.binding.choose(entry.dockerfile);
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
    reconsider: () => open.forEach(({ binding, dockerfile }) => binding.choose(dockerfile)),
    refresh(uri) {
      const entry = open.get(uri);
      entry?.binding.choose(entry.dockerfile);
      entry?.binding.renew();
    },
  };
}

function openDocument(document: TextDocument, options: DocumentsOptions): OpenDocument {
  return {
    document,
    dockerfile: parseDockerfile(document.getText()),
    binding: createImageBinding(document.uri, {
      ...options,
      onChange: () => options.onChange(document.uri, "image"),
    }),
    stopTimer: () => undefined,
    analysis: undefined,
    analysedWith: undefined,
  };
}

/** Made once for each text, image and settings. */
function analysisOf(entry: OpenDocument, settings: Settings): Analysis {
  const image = entry.binding.image();
  const known = entry.analysis;
  if (
    known?.dockerfile === entry.dockerfile &&
    known.image === image &&
    entry.analysedWith === settings
  ) {
    return known;
  }
  entry.analysedWith = settings;
  entry.analysis = analyse(entry.dockerfile, image, {
    ...(settings.budgetBytes === undefined ? {} : { budgetBytes: settings.budgetBytes }),
    ...(settings.transferBudgetBytes === undefined
      ? {}
      : { transferBudgetBytes: settings.transferBudgetBytes }),
  });
  return entry.analysis;
}
