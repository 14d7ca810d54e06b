import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Dockerfile, RuleSurroundings } from "../core/analysis.ts";
import { contextDirectiveOf } from "../core/analysis.ts";
import type { DockerignoreFile } from "../io/dockerignoreFile.ts";
import { pathOfUri } from "./folders.ts";
import type { Host } from "./host.ts";
import type { Session } from "./session.ts";
import type { Shield } from "./shield.ts";

/** The `.dockerignore` that an edit can go to. */
export interface IgnoreTarget {
  readonly uri: string;
  /** Undefined where there is none yet. */
  readonly text: string | undefined;
  /** Of the document that is open in the editor; null when it is not. */
  readonly version: number | null;
}

/** The `.dockerignore` of every open Dockerfile: as the editor has it when it is open there, else as it is on disk. */
export interface IgnoreFiles {
  /** Reads it from disk in the background. Nothing is read in an untrusted workspace, and for documents that are on no disk. */
  look(uri: string, dockerfile: Dockerfile): void;
  /** What rules are told; the same object until something changes. */
  surroundings(uri: string): RuleSurroundings;
  /** Undefined as long as nobody knows which one the build uses. */
  target(uri: string): IgnoreTarget | undefined;
  /** What the editor has open at an absolute path, saved or not; undefined where it is not open. */
  openText(path: string): string | undefined;
  forget(uri: string): void;
  /** A `.dockerignore` is open in the editor, or its text is another one. */
  edited(document: TextDocument): void;
  /** It is no longer open. */
  released(uri: string): void;
}

/** What it needs. `onChange` is told whose `.dockerignore` is another one. */
export interface IgnoreFilesOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly session: Session;
  readonly onChange: (uri: string) => void;
}

interface Known {
  readonly file: DockerignoreFile;
  readonly surroundings: RuleSurroundings;
}

const unknown: RuleSurroundings = { isDockerignoreKnown: false };

/** Knows none yet. */
export function createIgnoreFiles(options: IgnoreFilesOptions): IgnoreFiles {
  const { host, shield, onChange } = options;
  const known = new Map<string, Known>();
  const newest = new Map<string, symbol>();
  const editing = new Map<string, TextDocument>();
  const keyOf = (uri: string): string => pathOfUri(uri) ?? uri;
  const settle = (uri: string, file: DockerignoreFile): void => {
    const text = editing.get(file.path)?.getText() ?? file.text;
    const before = known.get(uri)?.surroundings;
    const surroundings = surroundingsOf(text, file.isKnown);
    const isSame = JSON.stringify(before) === JSON.stringify(surroundings);
    known.set(uri, { file, surroundings: isSame && before !== undefined ? before : surroundings });
    if (!isSame) onChange(uri);
  };
  const settleAll = (): void => known.forEach(({ file }, uri) => settle(uri, file));
  return {
    look(uri, dockerfile) {
      const request = requestFor(uri, dockerfile, options.session);
      if (request === undefined) return;
      const turn = Symbol(uri);
      newest.set(uri, turn);
      shield.inBackground(async () => {
        const file = await host.readDockerignore(request);
        if (newest.get(uri) === turn) settle(uri, file);
      });
    },
    surroundings: (uri) => known.get(uri)?.surroundings ?? unknown,
    target(uri) {
      const file = known.get(uri)?.file;
      return file?.isKnown === true ? targetOf(file, editing.get(file.path)) : undefined;
    },
    openText: (path) => editing.get(path)?.getText(),
    forget(uri) {
      known.delete(uri);
      newest.delete(uri);
    },
    edited(document) {
      editing.set(keyOf(document.uri), document);
      settleAll();
    },
    released(uri) {
      if (editing.delete(keyOf(uri))) settleAll();
    },
  };
}

function targetOf({ path, text }: DockerignoreFile, document?: TextDocument): IgnoreTarget {
  return {
    uri: document?.uri ?? pathToFileURL(path).href,
    text: document?.getText() ?? text,
    version: document?.version ?? null,
  };
}

function surroundingsOf(text: string | undefined, isKnown: boolean): RuleSurroundings {
  return text === undefined
    ? { isDockerignoreKnown: isKnown }
    : { dockerignore: text, isDockerignoreKnown: true };
}

function requestFor(uri: string, dockerfile: Dockerfile, { isTrusted }: Session) {
  const dockerfilePath = isTrusted ? pathOfUri(uri) : undefined;
  if (dockerfilePath === undefined) return undefined;
  const context = contextDirectiveOf(dockerfile);
  return {
    dockerfilePath,
    contextFolder: context === undefined ? undefined : resolve(dirname(dockerfilePath), context),
  };
}

/** Whether a document is a `.dockerignore`. */
export function isDockerignore({ uri }: { readonly uri: string }): boolean {
  return /\.dockerignore$/i.test(uri);
}
