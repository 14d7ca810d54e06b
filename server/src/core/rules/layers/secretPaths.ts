import { type FileTree, nameOf, nodeKind } from "../../image/fileTree.ts";

/**
 * The part of a path that names a secret: `root/.ssh/id_rsa`, or the whole `app/.git` of what lies in it; undefined where nothing does, and in
 * folders of installed packages, tests and examples, where such names are no secrets.
 */
export function secretPathIn(path: string): string | undefined {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(path.lastIndexOf("/", slash - 1) + 1, Math.max(slash, 0));
  if (!path.includes(".git") && !isSecretFile(path.slice(slash + 1), folder)) return undefined;
  const names = path.split("/");
  for (const [at, name] of names.entries()) {
    const isLast = at === names.length - 1;
    if (!isLast && innocentFolders.has(name)) return undefined;
    const isSecret = name === ".git" || (isLast && isSecretFile(name, names[at - 1]));
    if (isSecret) return names.slice(0, at + 1).join("/");
  }
  return undefined;
}

/** Folders in which keys and dotfiles are part of what everyone can download. */
const innocentFolders: ReadonlySet<string> = new Set([
  "__tests__",
  "bower_components",
  "dist-packages",
  "example",
  "examples",
  "fixtures",
  "gems",
  "mod",
  "node_modules",
  "share",
  "site-packages",
  "spec",
  "test",
  "testdata",
  "tests",
  "vendor",
]);

function isSecretFile(name: string, folder: string | undefined): boolean {
  if (privateKey.test(name) && !/\.pub$|pub(?:lic)?[-_.]?key/i.test(name)) return true;
  if (name === ".env" || /^\.env\.(?:local|prod|production|staging)$/.test(name)) return true;
  if (alwaysSecret.has(name)) return true;
  return folder !== undefined && folderSecrets.get(folder)?.has(name) === true;
}

/** Keys by the names that people and tools give them; a bare `.pem` is as often a certificate. */
const privateKey =
  /^id_(?:rsa|dsa|ecdsa|ed25519)$|^(?:.*[-_.])?(?:priv(?:ate)?[-_.]?key|privkey|server[-_.]key|deploy[-_.]?key)(?:[-_.].*)?\.(?:pem|key)$|^(?:.*[-_.])?key\.pem$|^server\.key$/i;

const alwaysSecret: ReadonlySet<string> = new Set([
  ".git-credentials",
  ".netrc",
  ".npmrc",
  ".pgpass",
  ".pypirc",
  ".yarnrc.yml",
  "service-account.json",
  "service_account.json",
]);

const folderSecrets: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [".aws", new Set(["credentials"])],
  [".docker", new Set(["config.json"])],
  [".kube", new Set(["config"])],
  [".gem", new Set(["credentials"])],
  [".cargo", new Set(["credentials", "credentials.toml"])],
  [".azure", new Set(["accessTokens.json"])],
  ["gcloud", new Set(["application_default_credentials.json", "credentials.db"])],
]);

/** Secrets among the nodes of one layer's tree, by path, with their bytes; `.git` as a whole. O(nodes). */
export function secretsIn(
  tree: FileTree,
  nodes: readonly number[],
  pathOf: (node: number) => string,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const maybe = new Map<number, boolean>();
  const isInGit = (node: number): boolean => {
    if (node <= 0) return false;
    const known = maybe.get(node);
    if (known !== undefined) return known;
    const parent = tree.parent[node] ?? 0;
    const answer = nameOf(tree, node) === ".git" || isInGit(parent);
    maybe.set(node, answer);
    return answer;
  };
  for (const node of nodes) {
    if (tree.kind[node] !== nodeKind.file) continue;
    const parent = tree.parent[node] ?? 0;
    const isCandidate = looksSecret.test(nameOf(tree, node)) || isInGit(parent);
    const path = isCandidate ? secretPathIn(pathOf(node)) : undefined;
    if (path === undefined) continue;
    const own = found.get(path);
    if (own === undefined) found.set(path, [node]);
    else own.push(node);
  }
  return found;
}

/** Cheap test before paths are put together: every secret file's name passes. */
const looksSecret = /^\.|key|^id_|credential|config|account|accessTokens/i;
