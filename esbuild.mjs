// Bundles the extension client, the server (language server and command line in one file, one more for each sort of thread) and the webviews;
// `--into=FOLDER` leaves them there instead of here, `--with=SCRIPT` puts a script beside those of the server.
import { build } from "esbuild";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const wordBehind = (option) =>
  process.argv.find((word) => word.startsWith(option))?.slice(option.length);
const folder = wordBehind("--into=");
const script = wordBehind("--with=");
const into = (path) => join(folder ?? ".", path);
const production = process.argv.includes("--production");
const shared = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: production,
  sourcemap: production ? false : "linked",
  // `licenses.txt` beside each bundle has them whole.
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

/**
 * dockerode brings gRPC, protobuf, tar and ssh2 for builds and tunnels, which Tare leaves to the user's own docker and ssh: more than half of what every
 * process, and the thread of every export, would read before the first answer.
 */
const leaveOut = {
  name: "leave-out",
  setup(bundle) {
    const unused = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|\.\/ssh)$/;
    bundle.onResolve({ filter: unused }, ({ path, importer }) => {
      const isAsked = /[\\/](dockerode|docker-modem)[\\/]lib[\\/]/.test(importer);
      return isAsked ? { path, namespace: "left-out" } : undefined;
    });
    bundle.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents: "module.exports = {};",
    }));
  },
};

/** What the sources read from the package when they are loaded: each thread would read one file more. */
const xxhashBytes = {
  name: "xxhash-bytes",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]io[\\/]xxhashBytes\.ts$/ }, () => {
      const library = createRequire(import.meta.url).resolve("xxhash-wasm");
      const module = JSON.stringify(join(dirname(library), "../workerd/xxhash.wasm"));
      return {
        contents: `export { default as xxhashBytes } from ${module};`,
        resolveDir: dirname(library),
      };
    });
  },
};

const importMetaUrl = 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;';
const ofServer = {
  ...shared,
  plugins: [leaveOut, xxhashBytes],
  loader: { ".wasm": "binary" },
  define: { "import.meta.url": "importMetaUrl" },
};

await Promise.all(
  ["client/dist", "server/dist", "media/dist"].map((place) =>
    rm(into(place), { recursive: true, force: true }),
  ),
);
const bundles = await Promise.all([
  build({
    ...shared,
    entryPoints: ["client/src/extension.ts"],
    outfile: into("client/dist/extension.cjs"),
    external: ["vscode"],
  }),
  build({
    ...ofServer,
    entryPoints: ["server/src/main.ts"],
    outfile: into("server/dist/tare.cjs"),
    banner: { js: `#!/usr/bin/env node\n${importMetaUrl}` },
  }),
  // What a thread starts with: each reads it anew.
  build({
    ...ofServer,
    entryPoints: {
      layerWorker: "server/src/io/layerWorkerEntry.ts",
      archiveWorker: "server/src/io/archiveWorkerEntry.ts",
    },
    outdir: into("server/dist"),
    outExtension: { ".js": ".cjs" },
    banner: { js: importMetaUrl },
  }),
  ...(script === undefined
    ? []
    : [
        build({
          ...ofServer,
          entryPoints: [script],
          outfile: into(`server/dist/${basename(script, ".ts")}.cjs`),
          banner: { js: importMetaUrl },
        }),
      ]),
  build({
    ...shared,
    platform: "browser",
    format: "iife",
    target: "es2023",
    entryPoints: ["media/history/main.ts"],
    outfile: into("media/dist/history.js"),
  }),
  build({
    ...shared,
    platform: "browser",
    format: "iife",
    target: "es2023",
    entryPoints: [
      { in: "media/treemap/main.ts", out: "treemap" },
      { in: "media/treemap/treemap.css", out: "treemap" },
    ],
    outdir: into("media/dist"),
  }),
]);
await chmod(into("server/dist/tare.cjs"), 0o755);
await Promise.all([...packagesByFolder(bundles)].map(writeLicenses));

/** What was bundled into the files of each folder: folders of packages. */
function packagesByFolder(results) {
  const found = new Map();
  for (const [file, { inputs }] of results.flatMap(({ metafile }) =>
    Object.entries(metafile.outputs),
  )) {
    const packages = found.get(dirname(file)) ?? new Set();
    found.set(dirname(file), packages);
    for (const input of Object.keys(inputs)) {
      const place = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (place !== undefined) packages.add(place);
    }
  }
  return found;
}

/** Their licenses ask that their words come along; some packages name theirs and bring no text. */
async function writeLicenses([folder, packages]) {
  const inOrder = [...packages].toSorted((one, other) => (one < other ? -1 : 1));
  const texts = await Promise.all(
    inOrder.map(async (place) => {
      const { name, version, license } = JSON.parse(await readFile(join(place, "package.json")));
      const files = (await readdir(place)).filter((file) =>
        /^(licen[cs]e|copying|notice)/i.test(file),
      );
      const words = await Promise.all(files.map((file) => readFile(join(place, file), "utf8")));
      return [`${name} ${version} (${license})`, ...words.map((text) => text.trim())].join("\n\n");
    }),
  );
  const rule = `\n\n${"-".repeat(80)}\n\n`;
  if (texts.length > 0) await writeFile(join(folder, "licenses.txt"), `${texts.join(rule)}\n`);
}
