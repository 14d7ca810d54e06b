import { spawn } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  objectField,
  parseJsonObject,
  stringField,
  toObject,
  type JsonObject,
} from "../core/image/json.ts";

/** How a user is known to a registry. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly secret: string }
  /** An identity token, which is exchanged for access tokens. */
  | { readonly kind: "identity"; readonly secret: string };

/** Where Docker keeps what `docker login` was told; all of it an input, so that tests can set it. */
export interface CredentialPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

const maxConfigBytes = 4 * 1024 * 1024;

/**
 * What Docker's config.json says about a registry: a credential helper for it, its entry under `auths`, or the store for all. Undefined when
 * there is nothing, or a helper does not tell. Never kept on disk. docker/cli cli/config/configfile, docker-credential-helpers.
 */
export async function findCredentials(
  registry: string,
  place: CredentialPlace,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  const config = await readConfig(place);
  if (config === undefined) return undefined;
  const keys = keysOf(registry);
  const helpers = objectField([], config, "credHelpers") ?? {};
  const helperKey = keys.find((key) => stringField([], helpers, key) !== undefined);
  if (helperKey !== undefined) {
    return askHelper(stringField([], helpers, helperKey) ?? "", helperKey, place, signal);
  }
  const store = stringField([], config, "credsStore");
  const stored = store ? await askHelper(store, keys[0] ?? registry, place, signal) : undefined;
  return stored ?? fromAuths(objectField([], config, "auths") ?? {}, keys);
}

async function readConfig({
  environment,
  homeFolder,
}: CredentialPlace): Promise<JsonObject | undefined> {
  const folder = environment["DOCKER_CONFIG"] || join(homeFolder, ".docker");
  const path = join(folder, "config.json");
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > maxConfigBytes) return undefined;
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseJsonObject([], text);
}

/** Under which names a registry may be listed; Docker Hub has one of its own. */
function keysOf(registry: string): readonly string[] {
  return registry === "docker.io"
    ? ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "https://docker.io"]
    : [
        registry,
        `https://${registry}`,
        `http://${registry}`,
        `https://${registry}/v1/`,
        `https://${registry}/v2/`,
      ];
}

function fromAuths(auths: JsonObject, keys: readonly string[]): Credentials | undefined {
  for (const key of keys) {
    const entry = toObject([], objectField([], auths, key) ?? {}, key) ?? {};
    const identity = stringField([], entry, "identitytoken");
    if (identity) return { kind: "identity", secret: identity };
    const decoded = Buffer.from(stringField([], entry, "auth") ?? "", "base64").toString("utf8");
    const colon = decoded.indexOf(":");
    if (colon > 0) {
      const secret = decoded.slice(colon + 1).replace(/\0+$/, "");
      return { kind: "password", username: decoded.slice(0, colon), secret };
    }
  }
  return undefined;
}

const helperMs = 5_000;
const maxHelperChars = 64 * 1024;

/** Asks `docker-credential-NAME get`; undefined when there is no such program, it fails, is silent too long or says nothing of use. */
async function askHelper(
  name: string,
  server: string,
  { environment }: CredentialPlace,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  // The config may be of anyone's making; the name must be of a program on the PATH.
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const said = await runHelper(`docker-credential-${name}`, server, environment, signal);
  const answer = said === undefined ? undefined : parseJsonObject([], said);
  if (answer === undefined) return undefined;
  const username = stringField([], answer, "Username");
  const secret = stringField([], answer, "Secret");
  if (!secret) return undefined;
  return username === "<token>"
    ? { kind: "identity", secret }
    : { kind: "password", username: username ?? "", secret };
}

function runHelper(
  program: string,
  server: string,
  environment: CredentialPlace["environment"],
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, ["get"], {
      env: environment,
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
      killSignal: "SIGKILL",
      signal: AbortSignal.any([signal, AbortSignal.timeout(helperMs)]),
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.length > maxHelperChars) child.kill("SIGKILL");
    });
    child.stdin.on("error", () => undefined);
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? said : undefined));
    child.stdin.end(server);
  });
}
