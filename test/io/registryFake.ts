import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Platform } from "../../server/src/core/image/imageConfig.ts";
import { digestOf, type ImageBuilder } from "../support/imageBuilder.ts";
import { ociFiles } from "../support/imageWriters.ts";

/** What is told of one request. */
export interface SeenRequest {
  /** `GET /v2/acme/app/manifests/1`, with its query. */
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers instead of the registry; true when it did. */
export type Interference = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => boolean;

/** A registry of the tests' own on loopback, without TLS. */
export interface FakeRegistry {
  /** `127.0.0.1:40123`: the registry's part of a name. */
  readonly host: string;
  readonly requests: SeenRequest[];
  /** Manifests and blobs by digest, tags by `repository:tag`. */
  readonly blobs: Map<string, Uint8Array>;
  readonly tags: Map<string, string>;
  /** What happens before the registry answers; nothing at first. */
  interfere: Interference;
  /** Stores an image under a tag; the digest of its manifest. */
  add(name: string, image: ImageBuilder): string;
  /** Stores an index of images, with an attestation for the first, under a tag; its digest. */
  addIndex(name: string, images: readonly (readonly [Platform, ImageBuilder])[]): string;
  stop(): Promise<void>;
}

/** Starts it. */
export async function startFakeRegistry(): Promise<FakeRegistry> {
  const blobs = new Map<string, Uint8Array>();
  const tags = new Map<string, string>();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const store = (bytes: Uint8Array): string => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  const storeImage = (image: ImageBuilder): string => {
    const files = ociFiles(image, { compression: "gzip" });
    for (const [path, bytes] of files) if (path.startsWith("blobs/")) store(bytes);
    const [, index] = files.find(([path]) => path === "index.json")!;
    const parsed = JSON.parse(Buffer.from(index).toString()) as {
      readonly manifests: readonly { readonly digest: string }[];
    };
    return parsed.manifests[0]!.digest;
  };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const line = `${request.method ?? ""} ${request.url ?? ""}`;
      requests.push({ line, authorization: request.headers.authorization, body });
      if (!registry.interfere(request, response, body)) answer(registry, request, response);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const registry: FakeRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    blobs,
    tags,
    interfere: () => false,
    add(name, image) {
      const digest = storeImage(image);
      tags.set(name, digest);
      return digest;
    },
    addIndex(name, images) {
      const manifests = images.map(([platform, image]) => ({
        digest: storeImage(image),
        platform,
      }));
      const attestation = {
        digest: store(Buffer.from("{}")),
        platform: { os: "unknown", architecture: "unknown" },
        annotations: { "vnd.docker.reference.type": "attestation-manifest" },
      };
      const digest = store(
        Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [attestation, ...manifests] })),
      );
      tags.set(name, digest);
      return digest;
    },
    stop: () =>
      new Promise((stopped) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => stopped());
      }),
  };
  return registry;
}

function answer(
  { blobs, tags }: FakeRegistry,
  { url = "", method }: IncomingMessage,
  response: ServerResponse,
): void {
  const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url);
  const [, repository = "", kind, reference = ""] = match ?? [];
  const digest = tags.get(`${repository}:${reference}`) ?? reference;
  const bytes = blobs.get(digest);
  if (bytes === undefined) {
    response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    return;
  }
  const headers = kind === "manifests" ? { "docker-content-digest": digest } : {};
  response.writeHead(200, { ...headers, "content-length": String(bytes.length) });
  response.end(method === "HEAD" ? undefined : bytes);
}

/** Sends a status with headers and a small body. */
export function sendStatus(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): true {
  response.writeHead(status, headers).end("{}");
  return true;
}
