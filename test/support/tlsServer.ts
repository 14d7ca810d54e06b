import { mkdtemp, readFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import { runProgram } from "../machine/engine.ts";

/** A server of this machine that says hello. */
export interface TlsServer {
  readonly port: number;
  /** PEM; it vouches for itself, for `localhost`. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** Starts a server with a certificate of its own, made below a folder that others remove. Needs the program `openssl`. */
export async function startTlsServer(folder: string): Promise<TlsServer> {
  const place = await mkdtemp(join(folder, "tls-"));
  const [key, cert] = [join(place, "key.pem"), join(place, "cert.pem")];
  await runProgram("openssl", [
    ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split(" "),
    "-addext",
    "subjectAltName=DNS:localhost",
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  const certificate = await readFile(cert, "utf8");
  const server = createServer({ key: await readFile(key), cert: certificate }, (_, response) => {
    response.end("hello over TLS\n");
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    certificate,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
