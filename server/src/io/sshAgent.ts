import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * An HTTP agent whose connections run `docker system dial-stdio` on another host through the user's own `ssh`, as the docker command line does:
 * keys, known hosts and jump hosts are ssh's business. It never asks: without a usable key the connection fails with what ssh said.
 */
export function createSshAgent(words: readonly string[], remoteSocket: string | undefined): Agent {
  const agent = new Agent({ keepAlive: false });
  const host = remoteSocket === undefined ? [] : ["--host", `unix://${remoteSocket}`];
  const remote = ["docker", ...host, "system", "dial-stdio"];
  const ssh = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-T", ...words, ...remote];
  return Object.assign(agent, { createConnection: () => dial(ssh) });
}

function dial(words: readonly string[]): Duplex {
  const child = spawn("ssh", [...words], { stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text.slice(0, 1000)));
  const socket = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => child.stdin.write(chunk, done),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdout.on("data", (chunk) => {
    if (!socket.push(chunk)) child.stdout.pause();
  });
  child.stdin.on("error", (error) => socket.destroy(error));
  child.on("error", (error) => socket.destroy(error));
  child.on("close", (code) => {
    if (code === 0 || code === null) socket.push(null);
    else
      socket.destroy(new Error(said.join("").trim().split("\n").at(-1) || `ssh ended (${code})`));
  });
  return socket;
}
