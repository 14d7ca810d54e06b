import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageError } from "../core/image/imageError.ts";
import { fieldOf, objectField, parseJsonObject, stringField } from "../core/image/json.ts";
import { fail, succeed, type Result } from "../core/result.ts";
import { readTextIfSmall } from "./boundedFile.ts";

/** More than any configuration or certificate. */
const mostBytes = 4_000_000;

/** Certificates of one engine, as text in PEM. Absent parts are left to the platform. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** False only where the user switched the check off (a context's SkipTLSVerify, DOCKER_TLS without DOCKER_TLS_VERIFY). */
  readonly isVerified: boolean;
}

/** How to reach an engine. */
export type EngineConnection =
  /** A Unix socket, or a named pipe of Windows. */
  | { readonly kind: "socket"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      readonly tls?: TlsMaterial;
    }
  /** Through the user's own `ssh`: arguments up to the host. */
  | { readonly kind: "ssh"; readonly words: readonly string[]; readonly remoteSocket?: string };

/** One place where an engine may answer. */
export interface EngineEndpoint {
  /** As people write it: `unix:///var/run/docker.sock`. */
  readonly address: string;
  readonly connection: EngineConnection;
}

/** What decides where engines are looked for; all of it an input, so that tests and other editors can set it. */
export interface EngineSearch {
  /** The user's setting: `unix://…`, `npipe://…`, `tcp://…`, `ssh://…` or the path of a socket. Wins over everything. */
  readonly endpoint?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  readonly platform: NodeJS.Platform;
}

/**
 * Where an engine may answer, in the order to try. The setting, DOCKER_HOST or a chosen docker context name exactly one; without them come the
 * usual sockets of Docker, Docker Desktop, Colima, OrbStack, Rancher Desktop and Podman that exist. Empty when there is none.
 * Precedence as in docker/cli `resolveContextName`: DOCKER_HOST before DOCKER_CONTEXT before `currentContext`.
 */
export async function findEndpoints(
  search: EngineSearch,
): Promise<Result<readonly EngineEndpoint[], ImageError>> {
  const { environment } = search;
  const stated = search.endpoint?.trim() || environment["DOCKER_HOST"]?.trim();
  if (stated) return oneEndpoint(stated, () => environmentTls(search));
  const context = environment["DOCKER_CONTEXT"] || (await currentContext(search));
  if (context && context !== "default") return contextEndpoint(search, context);
  return succeed(await usualEndpoints(search));
}

/** The address that is named when nothing answers and nothing was configured. */
export function defaultAddress(platform: NodeJS.Platform): string {
  return platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";
}

async function oneEndpoint(
  address: string,
  readTls: () => Promise<TlsMaterial | undefined>,
): Promise<Result<readonly EngineEndpoint[], ImageError>> {
  const connection = await parseAddress(address, readTls);
  return typeof connection === "string"
    ? unreachable(address, connection)
    : succeed([{ address, connection }]);
}

function unreachable(endpoint: string, reason: string): Result<never, ImageError> {
  return fail({ code: "engine-unreachable", endpoint, reason });
}

/** The connection an address stands for, or why it stands for none. */
async function parseAddress(
  address: string,
  readTls: () => Promise<TlsMaterial | undefined>,
): Promise<EngineConnection | string> {
  const scheme = /^([a-z]+):\/\//i.exec(address)?.[1]?.toLowerCase();
  switch (scheme) {
    case "unix":
      return { kind: "socket", path: address.slice("unix://".length) || "/var/run/docker.sock" };
    case "npipe":
      return { kind: "socket", path: address.slice("npipe://".length).replaceAll("\\", "/") };
    case "tcp":
    case "http":
    case "https":
      return tcpConnection(address, scheme, await readTls());
    case "ssh":
      return sshConnection(address);
    case undefined:
      return /^([/~.\\]|[A-Za-z]:[\\/])/.test(address)
        ? { kind: "socket", path: address }
        : parseAddress(`tcp://${address}`, readTls);
    default:
      return `addresses of the form ${scheme}:// are not supported`;
  }
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function tcpConnection(
  address: string,
  scheme: "tcp" | "http" | "https",
  stated: TlsMaterial | undefined,
): EngineConnection | string {
  // The URL class knows a port and a host only for schemes of the web.
  const url = parseUrl(address.replace(/^[a-z]+:/i, "http:"));
  if (url === undefined || url.hostname === "") return "the address is not host:port";
  const tls = scheme === "http" ? undefined : stated;
  const material = tls ?? (scheme === "https" ? { isVerified: true } : undefined);
  const defaultPort = material === undefined ? 2375 : 2376;
  // The URL class drops a port 80 as the default of http.
  const hasPort80 = /:80(\/|$)/.test(address);
  return {
    kind: "tcp",
    host: url.hostname.replace(/^\[|\]$/g, "") || "localhost",
    port: url.port === "" ? (hasPort80 ? 80 : defaultPort) : Number(url.port),
    ...(material === undefined ? {} : { tls: material }),
  };
}

function sshConnection(address: string): EngineConnection | string {
  const url = parseUrl(address.replace(/^ssh:/i, "http:"));
  if (url === undefined || url.hostname === "") return "the address is not ssh://user@host";
  if (url.password !== "") return "a password in the address is not supported";
  // A host that begins with a dash would be an option of ssh.
  if (url.hostname.startsWith("-") || url.username.startsWith("-")) return "the host is not valid";
  const user = url.username === "" ? [] : ["-l", decodeURIComponent(url.username)];
  const port = url.port === "" ? [] : ["-p", url.port];
  const remoteSocket = url.pathname === "/" || url.pathname === "" ? undefined : url.pathname;
  return {
    kind: "ssh",
    words: [...user, ...port, "--", url.hostname.replace(/^\[|\]$/g, "")],
    ...(remoteSocket === undefined ? {} : { remoteSocket }),
  };
}

function configFolder({ environment, homeFolder }: EngineSearch): string {
  return environment["DOCKER_CONFIG"] || join(homeFolder, ".docker");
}

/** TLS as the variables state it: DOCKER_TLS_VERIFY with the certificates of DOCKER_CERT_PATH; undefined without. */
async function environmentTls(search: EngineSearch): Promise<TlsMaterial | undefined> {
  const { environment } = search;
  const isVerified = Boolean(environment["DOCKER_TLS_VERIFY"]);
  if (!isVerified && !environment["DOCKER_TLS"]) return undefined;
  return readTlsFolder(environment["DOCKER_CERT_PATH"] || configFolder(search), isVerified);
}

async function readTlsFolder(folder: string, isVerified: boolean): Promise<TlsMaterial> {
  const [ca, certificate, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => readTextIfSmall(join(folder, name), mostBytes)),
  );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    isVerified,
  };
}

async function currentContext(search: EngineSearch): Promise<string | undefined> {
  const text = await readTextIfSmall(join(configFolder(search), "config.json"), mostBytes);
  const object = text === undefined ? undefined : parseJsonObject([], text);
  return object === undefined ? undefined : stringField([], object, "currentContext");
}

/** docker/cli context/store: `contexts/meta/<sha256 of the name>/meta.json`, certificates in `contexts/tls/<same>/docker/`. */
async function contextEndpoint(
  search: EngineSearch,
  context: string,
): Promise<Result<readonly EngineEndpoint[], ImageError>> {
  const store = join(configFolder(search), "contexts");
  const id = createHash("sha256").update(context).digest("hex");
  const text = await readTextIfSmall(join(store, "meta", id, "meta.json"), mostBytes);
  const name = `docker context ${context}`;
  if (text === undefined) return unreachable(name, "there is no such context");
  const meta = parseJsonObject([], text) ?? {};
  const docker = objectField([], objectField([], meta, "Endpoints") ?? {}, "docker") ?? {};
  const address = stringField([], docker, "Host");
  if (!address) return unreachable(name, "the context names no engine");
  const isVerified = fieldOf(docker, "SkipTLSVerify") !== true;
  return oneEndpoint(address, async () => {
    const material = await readTlsFolder(join(store, "tls", id, "docker"), isVerified);
    const isStated = material.ca !== undefined || material.certificate !== undefined;
    return isStated || !isVerified ? material : undefined;
  });
}

async function usualEndpoints(search: EngineSearch): Promise<readonly EngineEndpoint[]> {
  const { platform } = search;
  const paths = platform === "win32" ? windowsPipes : usualSockets(search);
  const scheme = platform === "win32" ? "npipe" : "unix";
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (entry) => platform === "win32" || entry.isSocket(),
        () => false,
      ),
    ),
  );
  return paths
    .filter((_, index) => found[index])
    .map((path) => ({ address: `${scheme}://${path}`, connection: { kind: "socket", path } }));
}

const windowsPipes = [
  "//./pipe/docker_engine",
  "//./pipe/dockerDesktopLinuxEngine",
  "//./pipe/podman-machine-default",
];

function usualSockets({ environment, homeFolder, platform }: EngineSearch): readonly string[] {
  const runtime = environment["XDG_RUNTIME_DIR"] || `/run/user/${process.getuid?.() ?? 0}`;
  const temporary = environment["TMPDIR"] || "/tmp";
  return [
    "/var/run/docker.sock",
    join(homeFolder, ".docker/run/docker.sock"),
    join(homeFolder, ".docker/desktop/docker.sock"),
    join(runtime, "docker.sock"),
    join(homeFolder, ".orbstack/run/docker.sock"),
    join(homeFolder, ".colima/default/docker.sock"),
    join(homeFolder, ".config/colima/default/docker.sock"),
    join(homeFolder, ".rd/docker.sock"),
    join(runtime, "podman/podman.sock"),
    "/run/podman/podman.sock",
    ...(platform === "darwin"
      ? [
          join(temporary, "podman/podman-machine-default-api.sock"),
          join(homeFolder, ".local/share/containers/podman/machine/podman.sock"),
        ]
      : []),
  ];
}
