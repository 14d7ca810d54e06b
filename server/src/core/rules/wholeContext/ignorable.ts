/** Why something in a build context is usually not wanted in an image. */
export type IgnorableKind =
  | "history"
  | "packages"
  | "cache"
  | "editor"
  | "secret"
  | "tests"
  | "logs";

/** Something that a `.dockerignore` can keep out. */
export interface Ignorable {
  readonly kind: IgnorableKind;
  /** Line for the `.dockerignore`. */
  readonly pattern: string;
}

/** What a file or folder of a build context is by its name; undefined for all that may be the program. `isTop` when it lies directly in the context. */
export function ignorableOf(name: string, isTop: boolean): Ignorable | undefined {
  const anywhere = kindsAnywhere.get(name);
  if (anywhere !== undefined) {
    return { kind: anywhere, pattern: `**/${name}` };
  }
  if (!isTop) return undefined;
  const kind = kindsAtTop.get(name);
  if (kind !== undefined) return { kind, pattern: name };
  if (isSecretName(name)) return { kind: "secret", pattern: name };
  return /^[\w-].*\.log$/.test(name) ? { kind: "logs", pattern: "*.log" } : undefined;
}

/** `.env` and its variants, those that are there to be copied from left out. */
function isSecretName(name: string): boolean {
  if (/^id_(?:rsa|dsa|ecdsa|ed25519)$/.test(name)) return true;
  return (
    /^\.env(?:\.[\w-]+)*$/.test(name) && !/\.(?:example|sample|template|dist|defaults?)$/.test(name)
  );
}

const kindsAnywhere: ReadonlyMap<string, IgnorableKind> = new Map([
  ["__pycache__", "cache"],
  [".pytest_cache", "cache"],
  [".mypy_cache", "cache"],
  [".ruff_cache", "cache"],
  [".DS_Store", "editor"],
]);

const kindsAtTop: ReadonlyMap<string, IgnorableKind> = new Map([
  ...kindRows("packages", "node_modules"),
  ...kindRows("history", ".git .hg .svn"),
  ...kindRows("cache", ".venv venv .tox .nox .gradle .parcel-cache .turbo .terraform .eslintcache"),
  ...kindRows("cache", ".nyc_output coverage htmlcov .coverage"),
  ...kindRows("editor", ".vscode .idea .vs .github .gitlab .circleci"),
  ...kindRows("tests", "test tests __tests__ spec e2e cypress"),
  ...kindRows("secret", ".aws .ssh"),
]);

function kindRows(
  kind: IgnorableKind,
  names: string,
): readonly (readonly [string, IgnorableKind])[] {
  return names.split(" ").map((name) => [name, kind] as const);
}
