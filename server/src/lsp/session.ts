import type {
  ClientCapabilities,
  InitializeParams,
  WorkspaceEditClientCapabilities,
} from "vscode-languageserver/node";
import type { InitializationOptions } from "../protocol.ts";
import { historyFolderOf } from "./historyFolder.ts";
import type { Folder } from "./folders.ts";
import { folderOf, foldersOf } from "./folders.ts";
import type { Settings } from "./settings.ts";
import { defaultSettings } from "./settings.ts";

/** What the client can do, as far as the server cares. */
export interface ClientFeatures {
  readonly configuration: boolean;
  readonly configurationRegistration: boolean;
  readonly folderChanges: boolean;
  readonly hintRefresh: boolean;
  readonly lensRefresh: boolean;
  readonly markdownHover: boolean;
  readonly relatedInformation: boolean;
  /** A diagnostic's code can be a link. */
  readonly codeDescription: boolean;
  /** Edits can name the version that they were made for, and several files. */
  readonly documentChanges: boolean;
  /** Edits can make a file. */
  readonly fileCreation: boolean;
  /** Can be asked to tell of changed files. */
  readonly fileWatching: boolean;
  /** …and of those in a certain folder. */
  readonly relativePatterns: boolean;
  /** Edits can say what they mean and be confirmed one by one. */
  readonly changeAnnotations: boolean;
  /** Our own client, or another that speaks the custom methods: it sent `InitializationOptions`. */
  readonly statusMessages: boolean;
  readonly commandLinks: boolean;
  /** Shows rewrites by our command before they are made. */
  readonly rewritePreviews: boolean;
}

/** What is true of the whole connection; changes as the client tells. */
export interface Session {
  readonly features: ClientFeatures;
  readonly cacheFolder: string | undefined;
  /** Where build histories are kept; undefined to keep none. */
  readonly historyFolder: string | undefined;
  /** By document URI, the image the user chose. */
  readonly remembered: Map<string, string>;
  isTrusted: boolean;
  folders: readonly Folder[];
  /** False until the client answered for the first time: no image is looked for before, since the settings may forbid it. */
  areSettingsKnown: boolean;
  /** By folder URI; "" for documents outside all folders. */
  settings: ReadonlyMap<string, Settings>;
}

/** The session as the client's first message describes it. */
export function startSession(params: InitializeParams, cacheFolder: string | undefined): Session {
  const options = initializationOptions(params.initializationOptions);
  const rootFolders = params.rootUri ? [{ uri: params.rootUri }] : [];
  return {
    features: featuresOf(params.capabilities, options),
    cacheFolder: options?.cacheFolder ?? cacheFolder,
    historyFolder: historyFolderOf(options?.historyFolder, options?.cacheFolder ?? cacheFolder),
    remembered: new Map(Object.entries(options?.remembered ?? {})),
    isTrusted: options?.trusted ?? true,
    folders: foldersOf(params.workspaceFolders ?? rootFolders),
    areSettingsKnown: false,
    settings: new Map(),
  };
}

/** The settings that hold for a document. */
export function settingsFor(session: Session, uri: string): Settings {
  const folder = folderOf(session.folders, uri);
  return session.settings.get(folder?.uri ?? "") ?? session.settings.get("") ?? defaultSettings;
}

function featuresOf(
  { workspace, textDocument }: ClientCapabilities,
  options: InitializationOptions | undefined,
): ClientFeatures {
  const hoverFormats = textDocument?.hover?.contentFormat;
  return {
    ...workspaceFeatures(workspace),
    ...editFeatures(workspace?.workspaceEdit),
    markdownHover: hoverFormats === undefined || hoverFormats.includes("markdown"),
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation === true,
    codeDescription: textDocument?.publishDiagnostics?.codeDescriptionSupport === true,
    statusMessages: options !== undefined,
    commandLinks: options?.commandLinks === true,
    rewritePreviews: options?.rewritePreviews === true,
  };
}

function workspaceFeatures(workspace: ClientCapabilities["workspace"]) {
  return {
    configuration: workspace?.configuration === true,
    configurationRegistration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    folderChanges: workspace?.workspaceFolders === true,
    hintRefresh: workspace?.inlayHint?.refreshSupport === true,
    lensRefresh: workspace?.codeLens?.refreshSupport === true,
    ...watchFeatures(workspace?.didChangeWatchedFiles),
  };
}

function watchFeatures(
  watching: NonNullable<ClientCapabilities["workspace"]>["didChangeWatchedFiles"],
) {
  return {
    fileWatching: watching?.dynamicRegistration === true,
    relativePatterns: watching?.relativePatternSupport === true,
  };
}

function editFeatures(edit: WorkspaceEditClientCapabilities | undefined) {
  const documentChanges = edit?.documentChanges === true;
  const canCreate = edit?.resourceOperations?.includes("create") === true;
  return {
    documentChanges,
    fileCreation: documentChanges && canCreate,
    changeAnnotations: documentChanges && edit?.changeAnnotationSupport !== undefined,
  };
}

/** Field by field, since it comes from outside; undefined when the client sent nothing of ours. */
function initializationOptions(sent: unknown): InitializationOptions | undefined {
  if (typeof sent !== "object" || sent === null) return undefined;
  const options = sent as Record<string, unknown>;
  const { trusted, remembered, commandLinks, rewritePreviews, cacheFolder, historyFolder } =
    options;
  const ours = [trusted, remembered, commandLinks, rewritePreviews, cacheFolder, historyFolder];
  if (ours.every((value) => value === undefined)) return undefined;
  return {
    ...(typeof trusted === "boolean" ? { trusted } : {}),
    ...(typeof commandLinks === "boolean" ? { commandLinks } : {}),
    ...(typeof rewritePreviews === "boolean" ? { rewritePreviews } : {}),
    ...(typeof cacheFolder === "string" ? { cacheFolder } : {}),
    ...(typeof historyFolder === "string" ? { historyFolder } : {}),
    ...(typeof remembered === "object" && remembered !== null
      ? { remembered: textsOf(remembered) }
      : {}),
  };
}

function textsOf(values: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}
