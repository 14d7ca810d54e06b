import type { UnreadReason } from "./listing.ts";

/** Why nothing exact can be said of what an instruction takes from the build context. */
export type ContextUnknown =
  /** Not COPY or ADD, or one that takes from a stage or an image. */
  | { readonly code: "not-context" }
  /** Half-typed: no source or no destination. */
  | { readonly code: "incomplete" }
  /** A variable without a known value. */
  | { readonly code: "variable"; readonly text: string }
  | { readonly code: "remote"; readonly source: string }
  /** ADD unpacks it; what is in it was not read. */
  | { readonly code: "archive"; readonly path: string }
  /** ADD would unpack these if they were archives, and nobody looked at them yet. */
  | { readonly code: "archive-unseen"; readonly paths: readonly string[] }
  | { readonly code: "heredoc"; readonly name: string }
  /** The builder refuses the ignore file. */
  | { readonly code: "ignore-refused" }
  | { readonly code: "pattern-refused"; readonly text: string }
  | { readonly code: "not-found"; readonly source: string }
  | { readonly code: "not-listed"; readonly path: string; readonly reason: UnreadReason }
  /** Several files, and whether the destination is a folder only the base image knows. */
  | { readonly code: "destination"; readonly destination: string }
  /** One source brings a file where another brings a folder: no builder does that. */
  | { readonly code: "conflict"; readonly path: string }
  /** `--exclude` names a file that a source names too: builders differ in what they do (moby/buildkit #5489). */
  | { readonly code: "excluded-source"; readonly path: string };

type Describers = {
  readonly [Code in ContextUnknown["code"]]: (
    unknown: Extract<ContextUnknown, { code: Code }>,
  ) => string | undefined;
};

const describers: Describers = {
  "not-context": () => undefined,
  incomplete: () => undefined,
  variable: ({ text }) => `${text} has no value before the build.`,
  remote: ({ source }) => `${source} is fetched during the build.`,
  archive: ({ path }) => `${path} is an archive that ADD unpacks.`,
  "archive-unseen": ({ paths }) =>
    `ADD unpacks archives: ${paths[0] ?? "the source"} was not looked at yet.`,
  heredoc: ({ name }) => `What <<${name} becomes is only known during the build.`,
  "ignore-refused": () => "A line of the .dockerignore stops the build: correct it.",
  "pattern-refused": ({ text }) => `${text} is no pattern that builders read: correct it.`,
  "not-found": ({ source }) => `${source} is not in the build context.`,
  "not-listed": ({ path, reason }) =>
    `${path === "" ? "The build context" : path} ${unreadWords[reason]}.`,
  destination: ({ destination }) =>
    `Several files go to ${destination}: write ${destination}/ if it is a folder.`,
  conflict: ({ path }) =>
    `${path} is a file in one source and a folder in another: no build does that.`,
  "excluded-source": ({ path }) =>
    `Builders differ in whether --exclude holds for ${path} itself: name its folder as the source.`,
};

const unreadWords: Readonly<Record<UnreadReason, string>> = {
  ignored: "was not looked into yet",
  unreadable: "cannot be read",
  limit: "has more files than are counted",
};

/** One sentence about it, for the user. Undefined where there is nothing to say: the instruction takes nothing from the context, or is half-typed. */
export function describeContextUnknown(unknown: ContextUnknown): string | undefined {
  // The table is typed by code, so the describer found takes just this kind.
  const describe = describers[unknown.code] as (unknown: ContextUnknown) => string | undefined;
  return describe(unknown);
}
