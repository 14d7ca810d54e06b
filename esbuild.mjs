// Bundles the extension client, the server (language server, command line and layer worker in one file) and the webviews.
import { build } from "esbuild";
import { chmod, rm } from "node:fs/promises";
import { existsSync } from "node:fs";

const production = process.argv.includes("--production");
const shared = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: production,
  sourcemap: production ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
};

/**
 * dockerode loads gRPC, protobuf, tar and ssh with its first request, for builds and tunnels that Tare leaves to others: 150 ms of waiting for the first
 * history. Each of them loads when something of it is asked for.
 */
const loadLate = {
  name: "load-late",
  setup(bundle) {
    const late = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|\.\/ssh)$/;
    bundle.onResolve({ filter: late }, async ({ path, importer, resolveDir, kind, namespace }) => {
      const isAsked =
        namespace === "file" && /[\\/](dockerode|docker-modem)[\\/]lib[\\/]/.test(importer);
      if (!isAsked) return undefined;
      const found = await bundle.resolve(path, { importer, resolveDir, kind, namespace: "late" });
      return { path: found.path, namespace: "late", pluginData: resolveDir };
    });
    bundle.onLoad({ filter: /.*/, namespace: "late" }, ({ path, pluginData }) => ({
      resolveDir: pluginData,
      contents: `const load = () => require(${JSON.stringify(path)});
        module.exports = new Proxy(function () {}, {
          get: (_, key) => load()[key],
          apply: (_, self, words) => Reflect.apply(load(), self, words),
        });`,
    }));
  },
};

await Promise.all(
  ["client/dist", "server/dist", "media/dist"].map((folder) =>
    rm(folder, { recursive: true, force: true }),
  ),
);
await Promise.all([
  build({
    ...shared,
    entryPoints: ["client/src/extension.ts"],
    outfile: "client/dist/extension.cjs",
    external: ["vscode"],
  }),
  build({
    ...shared,
    entryPoints: ["server/src/main.ts"],
    outfile: "server/dist/tare.cjs",
    // dockerode's ssh transport carries an optional native module that is not needed.
    loader: { ".node": "empty" },
    // Another one, which ssh2 asks for inside a try: where it was never compiled, it cannot be bundled.
    external: ["cpu-features"],
    plugins: [loadLate],
    define: { "import.meta.url": "importMetaUrl" },
    banner: {
      js: '#!/usr/bin/env node\nconst importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
    },
  }),
  build({
    ...shared,
    platform: "browser",
    format: "iife",
    target: "es2023",
    entryPoints: ["media/history/main.ts"],
    outfile: "media/dist/history.js",
  }),
  ...(existsSync("media/treemap/main.ts")
    ? [
        build({
          ...shared,
          platform: "browser",
          format: "iife",
          target: "es2023",
          entryPoints: [
            { in: "media/treemap/main.ts", out: "treemap" },
            { in: "media/treemap/treemap.css", out: "treemap" },
          ],
          outdir: "media/dist",
        }),
      ]
    : []),
]);
await chmod("server/dist/tare.cjs", 0o755);
